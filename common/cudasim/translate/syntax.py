"""Finding ends: of template arguments, of lists, of a launch's configuration, of a declaration.

Where a `<` may be an operator or open template arguments, both readings are tried, the likelier first, and the
first that leads to a whole is taken.
"""

from __future__ import annotations

from collections.abc import Iterator

from .names import KEYWORDS, Names
from .tokens import Kind, Stream

LONGEST = 4000  # tokens; a launch or a template's arguments end before
DEEPEST = 64  # template arguments inside template arguments
CHOICES = 400  # readings tried for one launch before it is given up


class Parser:
    """Reads one stream with what is known of names."""

    def __init__(self, stream: Stream, names: Names) -> None:
        self.stream = stream
        self.names = names
        self.closers: dict[int, list[int]] = {}  # template_ends, remembered
        self.depth = 0  # of template_ends calling itself

    def opens_template(self, index: int) -> bool | None:
        """May the < at index open template arguments? True and False are sure, None is not."""
        before = index - 1
        if self.stream.kind(before) is not Kind.NAME:
            return False
        if self.stream.adjacent(index) and self.stream.text(index + 1) == "<":
            return False  # a shift
        if self.stream.text(before) == "operator":
            return False
        if "template" in {self.stream.text(before), self.stream.text(before - 1)}:
            return True
        return self.names.is_template(self.stream.text(before))

    def template_ends(self, index: int) -> list[int]:
        """Where template arguments opened by the < at index may end: indices of >, the likelier first."""
        if index not in self.closers:
            if self.depth == DEEPEST:
                return []
            self.closers[index] = []  # a reading that needs itself is none
            found: list[int] = []
            self.depth += 1
            for end, _ in self.walk(index + 1, template=True):
                if end not in found:
                    found.append(end)
                if len(found) == 4:
                    break
            self.depth -= 1
            self.closers[index] = found
        return self.closers[index]

    def walk(self, start: int, template: bool) -> Iterator[tuple[int, int]]:
        """Ends of a list of expressions (or types) that starts at start, and the commas before each.

        In template arguments the end is a >; in a launch's configuration the first of a >>>.
        """
        stream = self.stream
        pending = [(start, 0)]
        tried = 0
        while pending and tried < CHOICES:
            tried += 1
            index, commas = pending.pop()
            while index < min(start + LONGEST, len(stream.tokens)):
                text = stream.text(index)
                if text in {"(", "[", "{"}:
                    closing = stream.match[index]
                    if closing is None:
                        break
                    index = closing
                elif text in {")", "]", "}", ";"}:
                    break
                elif text == ",":
                    commas += 1
                elif text == "<":
                    if stream.run(index, "<") >= 3:
                        break  # a launch within a launch's arguments is inside brackets
                    sure = self.opens_template(index)
                    if sure is not False:
                        ends = self.template_ends(index)
                        if sure is None or not ends:
                            pending.append((index + 1, commas))  # tried last: the operator
                        pending.extend((end + 1, commas) for end in reversed(ends))
                        break
                elif text == ">" and template:
                    yield index, commas
                    break
                elif text == ">" and stream.run(index, ">") >= 3:
                    yield index, commas
                index += 1

    def template_start(self, close: int) -> int | None:
        """The index of the < whose template arguments the > at close ends, or None.

        The nearest one that fits and whose name is known to be a template's, else the nearest that fits.
        """
        stream = self.stream
        likely: int | None = None
        index = close - 1
        while index > max(0, close - LONGEST):
            text = stream.text(index)
            if text in {")", "]", "}"}:
                opened = stream.match[index]
                if opened is None:
                    break
                index = opened
            elif text in {"(", "[", "{", ";"}:
                break
            elif text == "<" and (sure := self.opens_template(index)) is not False:
                if close in self.template_ends(index):
                    if sure:
                        return index
                    likely = index if likely is None else likely
            index -= 1
        return likely

    def postfix_start(self, last: int) -> int | None:
        """The index where the postfix expression that ends at last starts, or None."""
        stream = self.stream
        index = last
        while True:
            text, kind = stream.text(index), stream.kind(index)
            if text in {")", "]"}:
                opened = stream.match[index]
                if opened is None:
                    return None
                if text == ")" and not self.is_callee(opened - 1):
                    return opened
                index = opened - 1
                continue
            if text == ">":
                opened = self.template_start(index)
                if opened is None:
                    return None
                index = opened - 1
                if stream.text(index) in {"static_cast", "reinterpret_cast", "const_cast", "dynamic_cast"}:
                    return index
                continue
            if (kind is not Kind.NAME and text != "##") or (text in KEYWORDS and text != "this"):
                return None
            # A name, perhaps pasted in a macro (pre##name), qualified, or a member.
            while stream.text(index - 1) == "##" or (stream.text(index) == "##" and index > 0):
                index -= 1
            before = stream.text(index - 1)
            if before == "template":
                index -= 1
                before = stream.text(index - 1)
            if before == "::":
                scope = stream.text(index - 2)
                if (stream.kind(index - 2) is Kind.NAME and scope not in KEYWORDS) or (
                    scope == ">" and self.template_start(index - 2) is not None
                ):
                    index -= 2
                    continue
                return index - 1
            if before in {".", "->"}:
                index -= 2
                continue
            return index

    def is_callee(self, index: int) -> bool:
        """Does tokens[index] end what a following ( ... ) calls? After `if (..)` or `(void)` it does not."""
        stream = self.stream
        text, kind = stream.text(index), stream.kind(index)
        if kind is Kind.NAME:
            return text not in KEYWORDS or text == "this" or text in {"decltype"}
        if text == "]":
            # A subscript calls; the brackets of a structured or empty attribute do not.
            opened = stream.match[index]
            return opened is not None and stream.text(opened + 1) != "["
        if text == ">":
            return self.template_start(index) is not None
        if text == ")":
            opened = stream.match[index]
            if opened is None:
                return False
            if index - opened == 2 and stream.text(opened + 1) == "void":
                return False  # a cast to void
            before = stream.text(opened - 1)
            if before == "constexpr" and stream.text(opened - 2) == "if":
                return False
            return before not in {"if", "while", "for", "switch", "catch"}
        return False

    def split(self, start: int, end: int, declaration: bool) -> list[tuple[int, int]]:
        """The parts of tokens[start:end] between commas; in a declaration every `name <` is a template."""
        parts: list[tuple[int, int]] = []
        index = begin = start
        while index < end:
            text = self.stream.text(index)
            if text in {"(", "[", "{"}:
                index = self.stream.match[index] or index
            elif (
                text == "<" and (declaration or self.opens_template(index)) and self.opens_template(index) is not False
            ):
                inside = [close for close in self.template_ends(index) if close < end]
                if inside:
                    index = inside[0]
            elif text == ",":
                parts.append((begin, index))
                begin = index + 1
            index += 1
        if start < end:
            parts.append((begin, end))
        return parts
