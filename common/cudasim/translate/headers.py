"""A translation unit's files: which headers are the project's, which must be translated, and where each lies.

g++ looks for a quoted include beside the file that asks, so a translated copy would not find its neighbours. Every
include we can resolve is therefore written into the copy as an absolute path: of another copy, or of the original.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from .edits import Edits, Translated
from .names import Names
from .scopes import learn_spaces
from .tokens import Include, Lexed, TranslateError, include_of, lex
from .translate import learn, needs_translation, translate

# A header without these needs no translation; most of a library's headers are such.
CUDA = re.compile(r"__global__|__shared__|__constant__|__noinline__|<<<|\b(?:__asm|asm|__asm__)\b")
# Of a header without them the functions are known too, the host's; of one that is longer, as a library's, they are not.
LONGEST_PLAIN = 50_000  # characters
QUICK_INCLUDE = re.compile(
    r"""^[ \t]*\#[ \t]*(?:include(?:_next)?|(?:el)?if\b.*__has_include[ \t]*\()[ \t]*(?P<file>"[^"\n]+"|<[^>\n]+>)""",
    re.MULTILINE,
)


class InputError(Exception):
    """A file that cannot be read as a source, in words."""


def read_source(path: str) -> str:
    """The file's text; bytes that are not UTF-8 survive (surrogateescape)."""
    try:
        data = Path(path).read_bytes()
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such file") from None
    except IsADirectoryError:
        raise InputError(f"{path} is a folder, and a source file is wanted") from None
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from None
    if b"\0" in data:
        raise InputError(f"{path} is no source file: it holds a zero byte at offset {data.index(0)}")
    return data.decode("utf-8", "surrogateescape")


@dataclass
class SourceFile:
    path: str  # absolute, of the original
    spelled: str  # as g++ would name it
    text: str
    includes: list[tuple[Include, SourceFile]] = field(default_factory=list)
    copied: bool = False
    copy: str = ""  # where the translated copy lies
    translated: Translated | None = None

    @cached_property
    def lexed(self) -> Lexed:
        try:
            return lex(self.text)
        except TranslateError as error:
            raise LocatedError(self.spelled, self.text, error) from None

    def list_includes(self) -> list[Include]:
        """What the file includes; a file without a word of CUDA in it is read by lines, which is quick."""
        if CUDA.search(self.text):
            return self.lexed.includes
        return [include_of(found) for found in QUICK_INCLUDE.finditer(self.text)]


@dataclass(frozen=True)
class SearchPath:
    quoted: tuple[str, ...]  # -iquote
    angled: tuple[str, ...]  # -I


class Unit:
    """The main file and the project's headers it reaches."""

    def __init__(self, main: str, search: SearchPath) -> None:
        self.search = search
        self.files: dict[str, SourceFile] = {}
        self.names = Names()
        self.main = self.read(main)
        self.main.copied = True
        for file in self.files.values():
            file.copied = file.copied or self.is_cuda(file)
        self.spread()

    def read(self, spelled: str) -> SourceFile:
        path = os.path.realpath(spelled)
        if path in self.files:
            return self.files[path]
        file = self.files[path] = SourceFile(path, spelled, read_source(spelled))
        for include in file.list_includes():
            if found := self.resolve(include, spelled):
                file.includes.append((include, self.read(found)))
        if CUDA.search(file.text):
            learn(file.lexed, self.names)
        elif len(file.text) <= LONGEST_PLAIN:
            with suppress(LocatedError):  # g++ says what is wrong in it
                learn_spaces(file.lexed, self.names)
        return file

    def is_cuda(self, file: SourceFile) -> bool:
        """Does a header hold what g++ cannot read as it is?"""
        used = any(name in file.text for name in self.names.configurations)
        return bool(used or CUDA.search(file.text)) and needs_translation(file.lexed, self.names)

    def resolve(self, include: Include, asker: str) -> str | None:
        """The project's file that an include means, or None: the compiler's, the system's or nobody's."""
        if os.path.isabs(include.name):
            return include.name if os.path.isfile(include.name) else None
        folders = [*self.search.angled]
        if include.quoted:
            folders = [os.path.dirname(asker), *self.search.quoted, *folders]
        for folder in folders:
            candidate = os.path.join(folder, include.name)
            if os.path.isfile(candidate):
                return candidate
        return None

    def spread(self) -> None:
        """A header that includes a translated one must be a copy too, to include the copy."""
        again = True
        while again:
            again = False
            for file in self.files.values():
                if not file.copied and any(included.copied for _, included in file.includes):
                    file.copied = again = True

    def write(self, folder: str) -> None:
        """Writes the copies into folder, each in a folder of its own."""
        copies = [file for file in self.files.values() if file.copied]
        for number, file in enumerate(copies):
            file.copy = os.path.join(folder, str(number), os.path.basename(file.path))
        for file in copies:
            file.translated = self.translate(file)
            os.makedirs(os.path.dirname(file.copy))
            line = '#line 1 "' + file.spelled.replace("\\", "\\\\").replace('"', '\\"') + '"\n'
            Path(file.copy).write_text(
                line + file.translated.text, encoding="utf-8", errors="surrogateescape", newline=""
            )

    def translate(self, file: SourceFile) -> Translated:
        edits = Edits(file.text)
        found = {(include.start, include.end): included for include, included in file.includes}
        for include in file.lexed.includes:
            included = found.get((include.start, include.end))
            if included is None:
                continue
            wanted = included.copy if included.copied else included.path
            edits.replace(include.start, include.end, f'"{wanted}"')
        try:
            return translate(file.lexed, self.names, edits)
        except TranslateError as error:
            raise LocatedError(file.spelled, file.text, error) from None


class LocatedError(Exception):
    """A TranslateError as a compiler prints it: file:line:column, the line, a caret."""

    def __init__(self, spelled: str, text: str, error: TranslateError) -> None:
        line = text.count("\n", 0, error.offset) + 1
        start = text.rfind("\n", 0, error.offset) + 1
        end = text.find("\n", error.offset)
        source = text[start : end if end >= 0 else len(text)].rstrip("\r")
        before = text[start : error.offset]
        column = len(before.encode("utf-8", "surrogateescape")) + 1
        blank = "".join("\t" if char == "\t" else " " for char in before)
        self.rendered = f"{spelled}:{line}:{column}: error: {error.message}\n{line:5} | {source}\n      | {blank}^"
        super().__init__(self.rendered)
