"""./learn against files that would pass, hang or lose something without doing their task."""

from __future__ import annotations

from pathlib import Path

import pytest

from common.learn.exercise import load_course
from common.learn.learner_testing import learn
from common.learn.state import Store

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
        (RIGHT + "int main() {}\n", "with a main() in your file"),
        (RIGHT + "#include <cstdlib>\nstruct Early { Early() { std::exit(0); } } early;\n", "ended by itself"),
        (
            inside("total = 1;") + "#include <cstdlib>\nstruct Late { ~Late() { std::_Exit(0); } } late;\n",
            "ended by itself, with exit status 0",
        ),
    ],
    ids=["exit", "_Exit", "quick_exit", "exit 3", "main", "before main", "after main"],
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
