"""python3 -m common.learn.bench 1: runs a phase's benches and rewrites the tables in its lessons.

A lesson marks where a bench's table stands with `<!-- bench:begin -->` and `<!-- bench:end -->`.
The samples behind each table go to build/bench/NAME.json. Standard library only.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from common.learn.exercise import ROOT

# phase: (program, lesson that holds its table)
BENCHES = {1: [("phase1.week01.matmul_bench", "phase1_cpu/week01_matrix/README.md")]}

TABLE = re.compile(r"(<!-- bench:begin -->\n```\n).*?(```\n<!-- bench:end -->)", re.DOTALL)


def with_table(page: str, table: str) -> str:
    """The page with this table in place of the old one; ValueError unless it has exactly one."""
    if len(TABLE.findall(page)) != 1:
        raise ValueError("the page must have one <!-- bench:begin --> ... <!-- bench:end --> block")
    return TABLE.sub(lambda match: match[1] + table.rstrip("\n") + "\n" + match[2], page)


def main() -> int:
    if len(sys.argv) != 2 or not sys.argv[1].isdigit() or int(sys.argv[1]) not in BENCHES:
        print(f"usage: python3 -m common.learn.bench N, N one of {sorted(BENCHES)}", file=sys.stderr)
        return 2
    results = ROOT / "build/bench"
    results.mkdir(parents=True, exist_ok=True)
    for program, lesson in BENCHES[int(sys.argv[1])]:
        command: list[str | Path] = [ROOT / "build/release/bin" / program, results / f"{program}.json"]
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        if done.returncode != 0:
            print(f"{program} failed with status {done.returncode}", file=sys.stderr)
            return 1
        print(done.stdout, end="")
        path = ROOT / lesson
        path.write_text(with_table(path.read_text(encoding="utf-8"), done.stdout), encoding="utf-8")
        print(f"written into {lesson}: read its text beside the new numbers")
    return 0


if __name__ == "__main__":
    sys.exit(main())
