"""Each gate of check-course, seen to fail: a copy of the course is damaged where the gate looks.

One copy, built once, serves all tests; each damages a few files, runs the gates in question on one
or two small exercises, and puts the files back. Run by `make check-course`.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from common.learn.exercise import ROOT
from common.learn.quickstart import make_source

pytestmark = pytest.mark.course

WEEK1 = "phase1_cpu/week01_matrix"
WEEK2 = "phase1_cpu/week02_losses"
COURSE = "common/learn/course.toml"


@dataclass
class Course:
    """The copy, and what its gates say."""

    root: Path
    originals: dict[Path, str | None]  # None for a file that was not there

    def add(self, path: str, text: str) -> None:
        self.originals[self.root / path] = None
        (self.root / path).write_text(text, encoding="utf-8")

    def change(self, path: str, *edits: tuple[str, str]) -> None:
        """Replaces in a file what must be there once."""
        file = self.root / path
        text = file.read_text(encoding="utf-8")
        self.originals.setdefault(file, text)
        for old, new in edits:
            assert text.count(old) == 1, f"{path} has {text.count(old)} of: {old}"
            text = text.replace(old, new)
        file.write_text(text, encoding="utf-8")

    def remove(self, path: str) -> None:
        self.originals.setdefault(self.root / path, (self.root / path).read_text(encoding="utf-8"))
        (self.root / path).unlink()

    def restore(self) -> None:
        for file, text in self.originals.items():
            file.unlink() if text is None else file.write_text(text, encoding="utf-8")
        self.originals.clear()

    def python(self, *arguments: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, *arguments], cwd=self.root, capture_output=True, text=True, timeout=1800
        )

    def gates(self, gates: str, only: str) -> tuple[int, str]:
        """The status of check-course and what it said."""
        done = self.python("-m", "common.learn.check_course", "--gates", gates, "--only", only)
        return done.returncode, done.stdout + done.stderr

    def fails(self, gate: int, only: str, *says: str) -> None:
        """Asserts that this gate fails, naming the exercise and all of `says` where it does."""
        status, output = self.gates(str(gate), only)
        assert status == 1, output
        found = [part for part in output.split(f"gate {gate}: ")[1:]]
        assert any(all(word in part for word in (only, *says)) for part in found), output


@pytest.fixture(scope="session")
def built_copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the repository, configured; ccache knows most of what is compiled in it."""
    root = make_source(ROOT, tmp_path_factory.mktemp("course"))
    for preset in ("release", "sanitize"):
        subprocess.run(["common/build.sh", preset], cwd=root, check=True, capture_output=True)
    return root


@pytest.fixture
def course(built_copy: Path) -> Iterator[Course]:
    copy = Course(built_copy, {})
    yield copy
    copy.restore()


def test_the_copy_is_honest_before_it_is_damaged(course: Course) -> None:
    for only in ("transpose", "log_sum_exp"):
        status, output = course.gates("12345", only)
        assert status == 0, output
        assert "1 of 1 exercises are honest" in output


def test_nothing_to_check_is_an_error(course: Course) -> None:
    status, output = course.gates("1", "softmaks")
    assert status == 1
    assert "--only softmaks: no such week" in output


# ------------------------------------------------------------- gate 1: registered, and fails unwritten


def test_an_exercise_that_is_no_longer_listed(course: Course) -> None:
    course.change(COURSE, ('"transpose", ', ""))
    status, output = course.gates("1", "matmul")
    assert status == 1
    assert "['transpose'] not listed in common/learn/course.toml" in output


def test_an_exercise_removed_with_its_description(course: Course) -> None:
    course.change(COURSE, ('"transpose", ', ""))
    course.remove(f"{WEEK1}/transpose.toml")
    status, output = course.gates("1", "")
    assert status == 1
    assert "gate 1: phase1.week01.transpose: CMake declares it with nn_lesson, and common/learn/course.toml" in output
    assert "gate 1: phase1.week01.transpose: phase1_cpu/week01_matrix/transpose.cc has regions to write" in output


