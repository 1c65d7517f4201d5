"""What g++ and clang++ say about a learner's file, made readable.

read_compiler   their output, as Messages that stand in the learner's own file
read_source     what can be said of the file before it is compiled: empty, binary, with a main
read_linker     see linker_messages.py; render: see message.py

Only the learner's file counts. An error inside a header that one of the learner's lines called or
instantiated is put on that line. Errors that follow from an earlier one are folded into it. The
compiler is to be run without colour (-fdiagnostics-color=never) and in English (LC_ALL=C.UTF-8).
The wordings of the g++ and clang++ at hand are tested by compiling; written for g++ 12 to 15 and
clang++ 14 to 19. Standard library only.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path

from common.learn.compiler_plain import Sight
from common.learn.compiler_rules import explain
from common.learn.cpp_text import blank_comments, declared_before, functions, suspect_brace
from common.learn.exercise import ROOT
from common.learn.linker_messages import read_linker
from common.learn.message import Message, render, shorten

__all__ = ["Message", "read_compiler", "read_linker", "read_source", "render"]

HEADER = re.compile(
    r"^(?P<path>[^\s|].*?):(?P<line>\d+):(?:(?P<column>\d+):)? "
    r"(?P<kind>fatal error|error|warning|note|sorry, unimplemented|internal compiler error): ?(?P<text>.*)$"
)
DRIVER = re.compile(
    r"^(?:\S*/)?(?:cc1plus|[\w.+-]*g\+\+\S*|clang\S*|c\+\+|ccache): (?P<kind>fatal error|error|internal"
    r" compiler error|warning): (?P<text>.*)$"
)
CHAIN = re.compile(
    r"^(?P<path>[^\s|].*?):(?P<line>\d+):(?:(?P<column>\d+):)?\s+(?:recursively )?(?:required|in |instantiated)"
)
INCLUDED = re.compile(r"^(?:In file included| +) from (?P<path>.+?):(?P<line>\d+)(?::\d+)?[,:]$")
GUTTER = re.compile(r"^\s*(?P<number>\d*)(?P<plus>\+*) \|(?: (?P<text>.*))?$")
NOT_ERRORS = ("some warnings being treated as errors", "all warnings being treated as errors")


@dataclass
class Place:
    path: str
    line: int
    column: int


@dataclass
class Diagnostic:
    place: Place
    kind: str
    text: str
    body: list[str] = field(default_factory=list)
    chain: list[Place] = field(default_factory=list)  # what required it, innermost first
    included: list[Place] = field(default_factory=list)
    notes: list[Diagnostic] = field(default_factory=list)


def parse(output: str) -> list[Diagnostic]:
    """Errors and warnings in order, each with its notes and with what led to it."""
    found: list[Diagnostic] = []
    current: Diagnostic | None = None  # the error, warning or note that a snippet belongs to
    chain: list[Place] = []
    included: list[Place] = []
    fresh = True  # the include stack that follows is a new one
    for raw in output.replace("‘", "'").replace("’", "'").splitlines():
        line = re.sub(r"^\s*[•*] (?=\S+:\d+)", "", raw)  # g++ 15 can show notes as a nested list
        match = HEADER.match(line) or DRIVER.match(line)
        if match:
            groups = match.groupdict()
            place = Place(
                groups.get("path") or "", int(groups.get("line") or 0), int(groups.get("column") or 0)
            )
            current = Diagnostic(place, match["kind"], match["text"])
            if match["kind"] == "note":
                if found:
                    found[-1].notes.append(current)
            elif not match["text"].startswith(NOT_ERRORS):
                current.chain, current.included = chain, included
                found.append(current)
                chain = []
            fresh = True
        elif match := CHAIN.match(line):
            chain.append(Place(match["path"], int(match["line"]), int(match["column"] or 0)))
            current = None
        elif match := INCLUDED.match(line):
            included = [] if fresh else included
            fresh = False
            included.append(Place(match["path"], int(match["line"]), 0))
            current = None
        elif re.match(r"^\S.*: (?:In|At) .*:$", line) or re.match(r"^\d+ (?:error|warning)s? ", line):
            current = None
        elif current is not None:
            current.body.append(raw)
    return found


AKA = re.compile(r"'([^']*)' (?:\{aka '([^']*)'\}|\(aka '([^']*)'\))")


def without_argument(text: str, start: str) -> str:
    """Removes ", std::allocator<...>" and the like, whose brackets nest."""
    while (at := text.find(start)) >= 0:
        depth = 0
        end = len(text)
        for i in range(at + len(start) - 1, len(text)):
            depth += (text[i] == "<") - (text[i] == ">")
            if depth == 0:
                end = i + 1
                break
        text = text[:at] + text[end:].lstrip() if text[end : end + 2] == " >" else text[:at] + text[end:]
    return text


def clean(text: str) -> str:
    """The compiler's words without what only the compiler needs."""
    text = re.sub(r" \[with .*\](?=['\s]|$)", "", text)
    text = re.sub(r"; '(?:std::)?(?:string|string_view|__cxx11)[^']*' = [^']*", "", text)
    text = text.replace("std::__cxx11::", "std::")
    for start in (", std::allocator<", ", std::char_traits<", ", allocator<"):
        text = without_argument(text, start)
    text = re.sub(r"\b(?:std::)?basic_string<char>", "std::string", text)
    text = re.sub(r",? 18446744073709551615(?:UL)?", "", text)
    text = re.sub(r"(?<=<)18446744073709551615(?:UL)?>", ">", text)
    while (at := text.find("__gnu_cxx::__normal_iterator<")) >= 0:
        text = text[:at] + "iterator" + without_argument(text[at:], "__gnu_cxx::__normal_iterator<")
    text = re.sub(r"\b(?:long unsigned int|unsigned long)\b", "size_t", text)

    def known_as(match: re.Match[str]) -> str:
        name, meaning = match[1], match[2] or match[3]
        return (
            f"'{name}'"
            if len(name) < len(meaning) and "::" not in name.removeprefix("std::")
            else f"'{meaning}'"
        )

    text = AKA.sub(known_as, text)
    text = (
        re.sub(r"(?<=['< ])(?:class|struct) (?=[\w:]+)", "", text)
        if re.search(r"'(?:const )?(?:class|struct) ", text)
        else text
    )
    text = re.sub(r"\(\(\w[\w:<>, ]*\)(\w+)\)", r"(\1)", text)  # g++ writes out its conversions
    text = re.sub(r"(\w)\.(?:[\w]+(?:<[^<>]*>)?::)+operator\[\]\((.*?)\)(?=')", r"\1[...]", text)
    text = re.sub(r"(\w)\.(?:\w+(?:<[^<>]*>)?::)+(?=\w)", r"\1.", text)
    text = re.sub(r"\bnn::(?:basic::|detail::)?(?=\w)", "", text)
    return " ".join(text.replace("> >", ">>").split())


