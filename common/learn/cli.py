"""./learn: the commands of the learner's loop.

Each command is a function below, in the order of `./learn help`; what they share is in loop.py
(checking, watching), report.py (what a check says), workspace.py (the learner's files) and
state.py (progress). Standard library only.
"""

from __future__ import annotations

import difflib
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TextIO

from common.learn import report, solution
from common.learn.exercise import ROOT, CourseError, Exercise, load_course
from common.learn.loop import Checked, Learner, SetupFailed, watch
from common.learn.state import State, StateError
from common.learn.terminal import Screen, Stopped, open_closed_streams, stop_in_order, visible
from common.learn.toolchain import BuildFailed
from common.learn.workspace import WorkError

KEYS = "h hint · n next · r run again · s solution · l list · q quit"
# How MNIST is trained with what the learner wrote, for the phases that have a trainer.
TRAINED_WITH = {"phase1": "make train PHASE=1 MINE=1", "phase2": "make train MINE=1"}
MARKS = {"done": ("✓", "green"), "open": ("·", "dim"), "skipped": ("–", "yellow")}


class UsageError(Exception):
    """The command line asks for what there is not; the message says what there is."""


@dataclass
class Request:
    """The command line: a command's words and options."""

    words: list[str]
    options: set[str]


# ---------------------------------------------------------------- finding exercises


def one(learner: Learner, words: list[str]) -> Exercise:
    """The exercise that is named, or the current one."""
    if not words:
        return learner.current(learner.store.load())
    found = matching(learner, words[0])
    if len(found) == 1:
        return found[0]
    if part := of_part(learner, words[0]):  # its first exercise that is not done
        state = learner.store.load()
        return next((e for e in part if state.of(e.target).status != "done"), part[0])
    if not found:
        raise UsageError(unknown(learner, words[0]))
    raise UsageError(f"{words[0]} is {len(found)} exercises; name one: {' '.join(e.target for e in found)}")


def several(learner: Learner, words: list[str]) -> list[Exercise]:
    """The exercises of a week, a phase, all, or the one named; the current one without a word."""
    if words and words[0] == "all":
        return learner.course
    if words and (found := of_part(learner, words[0])):
        return found
    return [one(learner, words)]


def of_part(learner: Learner, word: str) -> list[Exercise]:
    """The exercises of a week (week02, week2, phase1.week02) or of a phase (phase1)."""
    word = re.sub(r"week(\d)$", r"week0\1", word)
    return [e for e in learner.course if word in (e.week, e.phase, f"{e.phase}.{e.week}")]


def matching(learner: Learner, word: str) -> list[Exercise]:
    """By short name, by week02.softmax or by phase1.week02.softmax; a file's name will do."""
    word = word.removesuffix("/").split("/")[-1] if "/" in word else word
    word = word.removesuffix(".cc").removesuffix(".cu")
    return [e for e in learner.course if word in (e.name, f"{e.week}.{e.name}", e.target)]


def unknown(learner: Learner, word: str) -> str:
    names = [e.name for e in learner.course]
    near = difflib.get_close_matches(word.lower(), [*names, *COMMANDS], n=3)
    meant = f"; did you mean {' or '.join(near)}" if near else ""
    return f"there is no exercise or command {word!r}{meant}. ./learn list shows the exercises, ./learn help the commands"


# ---------------------------------------------------------------- what is shown everywhere


def bar(screen: Screen, done: int, total: int, width: int) -> str:
    filled = max(round(width * done / total), done > 0) if total else 0
    return screen.style("█" * filled, "green") + screen.style("░" * (width - filled), "dim")


def notice_lines(learner: Learner) -> list[str]:
    """What the learner should be told, and has not been."""
    lines = []
    for notice in learner.store.notices:
        if notice.startswith("  "):
            lines.append(notice)  # a difference, as it is
        else:
            lines += learner.screen.wrap(notice, "  ", learner.screen.style("note: ", "yellow"))
    learner.store.notices.clear()
    return lines


def say_notices(learner: Learner) -> None:
    learner.screen.lines(notice_lines(learner))


