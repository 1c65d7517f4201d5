"""What a check says: one screen that begins with whose code ran and ends with where to go next.

A failure is shown once, in full, with what it looks like; the other failing tests are named. The
comparator (common/compare.h) and the compiler have said what they know; here it is put in order.
Standard library only.
"""

from __future__ import annotations

import re
import signal
from pathlib import Path

from common.learn import compiler_messages, findings, gtest_output, last_words
from common.learn.exercise import ROOT, TODO, Exercise
from common.learn.findings import INDENT, Subject
from common.learn.gtest_output import Case, Failure, Results
from common.learn.terminal import Screen, visible
from common.learn.toolchain import MEMORY_BYTES, OUTPUT_BYTES, Outcome

REFUSED = re.compile(r"^\s*Actual: false \((.*)$")
EXCEPTION = re.compile(r'C\+\+ exception with description "(.*)" thrown in (?:the test body|.*)\.$', re.DOTALL)
TIMEOUT_S = 10.0


def header(screen: Screen, sign: str, style: str, what: str, subject: Subject, line: int = 0) -> list[str]:
    """The first line: the verdict, and whose code it is about; `line` where the mistake's is known."""
    left = f"{screen.style(f'{sign} {subject.exercise.name}', style, 'bold')}  {what}"
    right = f"your file: {subject.shown}:{line or subject.first_line}"
    if visible(left) + 3 + len(right) <= screen.width:
        return [f"{left}   {right}"]
    return [left, f"{INDENT}{right}"]


def report(screen: Screen, subject: Subject, outcome: Outcome) -> list[str]:
    """The whole report of a check, without what comes next."""
    if outcome.stage in ("compile", "link"):
        return not_built(screen, subject, outcome)
    results = gtest_output.read(outcome.output)
    total = max(results.planned, len(results.cases))
    if outcome.passed:
        # A program that prints much, or closes its output, says less than it ran.
        total = max(total, outcome.tests)
        passed = total - results.count("skipped")
        where = "cudasim" if subject.exercise.is_cuda else "CPU"
        clean = " · race-free · in bounds" if subject.exercise.is_cuda else ""
        lines = header(screen, "✓", "green", f"{passed}/{total}  {where} {outcome.seconds:.2f} s{clean}", subject)
    elif outcome.stage == "findings":
        total = max(total, outcome.tests)
        passed = total - results.count("skipped")
        where, found = findings.report(screen, subject, outcome.findings)
        number = len(findings.once_each(outcome.findings))
        count = "1 finding" if number == 1 else f"{number} findings"
        lines = header(screen, "✗", "red", f"{passed}/{total} passed, with {count}", subject, where) + found
        if any(finding["severity"] == "error" for finding in outcome.findings):
            lines += screen.wrap(
                "Right results came of it here and this time; on a GPU they need not.", INDENT + INDENT, INDENT)
    elif only_todo(results) and outcome.stage == "tests":
        lines = not_written(screen, subject, results, total)
    else:
        where = 0
        details: list[str] = []
        if outcome.stage in ("crash", "exit", "timeout"):
            where, details = stopped(screen, subject, outcome)
        line, failure_lines = first_failure(screen, subject, results, bool(outcome.findings))
        at, found = findings.report(screen, subject, findings.causes(outcome.findings))
        count = f"{results.count('passed')}/{total} passed"
        lines = header(screen, "✗", "red", count, subject, where or at or line) + details + failure_lines + found
        if missing := still_to_write(subject):
            lines += screen.wrap(f"still to write: {missing}", INDENT + INDENT, INDENT)
    lines += compiler_notes(screen, subject, outcome)
    lines += not_checked(screen, outcome, results, total)
    return lines


# ---------------------------------------------------------------- it does not build


