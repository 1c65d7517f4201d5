"""Edits of a text that keep its lines, and the way back from a translated column to the learner's."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Edit:
    """text[start:end] becomes `new`, which holds no newline; newlines that were there stay."""

    start: int
    end: int
    new: str
    order: int  # among edits at one place, as they were asked for


@dataclass(frozen=True)
class Piece:
    """A stretch of one output line: columns from `out` on, which stand for the input's from `source` on."""

    out: int
    source: int
    copied: bool  # the input's own characters; else written by the translator


@dataclass
class Translated:
    text: str
    # For each changed line (1-based): its pieces in order, columns 0-based in UTF-8 bytes as g++ counts.
    pieces: dict[int, list[Piece]] = field(default_factory=dict)

    def piece(self, line: int, column: int) -> Piece | None:
        """The piece that a column (1-based, bytes) of a translated line lies in; None on a line without edits."""
        pieces = self.pieces.get(line)
        if not pieces:
            return None
        return pieces[max(bisect_right(pieces, column - 1, key=lambda piece: piece.out) - 1, 0)]

    def is_written(self, line: int, column: int) -> bool:
        """Did the translator write what stands there?"""
        piece = self.piece(line, column)
        return piece is not None and not piece.copied

    def column(self, line: int, column: int) -> int:
        """The learner's column (1-based, bytes) for a column of the translated line."""
        piece = self.piece(line, column)
        if piece is None:
            return column
        return piece.source + (column - 1 - piece.out if piece.copied else 0) + 1


def size(text: str) -> int:
    """Bytes as g++ sees them."""
    return len(text.encode("utf-8", "surrogateescape"))


class Edits:
    """Collects edits, in any order, and applies them once."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.edits: list[Edit] = []

    def insert(self, at: int, new: str) -> None:
        self.replace(at, at, new)

    def replace(self, start: int, end: int, new: str) -> None:
        assert "\n" not in new, "an edit adds no line"
        self.edits.append(Edit(start, end, new, len(self.edits)))

    def apply(self) -> Translated:
        if not self.edits:
            return Translated(self.text)
        out: list[str] = []
        lines: dict[int, list[Piece]] = {}
        changed: set[int] = set()
        line, out_column, source_column = 1, 0, 0

        def copy(text: str) -> None:
            nonlocal line, out_column, source_column
            for number, part in enumerate(text.split("\n")):
                if number:
                    out.append("\n")
                    line, out_column, source_column = line + 1, 0, 0
                if part:
                    lines.setdefault(line, []).append(Piece(out_column, source_column, True))
                    out.append(part)
                    out_column += size(part)
                    source_column += size(part)

        position = 0
        for edit in sorted(self.edits, key=lambda edit: (edit.start, edit.end, edit.order)):
            if edit.start < position:
                continue  # only in text that is no C++, of which g++ says more
            copy(self.text[position : edit.start])
            changed.add(line)
            if edit.new:
                lines.setdefault(line, []).append(Piece(out_column, source_column, False))
                out.append(edit.new)
                out_column += size(edit.new)
            for number, part in enumerate(self.text[edit.start : edit.end].split("\n")):
                if number:
                    # What continued a removed line must go on doing so in a directive.
                    out.append("\\\n" if self.continues(edit.start, edit.end) else "\n")
                    line, out_column, source_column = line + 1, 0, 0
                    changed.add(line)
                source_column += size(part)
            position = edit.end
        copy(self.text[position:])
        return Translated("".join(out), {number: lines[number] for number in changed if number in lines})

    def continues(self, start: int, end: int) -> bool:
        """Does the removed text continue a line with a backslash? Then what stays must too."""
        removed = self.text[start:end].replace("\r", "")
        return "\\\n" in removed
