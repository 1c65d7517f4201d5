"""The checks: each program beside this file is compiled with --check and run in several orders.

What must be found is written in the program, in comments at the end of the line it is found in, or on
lines of their own before it:

    // expect: KIND SEVERITY thread=(x,y,z) other=(x,y,z) block=(x,y,z) count=N if RULE

must be found there in every order, `maybe:` may be; all but KIND SEVERITY can be left out. RULE is a
Python expression of t, o and b, with fields x, y and z: the thread, the other thread and the block. A race,
or a barrier where two places meet, names two lines: the other one ends in `// against`, or it is the same
line. A program without `expect:` must have no finding, and end with 0: it compares its results itself.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import pytest

HERE = Path(__file__).resolve().parent
SIMCC = HERE.parents[1] / "simcc"
PROGRAMS = sorted(HERE.glob("*.cu"))
KINDS = ("memory", "race", "barrier", "init", "api")
NVCC = shutil.which("nvcc") or shutil.which("/usr/local/cuda/bin/nvcc")
JOBS = os.cpu_count() or 1

# Seed and workers: seed 0 is ascending order.
ORDERS = [("0", "1"), ("7", "2"), ("8", "3")]
MORE_ORDERS = [(str(seed), str(1 + seed % 4)) for seed in range(1, 21)]

COMMENT = re.compile(r"//\s*(?=expect:|maybe:|against)(.*)$")
EXPECTED = re.compile(
    r"(?P<must>expect|maybe): (?P<kind>\w+) (?P<severity>\w+)"
    r"(?P<options>(?: (?:thread|other|block)=\(\d+,\d+,\d+\)| count=\d+)*)(?: if (?P<rule>.*))?"
)


class Dim(NamedTuple):
    x: int
    y: int
    z: int


def dim(text: str) -> Dim | None:
    return Dim(*map(int, text.strip("()").split(","))) if text else None


@dataclass
class Expectation:
    line: int
    must: bool
    kind: str
    severity: str
    thread: str | None = None
    other: str | None = None
    block: str | None = None
    count: str | None = None
    rule: str | None = None

    def fits(self, finding: dict[str, Any], line: int) -> str:
        """Why the finding is not the expected one; empty if it is."""
        got = (finding["kind"], finding["severity"], line)
        if got != (self.kind, self.severity, self.line):
            return f"{got} is not {(self.kind, self.severity, self.line)}"
        for name, want in (("thread", self.thread), ("other_thread", self.other), ("block", self.block)):
            if want is not None and finding[name] != want:
                return f"{name} is {finding[name]}, not {want}"
        if self.count is not None and finding["count"] != int(self.count):
            return f"count is {finding['count']}, not {self.count}"
        names = {name: dim(finding[key]) for name, key in (("t", "thread"), ("o", "other_thread"), ("b", "block"))}
        if self.rule is not None and not eval(self.rule, {"__builtins__": {}}, names):  # our own files
            return f"{names} breaks the rule: {self.rule}"
        return ""


@dataclass
class Expected:
    findings: list[Expectation] = field(default_factory=list)
    against: set[int] = field(default_factory=set)  # lines of the other side


def expected(program: Path) -> Expected:
    result = Expected()
    waiting: list[str] = []  # comments on their own, for the line after them
    for number, line in enumerate(program.read_text().splitlines(), 1):
        match = COMMENT.search(line)
        if match and line.lstrip().startswith("//"):
            waiting.append(match[1])
            continue
        for text in waiting + ([match[1]] if match else []):
            if text.strip() == "against":
                result.against.add(number)
                continue
            parts = EXPECTED.fullmatch(text.strip())
            assert parts is not None, f"{program.name}:{number}: not understood: {text}"
            options = dict(option.split("=") for option in parts["options"].split())
            must = parts["must"] == "expect"
            result.findings.append(
                Expectation(number, must, parts["kind"], parts["severity"], rule=parts["rule"], **options)
            )
        waiting = []
    return result


def place(where: str, program: Path) -> int:
    """The program's line; 0 where it is in another file."""
    file, _, line = where.rpartition(":")
    return int(line) if Path(file).name == program.name else 0


def turned(finding: dict[str, Any]) -> dict[str, Any]:
    """The finding seen from its other side."""
    swap = {"where": "other", "other": "where", "thread": "other_thread", "other_thread": "thread"}
    return {name: finding[swap.get(name, name)] for name in finding}


def problems(program: Path, want: Expected, findings: list[dict[str, Any]]) -> Iterator[str]:
    met: dict[int, int] = defaultdict(int)
    for finding in findings:
        # Of two barriers that meet neither is the wrong one: either may be named first.
        views = [finding] + ([turned(finding)] if finding["kind"] == "barrier" and finding["other"] else [])
        reasons = []
        for view in views:
            line = place(view["where"], program)
            others = want.against or {line}
            for i, expectation in enumerate(want.findings):
                reason = expectation.fits(view, line)
                if not reason and view["other"] and place(view["other"], program) not in others:
                    reason = f"the other side is {view['other']}, not in {sorted(others)}"
                if not reason:
                    met[i] += 1
                    break
                reasons.append(reason)
            else:
                continue
            break
        else:
            yield f"not expected: {json.dumps(finding, indent=1)}\n  " + "\n  ".join(reasons)
    for i, expectation in enumerate(want.findings):
        if expectation.must and met[i] == 0:
            yield f"not found: {expectation}"