def cut(lines: list[str], most: int, whole: str) -> list[str]:
    """At most so many lines; where some are left out, the last says how many, and what shows the whole."""
    return lines if len(lines) <= most else lines[: most - 1] + [f"  ... {len(lines) - most + 1} more lines{whole}"]


def done_of(learner: Learner, state: State) -> int:
    """How many of the course's exercises are done; the state may know others, of another version."""
    return sum(state.of(exercise.target).status == "done" for exercise in learner.course)


def top_line(learner: Learner, exercise: Exercise, state: State) -> str:
    """Where in the course this is: "week 2 · Softmax      ███░░░ 12 of 34"."""
    screen = learner.screen
    done = done_of(learner, state)
    left = screen.style(f"week {int(exercise.week[4:])} · {exercise.title}", "bold")
    right = f"{bar(screen, done, len(learner.course), 12)} {done} of {len(learner.course)}"
    gap = screen.width - visible(left) - visible(right)
    return f"{left}{' ' * gap}{right}" if gap >= 2 else left


def task(learner: Learner, exercise: Exercise, most: int = 10) -> list[str]:
    """What is asked: the opening words of the contract, and where to read."""
    screen = learner.screen
    lines: list[str] = []
    paragraph: list[str] = []
    for line in [*opening_words(exercise), ""]:
        if line and not line.startswith("  ") and not re.match(r"\w+ {2,}", line):
            paragraph.append(line)
            continue
        if paragraph:
            lines += screen.wrap(" ".join(paragraph), "  ", "  ")
        paragraph = []
        lines += screen.fold(f"  {line}".rstrip())  # a formula, a drawing or a field, as it stands
    while lines and not lines[-1]:
        lines.pop()
    if len(lines) > most:
        lines = lines[: most - 1] + ["  ..."]
    folder = exercise.folder.relative_to(ROOT)
    lines += ["", f"  contract  {folder}/{exercise.contract.name}"]
    lines += screen.wrap(f"lesson    {folder}/README.md, \"{exercise.lesson}\"", " " * 12, "  ")
    lines.append(f"  yours     {learner.workspace.shown(exercise)}")
    return lines


def opening_words(exercise: Exercise) -> list[str]:
    """The contract's first comment, up to where it speaks of sources and numerics."""
    words = []
    for line in exercise.contract.read_text(encoding="utf-8").splitlines():
        text = line.removeprefix("//").removeprefix(" ")
        if not line.startswith("//") or text.startswith(("Source", "Numerics")):
            break
        words.append(text.rstrip())
    return words


def following(learner: Learner, exercise: Exercise) -> str:
    after = learner.first_open(learner.store.load(), exercise)
    if after is None:
        return "That was the last one: every exercise is done. make train MINE=1 trains with your code."
    way = f"next: {after.name} ({after.title}): ./learn next"
    if after.week == exercise.week:
        return way
    week = f"week {int(exercise.week[4:])}"
    runs = f"make {exercise.phase} MINE=1 runs the phase with your code"
    if after.phase != exercise.phase and exercise.phase in TRAINED_WITH:
        runs += f", and {TRAINED_WITH[exercise.phase]} trains MNIST with it"
    return f"That was the last open one of {week}: {runs}. {way}"


# ---------------------------------------------------------------- commands


def run_loop(learner: Learner, request: Request) -> int:
    """the current exercise, or the one named: builds, checks, watches for saves (--once: one check)"""
    if request.words:
        learner.store.notices += learner.open(one(learner, request.words))
    first = not learner.store.path.exists()
    if first:
        welcome(learner)
    exercise = learner.current(learner.store.load())
    learner.store.notices += learner.open(exercise)
    if "--once" in request.options or not learner.screen.live:
        say_notices(learner)
        learner.prepare([exercise])
        return show_once(learner, exercise)
    shown = 0

    def show(exercise: Exercise, checked: Checked) -> None:
        nonlocal shown
        if shown or not first:  # the first report stands under the welcome
            learner.screen.clear()
        shown += 1
        show_watched(learner, exercise, checked)

    return watch(learner, show, lambda key, exercise: on_key(learner, key, exercise))