FLAG = re.compile(r"\s*\[(?P<flag>-W[^\]]*|-fpermissive)\]$")


def readable_flag(text: str, kind: str) -> str:
    """ "[-Werror=return-type]" as words; the name of a warning stays, to look it up."""
    match = FLAG.search(text)
    if not match:
        return text
    words = text[: match.start()]
    flags = [flag for flag in match["flag"].split(",") if flag not in ("-Werror", "-fpermissive")]
    name = "-W" + re.sub(r"^-W(?:error=)?", "", flags[-1]) if flags else ""
    if kind == "warning":
        return f"{words} [{name}]" if name else words
    return f"{words} (the warning {name}, an error here)" if name and "error" in match["flag"] else words


def at_caret(body: list[str]) -> str:
    """The source text from the caret on, as the output shows it; "" if it shows none."""
    for above, marks in zip(body, body[1:]):
        if (at := marks.find("^")) >= 0 and not marks.strip(" ^~|"):
            return above[at:]
    return ""


class Reader:
    """One output read against one learner's file."""

    def __init__(self, learner_file: Path, shown_as: str) -> None:
        self.file = learner_file
        self.real = os.path.realpath(learner_file)
        self.shown_as = shown_as
        try:
            self.source = learner_file.read_bytes().decode("utf-8", errors="replace").removeprefix("\ufeff")
        except OSError:
            self.source = ""
        self.lines = self.source.splitlines()

    def is_learners(self, path: str) -> bool:
        if os.path.isabs(path):
            return os.path.realpath(path) == self.real
        plain = re.sub(r"^(?:\.\.?/)+", "", os.path.normpath(path))
        return (
            bool(plain)
            and ("/" + self.real).endswith("/" + plain)
            and (path == self.shown_as or "/" in plain or not self.elsewhere(path))
        )

    def elsewhere(self, path: str) -> bool:
        return os.path.exists(path) and os.path.realpath(path) != self.real

    def place(self, diagnostic: Diagnostic) -> tuple[Place | None, bool]:
        """(where in the learner's file, whether the message itself stands there)."""
        if self.is_learners(diagnostic.place.path):
            return diagnostic.place, True
        if not diagnostic.place.path:
            return None, False
        for place in reversed(diagnostic.chain):
            if self.is_learners(place.path):
                return place, False
        led = re.compile(
            r"requested here|in expansion of macro|expanded from|in instantiation of|required from|in"
            r" definition of"
        )
        for wanted in (True, False):
            for note in diagnostic.notes:
                if self.is_learners(note.place.path) and bool(led.search(note.text)) >= wanted:
                    return note.place, False
        for place in reversed(diagnostic.included):
            if self.is_learners(place.path):
                return place, False
        return None, False

    def header_name(self, path: str) -> str:
        """ "the standard library", or a header of the course from the repository's root."""
        real = os.path.realpath(path)
        if real.startswith(f"{ROOT}{os.sep}"):
            return os.path.relpath(real, ROOT)
        if "/include/" in real or real.startswith("/usr"):
            return "the standard library"
        return os.path.basename(path)

    def snippet(self, place: Place, body: list[str]) -> list[str]:
        """The source line and its caret, from the output where it shows them, else from the file."""
        shown = [GUTTER.match(line) for line in body]
        if body and shown[0]:
            for at, match in enumerate(shown):
                if match and match["number"] == str(place.line):
                    below = shown[at + 1] if at + 1 < len(shown) else None
                    marks = (below["text"] or "") if below and not below["number"] and not below["plus"] else ""
                    return [
                        match["text"] or "",
                        marks if "^" in marks else " " * max(place.column - 1, 0) + "^",
                    ]
        elif len(body) > 1 and "^" in body[1] and not body[1].strip(" ^~"):
            return [body[0], body[1]]
        return self.from_file(place.line, place.column)

    def from_file(self, line: int, column: int) -> list[str]:
        if not 0 < line <= len(self.lines):
            return []
        text = self.lines[line - 1]
        before = text[: max(column - 1, 0)].expandtabs(8)
        return [text.expandtabs(8)] + ([" " * len(before) + "^"] if column else [])

    def message(self, diagnostic: Diagnostic) -> tuple[Message, str]:
        """The message and the family of its rule."""
        kind = "warning" if diagnostic.kind == "warning" else "error"
        place, direct = self.place(diagnostic)
        text = clean(diagnostic.text)
        body = diagnostic.body if direct else []
        line, column = (place.line, place.column) if place else (0, 0)
        if place and direct and re.match(r"expected '(?:,' or ')?;'", text):
            moved = self.end_of_statement(line, column)
            if moved != (line, column):
                (line, column), body = moved, []
        bare = FLAG.sub("", text)
        notes = [clean(note.text) for note in diagnostic.notes]
        sight = Sight(bare, line, column, notes, self.source, at_caret(diagnostic.body))
        plain, family = explain(sight)
        shown = readable_flag(text, kind)
        if family in ("brace", "outside"):
            brace = suspect_brace(self.source)
            if brace and (brace.kind == "unclosed" or family == "outside") and brace.line < line:
                shown += f" (noticed at line {line})"
                line, column, body = brace.line, brace.column, []
        if place and not direct:
            if any(p is place for p in diagnostic.included):
                plain = plain or (
                    "The mistake shows in what this line includes; usually something above it is not finished:"
                    " a ; or }."
                )
            shown += f" (in {self.header_name(diagnostic.place.path)}, reached from this line)"
        elif not place and diagnostic.place.path:
            shown = f"{self.header_name(diagnostic.place.path)}:{diagnostic.place.line}: {shown}"
        plain += self.declared_at(diagnostic, plain)
        result = Message(self.shown_as, line, column, kind, shorten(shown), [], plain)
        if place or line:
            result.snippet = self.snippet(Place("", line, column), body)
        return result, family

    def declared_at(self, diagnostic: Diagnostic, plain: str) -> str:
        """Where the course declares what a wrong call or member names."""
        if not plain or not re.search(
            r"arguments to|no matching|no declaration matches|new declaration|out-of-line|differ only",
            diagnostic.text,
        ):
            return ""
        for note in diagnostic.notes:
            real = os.path.realpath(note.place.path)
            if real != self.real and real.startswith(f"{ROOT}{os.sep}") and "defined here" not in note.text:
                return f" It is declared in {os.path.relpath(real, ROOT)}:{note.place.line}."
        return ""

    def end_of_statement(self, line: int, column: int) -> tuple[int, int]:
        """A ; is missed at the next word; it belongs at the end of the line before that."""
        code = blank_comments(self.source).splitlines()
        if not 0 < line <= len(code) or code[line - 1][: column - 1].strip():
            return line, column
        for number in range(line - 1, 0, -1):
            if code[number - 1].strip():
                return number, len(code[number - 1].rstrip()) + 1
        return line, column


