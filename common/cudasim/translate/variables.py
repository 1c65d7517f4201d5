"""Variables of the device: a hook behind each lets the checks know its extent, and that it may not be written."""

from __future__ import annotations

from .declarations import WITH_ARGUMENTS, Declarations, declared_name
from .tokens import Kind

QUALIFIER = {"__device__", "__constant__", "__managed__"}
# A declaration with one of these is no variable's definition, or one whose address needs more than its name.
NO_DEFINITION = {
    "extern", "template", "typedef", "using", "friend", "operator", "__global__", "__shared__", "thread_local",
}  # fmt: skip


def write_variable_hooks(declarations: Declarations) -> None:
    """`__constant__ float c_w[4];` gets CUDASIM_VARIABLE(c_w, true); any doubt leaves a declaration alone."""
    stream = declarations.stream
    if stream.macro is not None:
        return
    written: set[int] = set()
    for index, token in enumerate(stream.tokens):
        if token.text not in QUALIFIER or token.kind is not Kind.NAME or not at_namespace_scope(declarations, index):
            continue
        start, end = declarations.declaration(index)
        if end in written or stream.text(end) != ";":
            continue
        written.add(end)
        head = {stream.text(i) for i in range(start, end) if stream.kind(i) is Kind.NAME}
        in_initialiser = any(stream.text(i) == "=" for i in range(start, index))  # of a lambda
        if in_initialiser or head & NO_DEFINITION or has_parentheses(declarations, start, end):
            continue
        constant = "true" if "__constant__" in head else "false"
        names = [
            declared_name(declarations.parser, first, last, typed=number == 0)
            for number, (first, last) in enumerate(declarations.parser.split(start, end, declaration=True))
        ]
        hooks = "".join(f" CUDASIM_VARIABLE({stream.text(name)}, {constant});" for name in names if name is not None)
        declarations.edits.insert(stream.tokens[end].end, hooks)


def has_parentheses(declarations: Declarations, start: int, end: int) -> bool:
    """Does a ( stand before the initialiser, as in a function's declaration?"""
    stream = declarations.stream
    for index in declarations.outside_brackets(start, end):
        if stream.text(index) in {"=", "{"}:
            return False
        if stream.text(index + 1) == "(" and stream.text(index) not in WITH_ARGUMENTS:
            return True
    return False


def at_namespace_scope(declarations: Declarations, index: int) -> bool:
    """Do only namespaces and `extern "C"` enclose tokens[index]?"""
    stream = declarations.stream
    position = index - 1
    while position >= 0:
        text = stream.text(position)
        if text in {")", "]", "}"} and stream.match[position] is not None:
            position = stream.match[position] or 0
        elif text in {"(", "["}:
            return False
        elif text == "{":
            words = []
            before = position - 1
            while before >= 0 and stream.text(before) not in {";", "{", "}"}:
                words.append(stream.text(before))
                before -= 1
            if "namespace" not in words and words[-1:] != ["extern"]:
                return False
        position -= 1
    return True
