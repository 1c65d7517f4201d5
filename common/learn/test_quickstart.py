"""The README's commands as gate 7 reads and runs them, on pages and repositories of the tests' own."""

from __future__ import annotations

from pathlib import Path

import pytest

from common.learn import quickstart
from common.learn.exercise import ROOT

START = "# T\n\n## Start\n\n"


def run(tmp_path: Path, page: str) -> list[str]:
    """What is wrong with a page whose repository holds one file, `made`."""
    root = tmp_path / "root"
    root.mkdir()
    (root / "made").write_text("x\n")
    (root / "Makefile").write_text("good:\n\t@echo built 12 things in 3.5 s\n\t@echo done\nbad:\n\t@echo oh no; exit 3\n")
    quickstart.subprocess.run(["git", "init", "-q"], cwd=root, check=True)
    found = quickstart.blocks(page)
    source = quickstart.make_source(root, tmp_path)
    return quickstart.form_problems(found) or quickstart.execute(found, source, tmp_path, lambda line: None)


CLONE = "```sh\ngit clone <this repository> here && cd here\n```\n\n"


def test_commands_run_in_a_clone_and_stay_in_their_folder(tmp_path: Path) -> None:
    assert run(tmp_path, START + CLONE + "```sh\ntest -f made\nmake good\n```\n") == []


def test_a_command_that_fails_is_named_with_its_line_and_output(tmp_path: Path) -> None:
    problems = run(tmp_path, START + CLONE + "```sh\nmake good\nmake bad\n```\n")
    assert len(problems) == 1
    assert problems[0].startswith("README.md:10: 'make bad' ends with 2:")
    assert "oh no" in problems[0]


def test_blocks_of_other_sections_are_not_run(tmp_path: Path) -> None:
    assert run(tmp_path, START + CLONE + "## Commands\n\n```sh\nmake bad\n```\n") == []


def test_a_block_may_be_left_out_for_a_reason(tmp_path: Path) -> None:
    block = "<!-- not run: it would take all day -->\n```sh\nmake bad\n```\n"
    assert run(tmp_path, START + CLONE + block) == []


def test_a_block_left_out_for_no_reason_is_refused(tmp_path: Path) -> None:
    block = "<!-- not run: -->\n```sh\nmake bad\n```\n"
    assert run(tmp_path, START + CLONE + block) == ["README.md:11: a block that is not run must say why"]


def test_a_page_without_commands_is_refused(tmp_path: Path) -> None:
    assert "shows no command" in run(tmp_path, START + "```text\nmake good\n```\n")[0]


def shown(text: str) -> str:
    mark = "<!-- output of: make good; not run here: the test of the quick start runs it -->"
    return START + CLONE + f"```sh\nmake good\n```\n\n{mark}\n```console\n{text}```\n"


def test_output_of_the_same_shape_passes(tmp_path: Path) -> None:
    assert run(tmp_path, shown("built 7 things in 12 s\ndone\n")) == []


def test_output_of_another_shape_is_named(tmp_path: Path) -> None:
    problems = run(tmp_path, shown("built 7 things in 12 s\nready\n"))
    assert len(problems) == 1
    assert "'make good' did not print 'ready'" in problems[0]


def test_output_of_a_command_that_was_not_run_is_left_to_others(tmp_path: Path) -> None:
    assert run(tmp_path, shown("nothing like it\n").replace("output of: make good", "output of: make other")) == []


@pytest.mark.parametrize(
    ("shown_lines", "printed", "unlike"),
    [
        (["a 1", "b 2"], ["x", "a 3", "b 44.5", "y"], None),
        (["a", "b"], ["a", "x", "b"], "b"),
        (["a", "...", "b"], ["a", "x", "b"], None),
        (["b", "...", "a"], ["a", "b"], "a"),
        (["== 664 passed in 28.13s =="], ["==== 7 passed in 64.13s (0:01:04) ====="], None),
        (["2026-11-21T07-28-44Z"], ["2027-01-02T17-08-04Z"], None),
        (["  7   99.76 %  #########"], ["  3  100.00 %  ##########"], None),
        (["  7   99.76 %  #########"], ["  3  100.00 %"], "  7   99.76 %  #########"),
        (["a"], [], "a"),
    ],
)
def test_lines_are_compared_by_shape_and_order(shown_lines: list[str], printed: list[str], unlike: str | None) -> None:
    assert quickstart.first_unlike(shown_lines, printed) == unlike


def test_a_bare_learn_runs_once(tmp_path: Path) -> None:
    learn = tmp_path / "learn"
    learn.write_text('#!/bin/sh\n[ "$1" = --once ]\n')
    learn.chmod(0o755)
    environment = {**quickstart.os.environ, "QUICKSTART_PWD": str(tmp_path / "pwd")}
    assert quickstart.run_line("./learn", tmp_path, environment)[0] == 0
    assert quickstart.run_line("./learn hint", tmp_path, environment)[0] == 1


def test_the_readme_has_commands_to_run() -> None:
    found = quickstart.blocks((ROOT / "README.md").read_text(encoding="utf-8"))
    assert quickstart.form_problems(found) == []
    assert sum(block.is_run for block in found) >= 3
    assert any(block.shows for block in found)