def declared_name(text: str) -> str:
    """The name that a message about an unknown name is about."""
    match = re.search(
        r"'([\w\u00a0]+)' (?:was not declared|has not been declared|does not name)|"
        r"(?:undeclared identifier|unknown type name|no template named) '(\w+)'",
        text,
    )
    return (match[1] or match[2]).split("\u00a0")[-1] if match else ""


def fold(pairs: list[tuple[Message, str]], source: str) -> list[Message]:
    """One message for each mistake, as far as can be told; what follows from it is counted in it."""
    errors = [pair for pair in pairs if pair[0].kind != "warning"]
    result: list[tuple[Message, str]] = []
    cause = next((p for p in pairs if p[1] == "text" and "terminat" in p[0].text), None)
    if cause and errors:  # an unclosed quote swallows what follows: a warning to g++, and the cause
        cause[0].kind = "error"
        pairs = [cause] + [pair for pair in pairs if pair is not cause]
    brace = next(
        (p for p in pairs if p[1] == "brace" or (p[1] == "outside" and "(noticed at" in p[0].text)), None
    )
    if brace and cause is None:
        pairs = [brace] + [pair for pair in pairs if pair is not brace]
    for message, family in pairs:
        first = None
        for earlier, earlier_family in result:
            if earlier.kind != message.kind:
                continue
            if earlier.line == message.line and earlier.plain == message.plain != "":
                first = earlier  # said twice in other words
                break
            name = declared_name(message.text)
            if earlier.text == message.text or (name and name == declared_name(earlier.text)):
                first = earlier
                if message.line not in (earlier.line, 0, *earlier.also):
                    earlier.also.append(message.line)
                break
            in_library = "the standard library, reached" in message.text
            follows = (
                (
                    earlier.line == message.line
                    and (family in ("syntax", "outside") or earlier_family in ("syntax", "text"))
                )
                or (
                    earlier_family in ("syntax", "name", "text")
                    and name
                    and earlier.line <= declared_before(source, name, message.line) <= earlier_line_end(earlier)
                )
                or (
                    earlier_family in ("outside", "brace")
                    and family in ("outside", "brace", "return", "syntax")
                )
                or (
                    earlier_family in ("outside", "brace")
                    and name
                    and earlier.line <= declared_before(source, name, message.line)
                )
                or (
                    earlier_family == "text"
                    and "terminat" in earlier.text
                    and family in ("brace", "return", "syntax", "name", "text", "outside")
                )
                or (family == "function" and in_lambda(earlier, message, source))
                or (earlier_family == family == "redefinition" and earlier.line == message.line)
                or (earlier_family == "template" and earlier.line == message.line)
                or (message.line == 0 < earlier.line)  # an unfinished line above an #include spoils the headers
                or (
                    in_library
                    and (earlier.line == message.line or "the standard library, reached" in earlier.text)
                )
            )
            if follows:
                first = earlier
                earlier.folded += 1
                break
        if first is None:
            result.append((message, family))
    return sorted((message for message, _ in result), key=lambda message: message.kind == "warning")


