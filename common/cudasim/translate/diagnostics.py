"""g++'s messages as if it had read the learner's file: columns moved back, nothing of ours left in them.

#line already gives the right file and line, and g++ quotes the line from the learner's own file. What is left are
columns on rewritten lines, notes about our headers and macros, and errors that are reported inside our headers.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from .headers import SourceFile

HEAD = re.compile(
    r"^(?P<file>[^\n]+?):(?P<line>\d+):(?:(?P<column>\d+):)? "
    r"(?P<kind>fatal error|error|warning|note|sorry, unimplemented|internal compiler error): (?P<message>.*)$"
)
CONTEXT = re.compile(
    r"^(?:In file included from .*|\s+from .*|In (?:member )?function .*,|\s+inlined from .*"
    r"|.+: (?:In .*|At (?:global|top level|namespace).*)"
    r"|.+:\d+:(?:\d+:)?   (?:(?:recursively )?required|\[ skipping|in) .*)$"
)
REQUIRED = re.compile(r"^(?P<file>.+?):(?P<line>\d+):(?P<column>\d+):   (?:recursively )?required .*$")
SNIPPET = re.compile(r"^(?P<gutter> *(?P<line>\d+)? *(?:\+\+\+ )?\|)(?P<rest>.*)$")
OURS = re.compile(r"\bcudasim::|\bCUDASIM_|\bcudasim_")
BRACES = "the arguments do not fit this kernel, whose template arguments are deduced: braces need a type before them"


def either_quotes(pattern: str) -> re.Pattern[str]:
    """g++ quotes with ‘’, or with '' where the locale has no others."""
    return re.compile(pattern.replace("‘", "[‘']").replace("’", "[’']"))


# What g++ says of the code that we write, and what it means for the learner's.
CONSTRUCTED = (
    r"the __shared__ variable ‘\1’ is of a class whose constructor sets it: it exists once for each block, and no "
    r"thread comes first; let one thread set it, then call __syncthreads() (a constructor that does nothing is "
    r"written = default)"
)
MEANING = [
    (either_quotes(r"invalid ‘static_cast’ from type ‘<unresolved overloaded .*>’ to type ‘KernelPointer<.*"),
     "a __global__ function cannot be a member of a class"),
    (either_quotes(r"invalid ‘static_cast’ from type ‘([^(]*[^( ]) ?\(.*’.* to type ‘KernelPointer<.*"),
     r"a __global__ function returns void, and this one returns ‘\1’"),
    (either_quotes(r"invalid use of incomplete type ‘struct KernelPointerOf<.*\.\.\.\)>’"),
     "a __global__ function takes no further arguments by an ellipsis"),
    (either_quotes(r"‘constinit’ variable ‘(.*)’ does not have a constant initializer"), CONSTRUCTED),
    (either_quotes(r"(?:non-local )?variable ‘(.*)’ declared ‘__thread’ has a non-trivial destructor"),
     r"the __shared__ variable ‘\1’ is of a class with a destructor, which no thread would call"),
]  # fmt: skip
# Of an error in code that we write, what follows from one that was told already.
CONSEQUENCE = either_quotes(
    r"template argument \d+ is invalid|cudasim_|‘(?:::)?registered’|KernelPointer|RunsThrough|KernelBody"
    r"|was not declared in this scope|has not been declared|attributes at the beginning of statement are ignored"
)
# After the errors above that are about a __shared__ variable.
WHY_NOT_CONSTANT = either_quotes(
    r"call to non-‘constexpr’ function|.* is not a constant expression|C\+\+11 ‘thread_local’ allows"
)
OURS_SUGGESTED = either_quotes(r"; did you mean ‘(?:::)?(?:cudasim|CUDASIM)\w*’\?")
CHUNK = re.compile(r"\S+(?: \S+)*")
COLORS = {"error": "31", "fatal error": "31", "warning": "35", "note": "36"}


@dataclass
class Message:
    """One message: what precedes it (In function ..), its head, and the lines quoted below it."""

    context: list[str] = field(default_factory=list)
    head: re.Match[str] | None = None
    body: list[str] = field(default_factory=list)

    @property
    def is_note(self) -> bool:
        return self.head is not None and self.head["kind"] == "note"


def messages(lines: Iterable[str]) -> list[Message]:
    found: list[Message] = []
    current = Message()
    for line in lines:
        if head := HEAD.match(line):
            if current.head or current.body:
                found.append(current)
                current = Message()
            current.head = head
        elif CONTEXT.match(line):
            if current.head or current.body:
                found.append(current)
                current = Message()
            current.context.append(line)
        else:
            current.body.append(line)
    found.append(current)
    return found


def display_columns(line: str) -> list[int]:
    """For each byte of a line the screen column g++ gives it (tabs every 8), with one more for its end."""
    columns, at = [], 0
    for char in line:
        width = 8 - at % 8 if char == "\t" else 1
        columns += [at] * len(char.encode("utf-8", "surrogateescape"))
        at += width
    return [*columns, at]


class Diagnostics:
    """Rewrites what g++ said about one translation unit."""

    def __init__(self, files: Iterable[SourceFile], ours: str) -> None:
        self.files = {file.spelled: file for file in files}
        # Headers that were not copied are included by their absolute paths.
        self.spelled = {file.path: file.spelled for file in self.files.values() if not file.copied}
        self.spelled |= {file.copy: file.spelled for file in self.files.values() if file.copied}
        # The folder of our own headers, also as g++ spells it where a link leads there.
        self.ours = (ours, os.path.realpath(ours))

    def rewrite(self, text: str) -> str:
        for path, spelled in sorted(self.spelled.items(), key=lambda item: -len(item[0])):
            text = text.replace(path, spelled)
        out: list[str] = []
        seen: set[str] = set()
        context: list[str] = []  # of messages that were left out: the next one needs it
        told: list[str] = []  # the context that stands above
        left_out = False
        found = messages(text.splitlines())
        for index, message in enumerate(found):
            if message.head is None:
                out += [line for line in (*message.context, *message.body) if not self.is_ours(line)]
                continue
            if message.is_note and (left_out or self.is_internal(message)):
                continue
            if self.is_consequence(message, out):
                left_out = True
                continue
            context = self.context(message) or context
            shown = self.relocate(message, found[index + 1 :]) if self.is_internal(message) else self.show(message)
            # g++ says the same of each place where our macro writes the kernel's name.
            left_out = not shown or (shown[0] in seen and not message.is_note)
            if left_out:
                continue
            if not message.is_note:
                seen.add(shown[0])
            if context and context != told:
                out += context
                told = context
            context = []
            out += shown
        return "".join(line + "\n" for line in out)

    def is_internal(self, message: Message) -> bool:
        """Is it about our headers, or a note about our macros?"""
        assert message.head
        if message.head["file"].startswith(self.ours):
            return True
        return message.is_note and bool(OURS.search(message.head["message"]))

    def context(self, message: Message) -> list[str]:
        """What stands before a message and says something of the learner's code."""
        kept: list[str] = []
        ours = False  # what is `required from here` is ours, or an include of ours
        for line in message.context:
            if not line.startswith(" ") and " required " not in line:
                ours = "In file included from" not in line and self.is_ours(line)
                ours = ours or ("In lambda function" in line and self.is_rewritten(message))
            if not ours and not self.is_ours(line) and "<command-line>" not in line:
                match = REQUIRED.match(line)
                if match:
                    column = self.column(match["file"], int(match["line"]), int(match["column"]))
                    line = f"{match['file']}:{match['line']}:{column}:{line[match.end('column') + 1 :]}"
                kept.append(line)
        # An include that led into our headers alone leaves nothing to say.
        return kept

    def is_ours(self, line: str) -> bool:
        return bool(OURS.search(line)) or any(folder in line for folder in self.ours) or "<lambda(auto" in line

    def is_rewritten(self, message: Message) -> bool:
        """Is the message about a line that we changed?"""
        assert message.head
        file = self.files.get(message.head["file"])
        return bool(file and file.translated and int(message.head["line"]) in file.translated.pieces)

    def clean(self, text: str) -> str:
        text = re.sub(r"static assertion failed: CUDASIM: ", "", text)
        if "no match for call to" in text and "AnyLaunch" in text:
            return BRACES
        text = re.sub(r"(?:::)?\bcudasim::", "", OURS_SUGGESTED.sub("", text))
        for pattern, meaning in MEANING:
            if match := pattern.fullmatch(text):
                meant = match.expand(meaning)
                return meant if "‘" in text else meant.replace("‘", "'").replace("’", "'")
        return text

    def is_consequence(self, message: Message, told: list[str]) -> bool:
        """Does a message only follow from one that was told, and speak of code that the learner did not write?"""
        assert message.head
        head, text = message.head, message.head["message"]
        place = f"{head['file']}:{head['line']}:"
        if WHY_NOT_CONSTANT.match(text):
            return any(line.startswith(place) and "the __shared__ variable" in line for line in told)
        file = self.files.get(head["file"])
        if not file or not file.translated or not head["column"] or not CONSEQUENCE.search(text):
            return False
        if not file.translated.is_written(int(head["line"]), int(head["column"])):
            return False
        return head["kind"] == "warning" or any(": error: " in line and line.startswith(place) for line in told)

    def show(self, message: Message) -> list[str]:
        assert message.head
        head = message.head
        where = f"{head['file']}:{head['line']}"
        if head["column"]:
            where += f":{self.column(head['file'], int(head['line']), int(head['column']))}"
        first = f"{where}: {head['kind']}: {self.clean(head['message'])}"
        return [first, *(self.quoted(head["file"], message.body))]

    def column(self, spelled: str, line: int, column: int) -> int:
        file = self.files.get(spelled)
        return file.translated.column(line, column) if file and file.translated else column

    def relocate(self, message: Message, following: list[Message]) -> list[str]:
        """An error inside our headers, told at the learner's line that led there; [] if none did."""
        assert message.head
        places: list[tuple[str, int, int]] = []
        for note in following:
            if not note.is_note or not note.head:
                break
            if "in expansion of macro" in note.head["message"] and note.head["file"] in self.files:
                places.append((note.head["file"], int(note.head["line"]), int(note.head["column"] or 1)))
                break
        for line in reversed(message.context):
            match = REQUIRED.match(line)
            if match and match["file"] in self.files:
                places.append((match["file"], int(match["line"]), int(match["column"])))
        if not places or message.head["kind"] not in {"error", "fatal error"}:
            return []
        spelled, line_number, column = places[0]
        column = self.column(spelled, line_number, column)
        text = self.files[spelled].text.split("\n")
        source = text[line_number - 1].rstrip("\r") if line_number <= len(text) else ""
        at = display_columns(source)[min(column - 1, len(source.encode("utf-8", "surrogateescape")))]
        return [
            f"{spelled}:{line_number}:{column}: {message.head['kind']}: {self.clean(message.head['message'])}",
            f"{line_number:5} | {source.expandtabs(8)}",
            f"      | {' ' * at}^",
        ]

    def quoted(self, spelled: str, body: list[str]) -> list[str]:
        """The quoted lines with their carets and labels moved to the learner's columns."""
        file = self.files.get(spelled)
        if not file or not file.translated:
            return body
        sources = file.text.split("\n")
        out: list[str] = []
        number = 0
        for line in body:
            match = SNIPPET.match(line)
            if match and match["line"] and "+++" not in match["gutter"]:
                number = int(match["line"])
            elif match and number in file.translated.pieces and number <= len(sources):
                source = sources[number - 1].rstrip("\r")
                line = match["gutter"] + self.moved(match["rest"], file, number, source)
            out.append(line)
        return out

    def moved(self, rest: str, file: SourceFile, number: int, source: str) -> str:
        """One line of carets, bars or labels; rest starts with the blank after the gutter."""
        assert file.translated
        table = display_columns(source)

        def place(shown: int) -> int:
            # g++ measures the learner's line with the translated line's byte column.
            byte = next((i for i, column in enumerate(table) if column >= shown), None)
            if byte is None:
                byte = len(table) - 1 + shown - table[-1]
            back = file.translated.column(number, byte + 1) - 1 if file.translated else byte
            return table[back] if back < len(table) else table[-1] + back - len(table) + 1

        row: list[str] = []
        for chunk in CHUNK.finditer(rest[1:]):
            text, start = chunk.group(), place(chunk.start())
            if set(text) <= {"^", "~"}:
                last = max(place(chunk.end() - 1), start)
                marks = ["~"] * (last - start + 1)
                if "^" in text:
                    marks[min(max(place(chunk.start() + text.index("^")) - start, 0), last - start)] = "^"
                text = "".join(marks)
            start = max(start, len(row) + 1 if row and row[-1] != " " else len(row)) if len(row) > start else start
            row += [" "] * (start - len(row)) + list(text)
        return " " + "".join(row) if row else rest


def colored(text: str) -> str:
    """The heads of messages as g++ colours them."""
    out = []
    for line in text.splitlines():
        if head := HEAD.match(line):
            where = f"{head['file']}:{head['line']}:" + (f"{head['column']}:" if head["column"] else "")
            color = COLORS.get(head["kind"], "31")
            line = f"\033[1m{where}\033[0m \033[1;{color}m{head['kind']}:\033[0m {head['message']}"
        out.append(line + "\n")
    return "".join(out)