Built = dict[Path, "Future[tuple[Path, subprocess.CompletedProcess[str]]]"]


@pytest.fixture(scope="session")
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    """The programs that are asked for, compiled side by side."""
    folder = tmp_path_factory.mktemp("programs")

    def build(program: Path) -> tuple[Path, subprocess.CompletedProcess[str]]:
        binary = folder / program.stem
        command = [SIMCC, "--check", str(program), "-o", str(binary)]
        return binary, subprocess.run(command, capture_output=True, text=True, check=False)

    asked = {
        item.callspec.params["program"]
        for item in request.session.items
        if isinstance(item, pytest.Function) and item.originalname == "test_findings"
    }
    with ThreadPoolExecutor(JOBS) as pool:
        yield {program: pool.submit(build, program) for program in PROGRAMS if program in asked}
        pool.shutdown(cancel_futures=True)


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.stem)
def test_findings(program: Path, built: Built, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    binary, done = built[program].result()
    assert done.returncode == 0, done.stderr
    want = expected(program)
    orders = MORE_ORDERS if request.config.getoption("--run-slow") else ORDERS
    outputs = set()
    for seed, workers in orders:
        report = tmp_path / f"findings-{seed}.json"
        environment = {**os.environ, "CUDASIM_SEED": seed, "CUDASIM_WORKERS": workers, "CUDASIM_JSON": str(report)}
        ran = subprocess.run([binary], capture_output=True, text=True, check=False, env=environment, timeout=60)
        found = json.loads(report.read_text())["findings"]
        wrong = "\n".join(problems(program, want, found))
        assert not wrong, f"seed {seed}, {workers} workers\n{wrong}"
        assert ran.returncode == (1 if want.findings else 0), (seed, ran.stdout, ran.stderr)
        outputs.add(ran.stdout)
    if not want.findings:
        assert len(outputs) == 1, outputs


def test_there_are_enough_programs_of_every_kind() -> None:
    count = {kind: sum(path.stem.startswith(kind + "_") for path in PROGRAMS) for kind in (*KINDS, "clean")}
    assert sum(count.values()) == len(PROGRAMS)
    assert all(count[kind] >= 8 for kind in KINDS) and count["clean"] >= 60, count
    for path in PROGRAMS:
        kinds = {expectation.kind for expectation in expected(path).findings if expectation.must}
        kind = path.stem.split("_")[0]
        assert kinds == (set() if kind == "clean" else {kind}), path.name


# Programs that share a GPU's generation go to nvcc together, some at a time.
def nvcc_batches() -> list[tuple[str, list[Path]]]:
    by_arch: dict[str, list[Path]] = defaultdict(list)
    for program in PROGRAMS:
        match = re.search(r"^// nvcc: -arch=(\w+)$", program.read_text(), re.MULTILINE)
        by_arch[match[1] if match else "sm_75"].append(program)
    return [(arch, files[i : i + 8]) for arch, files in by_arch.items() for i in range(0, len(files), 8)]


@pytest.fixture(scope="session")
def nvcc_done(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    folder = tmp_path_factory.mktemp("nvcc")

    # Without the host compiler at the end, a quarter of the time: g++ compiles the same host code for simcc.
    how_far = "-c" if request.config.getoption("--run-slow") else "-cuda"

    def compile_with_nvcc(arch: str, files: list[Path]) -> subprocess.CompletedProcess[str]:
        command = [str(NVCC), "-std=c++20", f"-arch={arch}", "-Werror", "all-warnings", how_far, *map(str, files)]
        return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)

    asked = {
        item.callspec.id
        for item in request.session.items
        if isinstance(item, pytest.Function) and item.originalname == "test_nvcc_compiles"
    }
    with ThreadPoolExecutor(JOBS) as pool:
        yield {
            batch_name(batch): pool.submit(compile_with_nvcc, *batch)
            for batch in nvcc_batches()
            if batch_name(batch) in asked
        }
        pool.shutdown(cancel_futures=True)


def batch_name(batch: tuple[str, list[Path]]) -> str:
    return f"{batch[0]}-{batch[1][0].stem}"


@pytest.mark.skipif(NVCC is None, reason="nvcc is not installed; that the programs are CUDA was not checked")
@pytest.mark.parametrize("batch", nvcc_batches(), ids=batch_name)
def test_nvcc_compiles(batch: tuple[str, list[Path]], nvcc_done: dict[str, Any]) -> None:
    done = nvcc_done[batch_name(batch)].result()
    assert done.returncode == 0 and not done.stderr, done.stdout + done.stderr
