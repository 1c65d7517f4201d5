"""Training's speed beside NumPy's and PyTorch's: python3 -m phase2_vectorized.checkpoint.training_bench [FILE.json]

What is timed is one epoch of 784-128-10 on MNIST's 60,000 images, batches of 64 in a random order, SGD, on
one thread, the count of right answers included: 24.5 GFLOP. Then the whole recipe of MNIST, from 20 seeds.
Seconds are of processor time, and contenders take turns (bench_workers.py).
"""

from __future__ import annotations

import contextlib
import math
import statistics
import sys

from phase2_vectorized.checkpoint.bench_workers import OURS, PYTHON, Worker, machine, python_with, write_samples

ROUNDS = 15
SEEDS = 20
# Multiply-adds of the five products of a step count as two operations each.
EPOCH_FLOPS = 60000 * 2 * (2 * 784 * 128 + 3 * 128 * 10)
LEAST_ACCURACY = 0.85  # of a first epoch; one that learns less is no yardstick

WORDS = {
    ("ours", "floats"): "ours: Model.train(x, labels)",
    ("ours", "bytes"): "ours, pictures as bytes",
    ("numpy", "in_place"): "NumPy, every array written in place",
    ("torch", "eager"): "PyTorch, eager",
    ("torch", "compiled"): "PyTorch, torch.compile",
    ("torch", "by_hand"): "PyTorch's products, no autograd",
}


def workers(stack: contextlib.ExitStack) -> dict[str, Worker]:
    found = {"ours": stack.enter_context(Worker(OURS))}
    for library in ("numpy", "torch"):
        if python := python_with(library):
            found[library] = stack.enter_context(Worker(python, PYTHON, library))
    return found


def epochs(found: dict[str, Worker]) -> tuple[dict[str, list[float]], list[float]]:
    """Seconds of each contender's epochs, and the peak's rates, in floating-point operations a second."""
    kinds = [("ours", "floats"), ("ours", "bytes")]
    for library in ("numpy", "torch"):
        if library in found:
            kinds += [(library, kind) for kind in found[library].ask("kinds").split()]
    for library, kind in kinds:  # warms up, and shows that it learns
        accuracy = found[library].numbers(f"epoch {kind}")[1]
        if accuracy < LEAST_ACCURACY:
            raise SystemExit(f"{WORDS[library, kind]}: {100 * accuracy:.1f} % right after an epoch; it does not learn")
    seconds: dict[str, list[float]] = {WORDS[kind]: [] for kind in kinds}
    peaks = []
    for shift in range(ROUNDS):
        elapsed, flops = found["ours"].numbers("peak")
        peaks.append(flops / elapsed)
        for i in range(len(kinds)):
            library, kind = kinds[(i + shift) % len(kinds)]
            seconds[WORDS[library, kind]].append(found[library].numbers(f"epoch {kind}")[0])
    return seconds, peaks


def main() -> int:
    with contextlib.ExitStack() as stack:
        found = workers(stack)
        seconds, peaks = epochs(found)
        recipes = [found["ours"].numbers(f"recipe {seed}") for seed in range(1, SEEDS + 1)]
        about = [worker.ask("about") for worker in found.values()]
    least = {name: min(samples) for name, samples in seconds.items()}
    peak = max(peaks)
    ours = least[WORDS["ours", "bytes"]]
    print("an epoch of 784-128-10 on MNIST, batches of 64, SGD, one thread (least of", ROUNDS, "rounds)")
    print(f"  {'':<38} {'s':>7} {'median':>7} {'GFLOP/s':>8} {'% of FMA peak':>14} {'x ours, as bytes':>17}")
    for name, value in sorted(least.items(), key=lambda item: item[1]):
        rate = EPOCH_FLOPS / value
        print(f"  {name:<38} {value:>7.3f} {statistics.median(seconds[name]):>7.3f} {rate / 1e9:>8.1f} "
              f"{100 * rate / peak:>14.1f} {value / ours:>17.2f}")
    print(f"  {'FMA peak, as long':<38} {'':>7} {'':>7} {peak / 1e9:>8.1f} {100.0:>14.1f}")
    lacking = [name for name in ("numpy", "torch") if name not in found]
    for name in lacking:
        print(f"  no Python here has {name}: common/setup.sh need yardsticks installs it")
    times, right = [r[0] for r in recipes], [r[1] for r in recipes]
    print(f"\nMNIST's recipe, one thread, {SEEDS} seeds, pictures as bytes")
    print(f"  {min(times):.2f} s of training at the least, {statistics.median(times):.2f} s in the median; "
          f"{100 * math.fsum(right) / SEEDS:.2f} % of the test images right in the mean, {100 * min(right):.2f} % at worst")
    print()
    for line in about:
        print(line)
    print(machine())
    write_samples({"epochs": seconds, "peak_flops_per_second": peaks, "recipe": recipes, "about": about})
    return 0


if __name__ == "__main__":
    sys.exit(main())