def not_built(screen: Screen, subject: Subject, outcome: Outcome) -> list[str]:
    exercise = subject.exercise
    if outcome.stage == "compile":
        what = "does not compile yet"
        messages = compiler_messages.read_compiler(outcome.output, subject.copy, subject.shown)
        messages = [message for message in messages if message.kind == "error"] or messages
    else:
        what = "compiles, but does not link"
        messages = compiler_messages.read_linker(outcome.output, subject.copy, subject.shown, exercise.contract)
    lines = header(screen, "✗", "red", what, subject, messages[0].line if messages else 0)
    if not messages:  # a compiler that speaks otherwise: better all of it than nothing
        return lines + outcome.output.splitlines()[:20]
    return lines + [INDENT + line for line in compiler_messages.render(messages, screen.width - len(INDENT))]


def not_readable(screen: Screen, subject: Subject) -> list[str]:
    """The report on a file that is not worth compiling; [] if it is."""
    if not subject.text.strip():
        lines = header(screen, "✗", "red", "the file is empty", subject)
        return lines + screen.wrap(
            f"So {function_names(subject.exercise)} cannot be found by its test. ./learn reset "
            f"{subject.exercise.name} brings the starter back; what you had when it was last checked is kept in "
            ".learn/history.", INDENT, INDENT)
    subject.copy.write_text(subject.text, encoding="utf-8", newline="")
    messages = compiler_messages.read_source(subject.copy, subject.shown)
    if not messages:
        return []
    lines = header(screen, "✗", "red", "cannot be checked yet", subject)
    return lines + [INDENT + line for line in compiler_messages.render(messages, screen.width - len(INDENT))]


def function_names(exercise: Exercise) -> str:
    names = TODO.findall(exercise.text())
    return ", ".join(names) or "the function"


def compiler_notes(screen: Screen, subject: Subject, outcome: Outcome) -> list[str]:
    """At most two warnings of a file that compiled."""
    messages = compiler_messages.read_compiler(outcome.warnings, subject.copy, subject.shown)
    messages = [message for message in messages if message.kind == "warning"]
    if not messages:
        return []
    shown = compiler_messages.render(messages, screen.width - len(INDENT), most=2)
    return [f"{INDENT}the compiler notes:", *(INDENT + line for line in shown)]


# ---------------------------------------------------------------- it runs


def only_todo(results: Results) -> bool:
    """Has every failing test only met a region that is not written?"""
    failed = results.failed()
    return bool(failed) and all(failure.todo for case in failed for failure in case.failures)


def not_written(screen: Screen, subject: Subject, results: Results, total: int) -> list[str]:
    lines = header(screen, "○", "yellow", f"{results.count('passed')}/{total} passed", subject)
    return lines + screen.wrap(
        f"Not written yet: {still_to_write(subject)}. That is how an exercise begins: write it in place of NN_TODO, "
        "save, and it is checked.", INDENT, INDENT)


def still_to_write(subject: Subject) -> str:
    """The regions that the learner's text leaves open: "sigmoid_backward (line 24)"."""
    found = []
    for number, line in enumerate(subject.text.splitlines(), 1):
        if (todo := TODO.search(line)) and "// <<<" not in line:
            found.append(f"{todo[1]} (line {number})")
    return ", ".join(found)


