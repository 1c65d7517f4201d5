"""What the linker says, in words: the function that is missing, there twice, or there with other types.

Understands GNU ld, gold, lld and mold. The contract X.h says what should be there, the learner's
file what is: the two are laid side by side. Standard library only.
"""

from __future__ import annotations

import difflib
import os
import re
from dataclasses import dataclass, field
from pathlib import Path

from common.learn.cpp_text import (
    Function,
    blank_comments,
    functions,
    normal_type,
    split_commas,
    split_parameters,
)
from common.learn.exercise import ROOT
from common.learn.message import Message, shorten

UNDEFINED = re.compile(r"undefined (?:reference to |symbol: ?|hidden symbol: ?)[`'‘]?(?P<symbol>.+?)['’]?$")
TWICE = re.compile(r"(?:multiple definition of |duplicate symbol: ?)[`'‘]?(?P<symbol>[^'’]+?)(?:['’]|$)")
PLACE = re.compile(r"(?P<path>[^\s:()]+\.(?:cc|cpp|cu|h)):(?:(?P<line>\d+)|\(\.)")


@dataclass
class Missing:
    symbol: str
    places: list[tuple[str, int]] = field(default_factory=list)  # who uses it: path, line or 0


def symbols(output: str) -> tuple[dict[str, Missing], dict[str, Missing]]:
    """(undefined, defined twice), by demangled name, in order."""
    undefined: dict[str, Missing] = {}
    twice: dict[str, Missing] = {}
    current: Missing | None = None
    for line in output.splitlines():
        if match := UNDEFINED.search(line):
            current = undefined.setdefault(match["symbol"], Missing(match["symbol"]))
        elif match := TWICE.search(line):
            current = twice.setdefault(match["symbol"], Missing(match["symbol"]))
        elif not line.startswith(">>>"):
            current = None
        if current:
            current.places += [(place["path"], int(place["line"] or 0)) for place in PLACE.finditer(line)]
    return undefined, twice


def split_symbol(symbol: str) -> tuple[str, str]:
    """ "nn::basic::softmax[abi:cxx11](nn::basic::Matrix const&) const" -> (name, parameters as normal_type)."""
    symbol = symbol.replace("[abi:cxx11]", "").replace("(anonymous namespace)", "anonymous")
    if "(" not in symbol:
        return symbol, ""
    inside, after = split_parameters(symbol)
    start = symbol.index("(", symbol.find("operator()") + len("operator()") if "operator()" in symbol else 0)
    const = " const" if after.strip().startswith("const") else ""
    return symbol[:start], ", ".join(normal_type(part, named=False) for part in split_commas(inside)) + const


def read(path: Path | None) -> str:
    if path is None:
        return ""
    try:
        return path.read_bytes().decode("utf-8", errors="replace")
    except OSError:
        return ""


def shown_path(path: Path) -> str:
    real = os.path.realpath(path)
    return os.path.relpath(real, ROOT) if real.startswith(f"{ROOT}{os.sep}") else path.name


def side_by_side(*rows: tuple[str, int, str]) -> list[str]:
    """ "softmax.h:16   Matrix softmax(const Matrix& z)" for each row, the code in one column."""
    labels = [f"{name}:{line}" for name, line, _ in rows]
    return [f"{label:<{max(map(len, labels))}}   {code}" for label, (_, _, code) in zip(labels, rows)]


