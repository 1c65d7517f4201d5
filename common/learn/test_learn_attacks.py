"""./learn against files that would pass, hang or lose something without doing their task."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from common.learn.exercise import ROOT, load_course, starter
from common.learn.learner_testing import CLEAR, ESCAPE, Terminal, environment, learn, running, wait_until
from common.learn.state import Store
from common.learn.toolchain import Outcome, Toolchain
from common.learn.workspace import digest

# A few minutes of compiling; make check-course runs it.
pytestmark = pytest.mark.course

SOFTMAX = next(exercise for exercise in load_course() if exercise.name == "softmax")
RIGHT = SOFTMAX.text()


def begin(folder: Path, text: str) -> Path:
    """A learner whose current exercise is softmax, with this text in its file."""
    assert learn(folder, "softmax", "--once").returncode == 1
    path = folder / "work/phase1_cpu/week02_losses/softmax.cc"
    path.write_text(text, encoding="utf-8")
    return path


def inside(code: str) -> str:
    """The course's softmax with this code in its loop."""
    return "#include <cstdio>\n#include <cstdlib>\n" + RIGHT.replace("double total = 0;", f"double total = 0;\n    {code}")


def one_line(text: str) -> str:
    return " ".join(text.split())


# ---------------------------------------------------------------- what must not pass


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (inside("std::exit(0);"), "ended by itself, with exit status 0"),
        (inside("std::_Exit(0);"), "ended by itself, with exit status 0"),
        (inside("std::quick_exit(0);"), "ended by itself, with exit status 0"),
        (inside("std::exit(3);"), "ended by itself, with exit status 3"),
        (RIGHT + "int main() {}\n", "the file defines main"),
        (RIGHT + "#define BEGIN int main\nBEGIN() {}\n", "ended by itself, with exit status 0"),
        (RIGHT + "#include <cstdlib>\nstruct Early { Early() { std::exit(0); } } early;\n", "ended by itself"),
        (
            inside("total = 1;") + "#include <cstdlib>\nstruct Late { ~Late() { std::_Exit(0); } } late;\n",
            "ended by itself, with exit status 0",
        ),
    ],
    ids=["exit", "_Exit", "quick_exit", "exit 3", "main", "hidden main", "before main", "after main"],
)
def test_a_program_that_ends_early_is_no_pass(tmp_path: Path, text: str, says: str) -> None:
    # A status of 0 was taken for a pass: exit(0) in the first test made an exercise green.
    begin(tmp_path, text)
    done = learn(tmp_path, "check", "softmax")
    assert done.returncode == 1 and "✗ softmax" in done.stdout, done.stdout
    assert says in one_line(done.stdout), done.stdout
    assert Store(tmp_path / ".learn").load().of(SOFTMAX.target).status == "open"


@pytest.mark.parametrize("name", ["GTEST_FILTER", "TESTBRIDGE_TEST_ONLY"])
def test_the_users_environment_leaves_no_test_out(tmp_path: Path, name: str) -> None:
    begin(tmp_path, inside("total = 1;"))
    done = learn(tmp_path, "check", "softmax", **{name: "Softmax.NoSuch"})
    assert done.returncode == 1 and "/10 passed" in done.stdout


# ---------------------------------------------------------------- what must not confuse


@pytest.mark.parametrize(
    "code",
    [
        'for (int i = 0; i < 200; ++i) std::puts("a line of a hundred letters or so, printed again and again while looking for a mistake");',
        "std::fclose(stdout);",
        'std::puts("[  FAILED  ] Softmax.WorkedExample (0 ms)");',
        'std::printf("no newline");',
    ],
    ids=["much", "closed", "as if failed", "no newline"],
)
def test_what_a_right_file_prints_does_not_matter(tmp_path: Path, code: str) -> None:
    # Of much output only the beginning was read, and the tests after it were called not checked.
    begin(tmp_path, inside(code))
    done = learn(tmp_path, "check", "softmax")
    assert done.returncode == 0 and "✓ softmax  10/10" in done.stdout and "not checked" not in done.stdout, done.stdout


