"""What a compiler for CUDA refuses and a compiler for C++ would take without a word, to run it wrongly.

A kernel called without <<<>>> would run on the host; a __shared__ variable with an initialiser would be set once a
thread of the machine, not once a block; a kernel that returns a value could not be launched.
"""

from __future__ import annotations

from .declarations import Declarations
from .edits import Edits
from .names import KEYWORDS, Names
from .syntax import Parser
from .tokens import Kind, Stream, TranslateError

VALUES = {"int", "float", "double", "bool", "char", "long", "short", "unsigned", "signed", "size_t"}


def find_mistakes(stream: Stream, names: Names) -> None:
    """Raises a TranslateError at the first mistake of a stream."""
    declarations = Declarations(stream, names, Edits(""))
    unconfigured_calls(stream, names, declarations)
    if stream.macro is None:
        returned_values(stream, declarations)


def learn_functions(stream: Stream, names: Names) -> None:
    """Notes kernels' names, and those that other functions have too: nothing is said of their calls."""
    declarations = Declarations(stream, names, Edits(""))
    kernels = {kernel.opens: kernel.name for kernel in declarations.kernels()}
    names.kernels |= {name.rpartition("::")[2].partition("<")[0] for name in kernels.values()}
    for index, token in enumerate(stream.tokens):
        if token.kind is Kind.NAME and stream.text(index + 1) == "(" and index + 1 not in kernels:
            before = stream.text(index - 1)
            typed = stream.kind(index - 1) is Kind.NAME and (
                before not in KEYWORDS or before in {"void", "auto", *VALUES}
            )
            if typed or before in {"*", "&", ">", "::", ".", "->"}:
                names.functions.add(token.text)
    if stream.macro is not None:
        names.functions.add(stream.macro)


def unconfigured_calls(stream: Stream, names: Names, declarations: Declarations) -> None:
    """k(x); as a statement, where k is a kernel and nothing else."""
    parser = Parser(stream, names)
    for index, token in enumerate(stream.tokens):
        if token.text not in names.kernels or token.text in names.functions:
            continue
        if stream.text(index - 1) not in {";", "{", "}"} and index > 0:
            continue
        after = index + 1
        if stream.text(after) == "<" and stream.run(after, "<") == 1 and (ends := parser.template_ends(after)):
            after = ends[0] + 1
        closed = stream.match[after] if stream.text(after) == "(" else None
        if closed is not None and stream.text(closed + 1) == ";" and declarations.in_function(index):
            raise TranslateError(
                f"{token.text} is a __global__ function, and a call of one must be configured: "
                f"{token.text}<<<grid, block>>>(...)",
                token.start,
            )


def returned_values(stream: Stream, declarations: Declarations) -> None:
    for index, token in enumerate(stream.tokens):
        if token.text != "__global__" or token.kind is not Kind.NAME:
            continue
        kernel = declarations.read_kernel(index)
        if kernel is None:
            continue
        start, _ = declarations.declaration(index)
        name = kernel.opens - 1
        words = [stream.text(i) for i in declarations.outside_brackets(max(start, index - 20), name)]
        if "void" not in words and "auto" not in words and (wrong := VALUES.intersection(words)):
            raise TranslateError(
                f"a __global__ function returns void, and this one returns {sorted(wrong)[0]}", token.start
            )
