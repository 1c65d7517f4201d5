"""Findings of the simulator's checks in words, and what they decide: without building anything."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from common.learn import findings, report
from common.learn.exercise import ROOT, CourseError, Exercise, Variant, check_finding, parse_regions
from common.learn.terminal import Screen
from common.learn.toolchain import Outcome, read_findings
from common.learn.versions import course_problem, right_problem, wrong_problem

CODE = "int a;\n    s_sum[t] += s_sum[t + d];\n  x[i] = 1;\n"
PASSED = (
    "[==========] Running 1 test from 1 test suite.\n[ RUN      ] Sum.IsRight\n[       OK ] Sum.IsRight (0 ms)\n"
)


@pytest.fixture
def subject(tmp_path: Path) -> findings.Subject:
    copy = tmp_path / "sum.cu"
    copy.write_text(CODE, encoding="utf-8")
    exercise = Exercise("phase4", ROOT / "phase4_cuda/week09_sums", "sum", "Sum", "exercise", "Sums", [], file="sum.cu")
    return findings.Subject(exercise, CODE, "work/phase4_cuda/week09_sums/sum.cu", 1, copy)


def finding(subject: findings.Subject, line: int = 2, **other: str | int) -> dict:
    record = {
        "kind": "race", "severity": "error", "where": f"{subject.copy}:{line}", "other": "",
        "what": "s_sum[8] written by thread (8,0,0), read by thread (0,0,0)",
        "meaning": "No __syncthreads() lies between.", "kernel": "nn::cuda::sum_kernel", "block": "(2,0,0)",
        "thread": "(8,0,0)", "other_block": "(2,0,0)", "other_thread": "(0,0,0)", "count": 1,
    }  # fmt: skip
    return record | other


def told(subject: findings.Subject, *found: dict) -> str:
    return "\n".join(findings.report(Screen(io.StringIO()), subject, list(found))[1])


def one_line(text: str) -> str:
    return " ".join(text.split())


def test_place_line_threads_and_meaning_are_told(subject: findings.Subject) -> None:
    text = told(subject, finding(subject, count=3))
    assert "RACE work/phase4_cuda/week09_sums/sum.cu:2  s_sum[8] written by" in one_line(text).replace(":2 ", ":2  ")
    assert "\n      s_sum[t] += s_sum[t + d];\n" in text
    assert "in sum_kernel, block (2,0,0); 3 times in all" in text
    assert "No __syncthreads() lies between." in text


def test_the_other_side_of_a_race_has_its_place(subject: findings.Subject) -> None:
    text = told(subject, finding(subject, other=f"{subject.copy}:3", what="two threads write", thread="(1,0,0)"))
    assert "thread (1,0,0), against thread (0,0,0) at work/phase4_cuda/week09_sums/sum.cu:3" in one_line(text)


def test_the_other_block_of_a_race_in_global_memory_is_named(subject: findings.Subject) -> None:
    record = finding(subject, other=f"{subject.copy}:2", what="two blocks write x[0]", other_block="(3,0,0)")
    assert "block (2,0,0), thread (8,0,0), against thread (0,0,0) of block (3,0,0)" in one_line(told(subject, record))


def test_the_learners_own_line_comes_first(subject: findings.Subject) -> None:
    elsewhere = finding(subject, where=f"{ROOT}/common/guarded.h:30", kind="memory")
    line, lines = findings.report(Screen(io.StringIO()), subject, [elsewhere, finding(subject, 3)])
    assert line == 3
    assert lines[0].strip().startswith("RACE work/") and "MEMORY common/guarded.h:30" in "\n".join(lines)


def test_a_path_in_the_words_is_named_as_elsewhere(subject: findings.Subject) -> None:
    words = f"past the end of the array allocated at {ROOT}/build/x/../../common/file.cc:19"
    assert "allocated at common/file.cc:19" in one_line(told(subject, finding(subject, what=words)))


@pytest.mark.parametrize("root", [ROOT, Path("/another/clone")])
def test_a_file_of_the_course_is_found_by_how_its_path_ends(subject: findings.Subject, root: Path) -> None:
    text = told(subject, finding(subject, where=f"{root}/build/release/../../common/learn/exercise.py:1"))
    assert "RACE common/learn/exercise.py:1" in text and '"""The course' in text


def test_another_file_has_its_bare_name(subject: findings.Subject) -> None:
    assert "RACE nothing_of_ours.cu:1" in told(subject, finding(subject, where="/nowhere/nothing_of_ours.cu:1"))