def test_output_without_end_is_named(tmp_path: Path) -> None:
    begin(tmp_path, inside('for (;;) std::puts("again");'))
    done = learn(tmp_path, "check", "softmax")
    assert done.returncode == 1 and "wrote more than 64 MB" in one_line(done.stdout), done.stdout


# ---------------------------------------------------------------- however it ends, nothing stays behind


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_an_endless_loop_ends_with_its_window(tmp_path: Path, number: signal.Signals) -> None:
    # The test program has a session of its own: a closed window left it running for ever.
    begin(tmp_path, inside("for (volatile int i = 0;;) i = i + 1;"))
    with Terminal(tmp_path) as terminal:
        terminal.wait_for("checking softmax")
        assert wait_until(lambda: running("/test", tmp_path))
        terminal.process.send_signal(number)
        status = terminal.end()
        assert status == (-number if number == signal.SIGKILL else 128 + number)
        assert "Traceback" not in terminal.text and (terminal.restored() or number == signal.SIGKILL)
    assert wait_until(lambda: not running(SOFTMAX.target, tmp_path))


def test_an_impatient_ctrl_c_disturbs_nothing(tmp_path: Path) -> None:
    begin(tmp_path, RIGHT)
    for after_s in (0.3, 0.6, 1.0, 1.5):
        with Terminal(tmp_path) as terminal:
            end = time.monotonic() + after_s
            while time.monotonic() < end:
                terminal.pump(0.01)
            for _ in range(5):
                terminal.interrupt()
            assert terminal.end() in (130, -signal.SIGINT) and terminal.restored()
            assert "Traceback" not in terminal.text, terminal.text


@pytest.mark.parametrize("redirection", [">&-", "<&-", "2>&-", ">&- 2>&- <&-", ">/dev/full", "2>/dev/full"])
@pytest.mark.parametrize("command", ["list", "check softmax", "nosuch"])
def test_streams_may_be_closed_or_full(tmp_path: Path, redirection: str, command: str) -> None:
    done = subprocess.run(
        ["bash", "-c", f"./learn {command} {redirection}"], cwd=ROOT, env=environment(tmp_path), text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )
    assert "Traceback" not in done.stdout and "Exception" not in done.stdout, done.stdout
    if redirection == ">/dev/full" and command != "nosuch":
        assert done.returncode == 1 and "No space left on device" in done.stdout
    else:
        assert done.returncode == {"list": 0, "check softmax": 1, "nosuch": 2}[command]


