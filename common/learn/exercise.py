"""The course's files as data: weeks, exercises, marked regions, variants.

An exercise is `X.cc`, or `X.cu` where it is CUDA, with regions between `// >>> ...` and
`// <<< REPLACEMENT` lines, and `X.toml` beside it. The learner's starter is that file with each
region's lines replaced by its REPLACEMENT; a variant is the file with one edit. Standard library
only: this runs before anything is installed.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

OPEN = re.compile(r"^\s*// >>> (?P<size>.+?)\. (?P<where>.+)$")
CLOSE = re.compile(r"^(?P<indent>\s*)// <<< (?P<replacement>.+)$")
# What stands for a region that is not written: a throw, or in a kernel, which cannot, nothing.
TODO = re.compile(r'NN_TODO(?:_KERNEL)?\("([^"]+)"\)')
# The kinds of findings that the simulator's checks report: common/cudasim/runtime/finding.h.
FINDINGS = ("memory", "race", "barrier", "init", "api", "assert", "fault", "hang")


class CourseError(Exception):
    """A course file that is not of the form it must have; the message names file and line."""


@dataclass
class Region:
    """Lines first+1 .. last-1 (0-based, markers at first and last) are the learner's to write."""

    name: str
    first: int
    last: int
    replacement: str


def parse_regions(text: str, path: Path) -> list[Region]:
    """The marked regions of a file, in order."""
    regions: list[Region] = []
    opened: int | None = None
    for number, line in enumerate(text.splitlines()):
        if "// >>>" in line:
            if opened is not None:
                raise CourseError(f"{path}:{number + 1}: a region opens inside the one opened at line {opened + 1}")
            if not OPEN.match(line):
                raise CourseError(f"{path}:{number + 1}: a region opens with `// >>> about N lines. README.md, \"Heading\".`")
            opened = number
        elif "// <<<" in line:
            close = CLOSE.match(line)
            if opened is None or not close:
                raise CourseError(f"{path}:{number + 1}: `// <<<` closes nothing, or says no replacement")
            name = TODO.search(close["replacement"])
            if not name:
                raise CourseError(f"{path}:{number + 1}: the replacement must hold NN_TODO(\"name\") or NN_TODO_KERNEL(\"name\")")
            regions.append(Region(name[1], opened, number, close["indent"] + close["replacement"]))
            opened = None
    if opened is not None:
        raise CourseError(f"{path}:{opened + 1}: this region is never closed")
    names = [region.name for region in regions]
    if len(set(names)) != len(names):
        raise CourseError(f"{path}: two regions have the same name: {names}")
    return regions


def starter(text: str, path: Path) -> str:
    """The learner's copy: every region's lines, markers included, become its replacement."""
    lines = text.splitlines()
    for region in reversed(parse_regions(text, path)):
        lines[region.first + 1 : region.last + 1] = [region.replacement]
    return "\n".join(lines) + "\n"


@dataclass
class Variant:
    """A known-wrong or known-right version of an exercise's file."""

    name: str
    why: str
    wrong: bool
    looks_like: str = ""
    finding: str = ""  # of a .cu file: the kind that the checks must report
    find: str = ""
    replace: str = ""
    region: str = ""
    code: str = ""

    def apply(self, text: str, path: Path) -> str:
        if self.region:
            for region in parse_regions(text, path):
                if region.name == self.region:
                    lines = text.splitlines()
                    lines[region.first + 1 : region.last] = self.code.strip("\n").splitlines()
                    return "\n".join(lines) + "\n"
            raise CourseError(f"{path}: variant {self.name}: there is no region named {self.region}")
        found = text.count(self.find)
        if found != 1:
            raise CourseError(f"{path}: variant {self.name}: its `find` occurs {found} times, not once")
        line = text[: text.index(self.find)].count("\n")
        if not any(region.first < line < region.last for region in parse_regions(text, path)):
            raise CourseError(f"{path}: variant {self.name}: its `find` lies outside every region")
        return text.replace(self.find, self.replace)


