"""The sample outputs of pages are held to what programs print: sound ones pass, changed ones do not."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from common.learn import sample_outputs
from common.learn.sample_outputs import SampleError, problem_of, samples, updated

PROGRAM = r"printf '1\n2.5 3\n4\n'"


def page(mark: str, *lines: str, language: str = "console") -> str:
    return "\n".join(["Words.", "", f"<!-- {mark} -->", f"```{language}", *lines, "```", "More words.", ""])


def problem(text: str) -> str:
    (only,) = samples("page.md", text)
    return problem_of(only)


def test_a_block_may_begin_with_the_command_that_the_mark_names() -> None:
    text = "<!-- output of: ./learn list -->\n```console\n$ ./learn list\nweek 1\n```\n"
    (sample,) = samples("a.md", text)
    assert (sample.text, sample.first, sample.last) == (["week 1"], 3, 4)
    with pytest.raises(SampleError, match="shows the command './learn lists', and the mark has './learn list'"):
        samples("a.md", text.replace("$ ./learn list", "$ ./learn lists"))


def test_what_is_printed_passes_and_a_changed_number_does_not() -> None:
    assert problem(page(f"output of: {PROGRAM}", "1", "2.5 3", "4")) == ""
    said = problem(page(f"output of: {PROGRAM}", "1", "2.6 3", "4"))
    assert said.startswith("page.md:3: ") and "-2.6 3" in said and "+2.5 3" in said


@pytest.mark.parametrize("lines", [("1", "2.5 3"), ("2.5 3", "4"), ("1", "4"), ("1", "2.5 3", "4", "5"), ()])
def test_a_line_too_few_or_too_many_does_not_pass(lines: tuple[str, ...]) -> None:
    assert problem(page(f"output of: {PROGRAM}", *lines))


@pytest.mark.parametrize("lines", [("...", "4"), ("1", "..."), ("1", "...", "4"), ("...", "2.5 3", "...")])
def test_dots_leave_lines_out(lines: tuple[str, ...]) -> None:
    assert problem(page(f"output of: {PROGRAM}", *lines)) == ""


@pytest.mark.parametrize("lines", [("...", "1"), ("4", "..."), ("4", "...", "1"), ("...", "2.5 4", "...")])
def test_dots_do_not_make_up_for_a_wrong_line(lines: tuple[str, ...]) -> None:
    assert problem(page(f"output of: {PROGRAM}", *lines))


def test_a_part_may_begin_and_end_anywhere_but_keeps_its_order() -> None:
    assert problem(page(f"part of the output of: {PROGRAM}", "2.5 3")) == ""
    assert problem(page(f"part of the output of: {PROGRAM}", "1", "...", "4")) == ""
    assert problem(page(f"part of the output of: {PROGRAM}", "4", "...", "1"))


def test_digits_vary_only_where_the_mark_says_so() -> None:
    assert problem(page(f"output of: {PROGRAM}; digits vary", "7", "0.25 3", "9")) == ""
    assert problem(page(f"output of: {PROGRAM}; digits vary", "7", "0.25 x", "9"))
    assert problem(page(f"output of: {PROGRAM}", "7", "0.25 3", "9"))


def table(*cells: str) -> str:
    rows = ["| h | 1 | 2 |", "| --- | --- | --- |", "| error | " + " | ".join(cells) + " |"]
    return "\n".join([f"<!-- numbers of: {PROGRAM} -->", *rows, ""])


def test_the_numbers_of_a_table_were_printed_up_to_rounding() -> None:
    assert problem(table("2.5", "4")) == ""
    assert problem(table("2.50", "4e0")) == ""
    assert "2.6" in problem(table("2.6", "4"))
    with pytest.raises(SampleError, match="no table"):
        samples("page.md", f"<!-- numbers of: {PROGRAM} -->\nWords.\n")


def test_lines_of_a_file_stand_in_it() -> None:
    mark = "lines of: common/learn/test_sample_outputs.py"
    assert problem(page(mark, "from __future__ import annotations", language="python")) == ""
    assert "does not have" in problem(page(mark, "from __future__ import " + "braces", language="python"))
    assert "no file" in problem(page("lines of: common/none.py", "x", language="python"))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("```\nx\n```\n", "without a language"),
        ("```console\nx\n```\n", "has a mark"),
        ("```klingon\nx\n```\n", "may be one of"),
        ("```text\nnever closed\n", "never closed"),
        ("```text\nmake phase1\n```\n", "looks like a command"),
        ("```text\n./learn hint\n```\n", "looks like a command"),
        ("```text\nfoo_test.cc:12: Failure\n```\n", "looks like a command"),
        ("```text\n  looks like: the wrong sign\n```\n", "looks like a command"),
        ("<!-- output of: true -->\nWords.\n", "no block follows"),
        ("<!-- output of: true -->\n```text\n```\n", "language is console"),
        ("<!-- output of: true; letters vary -->\n```console\n```\n", "letters vary"),
        ("<!-- output from: true -->\n```console\n```\n", "no mark that is known"),
    ],
)
def test_a_block_whose_kind_cannot_be_told_is_refused(text: str, says: str) -> None:
    with pytest.raises(SampleError, match=says):
        samples("page.md", text)


def test_drawings_and_code_need_no_mark() -> None:
    assert samples("page.md", "```text\n a --> b\n```\n```cpp\nint a;\n```\n```sh\nmake phase1\n```\n") == []


def test_what_is_not_run_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> None:
    (tmp_path / "page.md").write_text(page("output of: false; not run here: it takes an hour", "x"))
    monkeypatch.setattr(sample_outputs, "ROOT", tmp_path)
    monkeypatch.setattr(sys, "argv", ["sample_outputs", "page.md"])
    assert sample_outputs.main() == 0
    assert "page.md:3: output of false: not run here: it takes an hour" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("./learn check softmax with wrong no_such_mistake", "no .*wrong.* called 'no_such_mistake'"),
        ("./learn check softmaks with wrong no_shift", "no exercise 'softmaks'"),
        ("make phase1 with wrong no_shift", "only a ./learn command"),
        ("build/no_such_program", "No such file"),
    ],
)
def test_a_mark_that_cannot_be_run_is_an_error(command: str, says: str) -> None:
    with pytest.raises(SampleError, match=says):
        problem(page(f"output of: {command}", "x"))


def test_a_command_finds_a_learners_folder_with_nothing_in_it() -> None:
    (sample,) = samples("page.md", page("""output of: sh -c 'ls -A "$GROUNDUP_LEARNER"'""", ""))
    assert sample_outputs.output_of(sample) == []


def test_a_version_is_written_where_learn_looks_for_it(tmp_path: Path) -> None:
    (sample,) = samples("page.md", page("output of: ./learn check softmax with wrong no_shift", ""))
    version = sample_outputs.VERSION.match(sample.what)
    assert version
    sample_outputs.write_version(sample, "softmax", version, tmp_path)
    text = (tmp_path / "work/phase1_cpu/week02_losses/softmax.cc").read_text()
    assert text != (sample_outputs.ROOT / "phase1_cpu/week02_losses/softmax.cc").read_text()


def update(text: str) -> list[str]:
    (only,) = samples("page.md", text)
    return updated(only)


def test_update_writes_what_is_printed_now() -> None:
    assert update(page(f"output of: {PROGRAM}", "old")) == ["1", "2.5 3", "4"]
    assert update(page(f"output of: {PROGRAM}", "...", "9.9 9", "...")) == ["...", "2.5 3", "..."]
    assert update(page(f"part of the output of: {PROGRAM}", "9.9 9")) == ["2.5 3"]


def test_update_does_not_choose_where_words_are_gone() -> None:
    with pytest.raises(SampleError, match="by hand"):
        update(page(f"output of: {PROGRAM}", "a word", "..."))
    with pytest.raises(SampleError, match="by hand"):
        update(table("2.6", "4"))


def test_update_rewrites_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "page.md"
    path.write_text(page(f"output of: {PROGRAM}", "old") + page(f"output of: {PROGRAM}", "1", "..."))
    monkeypatch.setattr(sample_outputs, "ROOT", tmp_path)
    monkeypatch.setattr(sys, "argv", ["sample_outputs", "--update", "page.md"])
    assert sample_outputs.main() == 0
    assert path.read_text() == page(f"output of: {PROGRAM}", "1", "2.5 3", "4") + page(f"output of: {PROGRAM}", "1", "...")