def welcome(learner: Learner) -> None:
    """The first time: what this is, what the machine has, and what happens next."""
    screen = learner.screen
    screen.line(screen.style("Welcome to groundup: neural networks from the ground up.", "bold"))
    screen.line()
    screen.paragraph(
        "You will write them yourself, from a matrix class to a network that reads handwriting. Each exercise is a "
        "file of the course with a piece taken out. Your copies are in work/, and nothing overwrites them."
    )
    screen.line()
    found = subprocess.run(["common/setup.sh", "doctor"], cwd=ROOT, stdout=subprocess.PIPE, text=True).stdout
    rows = found.splitlines()
    # The system, what builds, and the gaps; the rest is ./learn doctor's, and would fill the screen.
    screen.lines([row for i, row in enumerate(rows) if i < 2 or re.match(r" +(ok +build|missing)", row)])
    screen.line("  (all of it: ./learn doctor)")
    screen.line()
    learner.prepare([learner.course[0]])


def show_once(learner: Learner, exercise: Exercise) -> int:
    screen = learner.screen
    checked = learner.check(exercise)
    screen.line(top_line(learner, exercise, learner.store.load()))
    screen.lines(with_way_on(learner, exercise, checked))
    if checked.passed:
        if exercise.kind == "demo":
            screen.paragraph(demo_words(exercise), "  ", "  ")
        screen.paragraph(following(learner, exercise), "  ", "  ")
    say_notices(learner)
    return 0 if checked.passed else 1


def with_way_on(learner: Learner, exercise: Exercise, checked: Checked) -> list[str]:
    """The report; under a failure, hints and lesson; before anything is written, the task."""
    if checked.passed:
        return list(checked.lines)
    if untouched(learner, exercise):
        return [*checked.lines, "", *task(learner, exercise)]
    return [*checked.lines, *report.where_next(learner.screen, exercise, learner.progress(exercise).hints)]


def demo_words(exercise: Exercise) -> str:
    return (
        "This one is written already, so that you see the loop: your file is built and tested at every save. "
        "Open it, delete the `/ 2`, save, and read what the report says; put it back; then go on."
    )


def untouched(learner: Learner, exercise: Exercise) -> bool:
    try:
        return learner.workspace.read(exercise) == learner.workspace.base(exercise)
    except WorkError:
        return False


def show_watched(learner: Learner, exercise: Exercise, checked: Checked) -> None:
    """A whole screen: never more lines than it has, so that the verdict stays in sight."""
    screen = learner.screen
    lines = [part for line in with_way_on(learner, exercise, checked) for part in screen.fold(line)]
    lines = [line.replace("./learn hint (", "press h for a hint (") for line in lines]
    if exercise.kind == "demo" and checked.passed:
        lines += screen.wrap(demo_words(exercise), "  ", "  ")
    if checked.passed:
        lines += screen.wrap(following(learner, exercise).replace("./learn next", "press n"), "  ", "  ")
        keys = "n next · s solution · l list · q quit"
    else:
        keys = "h hint · n next · r run again · l list · q quit"
    notices = notice_lines(learner)
    room = screen.height - 4
    # Both are cut where they do not fit; of the notices at least the first words stay.
    lines = cut(lines, max(room - len(notices), room - 4), f": ./learn check {exercise.name}")
    notices = cut(notices, room - len(lines), "")
    screen.line(top_line(learner, exercise, learner.store.load()))
    screen.lines(lines + notices)
    screen.line()
    screen.line(screen.style(f"watching {learner.workspace.shown(exercise)}", "dim"))
    screen.line(screen.style(keys, "dim"))


