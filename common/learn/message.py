"""What a learner reads of a compiler's or a linker's words: one Message each, and how it is shown."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass, field

TEXT_LIMIT = 240  # about three lines of 80


@dataclass
class Message:
    file: str  # as it is shown, never absolute
    line: int  # in the learner's file; 0 if none
    column: int  # 1-based; 0 if none
    kind: str  # "error", "warning" or "link"
    text: str  # the compiler's own words, shortened
    snippet: list[str] = field(default_factory=list)  # the source line, and the caret under it
    plain: str = ""  # what it means and what usually causes it, or ""
    also: list[int] = field(default_factory=list)  # other lines with the same message
    folded: int = 0  # messages left out because this one probably caused them


def shorten(text: str, limit: int = TEXT_LIMIT) -> str:
    text = " ".join(text.split())
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def printable(line: str) -> str:
    """Control characters would move the cursor or colour the terminal; a tab is one space by now."""
    return re.sub(r"[\x00-\x08\x0a-\x1f\x7f-\x9f]", "·", line.replace("\t", " "))


def window(snippet: list[str], width: int) -> list[str]:
    """The snippet without its common indentation, cut around the caret where it is too wide."""
    lines = [printable(line.rstrip()) for line in snippet]
    lines = [line for line in lines if line]
    if not lines:
        return []
    common = min(len(line) - len(line.lstrip()) for line in lines)
    lines = [line[common:] for line in lines]
    if max(len(line) for line in lines) <= width:
        return lines
    carets = lines[1] if len(lines) > 1 and set(lines[1]) <= set(" ^~") else ""
    if not carets:  # no caret to keep in sight: each line is cut at its end
        return [line if len(line) <= width else line[: width - 1] + "…" for line in lines]
    caret = max(carets.find("^"), 0)
    length = max(len(lines[0]), caret + 1)  # a missing ; is marked just after the line's end
    start = max(0, min(caret - width // 2, length - width))
    shown = lines[0][start : start + width]
    if start > 0:
        shown = "…" + shown[1:]
    if start + width < len(lines[0]):
        shown = shown[:-1] + "…"
    return [shown, carets[start : start + width].rstrip()]


def wrap(text: str, width: int, indent: str = "") -> list[str]:
    return textwrap.wrap(
        printable(text), width, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False
    )


def count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def lines_text(lines: list[int]) -> str:
    """ "line 15", "lines 15 and 18", "lines 15, 18, 20 and 4 more"."""
    shown = [str(line) for line in lines[:3]]
    if len(lines) > 4:
        shown.append(f"{len(lines) - 3} more")
    elif len(lines) == 4:
        shown.append(str(lines[3]))
    joined = shown[0] if len(shown) == 1 else ", ".join(shown[:-1]) + " and " + shown[-1]
    return ("line " if len(lines) == 1 else "lines ") + joined


def render(messages: list[Message], width: int, most: int = 3) -> list[str]:
    """The first `most` errors, or warnings where there is no error, and how many more there are."""
    width = max(40, min(width, 120))
    errors = [message for message in messages if message.kind != "warning"]
    warnings = [message for message in messages if message.kind == "warning"]
    shown = (errors or warnings)[:most]
    result: list[str] = []
    explained: list[str] = []
    for message in shown:
        place = message.file + (f":{message.line}" if message.line else "")
        text = message.text
        if message.also:
            text += f" (also on {lines_text(message.also)})"
        if result:
            result.append("")
        result += wrap(f"{place}: {'warning: ' if message.kind == 'warning' else ''}{text}", width)
        result += ["    " + line for line in window(message.snippet, width - 4)]
        if message.plain not in explained:  # the same sentence once is enough
            result += wrap(message.plain, width, "  ")
            explained.append(message.plain)
    more = len(errors or warnings) - len(shown) + sum(message.folded for message in errors or warnings)
    rest = []
    if more:
        rest.append(f"and {more} more" + (", often caused by the first" if errors else ""))
    if errors and warnings:
        rest.append(f"{count(len(warnings), 'warning')} left for when it compiles")
    if rest:
        result += ["", *wrap("; ".join(rest), width)]
    return result