def test_an_exercise_that_is_listed_and_not_there(course: Course) -> None:
    course.remove(f"{WEEK1}/transpose.toml")
    status, output = course.gates("1", "transpose")
    assert status == 1
    assert "transpose.toml: not there; course.toml lists transpose" in output


def test_an_exercise_that_is_not_built(course: Course) -> None:
    course.change(f"{WEEK1}/CMakeLists.txt", (" transpose ", " "))
    course.fails(1, "transpose", "no CMakeLists.txt declares it with nn_lesson")


def test_a_damaged_marker(course: Course) -> None:
    course.change(f"{WEEK1}/transpose.cc", ('  // <<< NN_TODO("transpose");\n', ""))
    course.fails(1, "transpose", "starter", "this region is never closed")


def test_a_starter_that_crashes(course: Course) -> None:
    course.change(f"{WEEK1}/transpose.cc", ('// <<< NN_TODO', "// <<< __builtin_trap(); NN_TODO"))
    course.fails(1, "transpose", "starter debug: crashed with signal")


def test_a_starter_that_passes(course: Course) -> None:
    course.change(
        f"{WEEK1}/transpose.cc",
        ('  // >>> about 3 lines. README.md, "Rows become columns".\n', ""),
        (
            '  // <<< NN_TODO("transpose");',
            '  // >>> about 1 line. README.md, "Rows become columns".\n  // <<< if (M < 0) NN_TODO("transpose");',
        ),
    )
    course.fails(1, "transpose", "starter release: passes with nothing written")


def test_a_starter_that_does_not_compile(course: Course) -> None:
    course.change(f"{WEEK1}/transpose.cc", ('// <<< NN_TODO', "// <<< nothing; NN_TODO"))
    course.fails(1, "transpose", "starter debug: does not compile")


def test_an_empty_file_that_passes_by_linking(course: Course) -> None:
    """An archive that the test links holds the course's version too, and the linker takes it."""
    course.change(
        "phase1_cpu/CMakeLists.txt",
        ("add_library(phase1_testing STATIC testing.cc)", "add_library(phase1_testing STATIC testing.cc week01_matrix/transpose.cc)"),
    )
    course.fails(1, "transpose", "empty file: passes its tests", "stands in for what is missing")


def test_one_function_that_other_code_supplies(course: Course) -> None:
    """The linker misses the rest of the file; this one function it finds in an archive."""
    course.add(
        "phase1_cpu/spare.cc",
        '#include "phase1_cpu/week01_matrix/reduce.h"\n'
        "namespace nn::basic {\ndouble sum(const Matrix& a) { return a(0, 0); }\n}  // namespace nn::basic\n",
    )
    course.change(
        "phase1_cpu/CMakeLists.txt",
        ("add_library(phase1_testing STATIC testing.cc)", "add_library(phase1_testing STATIC testing.cc spare.cc)"),
    )
    course.fails(1, "reduce", "empty file: does not miss nn::basic::sum(nn::basic::Matrix const&)")


# ------------------------------------------------------------- gate 2: right, and clean


def test_code_of_the_course_that_is_wrong(course: Course) -> None:
    course.change(f"{WEEK1}/transpose.cc", ("t(n, m) = a(m, n);", "t(n, m) = -a(m, n);"))
    course.fails(2, "transpose", "course release", "the course's own code fails")


def test_code_of_the_course_that_reads_past_the_end(course: Course) -> None:
    course.change(
        f"{WEEK1}/transpose.cc",
        ("  return t;", "  volatile double beyond = a.data()[a.size()];\n  (void)beyond;\n  return t;"),
    )
    course.fails(2, "transpose", "course sanitize", "heap-buffer-overflow")


# ------------------------------------------------------------- gate 3: wrong is wrong, right is right


def test_a_wrong_variant_made_harmless(course: Course) -> None:
    course.change(f"{WEEK1}/transpose.toml", ('replace = "t(m, n) = a(m, n);"', 'replace = "t(n, m) = a(m, n) * 1.0;"'))
    course.fails(3, "transpose", "wrong keeps_indices: passes, and it is wrong")


