"""./learn as a learner meets it, without and with a terminal, and with everything going wrong."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from common.learn.exercise import ROOT, load_course, starter
from common.learn.learner_testing import Terminal, learn, running, save, wait_until
from common.learn.state import Store
from common.learn.workspace import Workspace

# A minute or two of compiling and waiting; make check-course runs it.
pytestmark = pytest.mark.course

COURSE = {exercise.name: exercise for exercise in load_course()}
SOFTMAX = COURSE["softmax"]
RIGHT = SOFTMAX.text()
FILE = "work/phase1_cpu/week02_losses/softmax.cc"


def begin(folder: Path, text: str | None = None, name: str = "softmax") -> Path:
    """A learner whose current exercise is this one, with this text in its file."""
    done = learn(folder, "show", name)
    assert done.returncode == 0, done.stdout
    exercise, space = COURSE[name], Workspace(folder)
    with Store(folder / ".learn").changing() as state:
        state.current = exercise.target
        path = space.open(exercise, state.of(exercise.target)).path
    if text is not None:
        path.write_text(text, encoding="utf-8")
    return path


def one_line(text: str) -> str:
    return " ".join(text.split())


# ---------------------------------------------------------------- commands


def test_the_first_time_leads_to_the_demo(tmp_path: Path) -> None:
    done = learn(tmp_path)
    assert done.returncode == 0
    assert "Welcome to groundup" in done.stdout and "This machine:" in done.stdout
    assert "✓ hello  2/2" in done.stdout and "your file: work/phase1_cpu/week01_matrix/hello.cc" in done.stdout
    assert "next: matrix" in done.stdout
    assert "Welcome" not in learn(tmp_path).stdout


def test_nothing_is_wider_than_80_columns(tmp_path: Path) -> None:
    begin(tmp_path, RIGHT.replace("total += p_row[l];", "total += z_row[l];"))
    for command in ([], ["--once"], ["list"], ["show"], ["hint"], ["help"], ["solution", "--spoil"], ["nosuch"], ["doctor"]):
        for line in learn(tmp_path, *command).stdout.splitlines():
            code = line.startswith("    ") or "│" in line  # as the course has it, up to 100 columns
            assert len(line) <= 80 or code or line.startswith("  ok"), line


def test_a_pass_is_recorded_and_says_what_is_next(tmp_path: Path) -> None:
    begin(tmp_path, RIGHT)
    done = learn(tmp_path, "check")
    assert done.returncode == 0
    assert "✓ softmax" in done.stdout and f"your file: {FILE}" in done.stdout and "next: " in done.stdout
    assert Store(tmp_path / ".learn").load().of(SOFTMAX.target).status == "done"


def test_the_end_of_a_phase_says_how_to_train_with_it(tmp_path: Path) -> None:
    begin(tmp_path, COURSE["idx"].text(), "idx")
    said = one_line(learn(tmp_path, "--once").stdout)
    assert "last open one of week 3: make phase1 MINE=1 runs the phase with your code" in said
    assert "make train PHASE=1 MINE=1 trains MNIST with it." in said


def test_the_starter_is_no_failure_of_the_installation(tmp_path: Path) -> None:
    begin(tmp_path)
    done = learn(tmp_path, "check")
    assert done.returncode == 1
    assert "○ softmax" in done.stdout and "Not written yet: softmax (line" in one_line(done.stdout)
    assert "contract  phase1_cpu/week02_losses/softmax.h" in done.stdout  # what is asked


def test_a_failure_shows_one_difference_and_what_it_looks_like(tmp_path: Path) -> None:
    begin(tmp_path, RIGHT.replace("p_row[l] /= total;", "p_row[l] /= L;"))
    done = learn(tmp_path, "check")
    assert done.returncode == 1
    text = one_line(done.stdout)
    for part in (
        "✗ softmax", f"your file: {FILE}", "Softmax: worked example (softmax_test.cc:", "out[0, 0]", "want",
        "looks like: ", "look like: each row is off by a factor of its own", "allowed", "next: ./learn hint (1 of 3)",
        "phase1_cpu/week02_losses/README.md, \"Softmax\"", "also failing: ",
    ):
        assert part in text, f"{part!r} is not in\n{done.stdout}"


def test_the_line_is_that_of_the_function_which_differs(tmp_path: Path) -> None:
    exercise = COURSE["sigmoid"]
    text = exercise.text()
    backward = next(v for v in exercise.variants if v.wrong and v.find in text[text.index("sigmoid_backward(") :])
    begin(tmp_path, backward.apply(exercise.text(), exercise.source), "sigmoid")
    text = Workspace(tmp_path).read(exercise)
    line = text.count("\n", 0, text.index("sigmoid_backward(")) + 1
    assert f"sigmoid.cc:{line}" in learn(tmp_path, "check", "sigmoid").stdout.replace("\n", " ")


def test_what_is_left_to_write_is_said_beside_a_failure(tmp_path: Path) -> None:
    exercise = COURSE["sigmoid"]
    text = starter(exercise.text(), exercise.source).replace('NN_TODO("sigmoid");', "return x;")
    begin(tmp_path, text, "sigmoid")
    done = learn(tmp_path, "check", "sigmoid")
    assert "✗ sigmoid" in done.stdout and "still to write: sigmoid_backward (line" in one_line(done.stdout)


def test_a_week_goes_to_its_first_open_exercise(tmp_path: Path) -> None:
    assert "○ sigmoid" in learn(tmp_path, "week2").stdout
    assert "▸ · sigmoid" in learn(tmp_path, "list", "week02").stdout


def test_a_missing_function_is_named_in_words(tmp_path: Path) -> None:
    begin(tmp_path, RIGHT.replace("Matrix softmax(", "Matrix soft_max("))
    done = learn(tmp_path, "check")
    assert done.returncode == 1 and "does not link" in done.stdout
    assert "softmax" in done.stdout and "const Matrix& z" in one_line(done.stdout), done.stdout
    assert "/usr/bin/ld" not in done.stdout and "undefined reference" not in done.stdout.split("softmax")[0]


def test_a_compile_error_is_the_learners_line(tmp_path: Path) -> None:
    text = RIGHT.replace("double total = 0;", "double total = 0")
    begin(tmp_path, text)
    line = next(n for n, words in enumerate(text.splitlines(), 1) if "double total = 0" in words)
    done = learn(tmp_path, "check")
    assert done.returncode == 1 and "does not compile" in done.stdout
    assert f"{FILE}:{line}" in done.stdout or f"softmax.cc:{line}" in done.stdout, done.stdout
    assert len(done.stdout.splitlines()) < 24 and str(ROOT) not in done.stdout


def test_a_warning_stops_nobody_and_is_said(tmp_path: Path) -> None:
    begin(tmp_path, RIGHT.replace("double total = 0;", "double total = 0;\n    const float half = 0.1234567890123;\n    (void)(half);\n    if (B == z_row.size()) total = 0;"))
    done = learn(tmp_path, "check")
    assert "the compiler notes" in done.stdout, done.stdout
    assert "✓ softmax" in done.stdout or "✗ softmax" in done.stdout


def test_an_endless_loop_is_stopped_and_its_line_named(tmp_path: Path) -> None:
    text = RIGHT.replace("double total = 0;", "double total = 0;\n    while (total == 0) {\n      p_row[0] = 1;\n    }")
    begin(tmp_path, text)
    line = next(n for n, words in enumerate(text.splitlines(), 1) if "while (total" in words)
    done = learn(tmp_path, "check")
    assert done.returncode == 1
    said = one_line(done.stdout)
    assert "still running after 10 s" in said
    assert any(f"softmax.cc:{n}" in said.split("still running")[1] for n in (line, line + 1)), done.stdout


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("volatile int zero = 0; volatile int x = 7 / zero; (void)x;", "division by zero"),
        ("volatile int* nowhere = nullptr; *nowhere = 1;", "null"),
        ("p_row[p_row.size()] = 1;", "outside"),
        ("softmax(z);", "calls itself"),
        ("std::vector<double> v; for (;;) v.resize(2 * v.size() + 1000000);", "bad_alloc"),
        ("throw 3;", "no std::exception"),
    ],
)
def test_a_crash_names_its_place(tmp_path: Path, code: str, says: str) -> None:
    begin(tmp_path, RIGHT.replace("double total = 0;", f"double total = 0;\n    {code}").replace("#include <span>", "#include <span>\n#include <vector>"))
    done = learn(tmp_path, "check")
    assert done.returncode == 1 and "✗ softmax" in done.stdout
    assert says in one_line(done.stdout), done.stdout


def test_output_without_end_fills_neither_disk_nor_screen(tmp_path: Path) -> None:
    begin(tmp_path, RIGHT.replace("double total = 0;", 'double total = 0;\n    for (;;) std::puts("again");').replace("#include <cmath>", "#include <cmath>\n#include <cstdio>"))
    done = learn(tmp_path, "check")
    assert done.returncode == 1 and len(done.stdout) < 20_000


def test_hints_come_one_at_a_time_and_are_counted(tmp_path: Path) -> None:
    begin(tmp_path)
    first, second, third, fourth = (one_line(learn(tmp_path, "hint").stdout) for _ in range(4))
    hints = [one_line(hint) for hint in SOFTMAX.hints]

    def holds(text: str, hint: str) -> bool:
        return hint in " ".join(text.split())

    assert holds(first, hints[0]) and not holds(first, hints[1])
    assert holds(second, hints[1]) and not holds(second, hints[2])
    assert holds(third, hints[2]) and "no more hints" in third
    assert fourth == third
    assert "3 hints" in learn(tmp_path, "list", "week02").stdout


def test_a_solution_waits_for_a_pass(tmp_path: Path) -> None:
    path = begin(tmp_path)
    done = learn(tmp_path, "solution")
    assert done.returncode == 2 and "has not passed yet" in one_line(done.stdout) and "std::exp" not in done.stdout
    assert "std::exp(z_row[l] - m)" in learn(tmp_path, "solution", "--spoil").stdout
    path.write_text(RIGHT.replace("double total = 0;", "double total = 0.0;"))
    learn(tmp_path, "check")
    shown = learn(tmp_path, "solution")
    assert shown.returncode == 0 and "double total = 0.0;" in shown.stdout and "double total = 0;" in shown.stdout
    assert "another way" in shown.stdout


def test_skip_list_next_and_going_back(tmp_path: Path) -> None:
    learn(tmp_path, "--once")
    assert "matrix is skipped" in learn(tmp_path, "skip", "matrix").stdout
    assert "elementwise: " in learn(tmp_path, "next").stdout
    listed = learn(tmp_path, "list").stdout
    assert "– matrix" in listed and "▸ · elementwise" in listed and "✓ hello" in listed
    assert f"1 of {len(load_course())} done" in listed
    back = learn(tmp_path, "matrix")
    assert "○ matrix" in back.stdout
    assert "▸ – matrix" in learn(tmp_path, "list", "week01").stdout


def test_reset_keeps_the_old_text(tmp_path: Path) -> None:
    path = begin(tmp_path, "// mine\n")
    done = learn(tmp_path, "reset", "softmax")
    assert done.returncode == 0 and "NN_TODO" in path.read_text()
    (kept,) = path.parent.glob("softmax.cc.2*")
    assert kept.read_text() == "// mine\n" and str(kept.relative_to(tmp_path)) in done.stdout


def test_a_week_is_checked_with_a_line_each(tmp_path: Path) -> None:
    begin(tmp_path, RIGHT)
    begin(tmp_path, None, "hinge")
    done = learn(tmp_path, "check", "week02")
    assert done.returncode == 1
    assert "✓ softmax" in done.stdout and "○ hinge" in done.stdout and "1 of 14 pass; 12 not begun" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["sotfmax"], "did you mean softmax"),
        (["hnit"], "hint"),
        (["--fast"], "there is no option --fast; it knows --once"),
        (["next", "softmax"], "takes no name"),
        (["sotfmax", "hinge"], "./learn takes one name, and got: sotfmax hinge; ./learn help"),
        (["SOFTMAX"], "did you mean softmax"),
        (["hint", "softmax", "hinge"], "takes one name"),
        (["reset"], "needs the name of an exercise"),
        (["check", "week99"], "there is no exercise or command 'week99'"),
        (["check", "week03"], "is begun"),
    ],
)
def test_a_wrong_command_line_says_what_there_is(tmp_path: Path, arguments: list[str], says: str) -> None:
    done = learn(tmp_path, *arguments)
    assert done.returncode == 2 and says in one_line(done.stdout)


# ---------------------------------------------------------------- what goes wrong around it


def test_a_damaged_state_is_kept_and_the_work_goes_on(tmp_path: Path) -> None:
    begin(tmp_path, RIGHT)
    learn(tmp_path, "check")
    (tmp_path / ".learn/state.json").write_text('{"version": 1, "curr')
    done = learn(tmp_path, "list")
    assert done.returncode == 0 and "damaged" in done.stdout
    assert list((tmp_path / ".learn").glob("state.json.damaged.*"))


def test_a_state_from_the_future_is_refused(tmp_path: Path) -> None:
    (tmp_path / ".learn").mkdir()
    (tmp_path / ".learn/state.json").write_text('{"version": 99}')
    done = learn(tmp_path)
    assert done.returncode == 1 and "newer version" in one_line(done.stdout)


def test_a_disk_that_takes_nothing_is_named(tmp_path: Path) -> None:
    (tmp_path / ".learn").write_text("")
    (tmp_path / "work").write_text("")
    done = learn(tmp_path)
    assert done.returncode == 1 and "cannot be written" in one_line(done.stdout) and "Traceback" not in done.stdout


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "the file is empty"),
        (b"   \n\n", "the file is empty"),
        (b"\x7fELF\0\1", "not text"),
        (b"caf\xe9", "not UTF-8"),
        (RIGHT.replace("\n", "\r\n").encode(), "✓ softmax"),
        (b"\xef\xbb\xbf" + RIGHT.encode(), "✓ softmax"),
        (RIGHT.replace("    ", "\t").encode(), "✓ softmax"),
        (RIGHT.replace("// >>>", "//").encode(), "✓ softmax"),
        (starter(RIGHT, SOFTMAX.source).replace("// >>>", "//").encode(), "Not written yet"),
        (RIGHT[: len(RIGHT) // 2].encode(), "does not compile"),
    ],
    ids=["empty", "blank", "binary", "latin1", "crlf", "bom", "tabs", "no marker", "no marker, empty", "cut short"],
)
def test_any_file_gets_an_answer(tmp_path: Path, data: bytes, says: str) -> None:
    begin(tmp_path).write_bytes(data)
    done = learn(tmp_path, "check")
    assert says in done.stdout and "Traceback" not in done.stdout


def test_work_may_be_deleted(tmp_path: Path) -> None:
    begin(tmp_path, RIGHT)
    learn(tmp_path, "check")
    shutil.rmtree(tmp_path / "work")
    done = learn(tmp_path, "check")
    assert "was gone" in done.stdout and ".learn/history" in done.stdout


def test_a_terminal_that_knows_no_signs_gets_ascii(tmp_path: Path) -> None:
    begin(tmp_path, RIGHT)
    done = learn(tmp_path, "check", PYTHONIOENCODING="ascii")
    assert "+ softmax" in done.stdout and done.stdout.isascii()


def test_without_a_compiler_it_says_what_to_install(tmp_path: Path) -> None:
    tools = tmp_path / "bin"
    tools.mkdir()
    for folder in os.environ["PATH"].split(":"):
        for tool in Path(folder).glob("*") if Path(folder).is_dir() else []:
            if not tool.name.startswith(("g++", "c++", "cmake", "ninja", "clang")) and not (tools / tool.name).exists():
                (tools / tool.name).symlink_to(tool)
    done = learn(tmp_path, PATH=str(tools), GROUNDUP_INSTALL="0")
    assert done.returncode == 1
    assert "apt-get install" in done.stdout and "g++" in done.stdout and "Traceback" not in done.stdout


def test_output_may_be_cut_off(tmp_path: Path) -> None:
    line = subprocess.run(
        f"{ROOT / 'learn'} list | head -n 1", shell=True, cwd=ROOT, text=True, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, env={**os.environ, "GROUNDUP_LEARNER": str(tmp_path)},
    ).stdout
    assert line.startswith("week 1") and "Traceback" not in line


# ---------------------------------------------------------------- in a terminal


def test_a_save_is_checked_by_itself(tmp_path: Path) -> None:
    path = begin(tmp_path)
    with Terminal(tmp_path) as terminal:
        terminal.wait_for(r"○ softmax[\s\S]*watching")
        save(path, RIGHT.replace("total += p_row[l];", "total += z_row[l];"))
        terminal.wait_for(r"✗ softmax[\s\S]*watching")
        path.write_text(RIGHT)  # as an editor that writes in place
        terminal.wait_for(r"✓ softmax[\s\S]*watching")
        terminal.press("q")
        assert terminal.end() == 0 and terminal.restored()


def test_a_save_in_two_halves_is_judged_once_whole(tmp_path: Path) -> None:
    path = begin(tmp_path)
    with Terminal(tmp_path) as terminal:
        terminal.wait_for(r"○ softmax[\s\S]*watching")
        half = len(RIGHT) // 2
        with path.open("w") as file:
            file.write(RIGHT[:half])
            file.flush()
            file.write(RIGHT[half:])
        said = terminal.wait_for(r"✓ softmax[\s\S]*watching")
        assert "does not compile" not in said


def test_a_file_that_vanishes_while_watched_is_said(tmp_path: Path) -> None:
    path = begin(tmp_path)
    with Terminal(tmp_path) as terminal:
        terminal.wait_for(r"○ softmax[\s\S]*watching")
        path.unlink()
        terminal.wait_for(r"is not there")
        save(path, RIGHT)
        terminal.wait_for(r"✓ softmax[\s\S]*watching")


def test_keys_work_and_others_are_explained(tmp_path: Path) -> None:
    begin(tmp_path)
    with Terminal(tmp_path) as terminal:
        terminal.wait_for(r"○ softmax[\s\S]*watching[\s\S]*quit")
        terminal.press("h")
        terminal.wait_for(r"hint 1/3")
        terminal.press("s")
        terminal.wait_for(r"has not passed yet")
        terminal.press("z")
        terminal.wait_for(r"keys: ")
        terminal.press("\033[A")  # an arrow
        terminal.press("l")
        terminal.wait_for(f"of {len(load_course())} done")
        terminal.press("n")
        terminal.wait_for(r"○ softmax_jacobian[\s\S]*watching")
        terminal.press("\x04")  # not a key of ours, and no reason to end
        terminal.press("q")
        assert terminal.end() == 0 and terminal.restored()


def test_another_window_moves_the_watcher_on(tmp_path: Path) -> None:
    begin(tmp_path)
    with Terminal(tmp_path) as terminal:
        terminal.wait_for(r"○ softmax[\s\S]*watching[\s\S]*quit")
        learn(tmp_path, "next")
        terminal.wait_for(r"○ softmax_jacobian[\s\S]*watching")


def test_a_second_watcher_is_refused_and_once_is_not(tmp_path: Path) -> None:
    begin(tmp_path, RIGHT)
    with Terminal(tmp_path) as first:
        first.wait_for(r"✓ softmax[\s\S]*watching")
        with Terminal(tmp_path) as second:
            second.wait_for(r"is watching already \(process \d+\)")
            assert second.end() == 1
        assert learn(tmp_path, "--once").returncode == 0


@pytest.mark.parametrize("columns", [40, 20])
def test_a_narrow_terminal_still_says_what_matters(tmp_path: Path, columns: int) -> None:
    begin(tmp_path, RIGHT.replace("p_row[l] /= total;", "p_row[l] /= L;"))
    with Terminal(tmp_path, columns=columns, rows=60) as terminal:
        said = terminal.wait_for(r"✗ softmax[\s\S]*watching[\s\S]*quit")
        assert "looks like" in said


def test_a_low_terminal_keeps_the_verdict_in_sight(tmp_path: Path) -> None:
    begin(tmp_path, RIGHT.replace("p_row[l] /= total;", "p_row[l] /= L;"))
    with Terminal(tmp_path, rows=12) as terminal:
        said = terminal.wait_for(r"✗ softmax[\s\S]*watching[\s\S]*quit")
        shown = said[said.index("week 2") :]
        assert len(shown.splitlines()) <= 12 and "more lines: ./learn check softmax" in shown


@pytest.mark.parametrize("after_s", [0.02, 0.1, 0.2, 0.3, 0.5, 0.8, 1.2, 2.0])
def test_ctrl_c_at_any_moment(tmp_path: Path, after_s: float) -> None:
    path = begin(tmp_path, RIGHT)
    with Terminal(tmp_path) as terminal:
        end = time.monotonic() + after_s
        while time.monotonic() < end:
            terminal.pump(0.01)
        terminal.interrupt()
        status = terminal.end()
        assert status in (130, -signal.SIGINT) and terminal.restored(), terminal.text
        assert "Traceback" not in terminal.text, terminal.text
    assert path.read_text() == RIGHT
    assert learn(tmp_path, "list").returncode == 0


def test_ctrl_c_ends_a_learners_endless_loop_with_it(tmp_path: Path) -> None:
    begin(tmp_path, RIGHT.replace("double total = 0;", "double total = 0;\n    for (volatile int i = 0;;) i = i + 1;"))
    with Terminal(tmp_path) as terminal:
        terminal.wait_for("checking softmax")
        assert wait_until(lambda: running("/test", tmp_path))
        terminal.interrupt()
        assert terminal.end() == 130 and terminal.restored()
    assert wait_until(lambda: not running(SOFTMAX.target, tmp_path))


def test_a_newer_save_calls_off_the_check_of_the_older(tmp_path: Path) -> None:
    path = begin(tmp_path, RIGHT.replace("double total = 0;", "double total = 0;\n    for (volatile int i = 0;;) i = i + 1;"))
    with Terminal(tmp_path) as terminal:
        terminal.wait_for("checking softmax")
        assert wait_until(lambda: running("/test", tmp_path))
        save(path, RIGHT)
        said = terminal.wait_for(r"✓ softmax[\s\S]*watching")
        assert "✗ softmax" not in said and "still running" not in said  # what the endless loop would end with
