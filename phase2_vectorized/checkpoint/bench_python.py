"""The Python part of training_bench.py and vector_bench.py: python3 bench_python.py numpy|torch|python

A line on standard input is a piece of work, a line on standard output its answer, as bench_worker.cc
has it; seconds are of processor time. Run by whichever Python has the library, so it imports nothing
of the project.

    about           the library's version
    kinds           ways there are to train an epoch, apart by spaces
    epoch KIND      seconds, accuracy: one more epoch of 784-128-10 on MNIST, SGD 0.1, batches of 64
    scale N         seconds of y[i] = 2 x[i] + 1, of a sum of N floats, of a product of two matrices
    sum N           (N,N): the least of some runs
    product N
"""

from __future__ import annotations

import gzip
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

MNIST = Path(__file__).resolve().parents[2] / "reference/datasets/mnist"
BATCH, RATE, CLASSES, HIDDEN = 64, 0.1, 10, 128


def seconds_of(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def least_seconds(work: Callable[[], object]) -> float:
    """The least of some runs, each long enough for the clock."""
    work()  # warms up
    repeats = 1

    def run() -> None:
        for _ in range(repeats):
            work()

    while seconds_of(run) < 2e-3:
        repeats *= 2
    return min(seconds_of(run) for _ in range(5)) / repeats


def mnist(numpy: Any) -> tuple[Any, Any]:
    """(60000,784) floats from 0 to 1, and (60000) labels."""

    def body(name: str, header: int) -> Any:
        return numpy.frombuffer(gzip.decompress((MNIST / name).read_bytes()), numpy.uint8, offset=header)

    x = body("train-images-idx3-ubyte.gz", 16).reshape(-1, 784).astype(numpy.float32) / numpy.float32(255)
    return x, body("train-labels-idx1-ubyte.gz", 8).astype(numpy.int64)


class WithNumpy:
    """float32, every array of a step made once and written into, one thread."""

    def __init__(self) -> None:
        import numpy

        self.np = numpy
        self.x: Any = None

    def about(self) -> str:
        return f"NumPy {self.np.__version__}"

    def kinds(self) -> list[str]:
        return ["in_place"]

    def prepare(self) -> None:
        np = self.np
        self.x, self.t = mnist(np)
        self.rng = np.random.default_rng(1)
        self.w1 = (self.rng.normal(size=(784, HIDDEN)) * np.sqrt(2 / 784)).astype(np.float32)
        self.w2 = (self.rng.normal(size=(HIDDEN, CLASSES)) * np.sqrt(2 / HIDDEN)).astype(np.float32)
        self.b1, self.b2 = np.zeros(HIDDEN, np.float32), np.zeros(CLASSES, np.float32)

    def epoch(self, _kind: str) -> tuple[float, float]:
        if self.x is None:
            self.prepare()
        right = 0

        def work() -> None:
            nonlocal right
            np = self.np
            x = np.empty((BATCH, 784), np.float32)
            h, gh = np.empty((BATCH, HIDDEN), np.float32), np.empty((BATCH, HIDDEN), np.float32)
            z = np.empty((BATCH, CLASSES), np.float32)
            gw1, gw2 = np.empty_like(self.w1), np.empty_like(self.w2)
            order = self.rng.permutation(len(self.x))
            for first in range(0, len(order), BATCH):
                rows = order[first : first + BATCH]
                B = len(rows)
                if B < BATCH:  # the last
                    x, h, gh, z = x[:B], h[:B], gh[:B], z[:B]
                np.take(self.x, rows, axis=0, out=x)
                t = self.t[rows]
                np.dot(x, self.w1, out=h)
                h += self.b1
                np.maximum(h, 0, out=h)
                np.dot(h, self.w2, out=z)
                z += self.b2
                z -= z.max(axis=1, keepdims=True)
                right += int((z.argmax(axis=1) == t).sum())
                np.exp(z, out=z)
                z /= z.sum(axis=1, keepdims=True)
                z[np.arange(B), t] -= 1
                z *= np.float32(RATE / B)
                np.dot(h.T, z, out=gw2)
                np.dot(z, self.w2.T, out=gh)
                gh *= h > 0
                np.dot(x.T, gh, out=gw1)
                self.w2 -= gw2
                self.b2 -= z.sum(axis=0)
                self.w1 -= gw1
                self.b1 -= gh.sum(axis=0)

        return seconds_of(work), right / len(self.x)

    def scale(self, n: int) -> float:
        np = self.np
        x, y = np.full(n, 0.5, np.float32), np.empty(n, np.float32)

        def work() -> None:
            np.multiply(x, np.float32(2), out=y)
            np.add(y, np.float32(1), out=y)

        return least_seconds(work)

    def sum(self, n: int) -> float:
        x = self.np.full(n, 0.5, self.np.float32)
        return least_seconds(lambda: x.sum())

    def product(self, n: int) -> float:
        np = self.np
        a, b, c = np.full((n, n), 0.5, np.float32), np.full((n, n), 0.25, np.float32), np.empty((n, n), np.float32)
        return least_seconds(lambda: np.dot(a, b, out=c))


class WithTorch:
    """Three ways: as everybody writes it, the same compiled, and the step by hand without autograd."""

    def __init__(self) -> None:
        import numpy
        import torch

        torch.set_num_threads(1)
        self.torch, self.np = torch, numpy
        self.models: dict[str, Any] = {}

    def about(self) -> str:
        return f"PyTorch {self.torch.__version__}"

    def kinds(self) -> list[str]:
        return ["eager", "by_hand", *(["compiled"] if hasattr(self.torch, "compile") else [])]

    def prepare(self) -> None:
        x, t = mnist(self.np)
        self.x, self.t = self.torch.from_numpy(x), self.torch.from_numpy(t)

    def model_of(self, kind: str) -> Any:
        torch = self.torch
        if kind not in self.models:
            if not self.models:
                self.prepare()
            torch.manual_seed(1)
            nn = torch.nn
            net = nn.Sequential(nn.Linear(784, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, CLASSES))
            self.models[kind] = (net, torch.compile(net) if kind == "compiled" else net)
        return self.models[kind]

    def epoch(self, kind: str) -> tuple[float, float]:
        net, run = self.model_of(kind)
        return self.by_hand(net) if kind == "by_hand" else self.by_autograd(net, run)

    def by_autograd(self, net: Any, run: Any) -> tuple[float, float]:
        torch = self.torch
        optimizer = torch.optim.SGD(net.parameters(), lr=RATE)
        right = torch.zeros((), dtype=torch.int64)

        def work() -> None:
            for rows in torch.randperm(len(self.x)).split(BATCH):
                x, t = self.x[rows], self.t[rows]
                z = run(x)
                loss = torch.nn.functional.cross_entropy(z, t)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                right.add_((z.argmax(1) == t).sum())

        return seconds_of(work), right.item() / len(self.x)

    def by_hand(self, net: Any) -> tuple[float, float]:
        torch = self.torch
        first, second = net[0], net[2]
        w1, b1, w2, b2 = (p.data for p in (first.weight, first.bias, second.weight, second.bias))
        right = torch.zeros((), dtype=torch.int64)

        def work() -> None:
            for rows in torch.randperm(len(self.x)).split(BATCH):
                x, t = self.x.index_select(0, rows), self.t[rows]
                B = len(rows)
                h = torch.addmm(b1, x, w1.t()).relu_()
                z = torch.addmm(b2, h, w2.t())
                right.add_((z.argmax(1) == t).sum())
                grad_z = torch.softmax(z, 1)
                grad_z[torch.arange(B), t] -= 1
                grad_z /= B
                grad_h = grad_z.mm(w2)
                grad_h *= h > 0
                w2.addmm_(grad_z.t(), h, alpha=-RATE)
                b2.sub_(grad_z.sum(0), alpha=RATE)
                w1.addmm_(grad_h.t(), x, alpha=-RATE)
                b1.sub_(grad_h.sum(0), alpha=RATE)

        with torch.no_grad():
            return seconds_of(work), right.item() / len(self.x)


class WithPython:
    """Lists of numbers, no library."""

    def about(self) -> str:
        return f"Python {sys.version.split()[0]}"

    def scale(self, n: int) -> float:
        x = [0.5] * n
        return least_seconds(lambda: [2 * value + 1 for value in x])

    def sum(self, n: int) -> float:
        x = [0.5] * n
        return least_seconds(lambda: sum(x))

    def product(self, n: int) -> float:
        a, b = [[0.5] * n for _ in range(n)], [[0.25] * n for _ in range(n)]

        def work() -> list[list[float]]:
            columns = list(zip(*b, strict=True))
            return [[sum(p * q for p, q in zip(row, column)) for column in columns] for row in a]

        return least_seconds(work)


def main() -> int:
    which: dict[str, type] = {"numpy": WithNumpy, "torch": WithTorch, "python": WithPython}
    worker = which[sys.argv[1]]()
    for line in sys.stdin:
        what, *rest = line.split()
        arguments = [int(word) if word.isdigit() else word for word in rest]
        answer = getattr(worker, what)(*arguments)
        print(*answer if isinstance(answer, list | tuple) else [answer], flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
