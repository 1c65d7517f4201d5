#!/usr/bin/env python3
"""gpu_check.py: holds what the simulator promises against a real GPU. `make gpu-check` runs it.

Builds the simulator's own programs with nvcc and runs them: its tests, the correct programs of the
check suite, random lists of operations against their model. Each compares its results with ones
computed otherwise. Then it provokes every error of tests/error_codes.cu and compares the answers with
tests/error_codes.tsv. --device sim does the same through the simulator, which shows on any machine
that programs and table hold together.

It needs nvcc, a GPU, g++ and this repository: no CMake, no network. GoogleTest is taken from
$GTEST_ROOT or build/googletest (a source tree, carried along), /usr/src/googletest, or as installed.
Standard library only.
"""

from __future__ import annotations

import argparse
import datetime
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TESTS = ROOT / "common/cudasim/tests"
TABLE = TESTS / "error_codes.tsv"
LIMIT_S = 120  # of one program's run
DOCUMENTED, UNDEFINED, REPORTED = "from documentation", "undefined by the documentation", "reported by users"
COLUMNS = ("situation", "code", "last error", "sticky", "source", "simulator")
HEAD = f"""\
# What each misuse of the runtime answers: the call itself, cudaGetLastError after it, and whether every
# later call fails too. Provoked by error_codes.cu; compared by `make gpu-check`, rewritten by UPDATE=1.
# source: the GPU and driver that gave the answer and the date; where none did yet, "{DOCUMENTED}",
# "{REPORTED}" or "{UNDEFINED}".
# simulator: "same", or where it answers otherwise its answer and why.
"""


class CannotCheck(Exception):
    """This machine lacks something; the message says what, and what to do about it."""


# ---------------------------------------------------------------- the table


@dataclass(frozen=True)
class Answer:
    code: str
    last: str
    sticky: str

    def __str__(self) -> str:
        return f"{self.code}, then {self.last}, {'sticky' if self.sticky == 'yes' else 'not sticky'}"


@dataclass(frozen=True)
class Row:
    situation: str
    answer: Answer
    source: str
    simulated: Answer | None = None  # where the simulator answers otherwise
    why: str = ""

    def of(self, device: str) -> Answer:
        return self.simulated if device == "sim" and self.simulated else self.answer


def read_table(path: Path = TABLE) -> list[Row]:
    rows = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("#") or line == "\t".join(COLUMNS):
            continue
        fields = line.split("\t")
        if len(fields) != len(COLUMNS):
            raise CannotCheck(f"{path}:{number}: has {len(fields)} columns, not {len(COLUMNS)}: {', '.join(COLUMNS)}")
        situation, code, last, sticky, source, simulator = fields
        answer, _, why = simulator.partition(": ")
        try:
            simulated = None if simulator == "same" else Answer(*answer.split(" "))
        except TypeError:
            raise CannotCheck(
                f"{path}:{number}: simulator is {simulator!r}; it may be 'same', or 'CODE LAST yes|no: WHY'"
            ) from None
        rows.append(Row(situation, Answer(code, last, sticky), source, simulated, why))
    return rows


def table_text(rows: list[Row]) -> str:
    lines = []
    for row in rows:
        other = row.simulated
        simulator = f"{other.code} {other.last} {other.sticky}: {row.why}" if other else "same"
        answer = row.answer
        lines.append("\t".join((row.situation, answer.code, answer.last, answer.sticky, row.source, simulator)))
    return HEAD + "\n".join(["\t".join(COLUMNS), *lines]) + "\n"


def differences(rows: list[Row], answers: dict[str, Answer], device: str) -> tuple[list[str], list[str]]:
    """(what differs from the table, what differs where the documentation leaves all open)."""
    known = {row.situation: row for row in rows}
    wrong, open_ = [], []
    for situation, answer in answers.items():
        row = known.get(situation)
        if row is None:
            wrong.append(f"{situation}: not in the table; here {answer}")
        elif row.of(device) != answer:
            found = open_ if device == "cuda" and row.source.startswith(UNDEFINED) else wrong
            found.append(f"{situation}: the table has {row.of(device)} ({row.source}); here {answer}")
    wrong += [f"{situation}: in the table, and no longer provoked" for situation in known if situation not in answers]
    return wrong, open_


def updated(rows: list[Row], answers: dict[str, Answer], device: str, source: str) -> list[Row]:
    """The table with these answers. The simulator's never take the place of a GPU's: where they differ
    they stand beside them."""
    known = {row.situation: row for row in rows}
    new = []
    for situation, answer in answers.items():
        row = known.get(situation, Row(situation, answer, DOCUMENTED))
        if device == "cuda":
            before = row.of("sim")
            row = replace(row, answer=answer, source=source, simulated=None if before == answer else before)
        elif answer != row.of("sim"):
            row = replace(row, simulated=None if answer == row.answer else answer)
        why = (row.why or "not mended yet") if row.simulated else ""
        new.append(replace(row, why=why))
    return new


