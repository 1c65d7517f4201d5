"""The course's code beside the learner's, region by region, and other ways that pass as well.

Standard library only."""

from __future__ import annotations

from common.learn.exercise import ROOT, Exercise
from common.learn.terminal import Screen
from common.learn.workspace import Workspace


def dedented(lines: list[str]) -> list[str]:
    """Without the indentation that all lines share, tabs as two columns."""
    lines = [line.expandtabs(2).rstrip() for line in lines]
    shared = min((len(line) - len(line.lstrip()) for line in lines if line), default=0)
    return [line[shared:] for line in lines]


def beside(left: list[str], right: list[str], width: int) -> list[str]:
    """Two blocks in two columns; [] where the terminal is too narrow for both."""
    widest_left = max((len(line) for line in left), default=0)
    widest_right = max((len(line) for line in right), default=0)
    if widest_left + widest_right + 7 > width:
        return []
    rows = max(len(left), len(right))
    left, right = left + [""] * (rows - len(left)), right + [""] * (rows - len(right))
    return [f"  {a:<{widest_left}} │ {b}".rstrip() for a, b in zip(left, right)]


def compare(screen: Screen, exercise: Exercise, workspace: Workspace, mine: str) -> list[str]:
    """Each region twice: the course's lines and the learner's."""
    text = exercise.text().splitlines()
    written = workspace.regions(exercise, mine) if mine else {}
    lines = []
    for region in workspace.course_regions(exercise):
        course = dedented(text[region.first + 1 : region.last])
        yours = dedented(written.get(region.name, [])) or ["(not found in your file)"]
        where = f"{exercise.source.relative_to(ROOT)}:{region.first + 2}"
        both = beside(["the course", "", *course], ["yours", "", *yours], screen.width)
        lines.append(screen.style(f"{region.name}  ({where})", "bold"))
        if both:
            lines += both
        else:
            lines += [screen.style("  the course", "dim"), *(f"  {line}".rstrip() for line in course)]
            lines += [screen.style("  yours", "dim"), *(f"  {line}".rstrip() for line in yours)]
        lines.append("")
    return lines + other_ways(screen, exercise)


def other_ways(screen: Screen, exercise: Exercise) -> list[str]:
    """The known-right variants: the tests accept them, and each has its reason."""
    lines = []
    for variant in (variant for variant in exercise.variants if not variant.wrong):
        lines += screen.wrap(f"{variant.name.replace('_', ' ')}: {variant.why}", "  ", screen.style("another way, ", "bold"))
        code = variant.code.strip("\n").splitlines() if variant.region else variant.replace.splitlines()
        lines += [f"    {line}".rstrip() for line in dedented(code)] + [""]
    return lines