def on_key(learner: Learner, key: str, exercise: Exercise) -> bool:
    screen = learner.screen
    if key == "q":
        screen.line("Your files and progress are kept. ./learn goes on from here.")
        return False
    actions: dict[str, Callable[[Learner, Request], int]] = {"h": give_hint, "l": show_list, "s": show_solution}
    requests = {"h": Request([], {"--newest"}), "l": Request([exercise.week], set())}
    if key == "n" or (key == "\n" and learner.progress(exercise).status == "done"):
        after = learner.first_open(learner.store.load(), exercise)
        if after:
            if learner.progress(exercise).status == "open":
                learner.store.notices.append(f"{exercise.name} stays open; ./learn {exercise.name} goes back to it")
            learner.store.notices += learner.open(after)  # and the watcher turns to it
        else:
            go_next(learner, Request([], set()))
    elif key in actions:
        try:
            actions[key](learner, requests.get(key, Request([], set())))
        except (UsageError, WorkError) as error:
            screen.paragraph(str(error))
        screen.line(screen.style(KEYS, "dim"))
    elif key not in ("r", "\n"):
        screen.line(f"keys: {KEYS}")
    return True


def doctor(learner: Learner, request: Request) -> int:
    """what this machine has, and what to do about a gap"""
    status = subprocess.run(["common/setup.sh", "doctor"], cwd=ROOT).returncode
    state = learner.store.load()
    done = done_of(learner, state)
    learner.screen.line(f"Your progress: {done} of {len(learner.course)} exercises, in {learner.store.shown(learner.store.path)}")
    say_notices(learner)
    return status


def give_hint(learner: Learner, request: Request) -> int:
    """one more hint for it, of three levels; those before are shown again"""
    exercise, screen = one(learner, request.words), learner.screen
    with learner.store.changing() as state:
        progress = state.of(exercise.target)
        progress.hints = min(3, progress.hints + 1)
        shown = progress.hints
    first = shown if "--newest" in request.options else 1
    for number, hint in enumerate(exercise.hints[first - 1 : shown], first):
        screen.paragraph(hint, "          ", screen.style(f"hint {number}/3  ", "blue"))
    if shown == 3:
        screen.paragraph(f"There are no more hints. ./learn solution {exercise.name} --spoil shows the course's code.")
    say_notices(learner)
    return 0


def go_next(learner: Learner, request: Request) -> int:
    """goes on to the next exercise that is open"""
    state, screen = learner.store.load(), learner.screen
    exercise = learner.current(state)
    after = learner.first_open(state, exercise)
    if after is None:
        skipped = [e.name for e in learner.course if state.of(e.target).status == "skipped"]
        more = f" You skipped {', '.join(skipped)}: ./learn NAME goes back to one." if skipped else ""
        screen.paragraph(f"No other exercise is open.{more} make train MINE=1 trains MNIST with your code.")
        return 0
    if state.of(exercise.target).status == "open":
        screen.paragraph(f"{exercise.name} stays open; ./learn {exercise.name} goes back to it.")
    learner.store.notices += learner.open(after)
    screen.line(screen.style(f"{after.name}: {after.title}", "bold"))
    screen.lines(task(learner, after))
    screen.line("  ./learn checks it, and again at every save.")
    say_notices(learner)
    return 0


def show_list(learner: Learner, request: Request) -> int:
    """weeks and exercises: done, open, skipped, hints used (a week's or phase's name: only those)"""
    screen, state = learner.screen, learner.store.load()
    chosen = several(learner, request.words) if request.words else learner.course
    current = learner.current(state)
    weeks: dict[tuple[str, str], list[Exercise]] = {}
    for exercise in chosen:
        weeks.setdefault((exercise.phase, exercise.week), []).append(exercise)
    widest = max(len(exercise.name) for exercise in chosen)
    for (_, week), exercises in weeks.items():
        done = sum(state.of(e.target).status == "done" for e in exercises)
        title = f"week {int(week[4:])}: {exercises[0].week_title}"
        screen.line(f"{screen.style(f'{title:<36}', 'bold')} {bar(screen, done, len(exercises), 12)} {done}/{len(exercises)}")
        for exercise in exercises:
            progress = state.of(exercise.target)
            sign, style = MARKS[progress.status]
            here = "▸" if exercise is current else " "
            hints = f"{progress.hints} {'hint' if progress.hints == 1 else 'hints'}" if progress.hints else ""
            status = progress.status if progress.status != "open" else ""
            line = f" {here} {screen.style(sign, style)} {exercise.name:<{widest}}  {status:<7} {hints:<7}  {exercise.title}"
            screen.line(line[: screen.width + len(line) - visible(line)].rstrip())
    done = done_of(learner, state)
    screen.line(f"{done} of {len(learner.course)} done")
    say_notices(learner)
    return 0