def stopped(screen: Screen, subject: Subject, outcome: Outcome) -> tuple[int, list[str]]:
    """Of a test that never ended, that crashed, or that ended the whole program: the line where it
    was, 0 if that is not known, and words for it."""
    words = None
    if outcome.last_words and outcome.program:
        words = last_words.read(outcome.last_words, outcome.program, subject.copy, subject.shown)
    if words:
        sentence = words.sentence(TIMEOUT_S, outcome.output)
    elif outcome.stage == "exit":
        sentence = (
            f"the program ended by itself, with exit status {outcome.status}, before its tests were over: usually a "
            "call of exit(), or a main() in your file. A function says that it cannot go on by an exception, as "
            "NN_CHECK does"
        )
    elif -outcome.status == signal.SIGXFSZ:
        sentence = f"stopped, since it wrote more than {OUTPUT_BYTES >> 20} MB: a loop that prints, perhaps without end"
    elif -outcome.status == signal.SIGKILL and outcome.stage == "crash":
        sentence = f"stopped, since it used more than {MEMORY_BYTES >> 30} GB of memory: usually a size that was computed wrong"
    elif outcome.stage == "timeout":
        sentence = f"still running after {TIMEOUT_S:.0f} s, and stopped: an endless loop, or far too slow"
    else:
        sentence = f"ended by signal {-outcome.status}"
    cases = [case for case in gtest_output.read(outcome.output).cases if case.status == "unfinished"]
    during = f' (in the test "{cases[-1].claim}")' if cases else ""
    return words.line if words else 0, screen.wrap(sentence + during, INDENT, INDENT)


def first_failure(screen: Screen, subject: Subject, results: Results, explained: bool) -> tuple[int, list[str]]:
    """The first failure that is not just a missing region, in full, and the other tests by name;
    before that the line where the function begins that it is about, 0 if that is not known. `explained`
    if findings say more than the numbers."""
    failed = results.failed()
    choice = [(case, f) for case in failed for f in case.failures if not f.todo]
    if not choice:
        return 0, []
    case, failure = choice[0]
    lines = screen.wrap(title(case, failure), INDENT, INDENT)
    lines += [screen.style(INDENT + line, "dim") for line in what_went_in(case, failure)]
    lines += [INDENT + f"with {text}" for text in failure.trace]
    lines += [colour(screen, INDENT + line) for line in body(screen, failure)]
    if any(REFUSED.match(line) for line in failure.body) and not diagnosis(failure) and not explained:
        lines += screen.wrap(
            "looks like none of the usual slips (order, sign, factor, index): work the first wrong element by hand, "
            "as the lesson's worked example does", INDENT + INDENT, INDENT)
    names = [other.claim for other in failed if other is not case]
    if names:
        listed = ", ".join(names[:4]) + (f", and {len(names) - 4} more" if len(names) > 4 else "")
        lines += screen.wrap(f"also failing: {listed}", INDENT + INDENT, INDENT)
    for words, count, claim in other_diagnoses(failed, failure):
        places = f'{count} other comparisons, as in "{claim}", look' if count > 1 else f'in "{claim}" it looks'
        lines += screen.wrap(f"{places} like: {words}", INDENT + INDENT, INDENT)
    return line_of_function(subject, failure), lines


def what_went_in(case: Case, failure: Failure, most: int = 5) -> list[str]:
    """Of a worked example, the lines of the test before the one that failed: its inputs, as numbers."""
    source = ROOT / failure.file
    if case.claim != "worked example" or not failure.file or not source.is_file():
        return []
    before = source.read_text(encoding="utf-8").splitlines()[: failure.line - 1]
    begin = max((i for i, line in enumerate(before) if line.startswith("TEST(")), default=len(before))
    inputs = [line for line in before[begin + 1 :] if line.strip() and "EXPECT_" not in line]
    return inputs if len(inputs) <= most else []


def line_of_function(subject: Subject, failure: Failure) -> int:
    """Where the learner's function begins that the failed expression calls: of several, as in
    matches_golden(sigmoid_backward(grad_y, sigmoid(x))), the outermost. 0 if none is found."""
    for name in re.findall(r"\b(\w+)\s*\(", " ".join(failure.body[:2])):
        begin = re.search(rf"^[A-Za-z][^;\n]*\b{name}\(", subject.text, flags=re.MULTILINE)
        if begin:
            return subject.text.count("\n", 0, begin.start()) + 1
    return 0


def diagnosis(failure: Failure) -> str:
    """What the comparator said that the difference looks like; "" if it said nothing."""
    words = " ".join(line.strip() for line in failure.body)
    found = re.search(r"looks like: (.*?)\)? ?(?:against \S+ ?)?(?:Expected: true|$)", words)
    return found[1] if found else ""