def in_lambda(earlier: Message, message: Message, source: str) -> bool:
    """Whether the earlier error lies in the lambda that the message's call is given: it spoils the lambda's type."""
    code = blank_comments(source)
    lines = code.splitlines(keepends=True)

    def offset(place: Message) -> int:
        return sum(map(len, lines[: place.line - 1])) + max(place.column - 1, 0)

    opening = re.compile(r"\[[^\[\]]*\]\s*(?:\([^()]*\)[^;{}()]*)?\{").search(code, offset(message))
    if opening is None or ";" in code[offset(message) : opening.start()]:
        return False
    depth = 0
    for at in range(opening.end() - 1, len(code)):
        depth += (code[at] == "{") - (code[at] == "}")
        if depth == 0:
            return opening.start() <= offset(earlier) <= at
    return False


def earlier_line_end(earlier: Message) -> int:
    """A missing ; spoils the next line too: what that declares is unknown as well."""
    return earlier.line + 1


def read_compiler(output: str, learner_file: Path, shown_as: str) -> list[Message]:
    """What the compiler said, in order, as far as it concerns the learner's file.

    Where nothing in the output is of a known form, its first lines are one message: nothing that a
    compiler said is lost in silence.
    """
    reader = Reader(Path(learner_file), shown_as)
    found = parse(output)
    if not found:
        lines = [line for line in output.splitlines() if line.strip()]
        if not lines or all(re.match(r"^\d+ (?:error|warning)s? generated", line) for line in lines):
            return []
        kind = "error" if re.search(r"\berror\b|rror:|cannot|not found|Killed", output) else "warning"
        return [Message(shown_as, 0, 0, kind, shorten(" ".join(lines[:3])))]
    return fold([reader.message(diagnostic) for diagnostic in found], reader.source)


