"""Launches: finds every `kernel<<<configuration>>>(arguments)` and rewrites it as a call of the runtime."""

from __future__ import annotations

from dataclasses import dataclass

from .edits import Edits
from .names import Names
from .syntax import Parser
from .tokens import Stream, TranslateError

FORM = "a launch reads kernel<<<grid, block>>>(arguments), with shared bytes and a stream as 3rd and 4th argument"


@dataclass(frozen=True)
class Launch:
    """Token indices in its stream: the kernel's first token, and where the configuration starts and ends.

    They are the < and > that start <<< and >>>, or, where a macro holds these, the macro's name and its last token.
    """

    kernel: int | None  # None in a macro that holds a configuration alone
    opens: int
    closes: int
    by_macro: bool = False


def find_launches(stream: Stream, names: Names) -> list[Launch]:
    parser = Parser(stream, names)
    found: list[Launch] = []
    index = 0
    while index < len(stream.tokens):
        run = stream.run(index, "<")
        if run == 3 and stream.text(index - 1) != "operator":
            found.append(read_launch(stream, parser, index))
        elif stream.text(index) in names.configurations:
            if launch := read_macro_launch(stream, parser, index):
                found.append(launch)
        index += max(run, 1)
    return found


def read_macro_launch(stream: Stream, parser: Parser, name: int) -> Launch | None:
    """k CONFIG(g, b)(arguments), where CONFIG is a macro for <<<g, b>>>; None where CONFIG follows no kernel."""
    closes: int | None = name
    if parser.names.configurations[stream.text(name)]:
        closes = stream.match[name + 1] if stream.text(name + 1) == "(" else None
    kernel = parser.postfix_start(name - 1) if closes is not None else None
    if closes is None or kernel is None or (stream.macro is None and stream.text(closes + 1) != "("):
        return None
    return Launch(kernel, name, closes, by_macro=True)


def read_launch(stream: Stream, parser: Parser, opens: int) -> Launch:
    """The launch whose <<< starts at opens; a TranslateError where it is none."""
    at = stream.tokens[opens].start
    kernel = parser.postfix_start(opens - 1)
    if kernel is None and stream.macro is not None and opens == 0:
        pass  # #define CONFIG(g, b) <<<g, b>>>
    elif kernel is None:
        raise TranslateError(f"<<< follows no kernel; {FORM}", at)
    counts: list[int] = []
    for closes, commas in parser.walk(opens + 3, template=False):
        if stream.macro is None and stream.text(closes + 3) != "(":
            continue
        count = commas + 1 if closes > opens + 3 else 0
        variadic = any(stream.text(i) == "__VA_ARGS__" for i in range(opens + 3, closes))
        if 2 <= count <= 4 or variadic or (stream.macro is not None and count == 1):
            return Launch(kernel, opens, closes)
        counts.append(count)
    if counts:
        arguments = f"{counts[0]} argument{'' if counts[0] == 1 else 's'}"
        raise TranslateError(f"this launch has {arguments} between <<< and >>>, and needs 2 to 4; {FORM}", at)
    raise TranslateError(f"this <<< is not closed by a >>> with (arguments) after it; {FORM}", at)


def is_incomplete(stream: Stream, parser: Parser, launch: Launch) -> bool:
    """May the kernel's name alone mean another function than its call would?

    Default arguments are lost in a function's address; a template's missing arguments are deduced from the call,
    where in an address a pack would be empty and a default would hold.
    """
    last = launch.opens - 1
    if stream.text(last) != ">":
        return stream.text(last) in parser.names.defaulted
    opened = parser.template_start(last)
    name = stream.text(opened - 1) if opened is not None else ""
    if opened is None or name in parser.names.defaulted:
        return True
    wanted = parser.names.parameters.get(name, 0)
    return wanted is None or len(parser.split(opened + 1, last, declaration=False)) < wanted


def rewrite_launches(stream: Stream, names: Names, edits: Edits) -> None:
    parser = Parser(stream, names)
    for launch in find_launches(stream, names):
        opens, closes = stream.tokens[launch.opens], stream.tokens[launch.closes]
        if launch.kernel is None:
            edits.replace(opens.start, opens.end + 2, "::cudasim::config(")
            edits.replace(closes.start, closes.end + 2, ")")
            continue
        macro = "CUDASIM_KERNEL_ANY" if is_incomplete(stream, parser, launch) else "CUDASIM_KERNEL"
        edits.insert(stream.tokens[launch.kernel].start, f"::cudasim::launch({macro}(")
        if launch.by_macro:
            edits.insert(opens.start, "), ")
            edits.insert(closes.end, ")")
        else:
            edits.replace(opens.start, opens.end + 2, "), ::cudasim::config(")
            edits.replace(closes.start, closes.end + 2, "))")
