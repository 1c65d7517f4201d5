"""Pure Python, NumPy and ours on three operations: python3 -m phase2_vectorized.checkpoint.vector_bench [FILE.json]

"Vectorising gives 100 to 1000 times" is often said. Of what, and how much, says the table. Seconds are of
processor time, one thread, and contenders take turns (bench_workers.py).
"""

from __future__ import annotations

import contextlib
import sys

from phase2_vectorized.checkpoint.bench_workers import OURS, PYTHON, Worker, machine, python_with, write_samples

ROUNDS = 15
WORK = {
    "scale 10000": "y = 2 x + 1, 10,000 floats",
    "scale 1000000": "y = 2 x + 1, 1,000,000 floats",
    "sum 10000": "sum of 10,000 floats",
    "sum 1000000": "sum of 1,000,000 floats",
    "product 16": "product, 16 x 16 x 16",
    "product 128": "product, 128 x 128 x 128",
}


def time_text(seconds: float) -> str:
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("us", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds * 1e9:.0f} ns"


def main() -> int:
    numpy = python_with("numpy")
    if numpy is None:
        raise SystemExit("no Python here has NumPy: common/setup.sh need python")
    with contextlib.ExitStack() as stack:
        found = {
            "Python": stack.enter_context(Worker(numpy, PYTHON, "python")),
            "NumPy": stack.enter_context(Worker(numpy, PYTHON, "numpy")),
            "ours": stack.enter_context(Worker(OURS)),
        }
        samples: dict[str, dict[str, list[float]]] = {work: {name: [] for name in found} for work in WORK}
        names = list(found)
        for shift in range(ROUNDS):
            for work in WORK:
                for i in range(len(names)):
                    name = names[(i + shift) % len(names)]
                    samples[work][name] += found[name].numbers(work)
        about = [worker.ask("about") for worker in found.values()]
    print(f"one thread, the least of {ROUNDS} rounds")
    print(f"  {'':<32} {'Python':>9} {'NumPy':>9} {'ours':>9} {'NumPy, times':>13} {'ours, times':>12}")
    for work, words in WORK.items():
        python, numpy_s, ours = (min(samples[work][name]) for name in names)
        print(f"  {words:<32} {time_text(python):>9} {time_text(numpy_s):>9} {time_text(ours):>9} "
              f"{python / numpy_s:>13.0f} {python / ours:>12.0f}")
    print()
    for line in about:
        print(line)
    print(machine())
    write_samples({"seconds": samples, "about": about})
    return 0


if __name__ == "__main__":
    sys.exit(main())