def read_source(learner_file: Path, shown_as: str) -> list[Message]:
    """What is wrong with the file before any compiler reads it; [] if nothing is.

    A `main` is the one that matters most: the linker takes it in place of the test program's own,
    without a word, and a program that runs no test would look like one that passes.
    """
    try:
        raw = Path(learner_file).read_bytes()
    except OSError as error:
        return [
            Message(
                shown_as,
                0,
                0,
                "error",
                f"cannot be read: {error.strerror}",
                [],
                "Usually it was moved or renamed; it is made anew if it is not there.",
            )
        ]
    for mark, name in ((b"\xff\xfe", "UTF-16"), (b"\xfe\xff", "UTF-16")):
        if raw.startswith(mark):
            return [
                Message(
                    shown_as,
                    1,
                    0,
                    "error",
                    f"the file is {name}, and the compiler reads UTF-8",
                    [],
                    "Usually the editor saved it so: choose UTF-8 when saving.",
                )
            ]
    if b"\0" in raw:
        line = raw.count(b"\n", 0, raw.index(b"\0")) + 1
        return [
            Message(
                shown_as,
                line,
                0,
                "error",
                "the file is not text: it holds a zero byte",
                [],
                "Usually another file was saved under this name, or writing it was cut off.",
            )
        ]
    text = raw.decode("utf-8", errors="replace").removeprefix("\ufeff")
    if not blank_comments(text).strip():
        return [
            Message(
                shown_as,
                0,
                0,
                "error",
                "the file is empty" if not text.strip() else "the file holds only comments",
                [],
                "Usually it was saved before anything was written, or all of it is inside a comment.",
            )
        ]
    for function in functions(text):
        if function.qualified == "main" and function.defined:
            line = text.splitlines()[function.line - 1]
            return [
                Message(
                    shown_as,
                    function.line,
                    1,
                    "error",
                    "the file defines main",
                    [line, "^"],
                    "The test program has its own main, and yours would run instead of the tests. Usually it is"
                    " left from trying something out: remove it.",
                )
            ]
    return []
