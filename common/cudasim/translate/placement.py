"""What a kernel cannot reach, and a launch cannot start: nvcc refuses it, and g++ would compile and run it.

Refused are calls of host functions from the device's, variables of the host in the device's functions, and <<<>>> on
a function without __global__. In doubt nothing is said: of a name that anything else bears too, of code that an #if
may leave out, of templates that only a compiler can choose from, and of the standard library.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from .launches import find_launches
from .names import KEYWORDS, Names
from .scopes import BUILTIN
from .spaces import Function, Space
from .syntax import Parser
from .tokens import Kind, Lexed, Stream, TranslateError

# After these a name is used; after any other word it is declared.
BEFORE_USE = {"return", "else", "do", "case", "co_return", "co_yield", "throw", "and", "or", "not", "xor", "delete"}
UNEVALUATED = {"sizeof", "decltype", "noexcept", "alignof", "typeid", "static_assert", "requires", "assert"}
GUARD = re.compile(r"#[ \t]*(?:ifndef[ \t]+(\w+)[^\n]*\n\s*#[ \t]*define[ \t]+\1\b|ifdef[ \t]+__CUDACC__)")


def find_misplaced(lexed: Lexed, names: Names) -> None:
    """Raises a TranslateError at the first use of what the device cannot reach."""
    stream, spaces = lexed.main, names.spaces
    for launch in find_launches(stream, names):
        last = launch.opens - 1
        if stream.text(last) == ">" and launch.kernel is not None:
            last = launch.kernel
        if launch.kernel == last and spaces.is_only(stream.text(last), {Space.HOST, Space.DEVICE}):
            check_launch(stream, last, names)
    conditions = Conditions(lexed)
    for function in spaces.read.get(id(stream), []):
        if function.body is not None and function.space in {Space.KERNEL, Space.DEVICE, Space.BOTH}:
            DeviceFunction(stream, function, names, conditions).check()


def check_launch(stream: Stream, index: int, names: Names) -> None:
    name = stream.text(index)
    if name in names.values or name in names.spaces.fields or stream.text(index - 1) in {".", "->"}:
        return
    raise TranslateError(
        f"{name} is launched with <<<>>>, and is no kernel: its declaration lacks __global__, as in "
        f"`__global__ void {name}(...)`",
        stream.tokens[index].start,
    )


class Conditions:
    """Where a text stands between #if and #endif, guards of headers and #ifdef __CUDACC__ left out."""

    def __init__(self, lexed: Lexed) -> None:
        self.starts: list[int] = []
        self.depths: list[int] = []
        open_: list[bool] = []
        for match in re.finditer(r"^[ \t]*#[ \t]*(if(?:n?def)?|endif)\b", lexed.text, re.MULTILINE):
            if match[1] != "endif":
                open_.append(GUARD.match(lexed.text, match.end(0) - len(match[0].lstrip())) is None)
            elif open_:
                open_.pop()
            self.starts.append(match.start())
            self.depths.append(sum(open_))

    def holds(self, offset: int) -> bool:
        at = bisect_right(self.starts, offset) - 1
        return at >= 0 and self.depths[at] > 0


