"""GoogleTest's output in pieces: whole runs, crashes, skips, exceptions."""

from __future__ import annotations

from common.learn.gtest_output import Case, read

RUN = """Running main() from gtest_main.cc
[==========] Running 4 tests from 1 test suite.
[----------] 4 tests from Softmax
[ RUN      ] Softmax.RowsSumToOne
[       OK ] Softmax.RowsSumToOne (0 ms)
[ RUN      ] Softmax.MatchesReference
a/softmax_test.cc:42: Failure
Value of: close(p, want, bound)
  Actual: false (out[0] = 1, want 2
  looks like: half)
Expected: true
Google Test trace:
a/softmax_test.cc:33: shape (3, 4)
a/softmax_test.cc:30: seed 1
a/softmax_test.cc:44: Failure
Expected equality of these values:
  1
  2
[  FAILED  ] Softmax.MatchesReference (1 ms)
[ RUN      ] Softmax.NeedsAMachine
a/softmax_test.cc:50: Skipped
no such machine here
[  SKIPPED ] Softmax.NeedsAMachine (0 ms)
[ RUN      ] Softmax.Throws
unknown file: Failure
C++ exception with description "work/a/softmax.cc:16: softmax is not written yet" thrown in the test body.
[  FAILED  ] Softmax.Throws (0 ms)
[==========] 4 tests from 1 test suite ran. (3 ms total)
[  PASSED  ] 1 test.
"""


def test_a_whole_run() -> None:
    results = read(RUN)
    assert results.planned == 4
    assert [case.status for case in results.cases] == ["passed", "failed", "skipped", "failed"]
    first, second = results.cases[1].failures
    assert (first.file, first.line, first.trace) == ("a/softmax_test.cc", 42, ["shape (3, 4)", "seed 1"])
    assert first.body[0] == "Value of: close(p, want, bound)"
    assert second.line == 44 and second.body[-1].strip() == "2" and second.trace == []
    assert results.cases[2].why_skipped == "no such machine here"


def test_what_is_not_written_yet_is_told_from_other_failures() -> None:
    cases = read(RUN).cases
    todo = cases[3].failures[0].todo
    assert todo is not None and (todo["file"], todo["line"], todo["what"]) == ("work/a/softmax.cc", "16", "softmax")
    assert cases[1].failures[0].todo is None


def test_a_message_that_only_speaks_of_it_is_no_missing_region() -> None:
    text = RUN.replace("C++ exception with description", "the description")
    assert read(text).cases[3].failures[0].todo is None


def test_a_run_that_ends_inside_a_test() -> None:
    cut = RUN[: RUN.index("[  FAILED  ] Softmax.MatchesReference")]
    results = read(cut)
    assert [case.status for case in results.cases] == ["passed", "unfinished"]
    assert len(results.cases[1].failures) == 2 and results.planned == 4


def test_words_printed_by_the_learner_do_not_hide_the_end_of_a_test() -> None:
    text = RUN.replace("[       OK ] Softmax.Rows", "here[       OK ] Softmax.Rows")
    assert read(text).cases[0].status == "passed"


def test_parameterised_and_failed_names() -> None:
    text = (
        "[ RUN      ] Shapes/Dense.IsRight/3\nx.cc:1: Failure\nno\n"
        "[  FAILED  ] Shapes/Dense.IsRight/3, where GetParam() = (3, 4) (0 ms)\n"
    )
    (case,) = read(text).cases
    assert case.status == "failed" and case.claim == "is right"


def test_claims_in_words() -> None:
    words = {
        "Softmax.RowsSumToOne": "rows sum to one", "XOR.IsSolved": "is solved", "Csv.QuotesCRLF": "quotes CRLF",
        "Shapes/Dense.IsRight/3": "is right",
    }
    for name, claim in words.items():
        assert Case(name).claim == claim


def test_nothing_printed_is_no_test() -> None:
    assert read("").cases == [] and read("\n\x00garbage\n").planned == 0
