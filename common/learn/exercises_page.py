"""python3 -m common.learn.exercises_page [--check]: writes docs/EXERCISES.md, every exercise on one page.

What it says comes from the course's own files: the goal from the lesson, the task from the contract's
opening comment, hints and mistakes from X.toml, the solution from X.cc's regions. --check compares
instead of writing, and fails where the page is not what would be written. Standard library only.
"""

from __future__ import annotations

import argparse
import re
import sys
import textwrap
import tomllib

from common.learn.exercise import ROOT, CourseError, Exercise, load_course, parse_regions

PAGE = ROOT / "docs/EXERCISES.md"

OPENING = """# Exercises

Every exercise of the course in reading order, with its hints and the course's own solution folded
away. `./learn` is the way through them: it opens the next one, checks what you write in your copy
under `work/`, and gives hints one at a time. This page is for looking around.

*Written by `make docs` from the files of the exercises; edit those.*
"""


def anchor(heading: str) -> str:
    """The anchor that a heading gets on the usual hosts."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def prose(text: str) -> str:
    """Plain text as Markdown: what would be markup is escaped, except in `code`."""
    parts = re.split(r"(`[^`]*`)", " ".join(text.split()))
    return "".join(
        part if part.startswith("`") else re.sub(r"([\\*_<>\[\]#|~])", r"\\\1", part) for part in parts
    )


def folded(summary: str, inside: str) -> str:
    """A section that opens at a click. Markdown inside needs the blank lines around it."""
    return f"<details>\n<summary>{summary}</summary>\n\n{inside}\n\n</details>"


def fenced(language: str, text: str) -> str:
    return f"```{language}\n{text}\n```"


def link(exercise: Exercise, text: str, file: str) -> str:
    return f"[{text}](../{(exercise.folder / file).relative_to(ROOT).as_posix()})"


def heading(exercise: Exercise) -> str:
    return f"{exercise.name}: {exercise.title}"


def contract(exercise: Exercise) -> str:
    """The comment that opens X.h, without its slashes."""
    path = exercise.folder / f"{exercise.name}.h"
    lines = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.startswith("//"):
            break
        lines.append(line.removeprefix("//").removeprefix(" "))
    if not lines:
        raise CourseError(f"{path}: opens with no comment that says what it is")
    return "\n".join(lines)


def goal(exercise: Exercise) -> str:
    """The paragraph of the lesson's section that begins with **Goal.**"""
    path = exercise.folder / "README.md"
    sections = re.split(r"^## ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    section = next((s for s in sections if s.partition("\n")[0] == exercise.lesson), "")
    found = re.search(r"^\*\*Goal\.\*\* (.+?)\n\n", section, flags=re.MULTILINE | re.DOTALL)
    if not found:
        raise CourseError(f"{path}: section {exercise.lesson!r} has no paragraph that begins with **Goal.**")
    if "](" in found[1]:
        raise CourseError(f"{path}: the goal of {exercise.lesson!r} holds a link, which would lead elsewhere from docs/")
    return found[1].replace("\n", " ")


def to_write(exercise: Exercise) -> str:
    """The names of the regions, each with the length that its marker promises."""
    text = exercise.text()
    lines = text.splitlines()
    parts = []
    for region in parse_regions(text, exercise.source):
        size = lines[region.first].split("// >>> ")[1].split(". ")[0].split(":")[0].split(",")[0]
        parts.append(f"{prose(region.name)} ({size})")
    return "; ".join(parts)


def solution(exercise: Exercise) -> str:
    text = exercise.text()
    lines = text.splitlines()
    blocks = []
    for region in parse_regions(text, exercise.source):
        code = textwrap.dedent("\n".join(lines[region.first + 1 : region.last]))
        blocks.append(f"{prose(region.name)}:\n\n{fenced('cpp', code)}")
    return "\n\n".join(blocks)


def hints(exercise: Exercise) -> str:
    """Each hint folded inside the one before it, so that opening one shows no more than that."""
    block = ""
    for number in range(len(exercise.hints), 0, -1):
        inside = prose(exercise.hints[number - 1]) + (f"\n\n{block}" if block else "")
        block = folded(f"Hint {number} of {len(exercise.hints)}", inside)
    return block


def mistakes(exercise: Exercise) -> str:
    wrong = [variant for variant in exercise.variants if variant.wrong]
    if not wrong:
        return ""
    listed = "\n".join(f"- {prose(variant.why)}" for variant in wrong)
    return f"Mistakes that the tests are known to catch:\n\n{listed}"


def entry(exercise: Exercise) -> str:
    lesson = link(exercise, f'"{exercise.lesson}"', "README.md")[:-1] + f"#{anchor(exercise.lesson)})"
    files = " · ".join([
        f"Lesson: {lesson}",
        link(exercise, "contract", f"{exercise.name}.h"),
        link(exercise, "tests", exercise.tests.name),
        f"`./learn show {exercise.name}`",
    ])
    what = "Written already" if exercise.kind == "demo" else "To write"
    parts = [
        f"#### {heading(exercise)}",
        goal(exercise),
        fenced("text", contract(exercise)),
        f"{what}: {to_write(exercise)}.",
        files,
        mistakes(exercise),
        hints(exercise),
        folded("Solution", solution(exercise)),
    ]
    return "\n\n".join(part for part in parts if part)


def page() -> str:
    """The whole page; the same text for the same files."""
    course = tomllib.loads((ROOT / "common/learn/course.toml").read_text(encoding="utf-8"))
    exercises = {(e.folder, e.name): e for e in load_course()}
    contents, body = [], []
    for number, phase in enumerate(course["phase"], start=1):
        title = f"Phase {number}: {phase['title']}"
        contents.append(f"- [{title}](#{anchor(title)})")
        body.append(f"## {title}")
        for week in phase["week"]:
            folder = ROOT / phase["folder"] / week["folder"]
            week_title = f"Week {int(week['folder'][4:6])}: {week['title']}"
            members = [exercises[folder, name] for name in week["exercises"]]
            names = " · ".join(f"[{e.name}](#{anchor(heading(e))})" for e in members)
            contents.append(f"  - [{week_title}](#{anchor(week_title)}): {names}")
            body.append(f"### {week_title}")
            body += [entry(exercise) for exercise in members]
    return OPENING + "\n## Contents\n\n" + "\n".join(contents) + "\n\n" + "\n\n".join(body) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare with the page that is there; write nothing")
    arguments = parser.parse_args()
    name = PAGE.relative_to(ROOT)
    try:
        text = page()
    except CourseError as error:
        print(f"exercises_page: {error}", file=sys.stderr)
        return 1
    there = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    if arguments.check:
        if text != there:
            print(f"{name} is not what the exercises say; `make docs` writes it", file=sys.stderr)
        return int(text != there)
    if text != there:
        PAGE.write_text(text, encoding="utf-8")
    print(f"{name}: {len(load_course())} exercises{'' if text != there else ', unchanged'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
