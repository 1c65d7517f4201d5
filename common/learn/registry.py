"""Gate 1's first question: is every exercise there, and listed wherever it must be?

common/learn/course.toml lists exercises in reading order, each has an X.toml, CMake builds each with
nn_lesson, and the lesson has a section for each, in the same order. What one of them has and another
lacks was forgotten or has been removed.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from common.learn.exercise import CourseError, Exercise


def declared_lessons(build: Path) -> list[str]:
    """The targets that CMake was given as nn_lesson: common/cmake/groundup.cmake writes them."""
    listing = build / "lessons.txt"
    try:
        return listing.read_text(encoding="utf-8").split()
    except OSError as error:
        raise CourseError(f"{listing}: {error.strerror}; configuring {build.name} writes it") from None


def registry_problems(root: Path, course: list[Exercise], lessons: list[str]) -> dict[str, list[str]]:
    """Problems by the target of the exercise they are about."""
    problems: dict[str, list[str]] = defaultdict(list)
    listed = {exercise.target for exercise in course}
    for target in sorted(set(lessons) - listed):
        problems[target].append("CMake declares it with nn_lesson, and common/learn/course.toml does not list it")
    for target in sorted(listed - set(lessons)):
        problems[target].append("course.toml lists it, and no CMakeLists.txt declares it with nn_lesson")
    sources = {exercise.source for exercise in course}
    for file in sorted([*root.glob("phase*/week*/*.cc"), *root.glob("phase*/week*/*.cu")]):
        if file not in sources and "// >>> " in file.read_text(encoding="utf-8") and ".mine" not in file.name:
            target = f"{file.parent.parent.name.split('_')[0]}.{file.parent.name.split('_')[0]}.{file.stem}"
            problems[target].append(f"{file.relative_to(root)} has regions to write, and course.toml does not list it")
    for exercise in course:
        if not exercise.source.exists():
            problems[exercise.target].append(f"{exercise.source.relative_to(root)} is not there")
    return problems


def headings(lesson: Path) -> list[str]:
    """A page's headings in order, without what stands in fences."""
    found, fenced = [], False
    for line in lesson.read_text(encoding="utf-8").splitlines() if lesson.exists() else []:
        fenced ^= line.startswith("```")
        if line.startswith("#") and not fenced:
            found.append(line.lstrip("#").strip())
    return found


def lesson_problems(exercise: Exercise, course: list[Exercise]) -> list[str]:
    """Gate 6, of the exercise's own section and hints."""
    problems = []
    hints = [hint.strip() for hint in exercise.hints]
    if len(hints) != 3:
        problems.append(f"has {len(hints)} hints, not 3")
    if not all(hints):
        problems.append("has an empty hint")
    if len(set(hints)) < len(hints):
        problems.append("says the same in two hints")
    there = headings(exercise.folder / "README.md")
    if exercise.lesson not in there:
        problems.append(f"README.md beside it has no heading {exercise.lesson!r}")
        return problems
    same_week = [other for other in course if other.folder == exercise.folder]
    earlier = same_week[: same_week.index(exercise)]
    for other in earlier:
        if other.lesson in there and there.index(other.lesson) > there.index(exercise.lesson):
            problems.append(f"its section stands before that of {other.name}, which course.toml lists first")
    return problems
