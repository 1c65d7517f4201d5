"""Reads what a GoogleTest program printed, also one that crashed half-way. Standard library only."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

RUN = re.compile(r"^\[ RUN      \] (\S+)$")
# A test that printed without a newline leaves its words before the mark.
ENDED = re.compile(r"^(.*)\[  (?:     OK|FAILED |SKIPPED) \] (\S+?)(?:,.*)? \(\d+ ms\)$")
FAILURE = re.compile(r"^(?:(?P<file>\S+):(?P<line>\d+)|unknown file): Failure$")
SKIPPED = re.compile(r"^(?P<file>\S+):(?P<line>\d+): Skipped$")
PLANNED = re.compile(r"^\[==========\] Running (\d+) tests? from")
TODO = re.compile(r"(?P<file>[^\s\"]+):(?P<line>\d+): (?P<what>.+?) is not written yet")
TRACE = "Google Test trace:"


@dataclass
class Failure:
    """One failed expectation of a test, or what it threw."""

    file: str  # the test's source; "" where GoogleTest does not know
    line: int
    body: list[str]
    trace: list[str] = field(default_factory=list)  # SCOPED_TRACE's words, innermost first

    @property
    def todo(self) -> re.Match[str] | None:
        """Set where the test only met a region that is not written yet."""
        return TODO.search(" ".join(self.body)) if any("C++ exception" in line for line in self.body) else None


@dataclass
class Case:
    """One test. status: passed, failed, skipped; unfinished where the program ended inside it."""

    name: str  # Softmax.RowsSumToOne
    status: str = "unfinished"
    failures: list[Failure] = field(default_factory=list)
    why_skipped: str = ""

    @property
    def claim(self) -> str:
        """The test's name in words: "rows sum to one". Parameters of a suite are left out."""
        words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", self.name.split(".")[-1].split("/")[0])
        return " ".join(word if word.isupper() and len(word) > 1 else word.lower() for word in words.split())


@dataclass
class Results:
    planned: int = 0  # how many tests the program set out to run
    cases: list[Case] = field(default_factory=list)

    def count(self, status: str) -> int:
        return sum(case.status == status for case in self.cases)

    def failed(self) -> list[Case]:
        return [case for case in self.cases if case.status == "failed"]


def read(output: str) -> Results:
    results = Results()
    case: Case | None = None
    failure: Failure | None = None
    tracing = False
    for line in output.splitlines():
        if planned := PLANNED.match(line):
            results.planned = int(planned[1])
        elif started := RUN.match(line):
            case, failure = Case(started[1]), None
            results.cases.append(case)
        elif case and (ended := ENDED.match(line)):
            if failure and ended[1]:
                failure.body.append(ended[1])
            case.status = "passed" if "OK ]" in line else "failed" if "FAILED" in line else "skipped"
            if case.status == "failed" and not case.failures:
                case.failures.append(Failure("", 0, ["it failed without a word"]))
            case, failure = None, None
        elif case and (found := FAILURE.match(line)):
            failure, tracing = Failure(found["file"] or "", int(found["line"] or 0), []), False
            case.failures.append(failure)
        elif case and SKIPPED.match(line):
            failure = None
            case.why_skipped = "?"
        elif case and case.why_skipped == "?" and line:
            case.why_skipped = line
        elif failure and line == TRACE:
            tracing = True
        elif failure and tracing:
            failure.trace.append(re.sub(r"^\S+:\d+: ", "", line))
        elif failure:
            failure.body.append(line)
    return results
