"""What names mean, as far as the tokens tell: templates, values and kernels.

A `<` after a name opens template arguments only if the name is a template's. A compiler looks the name up;
here it is known when the text (or a header of the project) declares it, and guessed otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from .spaces import Spaces
from .tokens import Kind, Stream

CASTS = {"static_cast", "reinterpret_cast", "const_cast", "dynamic_cast"}
# Templates that kernels' arguments really use and that no header of the project declares.
STANDARD = {
    "array", "complex", "conditional", "conditional_t", "decay_t", "enable_if_t", "function", "get",
    "integral_constant", "is_same", "is_same_v", "make_pair", "make_tuple", "map", "max", "min", "numeric_limits",
    "optional", "pair", "remove_const_t", "remove_reference_t", "shared_ptr", "span", "tuple", "tuple_size",
    "tuple_size_v", "unique_ptr", "vector",
}  # fmt: skip
KEYWORDS = {
    "alignas", "alignof", "and", "asm", "auto", "bool", "break", "case", "catch", "char", "char8_t", "char16_t",
    "char32_t", "class", "co_await", "co_return", "co_yield", "concept", "const", "const_cast", "consteval",
    "constexpr", "constinit", "continue", "decltype", "default", "delete", "do", "double", "dynamic_cast", "else",
    "enum", "explicit", "export", "extern", "false", "float", "for", "friend", "goto", "if", "inline", "int",
    "long", "mutable", "namespace", "new", "noexcept", "not", "nullptr", "operator", "or", "private", "protected",
    "public", "register", "reinterpret_cast", "requires", "return", "short", "signed", "sizeof", "static",
    "static_assert", "static_cast", "struct", "switch", "template", "this", "thread_local", "throw", "true", "try",
    "typedef", "typeid", "typename", "union", "unsigned", "using", "virtual", "void", "volatile", "wchar_t",
    "while", "xor", "__restrict__", "__restrict", "restrict",
}  # fmt: skip
# Declaration words that a type's tokens may hold without being a type's name.
QUALIFIERS = {
    "const", "volatile", "struct", "class", "union", "enum", "typename", "register", "inline", "static", "extern",
    "mutable", "constexpr", "__restrict__", "__restrict", "__grid_constant__",
}  # fmt: skip


@dataclass
class Names:
    """Names that the texts read so far declare."""

    templates: set[str] = field(default_factory=set)
    values: set[str] = field(default_factory=set)
    defaulted: set[str] = field(default_factory=set)  # kernels with default arguments
    kernels: set[str] = field(default_factory=set)
    functions: set[str] = field(default_factory=set)  # names that functions which are no kernels have
    # Macros that hold a configuration alone, #define CONFIG(g, b) <<<g, b>>>: do they take arguments?
    configurations: dict[str, bool] = field(default_factory=dict)
    spaces: Spaces = field(default_factory=Spaces)  # where functions and variables live
    # Kernel templates: how many template parameters they have; None where one is a pack.
    parameters: dict[str, int | None] = field(default_factory=dict)

    def is_template(self, name: str) -> bool | None:
        """True, False, or None where the text does not say."""
        if name in self.templates or name in CASTS or name in STANDARD:
            return True
        if name in self.values or name in KEYWORDS:
            return False
        return None

    def read(self, stream: Stream) -> None:
        """Learns the templates and the plain values that a stream declares."""
        if stream.macro is not None and stream.run(0, "<") == 3 and stream.run(len(stream.tokens) - 3, ">") == 3:
            self.configurations[stream.macro] = stream.takes_arguments
        for index, token in enumerate(stream.tokens):
            if token.kind is not Kind.NAME or token.text in KEYWORDS:
                if token.text == "template" and stream.text(index + 1) == "<":
                    self.read_template(stream, index + 1)
                continue
            before, after = stream.text(index - 1), stream.text(index + 1)
            typed = stream.kind(index - 1) is Kind.NAME and before not in {
                "return", "case", "goto", "struct", "class", "union", "enum", "typename", "namespace", "using",
                "else", "do", "throw", "new", "delete", "co_return", "template", "concept", "operator",
            } or before in {"*", "&", ">"}  # fmt: skip
            if typed and after in {"=", ";", ",", ")", "[", ":"} and before != "&&":
                self.values.add(token.text)
        self.values -= self.templates

    def read_template(self, stream: Stream, opened: int) -> None:
        """template <...> ... NAME: the name of what is declared, and the parameters that are values."""
        depth, index = 0, opened
        while index < len(stream.tokens):
            text = stream.text(index)
            if text == "<":
                depth += 1
            elif text == ">":
                depth -= 1
                if depth == 0:
                    break
            elif text in "([{" and stream.match[index] is not None:
                index = stream.match[index] or index
            elif text in {";", "{", "}"}:
                return
            index += 1
        head = index + 1
        for index in range(head, min(head + 60, len(stream.tokens))):
            text, after = stream.text(index), stream.text(index + 1)
            if text in {";", "}", "{"}:
                return
            if stream.kind(index) is not Kind.NAME or text in KEYWORDS or text.startswith("__launch_bounds"):
                continue
            if text in {"__align__", "__attribute__", "__cluster_dims__", "__maxnreg__"}:
                continue
            if after in {"(", "=", "{", ":", ";", "final"} and stream.text(index - 1) != "::":
                self.templates.add(text)
                return
            if after == "(":  # a qualified name: ns::k(
                self.templates.add(text)
                return
