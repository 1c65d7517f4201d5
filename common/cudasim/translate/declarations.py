"""Kernel definitions and __shared__ variables: reads their declarators and writes the runtime's hooks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .edits import Edits
from .names import KEYWORDS, QUALIFIERS, Names
from .syntax import Parser
from .tokens import Kind, Stream, TranslateError

# A declaration's words that take arguments and are not its name.
WITH_ARGUMENTS = {
    "__launch_bounds__", "__cluster_dims__", "__block_size__", "__maxnreg__", "__align__", "__attribute__",
    "alignas", "decltype", "explicit", "__declspec", "requires",
}  # fmt: skip
INITIALISED = (
    "a __shared__ variable cannot be initialised where it is declared: it exists once for each block, "
    "and no thread of a block comes first; let one thread write it, then call __syncthreads()"
)
ALIGNMENT = {"__align__", "alignas", "__attribute__"}


@dataclass(frozen=True)
class Kernel:
    """A __global__ function as declared: token indices, and what its hook needs where that could be read."""

    name: str  # as written: k, ns::k, k<float>
    opens: int  # of the parameters' (
    body: int | None  # of the body's {, None for a declaration
    template: list[str]  # the template's arguments for itself, as T or Ts...
    parameters: int | None  # how many the template has, 0 outside one; None where one is a pack
    types: list[str] | None  # of the parameters, None where a macro hides them
    defaulted: bool


def spelled(stream: Stream, start: int, end: int) -> str:
    """tokens[start:end] on one line, with blanks where the text has them."""
    out: list[str] = []
    for index in range(start, end):
        if out and not stream.adjacent(index - 1):
            out.append(" ")
        out.append(stream.text(index))
    return "".join(out)


def cut(parser: Parser, start: int, end: int, at: str) -> int:
    """Where the part of tokens[start:end] before a top-level `at` ends."""
    stream = parser.stream
    index = start
    while index < end:
        text = stream.text(index)
        if text == at:
            return index
        if text in {"(", "[", "{"}:
            index = stream.match[index] or index
        elif text == "<" and parser.opens_template(index) is not False:
            inside = [close for close in parser.template_ends(index) if close < end]
            index = inside[0] if inside else index
        index += 1
    return end


def declared_name(parser: Parser, start: int, end: int, typed: bool, head: bool = False) -> int | None:
    """The index of the name that tokens[start:end] declares: one parameter, variable or template parameter.

    typed: the type stands before the name, so that a lone name is a type.
    head: it is a template parameter, where `class` or `typename` alone is such a type.
    """
    stream = parser.stream
    end = cut(parser, start, end, "=")
    index, name, words = start, None, 0
    while index < end:
        text = stream.text(index)
        if text in WITH_ARGUMENTS and stream.text(index + 1) == "(":
            index = (stream.match[index + 1] or index) + 1
            words += text == "decltype"
            continue
        if text == "(":
            if stream.text(index + 1) in {"*", "&", "&&"} or (
                stream.kind(index + 1) is Kind.NAME and "*" in spelled(stream, index, stream.match[index] or index)
            ):
                return declared_name(parser, index + 1, stream.match[index] or index, typed=False)
            return name
        if text == "{" and any(stream.text(i) in {"struct", "class", "union", "enum"} for i in range(start, index)):
            # A type defined on the spot: what stood before its { was its own name.
            index, name, words = (stream.match[index] or index) + 1, None, words + 1
            continue
        if text in {"[", "{"}:
            if stream.text(index + 1) != "[":
                return name
            index = (stream.match[index] or index) + 1
            continue
        if text == "<":
            inside = [close for close in parser.template_ends(index) if close < end]
            if not inside:
                return name
            index, name = inside[0] + 1, None
            continue
        if stream.kind(index) is Kind.NAME and text not in QUALIFIERS:
            if text in KEYWORDS:
                name = None
            else:
                pasted = stream.text(index - 1) == "##"
                qualified = stream.text(index - 1) == "::"
                name = index if (words or not typed) and not qualified else None
                if pasted:
                    name = index
            words += 1
        words += head and text in QUALIFIERS
        index += 1
    return name


class Declarations:
    """Reads one stream's kernels and shared variables and writes what the contract says."""

    def __init__(self, stream: Stream, names: Names, edits: Edits) -> None:
        self.stream = stream
        self.edits = edits
        self.parser = Parser(stream, names)
        self.names = names

    # Kernels

    def kernels(self) -> list[Kernel]:
        found = []
        for index, token in enumerate(self.stream.tokens):
            if token.text == "__global__" and token.kind is Kind.NAME:
                if kernel := self.read_kernel(index):
                    found.append(kernel)
        return found

    def read_kernel(self, qualifier: int) -> Kernel | None:
        """The kernel that __global__ at qualifier declares; None where it declares none we can read."""
        stream = self.stream
        index = qualifier + 1
        while index < len(stream.tokens):
            text = stream.text(index)
            if text in WITH_ARGUMENTS and stream.text(index + 1) == "(":
                index = (stream.match[index + 1] or index + 1) + 1
            elif text == "(":
                closed = stream.match[index]
                if closed is not None and stream.text(closed + 1) == "(" and stream.kind(index - 1) is Kind.NAME:
                    index = closed + 1  # NAME(a, b)(parameters): a macro makes the name
                break
            elif text in {";", "{", "}", "="}:
                return None
            elif text == "<" and (ends := self.parser.template_ends(index)):
                index = ends[0] + 1
            elif text == "[" and stream.match[index] is not None:
                index = (stream.match[index] or index) + 1
            else:
                index += 1
        closed = stream.match[index] if index < len(stream.tokens) else None
        start = self.parser.postfix_start(index - 1)
        if closed is None or start is None or start <= qualifier - 40:
            return None
        head = self.template_head(qualifier)
        return Kernel(
            name=spelled(stream, start, index),
            opens=index,
            body=self.body(closed + 1),
            template=self.template_arguments(head),
            parameters=self.template_size(head),
            types=self.types(index + 1, closed),
            defaulted=any(
                cut(self.parser, a, b, "=") < b for a, b in self.parser.split(index + 1, closed, declaration=True)
            ),
        )

    def body(self, index: int) -> int | None:
        """The { of the function whose parameters end before index; None for a declaration."""
        stream = self.stream
        while index < len(stream.tokens):
            text = stream.text(index)
            if text == "{":
                return index
            if text in {";", "}", "="}:
                return None
            if text in {"(", "["}:
                index = stream.match[index] or index
            index += 1
        return None

    def types(self, start: int, end: int) -> list[str] | None:
        """The parameters' types: decltype(name), or as written where there is no name."""
        stream = self.stream
        types = []
        parts = self.parser.split(start, end, declaration=True)
        if len(parts) == 1 and spelled(stream, *parts[0]) == "void":
            return []
        for first, last in parts:
            if (
                last - first == 1
                and stream.kind(first) is Kind.NAME
                and stream.text(first) not in KEYWORDS
                and len(parts) == 1
            ):
                return None  # perhaps a macro that holds all the parameters
            name = declared_name(self.parser, first, last, typed=True)
            if name is None:
                types.append(spelled(stream, first, cut(self.parser, first, last, "=")))
                continue
            pack = any(stream.text(i) == "..." for i in range(first, name))
            types.append(f"decltype({stream.text(name)})" + ("..." if pack else ""))
        return types

    def template_arguments(self, head: tuple[int, int] | None) -> list[str]:
        """The template's parameters as arguments, up to the first that has no name; [] outside a template."""
        if head is None:
            return []
        stream = self.stream
        arguments: list[str] = []
        for first, last in self.parser.split(*head, declaration=True):
            name = declared_name(self.parser, first, last, typed=True, head=True)
            if name is None:
                break  # it has a default or is deduced, and so have those after it
            pack = any(stream.text(i) == "..." for i in range(first, name))
            arguments.append(stream.text(name) + ("..." if pack else ""))
        return arguments

    def template_size(self, head: tuple[int, int] | None) -> int | None:
        if head is None:
            return 0
        pack = any(self.stream.text(index) == "..." for index in range(*head))
        return None if pack else len(self.parser.split(*head, declaration=True))

    def template_head(self, qualifier: int) -> tuple[int, int] | None:
        """The token range between `template <` and its > for the declaration that holds qualifier."""
        stream = self.stream
        index = qualifier - 1
        head = None
        while index >= 0:
            text = stream.text(index)
            if text == "template" and stream.text(index + 1) == "<":
                # The outermost wins: template <template <class> class C> holds another.
                for close in self.parser.template_ends(index + 1)[:1]:
                    head = (index + 2, close) if close < qualifier else head
            elif text in {";", "{"}:
                break
            elif text in {")", "]", "}"}:
                opened = stream.match[index]
                # A } ends what stood before, unless it closes a requires-expression of this head.
                if opened is None or (text == "}" and not self.in_requires(opened)):
                    break
                index = opened
            index -= 1
        return head

    def in_requires(self, brace: int) -> bool:
        before = brace - 1
        if self.stream.text(before) == ")":
            before = (self.stream.match[before] or before) - 1
        return self.stream.text(before) == "requires"

    def learn_kernels(self) -> None:
        """Notes what launches need to know of the kernels declared here."""
        for kernel in self.kernels():
            name = kernel.name.rpartition("::")[2]
            if kernel.defaulted:
                self.names.defaulted.add(name)
            if kernel.parameters != 0 and "<" not in name:
                known = self.names.parameters.get(name, 0)
                packed = known is None or kernel.parameters is None
                self.names.parameters[name] = None if packed else max(known or 0, kernel.parameters or 0)

    def write_kernel_hooks(self) -> None:
        stream = self.stream
        for kernel in self.kernels():
            if kernel.body is None or kernel.types is None:
                continue
            own = kernel.name + (f"<{', '.join(kernel.template)}>" if kernel.template else "")
            hook = f" CUDASIM_KERNEL_BODY(({own}), ({', '.join(kernel.types)}));"
            self.edits.insert(stream.tokens[kernel.body].end, hook)

    # Shared memory

    def write_shared(self) -> None:
        stream = self.stream
        for index, token in enumerate(stream.tokens):
            if token.text != "__shared__" or token.kind is not Kind.NAME:
                continue
            start, end = self.declaration(index)
            words = {stream.text(i) for i in range(start, index + 4)}
            before = {stream.text(i) for i in range(start, index)}
            if "extern" in before or (stream.text(index + 1) == "extern" and "extern" in words):
                self.write_dynamic(start, index, end)
            else:
                self.write_static(start, index, end)

    def declaration(self, index: int) -> tuple[int, int]:
        """The first token of the declaration that holds index, and the index of its ; or of the stream's end."""
        stream = self.stream
        start = index
        while start > 0 and stream.text(start - 1) not in {";", "{", "}", ":"}:
            if stream.text(start - 1) == ")":
                opened = stream.match[start - 1]
                if opened is None or stream.text(opened - 1) not in WITH_ARGUMENTS:
                    break
                start = opened
            start -= 1
        end = index
        while end < len(stream.tokens) and stream.text(end) != ";":
            if stream.text(end) in {"(", "[", "{"}:
                end = stream.match[end] or end
            elif stream.text(end) in {")", "}"}:
                break
            end += 1
        return start, end

    def outside_brackets(self, start: int, end: int) -> Iterator[int]:
        """The indices from start to end that lie in no ( ), [ ], { } or < > opened there."""
        index = start
        while index < end:
            if self.stream.text(index) in {"(", "[", "{"}:
                index = self.stream.match[index] or index
            elif self.stream.text(index) == "<" and (ends := self.parser.template_ends(index)):
                index = ends[0]
            else:
                yield index
            index += 1

    def declarators(self, index: int, end: int) -> list[tuple[int, int, int]]:
        """For each variable declared in tokens[index:end]: its name's first token, last token, and its part's end."""
        found = []
        for number, (first, last) in enumerate(self.parser.split(index, end, declaration=True)):
            name = declared_name(self.parser, first, last, typed=number == 0)
            if name is None:
                raise TranslateError("this __shared__ declares no variable", self.stream.tokens[index].start)
            first_of_name = name
            while self.stream.text(first_of_name - 1) == "##":
                first_of_name -= 2
            found.append((first_of_name, name, last))
        return found

    def remove(self, index: int) -> None:
        token = self.stream.tokens[index]
        self.edits.replace(token.start, token.end, "")

    def write_dynamic(self, start: int, index: int, end: int) -> None:
        """extern __shared__ T name[]: a reference in a function, a name for the runtime's array outside."""
        stream = self.stream
        tokens = stream.tokens
        local = stream.macro is not None or self.in_function(index)
        position = start
        while position < end:
            text = stream.text(position)
            if text in {"extern", "__shared__", "static"}:
                self.remove(position)
            elif text in ALIGNMENT and stream.text(position + 1) == "(":
                closed = stream.match[position + 1] or position + 1
                for inner in range(position, closed + 1):
                    self.remove(inner)
                position = closed
            elif text in {"(", "[", "<"}:
                break
            position += 1
        self.edits.insert(tokens[start].start, "[[maybe_unused]] " if local else "extern __thread ")
        for first, name, last in self.declarators(index + 1, end):
            if local:
                self.edits.insert(tokens[first].start, "(&")
                self.edits.insert(tokens[name].end, ")")
                self.edits.insert(tokens[last - 1].end, " = ::cudasim::dynamic_shared")
            else:
                self.edits.insert(tokens[last - 1].end, ' __asm__("cudasim_dynamic_shared_memory")')

    def write_static(self, start: int, index: int, end: int) -> None:
        stream = self.stream
        for position in (*range(start, index), index + 1):
            if stream.text(position) == "static":
                self.remove(position)
        if stream.macro is not None or stream.text(end) != ";":
            return
        declarators = self.declarators(index + 1, end)
        for _, name, last in declarators:
            position = name + 1
            while stream.text(position) == "[" and stream.match[position] is not None:
                position = (stream.match[position] or position) + 1
            if position < last and stream.text(position) in {"=", "{", "("}:
                raise TranslateError(INITIALISED, stream.tokens[position].start)
        hook = "CUDASIM_SHARED" if self.in_function(index) else "CUDASIM_SHARED_FILE"
        hooks = "".join(f" {hook}({stream.text(name)});" for _, name, _ in declarators)
        self.edits.insert(stream.tokens[end].end, hooks)

    def in_function(self, index: int) -> bool:
        """Is tokens[index] inside a function's body, rather than at file, namespace or class scope?"""
        stream = self.stream
        position = index - 1
        while position >= 0:
            text = stream.text(position)
            if text in {")", "]", "}"} and stream.match[position] is not None:
                position = stream.match[position] or 0
            elif text == "{" and self.is_code(position):
                return True
            position -= 1
        return False

    def is_code(self, brace: int) -> bool:
        """Does the { at brace open a function's body or a block, not a namespace or a class?"""
        stream = self.stream
        position = brace - 1
        while position >= 0 and stream.text(position) not in {";", "{", "}"}:
            if stream.text(position) in {"namespace", "struct", "class", "union", "enum"}:
                return False
            if stream.text(position) == ")":
                return True
            position -= 1
        # else { .. }, do { .. } and a bare block lie in code that an outer brace shows; extern "C" { does not.
        return False
