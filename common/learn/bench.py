"""python3 -m common.learn.bench 1 [--mine]: runs a phase's benches and rewrites the lessons' tables.

--mine runs those built with the learner's files, and only prints: the lessons show the course's.

A lesson marks where a bench's table stands with `<!-- bench:begin -->` and `<!-- bench:end -->`.
The samples behind each table go to build/bench/NAME.json. Standard library only.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from pathlib import Path

from common.learn.exercise import ROOT

# phase: (program, lesson that holds its table)
BENCHES = {1: [("phase1.week01.matmul_bench", "phase1_cpu/week01_matrix/README.md")]}

TABLE = re.compile(r"(<!-- bench:begin -->\n```console\n).*?(```\n<!-- bench:end -->)", re.DOTALL)


def with_table(page: str, table: str) -> str:
    """The page with this table in place of the old one; ValueError unless it has exactly one."""
    if len(TABLE.findall(page)) != 1:
        raise ValueError("the page must have one <!-- bench:begin --> ... <!-- bench:end --> block")
    return TABLE.sub(lambda match: match[1] + table.rstrip("\n") + "\n" + match[2], page)


def main() -> int:
    parser = argparse.ArgumentParser(description="runs a phase's benches and rewrites the lessons' tables")
    parser.add_argument("number", type=int, choices=sorted(BENCHES))
    parser.add_argument("--mine", action="store_true", help="the benches with the learner's files; only prints")
    arguments = parser.parse_args()
    results, programs = ROOT / "build/bench", ROOT / f"build/{'mine' if arguments.mine else 'release'}/bin"
    results.mkdir(parents=True, exist_ok=True)
    for program, lesson in BENCHES[arguments.number]:
        command: list[str | Path] = [programs / program, results / f"{program}.json"]
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        if done.returncode != 0:
            print(f"{program} failed with status {done.returncode}", file=sys.stderr)
            return 1
        print(done.stdout, end="")
        if arguments.mine:
            continue
        path = ROOT / lesson
        path.write_text(with_table(path.read_text(encoding="utf-8"), done.stdout), encoding="utf-8")
        print(f"written into {lesson}: read its text beside the new numbers")
    return 0


if __name__ == "__main__":
    sys.exit(main())