def kind(words: str) -> str:
    """The same for the same mistake in another array: the first clause, without its numbers."""
    return re.sub(r"[-+0-9.e\[\]() ]+", " ", re.split("[:;,]", words)[0])


def other_diagnoses(failed: list[Case], shown: Failure, most: int = 3) -> list[tuple[str, int, str]]:
    """What the differences not shown look like, with how many do and the first test that does, the
    most frequent first."""
    found: dict[str, tuple[str, int, str]] = {}
    for case in failed:
        for failure in case.failures:
            said = diagnosis(failure)
            words, count, claim = found.get(kind(said), (said, 0, case.claim))
            found[kind(said)] = (words, count + 1, claim)
    for known in ("", kind(diagnosis(shown))):
        found.pop(known, None)
    return sorted(found.values(), key=lambda entry: -entry[1])[:most]


def title(case: Case, failure: Failure) -> str:
    suite = re.sub(r"/\d+$", "", case.name.split(".")[0])
    where = f" ({Path(failure.file).name}:{failure.line})" if failure.file else ""
    return f"{suite}: {case.claim}{where}"


def body(screen: Screen, failure: Failure) -> list[str]:
    """What failed, without GoogleTest's dress."""
    text = "\n".join(failure.body)
    if thrown := EXCEPTION.search(text):
        return screen.wrap(f"threw: {thrown[1]}", INDENT)
    if "Unknown C++ exception" in text:
        return screen.wrap("threw something that is no std::exception, as `throw 3;` does", INDENT)
    for index, line in enumerate(failure.body):
        if found := REFUSED.match(line):
            rest = [found[1], *failure.body[index + 1 :]]
            end = next((i for i, part in enumerate(rest) if part.startswith("Expected: ")), len(rest))
            report_lines = rest[:end]
            if report_lines and report_lines[-1].endswith(")"):
                report_lines[-1] = report_lines[-1][:-1]
            return [what_was_compared(failure.body[:index])] + [part for part in report_lines + rest[end + 1 :] if part]
    return [line for line in failure.body if line.strip()]


def what_was_compared(lines: list[str]) -> str:
    """The expression of the test: matches_golden(softmax(z), "softmax/p")."""
    return " ".join(line.strip().removeprefix("Value of: ") for line in lines)


def colour(screen: Screen, line: str) -> str:
    """The wrong elements, which stand in brackets, and the diagnosis stand out."""
    if line.lstrip().startswith("looks like"):
        return screen.style(line, "bold")
    return re.sub(r"\[\s*[-+0-9.einfa]+\s*\](?!\s*=)", lambda match: screen.style(match[0], "red"), line)


def not_checked(screen: Screen, outcome: Outcome, results: Results, total: int) -> list[str]:
    """Tests that did not run, and why: a skip is said aloud."""
    lines = []
    for case in results.cases:
        if case.status == "skipped":
            lines += screen.wrap(f"not checked here: {case.claim}: {case.why_skipped}", INDENT + INDENT, INDENT)
    missed = total - len(results.cases)
    if missed > 0 and not outcome.tests:
        was = "it ran too long" if outcome.stage == "timeout" else "the program ended"
        lines.append(f"{INDENT}not checked: {missed} more {'test' if missed == 1 else 'tests'}, since {was} before")
    return lines


# ---------------------------------------------------------------- where to go


def where_next(screen: Screen, exercise: Exercise, hints: int) -> list[str]:
    """Under a failure: the hints left of three, and the lesson."""
    lesson = (exercise.folder / "README.md").relative_to(ROOT)
    hint = f"./learn hint ({hints + 1} of 3)" if hints < 3 else "./learn hint (all three again)"
    return screen.wrap(f"next: {hint} · lesson: {lesson}, \"{exercise.lesson}\"", INDENT + INDENT, INDENT)
