"""Reads the declarations of namespaces and classes: which functions and variables there are, and where they live.

Done without a compiler's knowledge of types: what a reading of tokens cannot be sure of is UNSURE, and so is whatever
a macro of the program takes part in.
"""

from __future__ import annotations

from .declarations import WITH_ARGUMENTS, cut, declared_name
from .names import KEYWORDS, Names
from .spaces import Function, Space, Spaces, Variable
from .syntax import Parser
from .tokens import Kind, Lexed, Stream

BUILTIN = {
    "void", "bool", "char", "char8_t", "char16_t", "char32_t", "wchar_t", "short", "int", "long", "signed", "unsigned",
    "float", "double", "auto",
}  # fmt: skip
# Words of a declaration that say nothing of its type.
SPECIFIERS = {
    "const", "volatile", "static", "inline", "extern", "mutable", "virtual", "explicit", "typename", "struct", "class",
    "union", "enum", "register", "thread_local", "__inline__", "__inline", "__forceinline__", "__noinline__",
    "__restrict__", "__restrict", "__host__", "__device__", "__global__", "__constant__", "__managed__", "__shared__",
}  # fmt: skip
ON_DEVICE = {"__device__", "__constant__", "__managed__", "__shared__"}
AFTER_FUNCTION = {"{", "const", "noexcept", "->", "override", "final", ":", "requires", "=", "volatile", "&", "try"}


def learn_spaces(lexed: Lexed, names: Names) -> None:
    """Adds what a text declares to what is known."""
    names.spaces.macros |= {stream.macro for stream in lexed.macros if stream.macro is not None}
    reader = Reader(lexed.main, names, names.spaces)
    reader.read()
    names.spaces.read[id(lexed.main)] = reader.functions


