"""Regions, starters and variants: what exercise.py makes of good files and says of bad ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from common.learn.exercise import (
    CourseError,
    Variant,
    load_course,
    load_exercise,
    parse_regions,
    starter,
)

PATH = Path("softmax.cc")
GOOD = """int f() {
  // >>> about 2 lines. README.md, "Softmax".
  int a = 1;
  return a;
  // <<< NN_TODO("softmax");
}
"""


def test_starter_replaces_a_region_by_its_replacement() -> None:
    assert starter(GOOD, PATH) == (
        'int f() {\n  // >>> about 2 lines. README.md, "Softmax".\n  NN_TODO("softmax");\n}\n'
    )


def test_a_file_has_as_many_regions_as_it_marks() -> None:
    two = GOOD + GOOD.replace('"softmax"', '"other"')
    assert [region.name for region in parse_regions(two, PATH)] == ["softmax", "other"]


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (lambda text: text.replace("  // <<<", "  //"), "never closed"),
        (lambda text: text.replace('// >>> about 2 lines. README.md, "Softmax".', "//"), "closes nothing"),
        (lambda text: text.replace("// >>> about 2 lines.", "// >>>about 2 lines"), "opens with"),
        (lambda text: text.replace('NN_TODO("softmax");', "return 0;"), "NN_TODO"),
        (lambda text: text.replace("  return a;", "  // >>> about 1 line. X."), "inside the one"),
        (lambda text: text + text, "same name"),
    ],
)
def test_damaged_markers_are_refused(damage, says: str) -> None:
    with pytest.raises(CourseError, match=says):
        parse_regions(damage(GOOD), PATH)


def variant(**fields: str) -> Variant:
    return Variant(name="v", why="", wrong=True, **fields)


def test_a_variant_edits_once_inside_a_region() -> None:
    assert "return b;" in variant(find="return a;", replace="return b;").apply(GOOD, PATH)
    with pytest.raises(CourseError, match="occurs 0 times"):
        variant(find="nowhere", replace="").apply(GOOD, PATH)
    with pytest.raises(CourseError, match="occurs 2 times"):
        variant(find="return a;", replace="").apply(GOOD.replace("int a = 1;", "return a;"), PATH)
    with pytest.raises(CourseError, match="outside every region"):
        variant(find="int f() {", replace="int g() {").apply(GOOD, PATH)


def test_a_variant_may_replace_a_region() -> None:
    text = variant(region="softmax", code="  return 7;\n").apply(GOOD, PATH)
    assert "return 7;" in text and "return a;" not in text and "// <<<" in text
    with pytest.raises(CourseError, match="no region named"):
        variant(region="other", code="").apply(GOOD, PATH)


TOML = 'title = "T"\nkind = "exercise"\nfile = "x.cc"\nlesson = "L"\nhints = ["a", "b", "c"]\n'


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (TOML.replace('title = "T"\n', ""), "lacks `title`"),
        (TOML + "colour = 3\n", "unknown keys"),
        (TOML.replace('"exercise"', '"quiz"'), "kind is 'quiz'"),
        (TOML.replace('"x.cc"', '"y.cc"'), "file is"),
        (TOML + '[[wrong]]\nname = "n"\nwhy = "w"\nfinds = "x"\n', "finds"),
        (TOML + '[exempt]\ntests = "there are none to speak of"\n', "it may be one of: shapes"),
        (TOML + '[exempt]\ncoarse = ""\n', "needs its reason"),
        (TOML + "[exempt]\nshapes = true\n", "needs its reason"),
        ("title = \n", "x.toml"),
    ],
)
def test_bad_descriptions_are_refused(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "x.toml").write_text(text)
    with pytest.raises(CourseError, match=says):
        load_exercise("phase1", tmp_path, "x")


def test_the_course_is_listed_whole() -> None:
    assert len(load_course()) >= 30


def test_exemptions_are_read_with_their_reasons(tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_text(TOML + '[exempt]\ncoarse = "sums alone, and nothing else"\n')
    assert load_exercise("phase1", tmp_path, "x").exempt == {"coarse": "sums alone, and nothing else"}
