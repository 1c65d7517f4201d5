"""The documents keep their word: links lead somewhere, sources are listed, excerpts are the code's.

README commands and numbers are checked where they run; here is what reading alone can check.
"""

from __future__ import annotations

import re
import subprocess

import pytest

from common.learn import exercises_page, sample_outputs
from common.learn.exercise import ROOT, Exercise, load_course

TRACKED = subprocess.run(
    ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
    cwd=ROOT, capture_output=True, text=True, check=True,
).stdout.split("\0")
PAGES = sorted(path for path in TRACKED if path.endswith(".md") and (ROOT / path).exists())
CODE = sorted(path for path in TRACKED if path.endswith((".h", ".cc", ".py")) and (ROOT / path).exists())

# [Higham02 sec. 3.1], [CS231n]: a name that begins with a capital, then often two digits of a year.
KEY = re.compile(r"\[((?:[A-Z][A-Za-z]+\d\d|CS231n|Graphviz|NumPyFormat|NumPyBroadcasting|IEEE754|LeCunMNIST|GlibcManual|Safetensors|RFC\d+|XML10|BT709))(?:[ ,][^\]]{0,160})?\]")


def text_of(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def without_fences(text: str) -> str:
    return re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)


def anchors(text: str) -> set[str]:
    """The anchors that a page's headings get on the usual hosts."""
    headings = re.findall(r"^#+ (.+)$", without_fences(text), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", without_fences(text_of(page))):
        if target.startswith(("http://", "https://", "mailto:")):
            continue  # the network is not asked
        name, _, anchor = target.partition("#")
        file = (ROOT / page).parent / name if name else ROOT / page
        assert file.exists(), f"{page} links to {target}, which is not there"
        if anchor:
            assert anchor in anchors(file.read_text(encoding="utf-8")), f"{page}: no heading for {target}"


def keys_used() -> dict[str, str]:
    """Every source key in code and lessons, with one file that uses it."""
    used = {}
    for path in PAGES + CODE:
        if path in ("docs/sources.md", "common/learn/test_documents.py"):
            continue
        for key in KEY.findall(text_of(path)):
            used.setdefault(key, path)
    return used


def test_every_source_is_listed_and_every_listed_source_is_used() -> None:
    listed = set(re.findall(r"^\| \[(\w+)\]", text_of("docs/sources.md"), flags=re.MULTILINE))
    used = keys_used()
    assert len(used) > 20
    assert not (missing := {key: path for key, path in used.items() if key not in listed}), missing
    assert not (idle := listed - set(used)), f"listed in docs/sources.md and cited nowhere: {idle}"


def test_the_page_of_exercises_is_what_make_docs_writes() -> None:
    assert text_of("docs/EXERCISES.md") == exercises_page.page(), "docs/EXERCISES.md is out of date: make docs"


def test_a_change_of_an_exercise_changes_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exercises_page, "load_course", changed_course)
    assert text_of("docs/EXERCISES.md") != exercises_page.page()


def changed_course() -> list[Exercise]:
    course = load_course()
    course[-1].hints[-1] += " And one word more."
    return course


def test_every_exercise_is_on_the_page_with_hints_one_inside_another() -> None:
    entries = re.split(r"^#### ", exercises_page.page(), flags=re.MULTILINE)[1:]
    course = load_course()
    assert [entry.partition(":")[0] for entry in entries] == [exercise.name for exercise in course]
    for exercise, entry in zip(course, entries):
        folds = re.findall(r"^<summary>(.+)</summary>$|^(</details>)$", entry, flags=re.MULTILINE)
        assert [opened or "close" for opened, _ in folds] == [
            "Hint 1 of 3", "Hint 2 of 3", "Hint 3 of 3", "close", "close", "close", "Solution", "close",
        ]
        # Markdown inside HTML is Markdown only where a blank line stands on both sides of the tag.
        assert not re.search(r"</summary>\n[^\n]|[^\n]\n</details>|</details>\n[^\n]", entry), exercise.name
        words = without_fences(re.sub(r"`[^`]*`", "", entry))
        assert not re.search(r"(?<!\\)<(?!/?details>|/?summary>)", words), f"{exercise.name}: a < that is read as a tag"


def code_blocks(page: str) -> list[str]:
    return re.findall(r"^```cpp\n(.*?)^```$", text_of(page), flags=re.MULTILINE | re.DOTALL)


def lessons() -> list[str]:
    return [page for page in PAGES if re.search(r"/week\d\d_[a-z_]+/README\.md$", page)]


def test_there_are_lessons_to_check() -> None:
    assert len(lessons()) >= 3
    assert sum(len(code_blocks(page)) for page in lessons()) >= 10


@pytest.mark.course  # a learner's own code in these files is no fault
@pytest.mark.parametrize("page", lessons())
def test_excerpts_are_lines_of_the_code_beside_them(page: str) -> None:
    """A ```cpp block is copied from a file of its week; `...` on a line of its own leaves some out."""
    folder = (ROOT / page).parent
    sources = [file.read_text(encoding="utf-8") for file in sorted(folder.glob("*.cc")) + sorted(folder.glob("*.h"))]
    for block in code_blocks(page):
        pieces = [piece.strip("\n") for piece in re.split(r"^\s*\.\.\.\s*$", block, flags=re.MULTILINE)]
        for piece in pieces:
            assert any(piece in source for source in sources), f"{page}: no file has these lines:\n{piece}"


@pytest.mark.parametrize("page", PAGES)
def test_every_block_says_what_it_is(page: str) -> None:
    sample_outputs.samples(page, text_of(page))


@pytest.mark.course  # runs programs, which `make check-course` has built
@pytest.mark.parametrize("page", [page for page in PAGES if sample_outputs.samples(page, text_of(page))])
def test_sample_outputs_are_what_is_printed_now(page: str) -> None:
    for sample in sample_outputs.samples(page, text_of(page)):
        if not sample.not_run:
            assert not (problem := sample_outputs.problem_of(sample)), problem


def test_there_are_sample_outputs_to_check() -> None:
    assert sum(not sample.not_run for page in PAGES for sample in sample_outputs.samples(page, text_of(page))) >= 7


@pytest.mark.parametrize("page", PAGES)
def test_make_targets_named_in_pages_exist(page: str) -> None:
    heads = re.findall(r"^([a-z0-9 -]+):", text_of("Makefile"), flags=re.MULTILINE)
    targets = {target for head in heads for target in head.split()}
    for target in re.findall(r"\bmake ([a-z][a-z0-9-]*)", "\n".join(re.findall(r"`([^`\n]+)`", text_of(page)))):
        assert target in targets, f"{page} names make {target}"