def show(learner: Learner, request: Request) -> int:
    """what an exercise asks, and where its files are"""
    exercise, screen = one(learner, request.words), learner.screen
    progress = learner.progress(exercise)
    screen.line(f"{screen.style(f'{exercise.name}: {exercise.title}', 'bold')}  ({progress.status})")
    screen.lines(task(learner, exercise, most=40))
    screen.line(f"  tests     {exercise.tests.relative_to(ROOT)}")
    for number, hint in enumerate(exercise.hints[: progress.hints], 1):
        screen.paragraph(hint, " " * 12, f"  hint {number}/3  ")
    say_notices(learner)
    return 0


def skip(learner: Learner, request: Request) -> int:
    """leaves an exercise for later, and goes on if it is the current one"""
    exercise = one(learner, request.words)
    with learner.store.changing() as state:
        was_current = learner.current(state) is exercise
        progress = state.of(exercise.target)
        if progress.status == "done":
            raise UsageError(f"{exercise.name} is done already; there is nothing to skip")
        progress.status = "skipped"
    learner.screen.line(f"{exercise.name} is skipped; ./learn {exercise.name} goes back to it")
    if was_current:
        return go_next(learner, Request([], set()))
    say_notices(learner)
    return 0


def reset(learner: Learner, request: Request) -> int:
    """the starter again; what you had stays beside it with the date in its name"""
    if not request.words:
        raise UsageError("reset needs the name of an exercise, as in: ./learn reset softmax")
    exercise = one(learner, request.words)
    with learner.store.changing() as state:
        progress = state.of(exercise.target)
        backup = learner.workspace.reset(exercise, progress)
        progress.status, progress.passed = "open", ""
    learner.screen.line(f"{learner.workspace.shown(exercise)} is the starter again")
    if backup:
        learner.screen.line(f"what you had is {backup.relative_to(learner.root)}")
    say_notices(learner)
    return 0


def check(learner: Learner, request: Request) -> int:
    """checks once: an exercise, week02, phase1 or all (those you have begun)"""
    screen = learner.screen
    chosen = several(learner, request.words)
    if len(chosen) == 1:
        with learner.store.changing() as state:
            opened = learner.workspace.open(chosen[0], state.of(chosen[0].target))
        learner.store.notices += opened.notices
        say_notices(learner)
        learner.prepare(chosen)
        return show_once(learner, chosen[0])
    begun = [e for e in chosen if learner.workspace.path(e).exists()]
    if not begun:
        raise UsageError(f"none of the {len(chosen)} exercises of {request.words[0]} is begun; ./learn begins the first")
    learner.prepare(begun)
    passed = 0
    for exercise in begun:
        checked = learner.check(exercise)
        passed += checked.passed
        screen.line(checked.lines[0].split("   your file:")[0])
    missing = len(chosen) - len(begun)
    screen.line(f"{passed} of {len(chosen)} pass" + (f"; {missing} not begun" if missing else ""))
    say_notices(learner)
    return 0 if passed == len(chosen) else 1


def show_solution(learner: Learner, request: Request) -> int:
    """the course's code beside yours, after a pass (--spoil: at once)"""
    exercise, screen = one(learner, request.words), learner.screen
    if learner.progress(exercise).status != "done" and "--spoil" not in request.options:
        raise UsageError(
            f"{exercise.name} has not passed yet, and its solution is more use after that; "
            f"./learn hint helps, ./learn solution {exercise.name} --spoil shows it now"
        )
    try:
        mine = learner.workspace.read(exercise)
    except WorkError:
        mine = ""
    screen.lines(solution.compare(screen, exercise, learner.workspace, mine))
    return 0