# ---------------------------------------------------------------- this machine


def find_nvcc() -> str | None:
    places = [os.environ.get(name, "") + "/bin" for name in ("CUDA_HOME", "CUDA_PATH") if os.environ.get(name)]
    return shutil.which("nvcc") or shutil.which("nvcc", path=os.pathsep.join([*places, "/usr/local/cuda/bin"]))


def gpu_name() -> str | None:
    """ "NVIDIA H200, driver 580.159.04"; None where there is no GPU."""
    if not shutil.which("nvidia-smi"):
        return None
    asked = ["nvidia-smi", "--query-gpu=name,driver_version", "--format=csv,noheader"]
    done = subprocess.run(asked, capture_output=True, text=True, timeout=60, check=False)
    first = done.stdout.strip().splitlines()
    return first[0].replace(", ", ", driver ") if done.returncode == 0 and first else None


def compiler(device: str) -> tuple[list[str], str]:
    """The command that compiles and links a .cu here, and what runs it, in words."""
    if device == "sim":
        return [str(ROOT / "common/cudasim/simcc"), "-O2"], "the simulator"
    instead = "`make gpu-check DEVICE=sim` runs the same programs through the simulator"
    nvcc, gpu = find_nvcc(), gpu_name()
    if nvcc is None:
        raise CannotCheck(f"nvcc is nowhere to be found, so nothing can be compiled for a GPU; {instead}")
    if gpu is None:
        raise CannotCheck(f"no GPU was found (nvidia-smi names none); {instead}")
    return [nvcc, "-O2", "-arch=native", "--extended-lambda"], gpu


def googletest(folder: Path) -> tuple[list[str], list[str]]:
    """(options to compile with GoogleTest, what to link)."""
    for tree in (os.environ.get("GTEST_ROOT", ""), ROOT / "build/googletest", "/usr/src/googletest"):
        for source in (Path(tree) / "googletest", Path(tree)) if tree else ():
            if (source / "src/gtest-all.cc").is_file():
                objects = []
                for name in ("gtest-all", "gtest_main"):
                    objects.append(str(folder / f"{name}.o"))
                    build = ["g++", "-std=c++20", "-O1", "-pthread", "-I", str(source / "include"), "-I", str(source)]
                    run_tool([*build, "-c", str(source / f"src/{name}.cc"), "-o", objects[-1]])
                return ["-isystem", str(source / "include")], objects
    probe = subprocess.run(
        ["g++", "-std=c++20", "-x", "c++", "-", "-lgtest_main", "-lgtest", "-pthread", "-o", folder / "probe"],
        input='#include <gtest/gtest.h>\nTEST(A, B) {}\n', capture_output=True, text=True, check=False,
    )  # fmt: skip
    if probe.returncode != 0:
        raise CannotCheck(
            "GoogleTest was not found. Carry its source tree along as build/googletest, or name one in $GTEST_ROOT; "
            "on Debian and Ubuntu: sudo apt-get install -y libgtest-dev"
        )
    return [], ["-lgtest_main", "-lgtest"]