class DeviceFunction:
    """One function of the device's, with its template's head and its parameters."""

    def __init__(self, stream: Stream, function: Function, names: Names, conditions: Conditions) -> None:
        assert function.body is not None
        self.stream = stream
        self.function = function
        self.names = names
        self.spaces = names.spaces
        self.conditions = conditions
        self.range = range(function.head, function.body[1])
        self.places: dict[str, list[int]] = {}
        for index in self.range:
            if stream.kind(index) is Kind.NAME:
                self.places.setdefault(stream.text(index), []).append(index)

    def check(self) -> None:
        assert self.function.body is not None
        for index in range(*self.function.body):
            if self.stream.kind(index) is not Kind.NAME or self.conditions.holds(self.stream.tokens[index].start):
                continue
            if self.is_host_call(index):
                self.refuse_call(index, self.stream.text(index))
            elif (cls := self.host_member(index)) is not None:
                self.refuse_call(index, f"{cls}::{self.stream.text(index)}")
            elif self.is_host_variable(index):
                self.refuse_variable(index)

    def refuse_call(self, index: int, name: str) -> None:
        kind = "__global__" if self.function.space is Space.KERNEL else "__device__"
        raise TranslateError(
            f"{name} is a function of the host, and {self.function.name}, a {kind} function, calls it: "
            f"what kernels call needs __device__ before it, or __host__ __device__ if the host calls it too",
            self.stream.tokens[index].start,
        )

    def refuse_variable(self, index: int) -> None:
        raise TranslateError(
            f"{self.stream.text(index)} is a variable of the host, which {self.function.name} cannot reach on the "
            "device: pass it as an argument, or declare it __device__ or __constant__ (constexpr, if it is one number)",
            self.stream.tokens[index].start,
        )

    def is_host_call(self, index: int) -> bool:
        """f(..), ns::f(..) or f<..>(..), where all the program's functions of that name are the host's."""
        name = self.stream.text(index)
        if self.function.space is Space.BOTH or not self.spaces.is_only(name, {Space.HOST}):
            return False
        return self.calls(index) and self.is_free(index) and not self.is_shadowed(name)

    def calls(self, index: int) -> bool:
        stream, after = self.stream, index + 1
        if stream.text(after) == "<":
            ends = Parser(stream, self.names).template_ends(after)
            after = ends[0] + 1 if ends and stream.text(index) in self.names.templates else after
        return stream.text(after) == "("

    def is_free(self, index: int) -> bool:
        """Is it a name of its own, or one of a namespace of the program's, that is evaluated?"""
        stream = self.stream
        before = stream.text(index - 1)
        while before == "::":
            scope = stream.text(index - 2)
            if stream.kind(index - 2) is Kind.NAME and scope not in KEYWORDS:
                if scope not in self.spaces.namespaces or scope == "std":
                    return False
                index -= 2
            else:
                index -= 1
            before = stream.text(index - 1)
        if before in {".", "->", "new", "goto"}:
            return False
        return self.is_evaluated(index)

    def is_evaluated(self, index: int) -> bool:
        """Does it stand in no sizeof(..) or its like, nor in what a macro of the program may do anything with?"""
        words = {self.stream.text(opened - 1) for opened in self.enclosing(index)}
        return not words & UNEVALUATED and not words & self.spaces.macros

    def enclosing(self, index: int) -> Iterator[int]:
        """The ( that are open at index, in the function's body."""
        position = index - 1
        assert self.function.body is not None
        while position > self.function.body[0]:
            text = self.stream.text(position)
            if text in {")", "]", "}"} and self.stream.match[position] is not None:
                position = self.stream.match[position] or 0
            elif text == "(":
                yield position
            position -= 1

    def is_shadowed(self, name: str) -> bool:
        """May the function, or the class it is of, declare something of that name?"""
        if self.function.owner is not None and name in self.spaces.fields:
            return True
        if name in self.spaces.macros or name in self.spaces.classes or "enum" in self.places:
            return True
        return any(self.declares(index) for index in self.places.get(name, []))

    def declares(self, index: int) -> bool:
        stream = self.stream
        before, after = stream.text(index - 1), stream.text(index + 1)
        if stream.kind(index - 1) is Kind.NAME:
            return before not in BEFORE_USE
        if before in {">", "..."}:
            return after != "(" or before == "..."
        if before in {"*", "&", "&&"} and after in {"=", ";", ",", ")", "[", ":", "{"}:
            if stream.text(index - 2) in {"*", "&", "const", "volatile", ">", *BUILTIN}:
                return True
            return stream.kind(index - 2) is Kind.NAME and stream.text(index - 3) in {";", "{", "}", "(", ",", "const"}
        if before in {"[", ",", "&"} and after in {"=", "]", ","}:
            opened = self.bracket(index)  # a structured binding's or a capture's
            return opened is not None and (after == "=" or stream.text(opened - 1) in {"auto", "&"})
        return False

    def bracket(self, index: int) -> int | None:
        """The [ that is open at index, if the innermost bracket is one."""
        position = index - 1
        while position >= self.range.start:
            text = self.stream.text(position)
            if text in {")", "]", "}"}:
                position = self.stream.match[position] or position
            elif text in {"(", "{", ";"}:
                return None
            elif text == "[":
                return position
            position -= 1
        return None

    def host_member(self, index: int) -> str | None:
        """The class of v.f(..), where v is surely of that class and all its f are the host's."""
        stream, name = self.stream, self.stream.text(index)
        if self.function.space is Space.BOTH or stream.text(index + 1) != "(":
            return None
        if stream.text(index - 1) not in {".", "->"} or stream.kind(index - 2) is not Kind.NAME:
            return None
        if stream.text(index - 3) in {".", "->", "::"}:
            return None
        cls = self.class_of(stream.text(index - 2))
        if cls is None or self.spaces.classes.get(cls) != 1 or cls in self.spaces.derived:
            return None
        found = self.spaces.members.get(cls, {}).get(name, [])
        if not found or any(member.space is not Space.HOST for member in found):
            return None
        return cls if self.is_evaluated(index) else None

    def class_of(self, name: str) -> str | None:
        """The class a parameter or local variable is declared with: `S s`, `const S& s`, `S* s`."""
        found: set[str] = set()
        for index in self.places.get(name, []):
            before = index - 1
            while self.stream.text(before) in {"*", "&", "const"}:
                before -= 1
            if before == index - 1 and self.stream.kind(before) is not Kind.NAME:
                continue
            if self.stream.kind(before) is Kind.NAME and self.stream.text(before) not in BEFORE_USE:
                if before == index - 1 or self.declares(index):
                    found.add(self.stream.text(before))
        return found.pop() if len(found) == 1 and found <= self.spaces.classes.keys() else None

    def is_host_variable(self, index: int) -> bool:
        stream, name = self.stream, self.stream.text(index)
        known = self.spaces.variables.get(name)
        if not known or name in self.spaces.functions:
            return False
        subscripted = stream.text(index + 1) == "["
        if all(variable.constant_array for variable in known):
            if not (subscripted and self.is_variable(index + 1)):
                return False
        elif any(variable.space is not Space.HOST for variable in known):
            return False
        return self.is_free(index) and not self.is_shadowed(name)

    def is_variable(self, bracket: int) -> bool:
        """Does the subscript hold a local variable or parameter that is surely no constant?"""
        stream = self.stream
        for index in range(bracket, stream.match[bracket] or bracket):
            if stream.text(index) in {"threadIdx", "blockIdx"}:
                return True
            declared = [i for i in self.places.get(stream.text(index), []) if self.declares(i)]
            if len(declared) == 1 and declared[0] > self.function.opens:
                if stream.text(declared[0] - 1) in BUILTIN and stream.text(declared[0] - 2) in {"(", ";", "{", ","}:
                    return True
        return False
