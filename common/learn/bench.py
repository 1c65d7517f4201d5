"""python3 -m common.learn.bench 1 [--mine]: runs a phase's benches and rewrites the tables in its pages.

--mine runs those built with the learner's files, and only prints: the pages show the course's. The
phase `sim` is the CUDA simulator.

A page marks where a bench's table stands with `<!-- bench:begin -->` and `<!-- bench:end -->`.
The samples behind each table go to build/bench/NAME.json. Standard library only.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from pathlib import Path

from common.learn.exercise import ROOT

# phase: (program, page that holds its table); a program is a built one or, where it has contenders in
# Python, a module
BENCHES = {
    "1": [("phase1.week01.matmul_bench", "phase1_cpu/week01_matrix/README.md")],
    "2": [
        ("phase2.week04.matmul_bench", "phase2_vectorized/week04_speed/README.md"),
        ("phase2.week04.optimizer_bench", "docs/benchmarks/optimizers.md"),
        ("phase2_vectorized.checkpoint.training_bench", "docs/benchmarks/training.md"),
        ("phase2_vectorized.checkpoint.vector_bench", "docs/benchmarks/vectorising.md"),
    ],
    "sim": [("cudasim_bench", "docs/benchmarks/cudasim.md")],
}

TABLE = re.compile(r"(<!-- bench:begin -->\n```console\n).*?(```\n<!-- bench:end -->)", re.DOTALL)


def with_table(page: str, table: str) -> str:
    """The page with this table in place of the old one; ValueError unless it has exactly one."""
    if len(TABLE.findall(page)) != 1:
        raise ValueError("the page must have one <!-- bench:begin --> ... <!-- bench:end --> block")
    return TABLE.sub(lambda match: match[1] + table.rstrip("\n") + "\n" + match[2], page)


def main() -> int:
    parser = argparse.ArgumentParser(description="runs a phase's benches and rewrites the tables in its pages")
    parser.add_argument("phase", choices=sorted(BENCHES))
    parser.add_argument("--mine", action="store_true", help="the benches with the learner's files; only prints")
    arguments = parser.parse_args()
    if arguments.mine and arguments.phase == "sim":
        parser.error("--mine is for phases: the simulator has no files of yours")
    preset = "mine" if arguments.mine else "sim" if arguments.phase == "sim" else "release"
    results, programs = ROOT / "build/bench", ROOT / f"build/{preset}/bin"
    results.mkdir(parents=True, exist_ok=True)
    for program, page in BENCHES[arguments.phase]:
        is_module = (ROOT / program.replace(".", "/")).with_suffix(".py").exists()
        start: list[str | Path] = [sys.executable, "-m", program] if is_module else [programs / program]
        done = subprocess.run(
            [*start, results / f"{program}.json"], cwd=ROOT, stdout=subprocess.PIPE, text=True,
            env={**os.environ, "GROUNDUP_BIN_DIR": str(programs)},
        )
        if done.returncode != 0:
            print(f"{program} failed with status {done.returncode}", file=sys.stderr)
            return 1
        print(done.stdout, end="")
        if arguments.mine:
            continue
        path = ROOT / page
        path.write_text(with_table(path.read_text(encoding="utf-8"), done.stdout), encoding="utf-8")
        print(f"written into {page}: read its text beside the new numbers")
    return 0


if __name__ == "__main__":
    sys.exit(main())