def test_two_builds_in_one_folder_wait_for_each_other(tmp_path: Path) -> None:
    begin(tmp_path, RIGHT)
    lock = ["flock", ROOT / "build/release/ninja.lock", "sh", "-c", "echo held; cat"]
    held = subprocess.Popen(lock, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert held.stdout and held.stdout.readline() == "held\n"
    with Terminal(tmp_path) as terminal:
        terminal.wait_for("waiting for another build to end")
        build = subprocess.Popen(["common/build.sh", "release", "phase1_train"], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert build.stdout and "waiting for another build in build/release" in build.stdout.readline()
        held.communicate()  # it ends
        terminal.wait_for(r"✓ softmax[\s\S]*watching")
        build.communicate()
        assert build.returncode == 0


# ---------------------------------------------------------------- what has to be read


@pytest.mark.parametrize("rows", [40, 14])
def test_a_change_of_the_courses_file_is_told_where_it_can_be_read(tmp_path: Path, rows: int) -> None:
    # The note was written before the screen was cleared for the first report: nobody ever saw it.
    path = begin(tmp_path, RIGHT)
    store = Store(tmp_path / ".learn")
    base = tmp_path / f".learn/starters/{SOFTMAX.target}.cc"
    base.write_text(base.read_text().replace("Matrix p(B, L);", "Matrix p(L, B);"))
    with store.changing() as state:
        state.of(SOFTMAX.target).starter = digest(base.read_text())
    with Terminal(tmp_path, rows=rows) as terminal:
        terminal.wait_for(r"watching[\s\S]*quit")
        shown = ESCAPE.sub("", terminal.text.split(CLEAR)[-1]).replace("\r\n", "\n")
        assert "✓ softmax" in shown and "softmax.cc.new" in shown
        assert "+  Matrix p(B, L);" in shown or rows == 14
        assert len(shown.splitlines()) <= rows
        terminal.press("q")
        terminal.end()
    assert path.read_text() == RIGHT and path.with_name("softmax.cc.new").read_text() == starter(RIGHT, SOFTMAX.source)


# ---------------------------------------------------------------- what takes too long


def test_a_compiler_without_end_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("common.learn.toolchain.TOOL_S", 2)
    endless = (
        "template <int N, long M> struct Twice { static constexpr int v = Twice<N - 1, 2 * M>::v + Twice<N - 1, 2 * M + 1>::v; };\n"
        "template <long M> struct Twice<0, M> { static constexpr int v = 1; };\n"
        "int far = Twice<40, 1>::v;\n"
    )
    chain = Toolchain(ROOT / "build/release")
    chain.prepare([SOFTMAX])
    outcome = chain.check(SOFTMAX, RIGHT + endless, tmp_path)
    assert outcome.stage == "compile" and "still at work after 2 s" in outcome.output
    assert wait_until(lambda: not running(f"{tmp_path}/softmax.cc"))  # the compiler proper too


@pytest.mark.parametrize(
    ("stage", "output", "by_chance"),
    [
        ("compile", "cc1plus: fatal error: closing dependency file: No space left on device", True),
        ("link", "the compiler or linker was still at work after 120 s, and was stopped", True),
        ("compile", "softmax.cc:3: error: expected ';'", False),
        ("tests", "No space left on device", False),
        ("timeout", "", True),
    ],
)
def test_what_the_machine_decided_is_not_remembered(stage: str, output: str, by_chance: bool) -> None:
    # MINE=1 said of a file that was once compiled on a full disk that it does not compile, until make clean.
    assert Outcome(stage, output).by_chance == by_chance


def test_an_editor_that_writes_in_many_pieces_is_judged_by_the_whole(tmp_path: Path) -> None:
    # Half of a text that is still being written must not be shown as a mistake.
    path = begin(tmp_path, inside("total = 1;"))
    with Terminal(tmp_path) as terminal:
        terminal.wait_for(r"✗ softmax[\s\S]*watching[\s\S]*quit")
        step = len(RIGHT) // 20 + 1
        with path.open("w") as file:
            for begin_at in range(0, len(RIGHT), step):
                file.write(RIGHT[begin_at : begin_at + step])
                file.flush()
                time.sleep(0.09)
        said = terminal.wait_for(r"✓ softmax[\s\S]*watching")
        assert "does not compile" not in said and "empty" not in said


# ---------------------------------------------------------------- in a shell


def test_the_loop_may_be_stopped_put_aside_and_taken_up_again(tmp_path: Path) -> None:
    # After Ctrl-Z and bg, fg gave a traceback: the terminal's settings were being changed when it stopped.
    begin(tmp_path, RIGHT)
    with Terminal(tmp_path, "--norc", "-i", program=Path("/bin/bash"), PS1="shell> ") as terminal:
        terminal.wait_for("shell>")
        terminal.press("./learn\n")
        terminal.wait_for(r"✓ softmax[\s\S]*quit")
        terminal.press("\x1a")
        terminal.wait_for(r"Stopped[\s\S]*shell>")
        terminal.press("bg; while [ -z \"$(jobs -s)\" ]; do sleep 0.05; done; echo 'stopped' again\n")
        terminal.wait_for(r"stopped again[\s\S]*shell>")
        terminal.press("fg\n")
        terminal.wait_for(r"fg\s+\./learn")
        # Where the shell was told of the stop before it was told that bg had worked, it takes what it brings
        # to the front for running, and does not continue it.
        for number in running("common.learn.cli", tmp_path):
            os.kill(number, signal.SIGCONT)
        end = time.monotonic() + 60
        while "hint 1/3" not in terminal.text and time.monotonic() < end:
            terminal.press("h")  # what is pressed before it reads again is echoed, and discarded
            time.sleep(0.2)
            terminal.pump(0.2)
        terminal.wait_for("hint 1/3")
        terminal.press("q")
        terminal.wait_for(r"goes on from here[\s\S]*shell>")
        terminal.press("exit\n")
        assert terminal.end() == 0 and "Traceback" not in terminal.text
