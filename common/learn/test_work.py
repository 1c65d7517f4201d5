"""start, check and solution: nothing of the learner's is lost, and the course's code comes back."""

from __future__ import annotations

from pathlib import Path

import pytest

from common.learn import work
from common.learn.exercise import CourseError, Exercise, starter

COURSE = 'int f() {\n  // >>> about 1 line. README.md, "F".\n  return 1;\n  // <<< NN_TODO("f");\n}\n'


@pytest.fixture
def exercise(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Exercise:
    (tmp_path / "f.cc").write_text(COURSE)
    monkeypatch.setattr(work, "course_text", lambda exercise: COURSE)
    monkeypatch.setattr(work, "ROOT", tmp_path)
    return Exercise("phase1", tmp_path, "f", "F", "exercise", "F", ["", "", ""])


def names(exercise: Exercise) -> set[str]:
    return {path.name for path in exercise.folder.iterdir()}


def test_start_empties_the_regions_and_keeps_no_copy_of_the_courses_own(exercise: Exercise) -> None:
    work.start(exercise)
    assert exercise.text() == starter(COURSE, exercise.source)
    assert "return 1;" not in exercise.text()
    assert names(exercise) == {"f.cc"}


def test_what_the_learner_wrote_is_kept_each_time(exercise: Exercise) -> None:
    exercise.source.write_text(COURSE.replace("return 1;", "return 2;"))
    work.solution(exercise)
    assert exercise.text() == COURSE
    exercise.source.write_text(COURSE.replace("return 1;", "return 3;"))
    work.start(exercise)
    assert "return 2;" in (exercise.folder / "f.mine.cc").read_text()
    assert "return 3;" in (exercise.folder / "f.mine2.cc").read_text()


def test_an_unknown_exercise_is_answered_with_those_there_are() -> None:
    with pytest.raises(CourseError, match="softmaks.*softmax"):
        work.find("softmaks")
