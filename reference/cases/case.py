"""What a golden case is, and where its inputs come from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reference.bounds import Bound
from reference.philox import Philox

Array = NDArray[np.float64]
Labels = NDArray[np.int64]

SEED = 20261121  # of every input; each case draws from streams of its own


@dataclass(frozen=True)
class Tensor:
    """A named array; an output has a bound, an input has none."""

    name: str
    array: NDArray
    bound: Bound | None = None


@dataclass(frozen=True)
class Case:
    """An operation's inputs and outputs; first_phase is the first phase that computes it."""

    name: str
    tensors: list[Tensor]
    first_phase: int = 1


def inputs(**arrays: Array | Labels | float) -> list[Tensor]:
    """Tensors without a bound, in the order given."""
    return [Tensor(name, np.asarray(array)) for name, array in arrays.items()]


def float32_exact(array: Array) -> Array:
    """Rounded to float32, kept as float64: so a float phase starts from the same numbers."""
    return np.asarray(array, np.float32).astype(np.float64)


def normal(shape: tuple[int, ...], stream: int, deviation: float = 1.0) -> Array:
    """Normal elements of mean 0, each exact in float32;  -> shape."""
    rng = Philox(SEED, stream)
    return float32_exact(deviation * rng.normal(int(np.prod(shape))).reshape(shape))


def uniform(shape: tuple[int, ...], stream: int, low: float, high: float) -> Array:
    """Elements of [low, high], each exact in float32;  -> shape."""
    rng = Philox(SEED, stream)
    drawn = low + (high - low) * rng.uniform(int(np.prod(shape)))
    return float32_exact(drawn.reshape(shape))


def labels(B: int, L: int, stream: int) -> Labels:
    """B labels in [0, L), every class before any comes twice as often;  -> (B)."""
    return Philox(SEED, stream).permutation(B) % L