class Reader:
    """Reads one stream's declarations into spaces, and keeps its functions in order."""

    def __init__(self, stream: Stream, names: Names, spaces: Spaces) -> None:
        self.stream = stream
        self.parser = Parser(stream, names)
        self.spaces = spaces
        self.functions: list[Function] = []

    def read(self) -> None:
        self.scope(0, len(self.stream.tokens), None)

    def scope(self, index: int, end: int, owner: str | None) -> None:
        while index < end:
            index = max(self.item(index, end, owner), index + 1)

    def after(self, bracket: int) -> int:
        """Behind the bracket that closes this one."""
        closed = self.stream.match[bracket]
        return len(self.stream.tokens) if closed is None else closed + 1

    def behind_template(self, index: int) -> int | None:
        """Behind the > that ends what this < opens: in a declaration's type it is an operator only inside ( )."""
        depth = 0
        while index < len(self.stream.tokens):
            text = self.stream.text(index)
            if text in {"(", "[", "{"}:
                index = self.after(index)
                continue
            if text in {")", "]", "}", ";"}:
                break
            depth += (text == "<") - (text == ">")
            index += 1
            if depth == 0:
                return index
        return None

    def item(self, index: int, end: int, owner: str | None) -> int:
        """One declaration of a scope; returns where the next begins."""
        stream, text = self.stream, self.stream.text(index)
        if text == "inline" and stream.text(index + 1) == "namespace":
            return index + 1
        if text == "namespace":
            while stream.text(index) not in {"{", ";", "=", ""}:
                self.spaces.namespaces.add(stream.text(index))
                index += 1
            if stream.text(index) != "{":
                return self.end_of_statement(index, end)
            text = "{"
        if text == "extern" and stream.kind(index + 1) is Kind.STRING:
            return index + 2
        if text == "{":
            self.scope(index + 1, self.after(index) - 1, owner)
            return self.after(index)
        if text in {"using", "typedef", "static_assert", "friend", "asm"}:
            return self.end_of_statement(index, end)
        if text in {"public", "private", "protected"}:
            return index + 2
        return self.declaration(index, end, owner)

    def end_of_statement(self, index: int, end: int) -> int:
        while index < end and self.stream.text(index) != ";":
            if self.stream.text(index) in {"(", "[", "{"}:
                closed = self.after(index)
                if self.stream.text(index) == "{" and self.stream.text(closed) not in {";", ",", ")", "("}:
                    return closed
                index = closed
            else:
                index += 1
        return index + 1

    def declaration(self, head: int, end: int, owner: str | None) -> int:
        stream, index = self.stream, head
        while stream.text(index) == "template":
            behind = self.behind_template(index + 1) if stream.text(index + 1) == "<" else None
            if behind is None:
                return self.end_of_statement(index, end)
            index = behind
        start, is_class = index, False
        while index < end:
            text = stream.text(index)
            if text in WITH_ARGUMENTS and stream.text(index + 1) == "(":
                index = self.after(index + 1)
            elif text == "[" and stream.text(index + 1) == "[":
                index = self.after(index)
            elif text == "<":
                behind = self.behind_template(index)
                if behind is None:
                    return self.end_of_statement(index, end)
                index = behind
            elif text == "operator":
                return self.end_of_statement(index, end)
            elif text in {"struct", "class", "union", "enum"}:
                is_class, index = True, index + 1
            elif text == "(":
                return self.function(head, start, index, end, owner)
            elif text == "{" and is_class:
                self.class_definition(head, start, index)
                is_class, index = False, self.after(index)
                if stream.text(index) != ";":
                    return self.end_of_statement(index, end)
            elif text in {"=", ";", "[", "{"}:
                return self.variables(start, end, owner)
            else:
                index += 1
        return end

    def class_definition(self, head: int, start: int, brace: int) -> None:
        stream = self.stream
        words = [i for i in range(start, brace) if stream.text(i) == ":" and stream.text(i + 1) != ":"]
        last = (words[0] if words else brace) - 1
        name = stream.text(last - 1) if stream.text(last) == "final" else stream.text(last)
        if any(stream.text(i) == "enum" for i in range(start, brace)):
            return
        self.spaces.classes[name] = self.spaces.classes.get(name, 0) + 1
        if words or head != start:
            self.spaces.derived.add(name)
        self.scope(brace + 1, self.after(brace) - 1, name)

    def space(self, start: int, name: int) -> Space:
        """Of what tokens[start:name] declare, of one name that stands there."""
        stream, types, words = self.stream, 0, set()
        index, builtin = start, False
        while index < name:
            text = stream.text(index)
            if text in WITH_ARGUMENTS or text == "[":
                types += text == "decltype"
                index = self.after(index if text == "[" else index + 1)
                continue
            if text == "<" and (behind := self.behind_template(index)) is not None:
                index = behind
                continue
            if stream.kind(index) is Kind.NAME:
                words.add(text)
                if text in BUILTIN:
                    types, builtin = types + (not builtin), True
                elif text not in SPECIFIERS and text not in {"constexpr", "consteval", "constinit"}:
                    types += stream.text(index - 1) != "::"
            index += 1
        # Capitals are a macro's, perhaps of the command line or of a library's header.
        macros = words & self.spaces.macros or any(word.isupper() and len(word) > 2 for word in words)
        if types != 1 or macros:
            return Space.UNSURE
        if "__global__" in words:
            return Space.KERNEL
        if words & ON_DEVICE:
            return Space.BOTH if "__host__" in words else Space.DEVICE
        return Space.EITHER if words & {"constexpr", "consteval"} else Space.HOST

    def function(self, head: int, start: int, opens: int, end: int, owner: str | None) -> int:
        stream, name = self.stream, opens - 1
        closed = stream.match[opens]
        if closed is None or stream.kind(name) is not Kind.NAME or stream.text(opens + 1) in {"*", "&"}:
            return self.end_of_statement(opens, end)
        next_token = stream.text(closed + 1)
        first = name
        while stream.text(first - 1) == "::" and stream.kind(first - 2) is Kind.NAME:
            first -= 2
        owner = "?" if first != name else owner
        space = self.space(start, first)
        if next_token not in AFTER_FUNCTION and next_token != ";":
            return self.end_of_statement(closed, end)
        if next_token == ";" and not self.are_types(opens + 1, closed):
            space = Space.UNSURE
        body, index = None, closed + 1
        while index < end:
            text = stream.text(index)
            if text == "=":
                space = Space.EITHER if stream.text(index + 1) in {"default", "delete"} else space
            if text == ";":
                break
            if text == "{":
                in_list = stream.kind(index - 1) is Kind.NAME and stream.text(index - 1) not in {
                    "const", "noexcept", "override", "final", "try", "volatile", *BUILTIN,
                }  # fmt: skip
                if not (in_list and self.stream.text(self.after(index)) in {",", "{"}):
                    body = (index, self.after(index) - 1)
                    break
            index = self.after(index) if text in {"(", "[", "{"} else index + 1
        self.keep(Function(stream.text(name), owner, space, head, opens, body))
        return (body[1] if body else index) + 1

    def are_types(self, start: int, end: int) -> bool:
        """May tokens[start:end] be parameters, rather than the arguments that a variable begins with?"""
        parts = self.parser.split(start, end, declaration=True)
        return all(
            self.stream.kind(first) is Kind.NAME
            and (last - first > 1 or self.stream.text(first) in BUILTIN)
            and self.stream.text(first + 1) not in {"(", ".", "->", "+", "-", "/", "["}
            for first, last in parts
        )

    def keep(self, function: Function) -> None:
        self.functions.append(function)
        if function.owner is None:
            self.spaces.functions.setdefault(function.name, []).append(function)
        elif function.owner != "?":
            self.spaces.fields.add(function.name)
            of_class = self.spaces.members.setdefault(function.owner, {})
            of_class.setdefault(function.name, []).append(function)

    def variables(self, start: int, end: int, owner: str | None) -> int:
        stream, last = self.stream, start
        while last < end and stream.text(last) != ";":
            last = self.after(last) if stream.text(last) in {"(", "[", "{"} else last + 1
        first_name: int | None = None
        for number, (begin, close) in enumerate(self.parser.split(start, min(last, end), declaration=True)):
            name = declared_name(self.parser, begin, close, typed=number == 0)
            if name is None:
                continue
            first_name = name if first_name is None else first_name
            if owner is not None:
                self.spaces.fields.add(stream.text(name))
                continue
            words = [stream.text(i) for i in range(start, first_name)]
            space = self.space(start, first_name)
            is_array = any(stream.text(i) == "[" for i in range(name, cut(self.parser, name, close, "=")))
            is_constant = "const" in words or "constexpr" in words
            constant_array = is_constant and is_array and space in {Space.HOST, Space.EITHER}
            if is_constant and space is Space.HOST:
                space = Space.EITHER
            if "&" in words or "auto" in words or ("*" in words and is_constant) or stream.text(name) in KEYWORDS:
                space, constant_array = Space.UNSURE, False
            self.spaces.variables.setdefault(stream.text(name), []).append(Variable(space, constant_array))
        return last + 1