def test_a_wrong_variant_with_another_diagnosis(course: Course) -> None:
    course.change(f"{WEEK1}/transpose.toml", ('looks_like = "one_row_or_column"', 'looks_like = "sign"'))
    course.fails(3, "transpose", "wrong skips_last_row: fails without the diagnosis sign; it got")


def test_a_wrong_variant_that_crashes(course: Course) -> None:
    course.change(f"{WEEK1}/transpose.toml", ('replace = "t(m, n) = a(m, n);"', 'replace = "__builtin_trap();"'))
    course.fails(3, "transpose", "wrong keeps_indices: crashed with signal")


def test_a_right_variant_that_is_rejected(course: Course) -> None:
    course.change(f"{WEEK1}/transpose.toml", ("t_row[m] = a(m, n);", "t_row[m] = a(m, n) + 1e-15;"))
    course.fails(3, "transpose", "right writing_in_order: is rejected", "rounding")


def test_a_variant_that_applies_nowhere(course: Course) -> None:
    course.change(f"{WEEK1}/transpose.toml", ('find = "for (int n = 0; n < N; ++n)"', 'find = "for (int n = 0; n < K; ++n)"'))
    course.fails(3, "transpose", "wrong upper_triangle", "its `find` occurs 0 times")


def test_too_few_variants(course: Course) -> None:
    text = (course.root / WEEK1 / "transpose.toml").read_text(encoding="utf-8")
    first, third = text.index("[[wrong]]"), text.index('[[wrong]]\nname = "upper_triangle"')
    course.change(f"{WEEK1}/transpose.toml", (text[first:third], ""))
    course.fails(3, "transpose", "has 2 known-wrong variants; at least 3 are needed")


# ------------------------------------------------------------- gate 4: awkward shapes and data


def test_square_shapes(course: Course) -> None:
    course.change(
        f"{WEEK1}/transpose_test.cc",
        ("for (const auto& [M, N] : awkward_shapes()) {", "for (const int M : {1, 31, 33}) {\n    const int N = M;"),
        ("random_matrix(33, 127, rng)", "random_matrix(33, 33, rng)"),
        ("TEST(Transpose, MatchesReference) {", "TEST(Transpose, DISABLED_MatchesReference) {"),
    )
    course.fails(4, "transpose", "not square, not constant, has an odd extent")


def test_constant_data(course: Course) -> None:
    course.change(
        f"{WEEK1}/transpose_test.cc",
        ("const Matrix a = random_matrix(M, N, rng);", "const Matrix a(M, N, rng.uniform());"),
    )
    course.fails(4, "transpose", "want the same number everywhere", "Transpose.MovesEveryElementOnAwkwardShapes")


def test_an_exemption_that_nothing_needs(course: Course) -> None:
    course.change(
        f"{WEEK1}/transpose.toml",
        ('[[wrong]]\nname = "copies_memory"', '[exempt]\nsymmetric = "it was so once upon a time"\n\n[[wrong]]\nname = "copies_memory"'),
    )
    course.fails(4, "transpose", "declares [exempt] symmetric, and nothing needs it")


# ------------------------------------------------------------- gate 5: tolerances, NaN, fast-math


def test_a_tolerance_of_a_thousand_million(course: Course) -> None:
    course.change(f"{WEEK2}/log_sum_exp_test.cc", ("return {.abs = (3 * std::log(L) + 2 + L - 1) * kUnitRoundoff64,", "return {.abs = 1e9 + 0 * L,"))
    course.fails(5, "log_sum_exp", "LogSumExp.IsRightOnAwkwardShapes: the tolerance is slack: 1e+09 is allowed")


