"""One learner at work: opens exercises, checks them, watches for saves.

Checks a copy of the learner's text, so that what is judged is one text, whatever an editor does to
the file meanwhile. Standard library only.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from common.learn import report
from common.learn.exercise import ROOT, Exercise
from common.learn.state import Progress, State, Store, only_watcher
from common.learn.terminal import Screen, stop_if_asked
from common.learn.toolchain import LEARNER, BuildFailed, Interrupted, Outcome, Toolchain, configured
from common.learn.workspace import WorkError, Workspace, digest

POLL_S = 0.2


class SetupFailed(Exception):
    """The machine lacks something, and the set-up has said what."""


@dataclass
class Checked:
    """A check that was made: its report in lines, without where to go from there."""

    passed: bool
    lines: list[str]
    outcome: Outcome | None  # None where there was nothing to compile


class Learner:
    def __init__(self, course: list[Exercise], screen: Screen):
        self.course = course
        self.screen = screen
        # Where work/ and .learn/ are: beside the course, unless a test or a teacher says otherwise.
        self.root = Path(os.environ.get("GROUNDUP_LEARNER") or ROOT).resolve()
        self.workspace = Workspace(self.root)
        self.store = Store(self.root / ".learn")
        self.build = ROOT / "build/release"
        self.toolchain = Toolchain(self.build, lambda: screen.line("waiting for another build to end ..."))
        self.machine_ready = False

    # ------------------------------------------------------------- where the learner is

    def named(self, target: str) -> Exercise | None:
        return next((exercise for exercise in self.course if exercise.target == target), None)

    def current(self, state: State) -> Exercise:
        """The exercise at hand: the one the state names, else the first that is not done."""
        return self.named(state.current) or self.first_open(state) or self.course[-1]

    def first_open(self, state: State, after: Exercise | None = None) -> Exercise | None:
        """The next open exercise in reading order, beginning after `after` and then from the front."""
        begin = self.course.index(after) + 1 if after else 0
        for exercise in self.course[begin:] + self.course[:begin]:
            if state.of(exercise.target).status == "open" and exercise is not after:
                return exercise
        return None

    def open(self, exercise: Exercise) -> list[str]:
        """Makes it the current one, with its file there; what the learner should be told."""
        with self.store.changing() as state:
            state.current = exercise.target
            opened = self.workspace.open(exercise, state.of(exercise.target))
        return opened.notices

    def progress(self, exercise: Exercise) -> Progress:
        return self.store.load().of(exercise.target)

    # ------------------------------------------------------------- building and checking

    def ready(self) -> None:
        """What building needs is there, and the build folder is configured. Quick when it is."""
        if self.machine_ready:
            return
        if subprocess.run(["common/setup.sh", "need", "build"], cwd=ROOT).returncode != 0:
            raise SetupFailed
        if not configured(self.build):
            self.screen.passing("configuring the build ...")
            done = subprocess.run(["common/build.sh", "release"], cwd=ROOT, capture_output=True, text=True)
            self.screen.passing("")
            if done.returncode != 0:
                raise BuildFailed(done.stdout + done.stderr)
        self.machine_ready = True

    def prepare(self, exercises: list[Exercise]) -> None:
        """Builds the course's part of these exercises' tests, saying how far it is."""
        self.ready()
        began = time.monotonic()
        said = False

        def progress(done: int, total: int) -> None:
            nonlocal said
            if not said and total > 12 and not self.screen.clears:
                self.screen.line(f"building what the exercises stand on, once ({total} steps)")
                said = True
            if time.monotonic() - began > 0.5:
                self.screen.passing(f"building what the exercises stand on, once: {done} of {total}")

        try:
            self.toolchain.prepare(exercises, progress)
        finally:
            self.screen.passing("")

    def check(self, exercise: Exercise, unwanted: Callable[[], bool] = lambda: False) -> Checked:
        """Checks the learner's file as it is now, and records a pass."""
        shown = self.workspace.shown(exercise)
        try:
            text = self.workspace.read(exercise)
        except WorkError as error:
            return Checked(False, self.screen.wrap(f"✗ {exercise.name}  {error}", "  ", ""), None)
        self.workspace.keep(exercise, text)
        self.screen.passing(f"checking {exercise.name} ...")
        (self.build / "learn").mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f"{exercise.target}.", dir=self.build / "learn") as folder:
            first_line = self.workspace.first_line(exercise, text)
            subject = report.Subject(exercise, text, shown, first_line, Path(folder) / exercise.source.name)
            if unreadable := report.not_readable(self.screen, subject):
                return Checked(False, unreadable, None)
            try:
                outcome = self.toolchain.check(
                    exercise, text, Path(folder), LEARNER, shown=shown, timeout_s=report.TIMEOUT_S, unwanted=unwanted
                )
            finally:
                self.screen.passing("")
            lines = report.report(self.screen, subject, outcome)  # asks the program where it stopped
        if outcome.passed:
            with self.store.changing() as state:
                progress = state.of(exercise.target)
                progress.status, progress.passed = "done", digest(text)
        return Checked(outcome.passed, lines, outcome)

    # ------------------------------------------------------------- watching

    def fingerprint(self, exercise: Exercise) -> str | None:
        """A digest of the file's content now; None where there is no file."""
        try:
            return digest(self.workspace.data(exercise).decode("utf-8", errors="surrogateescape"))
        except WorkError as error:
            return digest(str(error))
        except OSError:
            return None

    def settled(self, exercise: Exercise) -> str | None:
        """The fingerprint once it stays the same: an editor may be in the middle of a save, which
        can show as a file that is empty, cut short or gone for a moment."""
        seen = self.fingerprint(exercise)
        for _ in range(10):
            time.sleep(0.1)
            now = self.fingerprint(exercise)
            if now == seen and now is not None:
                return now
            seen = now
        return seen


def process_name(number: int) -> str:
    return f"process {number}" if number > 0 else "another process"


def saved_again(learner: Learner, exercise: Exercise, fingerprint: str | None) -> Callable[[], bool]:
    """Asks whether the file holds something else by now than it held with this fingerprint."""
    return lambda: learner.fingerprint(exercise) not in (fingerprint, None)


def watch(learner: Learner, show: Callable[[Exercise, Checked], None], on_key: Callable[[str, Exercise], bool]) -> int:
    """Checks the current exercise now, at every save and when another becomes the current one.

    show(exercise, checked) puts a report on the screen; on_key(key, exercise) acts on a key and
    says whether to go on. Returns an exit status.
    """
    with only_watcher(learner.store.folder) as other, learner.screen.keys():
        if other:
            learner.screen.paragraph(
                f"Another ./learn is watching already ({process_name(other)}). Use that one, or stop it with Ctrl-C "
                "there; ./learn --once checks once beside it."
            )
            return 1
        last: tuple[str, str | None] | None = None
        while True:
            stop_if_asked()
            exercise = learner.current(learner.store.load())
            now = (exercise.target, learner.fingerprint(exercise))
            if now != last:
                last = (exercise.target, learner.settled(exercise))
                learner.prepare([exercise])
                try:
                    checked = learner.check(exercise, saved_again(learner, exercise, last[1]))
                except Interrupted:  # saved again meanwhile: the newer text is what counts
                    last = None
                    continue
                show(exercise, checked)
            key = learner.screen.key(POLL_S)
            if key == "end" or (key and not on_key(key, exercise)):
                return 0
            if key == "r":
                last = None