def run_tool(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise CannotCheck(f"does not compile:\n{' '.join(command)}\n{(done.stdout + done.stderr)[-3000:]}")


# ---------------------------------------------------------------- building and running


def environment() -> dict[str, str]:
    """Without what would change which tests run, or in which order the simulator's threads do."""
    return {k: v for k, v in os.environ.items() if not k.startswith(("GTEST_", "CUDASIM_W", "CUDASIM_S", "CUDASIM_E"))}


@dataclass(frozen=True)
class Program:
    """One to build and run: a test of GoogleTest's where its name ends in _test, else by its exit status."""

    name: str
    sources: tuple[Path, ...]

    @property
    def is_test(self) -> bool:
        return self.name.endswith("_test")


def programs() -> list[Program]:
    alone = [*sorted(TESTS.glob("*_test.cu")), *sorted(TESTS.glob("check/clean_*.cu"))]
    lists = sorted([*TESTS.glob("stress/lists_*.cu"), *TESTS.glob("stress/lists_*.cc")])
    return [*(Program(source.stem, (source,)) for source in alone), Program("stress_lists", tuple(lists))]


def build(command: list[str], wanted: list[Program], folder: Path, jobs: int) -> dict[str, Path]:
    """Every program's file by its name."""
    options, link = googletest(folder) if any(program.is_test for program in wanted) else ([], [])

    def one(program: Program) -> tuple[str, Path]:
        words = [*command, "-std=c++20", "-I", str(ROOT), *map(str, program.sources)]
        words += [*options, *link] if program.is_test else []
        words += [f"-l{library}" for library in ("cublas", "curand") if program.name.startswith(library)]
        run_tool([*words, "-o", str(folder / program.name)])
        return program.name, folder / program.name

    first, *rest = wanted
    built = dict([one(first)])  # by itself: with it simcc builds the simulator's library
    with ThreadPoolExecutor(jobs) as pool:
        built |= dict(pool.map(one, rest))
    return built


def provoke(program: Path, jobs: int) -> dict[str, Answer]:
    """Every situation's answer, each from a process of its own."""
    names = subprocess.run([program], capture_output=True, text=True, check=True, env=environment()).stdout.splitlines()

    def one(name: str) -> tuple[str, Answer]:
        try:
            done = subprocess.run(
                [program, name], capture_output=True, text=True, check=False, env=environment(), timeout=LIMIT_S
            )
        except subprocess.TimeoutExpired:
            return name, Answer("no end", "", "")
        if done.returncode < 0:
            return name, Answer(signal.Signals(-done.returncode).name, "", "")
        fields = done.stdout.rstrip("\n").split("\t")
        if done.returncode != 0 or len(fields) != 4:
            raise CannotCheck(f"{program.name} {name!r} ended with {done.returncode}: {done.stderr[-500:]}")
        return name, Answer(*fields[1:])

    with ThreadPoolExecutor(jobs) as pool:
        return dict(pool.map(one, names))


def run_program(name: str, program: Path) -> tuple[dict[str, int], str]:
    """How many of a program's tests passed, failed and were skipped, the whole program as one where it
    has none; and what it said of a failure."""
    try:
        done = subprocess.run(
            [program], capture_output=True, text=True, errors="replace", check=False, env=environment(), timeout=LIMIT_S
        )
    except subprocess.TimeoutExpired:
        return {"failed": 1}, f"{name} did not end within {LIMIT_S} s"
    if not name.endswith("_test"):
        said = f"{name} ended with status {done.returncode}:\n{(done.stdout + done.stderr)[-800:]}"
        return ({"passed": 1}, "") if done.returncode == 0 else ({"failed": 1}, said)
    marks = {"passed": "OK", "failed": "FAILED", "skipped": "SKIPPED"}
    counts = {
        what: len(re.findall(rf"^\[ *{mark} \] \S+.*\(\d+ ms\)$", done.stdout, re.MULTILINE))
        for what, mark in marks.items()
    }
    if done.returncode == 0 and counts["passed"]:
        return counts, ""
    counts["failed"] = max(1, counts["failed"])
    failed = re.search(r"^\S+:\d+: Failure\n(?:.*\n){0,12}", done.stdout, re.MULTILINE)
    words = failed[0] if failed else (done.stdout + done.stderr)[-800:]
    return counts, f"{name} ended with status {done.returncode}:\n{words.rstrip()}"


def check(arguments: argparse.Namespace) -> int:
    command, runs_on = compiler(arguments.device)
    rows = read_table()
    folder = ROOT / "build" / f"gpu-check-{arguments.device}"
    folder.mkdir(parents=True, exist_ok=True)
    wanted = [Program("error_codes", (TESTS / "error_codes.cu",)), *([] if arguments.codes else programs())]
    began = time.monotonic()
    print(f"gpu-check on {runs_on}: building {len(wanted)} programs", flush=True)
    built = build(command, wanted, folder, arguments.jobs)
    print(f"built in {time.monotonic() - began:.0f} s", flush=True)

    answers = provoke(built.pop("error_codes"), arguments.jobs if arguments.device == "sim" else 1)
    wrong, open_ = differences(rows, answers, arguments.device)
    print(f"error codes: {len(answers) - len(wrong) - len(open_)} of {len(answers)} as the table has them")
    for line in wrong:
        print(f"  {line}")
    for line in open_:
        print(f"  {line}: no fault, since it may be anything")
    if arguments.update:
        source = f"{runs_on}, {datetime.date.today().isoformat()}"
        TABLE.write_text(table_text(updated(rows, answers, arguments.device, source)), encoding="utf-8")
        print(f"wrote {TABLE.relative_to(ROOT)}")
        wrong = []

    total = {"passed": 0, "failed": 0, "skipped": 0}
    for name, program in built.items():
        counts, said = run_program(name, program)
        for what, count in counts.items():
            total[what] += count
        if said:
            print(said, flush=True)
    if built:
        listed = ", ".join(f"{count} {what}" for what, count in total.items())
        print(f"results: {len(built)} programs, {listed}")
    return 1 if wrong or total["failed"] else 0


def main() -> int:
    parser = argparse.ArgumentParser(description="holds what the simulator promises against a real GPU")
    parser.add_argument("--device", choices=("cuda", "sim"), default="cuda", help="what to run on; cuda without")
    parser.add_argument("--update", action="store_true", help="write the answers into tests/error_codes.tsv")
    parser.add_argument("--codes", action="store_true", help="the error codes alone, without the other programs")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many compilers at a time")
    try:
        return check(parser.parse_args())
    except CannotCheck as error:
        print(f"gpu-check: {error}", file=sys.stderr)
    except KeyboardInterrupt:
        print("\ngpu-check: stopped", file=sys.stderr)
        return 130
    return 2


if __name__ == "__main__":
    sys.exit(main())