@dataclass
class Exercise:
    phase: str
    folder: Path
    name: str
    title: str
    kind: str
    lesson: str
    hints: list[str]
    variants: list[Variant] = field(default_factory=list)
    week_title: str = ""
    file: str = ""  # X.cc or X.cu
    exempt: dict[str, str] = field(default_factory=dict)  # what check-course is not to ask, and why

    @property
    def week(self) -> str:
        return self.folder.name.split("_")[0]

    @property
    def source(self) -> Path:
        return self.folder / (self.file or f"{self.name}.cc")

    @property
    def is_cuda(self) -> bool:
        return self.source.suffix == ".cu"

    @property
    def tests(self) -> Path:
        """The tests' source: X_test.cc, or X_test.cu where they hold kernels of their own."""
        cuda = self.folder / f"{self.name}_test.cu"
        return cuda if cuda.exists() else self.folder / f"{self.name}_test.cc"

    @property
    def contract(self) -> Path:
        return self.folder / f"{self.name}.h"

    @property
    def target(self) -> str:
        """The CMake name: phase1.week01.matmul."""
        return f"{self.phase}.{self.week}.{self.name}"

    def text(self) -> str:
        return self.source.read_text(encoding="utf-8")


KEYS = {"title", "kind", "file", "lesson", "hints", "exempt", "wrong", "right"}

# What an exercise may be excused from, each with the reason in a sentence: [exempt] in X.toml.
EXEMPTIONS = {
    "shapes": "its results are no arrays, or none of two extents, so that none can be square or not",
    "constant": "more of its results than usual are the same number everywhere",
    "symmetric": "the operation makes square results symmetric",
    "guards": "its contract has a parameter to write through, and no test fences it",
    "coarse": "no mistake that people make is as small as a hundred times the bounds",
}


def load_exercise(phase: str, folder: Path, name: str) -> Exercise:
    """Reads X.toml; a missing or unknown key is an error that names it."""
    path = folder / f"{name}.toml"
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CourseError(f"{path}: not there; course.toml lists {name}") from None
    except tomllib.TOMLDecodeError as error:
        raise CourseError(f"{path}: {error}") from None
    for key in ("title", "kind", "file", "lesson", "hints"):
        if key not in data:
            raise CourseError(f"{path}: lacks `{key}`")
    if unknown := set(data) - KEYS:
        raise CourseError(f"{path}: unknown keys {sorted(unknown)}")
    if data["kind"] not in ("demo", "exercise"):
        raise CourseError(f"{path}: kind is {data['kind']!r}; it may be \"demo\" or \"exercise\"")
    if data["file"] not in (f"{name}.cc", f"{name}.cu"):
        raise CourseError(f"{path}: file is {data['file']!r}, not {name}.cc or {name}.cu")
    variants = []
    for kind in ("wrong", "right"):
        for entry in data.get(kind, []):
            try:
                variants.append(Variant(wrong=kind == "wrong", **entry))
            except TypeError as error:
                raise CourseError(f"{path}: [[{kind}]] {entry.get('name', '?')}: {error}") from None
            check_finding(path, variants[-1], data["file"])
    exempt = data.get("exempt", {})
    for key, reason in exempt.items():
        if key not in EXEMPTIONS:
            raise CourseError(f"{path}: [exempt] {key}; it may be one of: {', '.join(EXEMPTIONS)}")
        if not isinstance(reason, str) or len(reason.split()) < 4:
            raise CourseError(f"{path}: [exempt] {key} needs its reason, in a sentence")
    return Exercise(
        phase, folder, name, data["title"], data["kind"], data["lesson"], data["hints"], variants, exempt=exempt,
        file=data["file"],
    )


def check_finding(path: Path, variant: Variant, file: str) -> None:
    """A finding that a variant names is one that there can be."""
    if variant.finding and variant.finding not in FINDINGS:
        raise CourseError(
            f"{path}: variant {variant.name}: finding is {variant.finding!r}; it may be one of: {', '.join(FINDINGS)}"
        )
    if variant.finding and not variant.wrong:
        raise CourseError(f"{path}: variant {variant.name}: a known-right version has no finding")
    if variant.finding and not file.endswith(".cu"):
        raise CourseError(f"{path}: variant {variant.name}: only the checks of a .cu file have findings")


def load_course(root: Path = ROOT) -> list[Exercise]:
    """Every exercise in reading order; a .toml that course.toml does not list is an error."""
    course = tomllib.loads((root / "common/learn/course.toml").read_text(encoding="utf-8"))
    exercises = []
    for phase in course["phase"]:
        for week in phase["week"]:
            folder = root / phase["folder"] / week["folder"]
            there = {path.stem for path in folder.glob("*.toml")}
            if unlisted := there - set(week["exercises"]):
                raise CourseError(f"{folder}: {sorted(unlisted)} not listed in common/learn/course.toml")
            for name in week["exercises"]:
                exercise = load_exercise(phase["name"], folder, name)
                exercise.week_title = week["title"]
                exercises.append(exercise)
    return exercises