def test_variants_that_are_all_coarse(course: Course) -> None:
    text = (course.root / WEEK2 / "log_sum_exp.toml").read_text(encoding="utf-8")
    first = text.index('[[wrong]]\nname = "another_base"')
    course.change(f"{WEEK2}/log_sum_exp.toml", (text[first : text.index("[[right]]")], ""))
    course.fails(5, "log_sum_exp", "with every tolerance a hundred times as wide, each known-wrong variant still fails")


def test_a_tolerance_that_the_log_does_not_see(course: Course) -> None:
    course.change(f"{WEEK1}/transpose_test.cc", ("TEST(Transpose, SwapsTheExtents", "TEST(Transpose, IsNear) { EXPECT_NEAR(1.0, 1.1, 1e9); }\n\nTEST(Transpose, SwapsTheExtents"))
    course.fails(5, "transpose", "transpose_test.cc:", "EXPECT_NEAR has a tolerance that the log does not see")


def test_a_comparator_that_lets_nan_through(course: Course) -> None:
    course.change(
        "common/compare.cc",
        (
            "return error == 0 || (error <= allowed && error < std::numeric_limits<double>::infinity());",
            "return !(error > allowed || error == std::numeric_limits<double>::infinity());",
        ),
    )
    status, output = course.gates("5", "transpose")
    assert status == 1, output
    assert "gate 5: the course: the comparator is not to be trusted: common.compare_test fails" in output


def test_fast_math_that_is_not_refused(course: Course) -> None:
    course.change("common/compare.h", ("#ifdef __FAST_MATH__\n", "#ifdef NEVER_DEFINED\n"))
    done = course.python(
        "-c",
        "from common.learn import check_course as c; from pathlib import Path\n"
        "chain = c.Toolchain(Path('build/release').resolve()); c.COMPARATOR_TESTS = []\n"
        "chain.commands(next(e for e in c.load_course() if e.name == 'transpose'))\n"
        "print(c.comparator_problems(chain))",
    )
    assert "common/compare.h does not refuse -ffast-math" in done.stdout, done.stdout + done.stderr
    assert "common/compare.h does not refuse -Ofast" in done.stdout


# ------------------------------------------------------------- gate 6: hints, section, documents


def lesson_gate(course: Course, name: str) -> str:
    """Gate 6 without the sample outputs, for which everything would have to be built."""
    done = course.python(
        "-c",
        "from common.learn import check_course as c; from pathlib import Path\n"
        f"course = c.load_course(); e = next(e for e in course if e.name == {name!r})\n"
        "print(c.lesson_problems(e, course))\n"
        "print(dict(c.document_problems(Path('build/release'), '-k', 'excerpts or links')))",
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_whole_lesson_has_no_problem(course: Course) -> None:
    assert lesson_gate(course, "transpose") == "[]\n{}\n"


def test_a_missing_hint(course: Course) -> None:
    text = (course.root / WEEK1 / "transpose.toml").read_text(encoding="utf-8")
    last = next(line for line in text.splitlines(keepends=True) if line.startswith('  "Two loops'))
    course.change(f"{WEEK1}/transpose.toml", (last, ""))
    assert "has 2 hints, not 3" in lesson_gate(course, "transpose")


def test_a_section_that_was_renamed(course: Course) -> None:
    course.change(f"{WEEK1}/transpose.toml", ('lesson = "Rows become columns"', 'lesson = "Columns become rows"'))
    assert "README.md beside it has no heading 'Columns become rows'" in lesson_gate(course, "transpose")


def test_an_excerpt_that_is_no_longer_the_code(course: Course) -> None:
    course.change(f"{WEEK1}/matmul.cc", ("c_row[n] += a_mk * b_row[n];", "c_row[n] += b_row[n] * a_mk;"))
    said = lesson_gate(course, "matmul")
    assert f"{WEEK1}/README.md" in said and "no file has these lines" in said


def test_a_link_that_leads_nowhere(course: Course) -> None:
    course.change("docs/LEARNING_PATH.md", ("](notation.md)", "](notations.md)"))
    assert "docs/LEARNING_PATH.md links to notations.md, which is not there" in lesson_gate(course, "transpose")