def help_text(learner: Learner, request: Request) -> int:
    """this list"""
    screen = learner.screen
    screen.line("usage: ./learn [command] [exercise]")
    for name, (function, arguments, _) in COMMANDS.items():
        head = f"  ./learn {name} {arguments}".rstrip() if name else "  ./learn [X] [--once]"
        if len(head) > 31:
            screen.line(head)
            head = ""
        screen.paragraph((function.__doc__ or "").splitlines()[0], " " * 33, f"{head:<32} ")
    screen.paragraph(
        "X is the name of an exercise, as ./learn list shows them; without it, the current one is meant. Your files "
        "are in work/, your progress in .learn/state.json. make phase1 MINE=1 and make train PHASE=1 MINE=1 run phase 1 "
        "with your code, make phase2 MINE=1 and make train MINE=1 phase 2."
    )
    return 0


# name: (function, its words, its options)
COMMANDS: dict[str, tuple[Callable[[Learner, Request], int], str, set[str]]] = {
    "": (run_loop, "[X]", {"--once"}),
    "doctor": (doctor, "", set()),
    "hint": (give_hint, "[X]", set()),
    "next": (go_next, "", set()),
    "list": (show_list, "[week02]", set()),
    "show": (show, "[X]", set()),
    "skip": (skip, "[X]", set()),
    "reset": (reset, "X", set()),
    "check": (check, "[X | week02 | phase1 | all]", set()),
    "solution": (show_solution, "[X] [--spoil]", {"--spoil"}),
    "help": (help_text, "", set()),
}


def parse(arguments: list[str]) -> tuple[str, Request]:
    """The command and what belongs to it; UsageError for what there is not."""
    words = [a for a in arguments if not a.startswith("-")]
    options = {a for a in arguments if a.startswith("-")}
    if options & {"-h", "--help"}:
        return "help", Request([], set())
    command = words.pop(0) if words and words[0] in COMMANDS else ""
    _, arguments_text, known = COMMANDS[command]
    if extra := options - known:
        there = f"; it knows {' '.join(sorted(known))}" if known else ""
        raise UsageError(f"{f'./learn {command}'.rstrip()}: there is no option {' '.join(sorted(extra))}{there}")
    most = 1 if arguments_text else 0
    if len(words) > most:
        name = f"./learn {command}".rstrip()
        raise UsageError(f"{name} takes {'one name' if most else 'no name'}, and got: {' '.join(words)}; ./learn help lists the commands")
    return command, Request(words, options)


def main() -> int:
    open_closed_streams()
    screen = Screen()
    try:
        stop_in_order()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})  # the script `learn` says why
        command, request = parse(sys.argv[1:])
        learner = Learner(load_course(), screen)
        return COMMANDS[command][0](learner, request)
    except UsageError as error:
        complain(screen, str(error))
        return 2
    except (CourseError, StateError, WorkError) as error:
        complain(screen, str(error))
        return 1
    except SetupFailed:
        return 1  # common/setup.sh has said what is missing
    except BuildFailed as error:
        print(error, file=sys.stderr)
        complain(screen, "The course's own part does not build. Was a file outside work/ changed? git status tells; "
                         "./learn doctor says what the machine has.")
        return 1
    except OSError as error:
        lead_nowhere(sys.stdout)
        if isinstance(error, BrokenPipeError):  # ./learn list | head
            return 141
        complain(screen, f"{error.filename or 'the output'}: {error.strerror}")
        return 1
    except Stopped as stopped:
        with suppress(OSError):  # the window may be closed
            screen.line()
            screen.line("Stopped. Your files and progress are kept; ./learn goes on from here.")
        return stopped.status


def complain(screen: Screen, text: str) -> None:
    try:
        Screen(sys.stderr, screen.inp).paragraph(text)
        sys.stderr.flush()
    except OSError:  # there is nowhere to complain
        lead_nowhere(sys.stderr)


def lead_nowhere(stream: TextIO) -> None:
    """Drops what is left to be written: Python would try again at its end, and end with a status of its own."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


if __name__ == "__main__":
    sys.exit(main())