def test_a_warning_that_an_error_says_already_is_left_out(subject: findings.Subject) -> None:
    error, warning = finding(subject), finding(subject, severity="warning", what="of one warp")
    assert "of one warp" not in told(subject, warning, error)
    assert "of one warp" in told(subject, warning) and "(a warning)" in told(subject, warning)


def test_many_findings_are_counted(subject: findings.Subject) -> None:
    text = one_line(told(subject, *(finding(subject, what=f"number {n}") for n in range(7))))
    assert "number 2" in text and "number 3" not in text and "and 4 more: race work/" in text


def test_control_characters_do_not_reach_the_terminal(subject: findings.Subject) -> None:
    assert "\033" not in told(subject, finding(subject, what="\033[2J", where="\033[2J", kernel="\033k"))


def test_tests_that_pass_with_findings_are_no_pass(subject: findings.Subject) -> None:
    outcome = Outcome("findings", PASSED, tests=1, findings=[finding(subject)])
    assert not outcome.passed
    text = "\n".join(report.report(Screen(io.StringIO()), subject, outcome))
    assert text.startswith("✗ sum  1/1 passed, with 1 finding")
    assert "your file: work/phase4_cuda/week09_sums/sum.cu:2" in text and "RACE" in text
    assert "on a GPU they need not" in one_line(text)


def test_memory_not_freed_is_no_reason_for_a_failure(subject: findings.Subject) -> None:
    failed = PASSED.replace("[       OK ]", "a_test.cc:3: Failure\nwrong\n[  FAILED  ]")
    leak = finding(subject, kind="memory", severity="warning", what="leak: 4 bytes were never freed")
    outcome = Outcome("tests", failed, status=1, tests=1, findings=[leak])
    assert "leak" not in "\n".join(report.report(Screen(io.StringIO()), subject, outcome))
    outcome = Outcome("findings", PASSED, tests=1, findings=[leak])
    assert "leak" in "\n".join(report.report(Screen(io.StringIO()), subject, outcome))


def test_a_pass_says_where_it_ran_and_what_was_checked(subject: findings.Subject) -> None:
    text = "\n".join(report.report(Screen(io.StringIO()), subject, Outcome("passed", PASSED, seconds=0.25, tests=1)))
    assert text.startswith("✓ sum  1/1  cudasim 0.25 s · race-free · in bounds")


@pytest.mark.parametrize("text", ["", "{", "[]", '{"findings": 3}', '{"findings": [{"kind": "race"}]}', "null"])
def test_a_damaged_record_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "findings.json").write_text(text)
    assert read_findings(tmp_path / "findings.json") is None


def test_what_is_said_for_information_is_no_fault(tmp_path: Path, subject: findings.Subject) -> None:
    file = tmp_path / "findings.json"
    file.write_text(json.dumps({"findings": [finding(subject, severity="information"), finding(subject)]}))
    assert [f["severity"] for f in read_findings(file) or []] == ["error"]


def test_what_a_variant_must_come_to(subject: findings.Subject) -> None:
    outcome = Outcome("findings", PASSED, tests=1, findings=[finding(subject)])
    assert wrong_problem(outcome, "", "race") == ""
    assert "without the finding memory; it got race" in wrong_problem(outcome, "", "memory")
    assert 'name what the checks find: finding = "race"' in wrong_problem(outcome, "")
    assert "passed, without the finding race; it got none" in wrong_problem(Outcome("passed", PASSED), "", "race")
    assert "race" in right_problem(outcome) and "race" in course_problem(outcome, "release")


def test_a_variant_names_a_finding_that_there_can_be() -> None:
    for variant, file, says in [
        (Variant("v", "why", True, finding="lace"), "x.cu", "finding is 'lace'; it may be one of: memory, race"),
        (Variant("v", "why", False, finding="race"), "x.cu", "a known-right version has no finding"),
        (Variant("v", "why", True, finding="race"), "x.cc", "only the checks of a .cu file"),
    ]:
        with pytest.raises(CourseError, match=says):
            check_finding(Path("x.toml"), variant, file)
    check_finding(Path("x.toml"), Variant("v", "why", True, finding="race"), "x.cu")


def test_a_kernels_region_is_a_region() -> None:
    text = '// >>> about 1 line. README.md, "A".\nx;\n// <<< NN_TODO_KERNEL("k");\n'
    assert [region.name for region in parse_regions(text, Path("x.cu"))] == ["k"]