class Linker:
    def __init__(self, learner_file: Path, shown_as: str, contract: Path | None) -> None:
        self.file, self.shown_as, self.contract = learner_file, shown_as, contract
        self.text = read(learner_file)
        self.mine = functions(self.text)
        self.declared = functions(read(contract))

    def learners_line(self, places: list[tuple[str, int]]) -> int | None:
        """The learner's line that uses a symbol; 0 if the line is not told, None if another file uses it."""
        lines = [
            line
            for path, line in places
            if os.path.realpath(path) == os.path.realpath(self.file)
            or ("/" not in path and path == self.file.name)
        ]
        return next((line for line in lines if line), 0 if lines else None)

    def row(self, function: Function, contract: bool) -> tuple[str, int, str]:
        name = self.contract.name if contract and self.contract else self.file.name
        return name, function.line, function.head + (";" if contract else " {")

    def message(self, line: int, text: str, snippet: list[str], plain: str) -> Message:
        return Message(self.shown_as, line, 0, "link", shorten(text), snippet, plain)

    def source_line(self, line: int) -> list[str]:
        lines = self.text.splitlines()
        return [lines[line - 1]] if 0 < line <= len(lines) else []

    def undefined(self, missing: Missing) -> Message:
        if match := re.match(r"(vtable|typeinfo|VTT) for (.+)", missing.symbol):
            name = match[2].split("::")[-1]
            return self.message(
                self.learners_line(missing.places) or 0,
                f"the {match[1]} of {name} is missing",
                [],
                f"The class {name} declares a virtual function that nothing defines; usually its body is "
                "missing, or it should be `= 0` or `= default`.",
            )
        qualified, parameters = split_symbol(missing.symbol)
        name = qualified.split("::")[-1]
        if qualified == "main":
            return self.message(
                0,
                "main is missing",
                [],
                "A program starts at main, and the tests bring theirs; usually the link line is broken: ./learn"
                " doctor.",
            )
        overloads = [f for f in self.declared if f.qualified == qualified]
        wanted = next((f for f in overloads if f.parameters == parameters), overloads[0] if overloads else None)
        if wanted is None:
            return self.not_of_the_contract(missing, qualified, name)
        where = f"{shown_path(self.contract)}:{wanted.line}" if self.contract else ""
        signature = side_by_side(self.row(wanted, True))
        if not blank_comments(self.text).strip():
            return self.message(
                0,
                f"nothing defines {name}, which {where} declares",
                signature,
                "Your file is empty, or all of it is a comment; usually it was saved before anything was"
                " written.",
            )
        defined = [f for f in self.mine if f.defined]
        same = [f for f in defined if f.qualified == qualified]
        if same and all(f.parameters != parameters for f in same):
            both = side_by_side(self.row(wanted, True), self.row(same[0], False))
            return self.message(
                same[0].line,
                f"nothing defines the {name} that {where} declares",
                both,
                f"Your {name} takes other parameters, and is another function to C++. Usually the line of "
                "the header is to be copied as it stands.",
            )
        if same:
            return self.message(
                same[0].line,
                f"nothing defines {name}, which {where} declares",
                signature,
                f"Your file has it on line {same[0].line}, but not for others to use; usually it stands in "
                "an #if that is off, in an unnamed namespace, or is inline.",
            )
        astray = [f for f in defined if f.name == name]
        if astray:
            inside = astray[0].qualified.rpartition("::")[0]
            place = f"in {inside}" if inside else "outside of every namespace"
            return self.message(
                astray[0].line,
                f"nothing defines {name} in {qualified.rpartition('::')[0]}, as {where} declares it",
                self.source_line(astray[0].line),
                f"Your {name} stands {place}; usually the namespace's }} comes too early, or its first line "
                f"`namespace {qualified.rpartition('::')[0]} {{` is missing.",
            )
        known = {f.name for f in self.declared}
        close = difflib.get_close_matches(name, [f.name for f in defined if f.name not in known], 1, 0.7)
        if close:
            line = next(f.line for f in defined if f.name == close[0])
            return self.message(
                line,
                f"nothing defines {name}, which {where} declares",
                self.source_line(line),
                f"Your file defines {close[0]}, and the header says {name}; usually one is a slip of the pen.",
            )
        return self.message(
            0,
            f"nothing defines {name}, which {where} declares",
            signature,
            f"The tests call {name}, and your file has no function of that name; usually it was deleted, "
            "or is inside a comment.",
        )

    def not_of_the_contract(self, missing: Missing, qualified: str, name: str) -> Message:
        line = self.learners_line(missing.places)
        own = next((f for f in self.mine if f.name == name and not f.defined), None)
        snippet = self.source_line(line or 0)
        if own:
            return self.message(
                line or own.line,
                f"nothing defines {name}, declared on line {own.line} and used",
                snippet or self.source_line(own.line),
                f"Your file declares {name} and nowhere says what it does; usually its body is missing, or "
                "the definition has another name, other parameters or another namespace.",
            )
        who = "" if line is None else "your file uses it, and "
        return self.message(
            line or 0,
            f"nothing defines {shorten(qualified, 120)}",
            snippet,
            f"It is declared somewhere, {who}no file of the program holds it; usually it is misspelt, in the "
            "wrong namespace, or of a library that is not linked.",
        )

    def twice(self, missing: Missing) -> Message:
        qualified, parameters = split_symbol(missing.symbol)
        name = qualified.split("::")[-1]
        mine = [f for f in self.mine if f.defined and f.qualified == qualified]
        mine = [f for f in mine if f.parameters == parameters] or mine
        line = mine[0].line if mine else self.learners_line(missing.places) or 0
        if qualified == "main":
            return self.message(
                line,
                "main is defined twice",
                self.source_line(line),
                "The test program has its own main; usually yours is left from trying something out:"
                " remove it.",
            )
        others = [
            os.path.basename(path)
            for path, _ in missing.places
            if not path.endswith(".h") and os.path.basename(path) != self.file.name
        ]
        other = f": your file and {others[0]}" if others and mine else ""
        return self.message(
            line,
            f"{name} is defined twice{other}",
            self.source_line(line),
            "The program may hold a function once; usually it was copied from a file that is linked too: "
            "include that file's header, and remove the copy or give it another name.",
        )


def read_linker(output: str, learner_file: Path, shown_as: str, contract: Path | None) -> list[Message]:
    """One message for each missing or doubled symbol; for other failures the linker's own words."""
    linker = Linker(Path(learner_file), shown_as, Path(contract) if contract else None)
    undefined, twice = symbols(output)
    messages = [linker.twice(missing) for missing in twice.values()]
    messages += [linker.undefined(missing) for missing in undefined.values()]
    if messages:
        return messages
    words = [
        re.sub(r"^\S*/?(?:ld\S*|mold|collect2): (?:error: )?", "", line)
        for line in output.splitlines()
        if re.search(
            r"error|cannot|fatal|not recogni[sz]ed|terminated|No space|undefined|killed", line, re.IGNORECASE
        )
    ]
    words = words or [line for line in output.splitlines() if line.strip()][:2]
    if not words:
        return []
    return [
        Message(
            shown_as,
            0,
            0,
            "link",
            shorten(re.sub(r"/\S*/", "", words[0])),
            [],
            "The program could not be put together; usually this is no fault of your file: ./learn doctor says"
            " what is missing.",
        )
    ]
