"""Philox 4x32-10: random numbers as a function of (seed, stream, position), not of history.

The stream is the one that common/rng.h defines: word i is word i % 4 of the block with
    counter = (lo32(i / 4), hi32(i / 4), lo32(stream), hi32(stream))
    key     = (lo32(seed), hi32(seed))
Words, `uniform` and `permutation` agree with C++ bit for bit, `normal` to a few roundings.

Source  [Salmon11 sec. 3.3]; the constants and known answers are those of the authors' Random123.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

U32 = NDArray[np.uint32]
U64 = NDArray[np.uint64]
Array = NDArray[np.float64]

ROUNDS = 10
_MULTIPLIERS = (np.uint64(0xD2511F53), np.uint64(0xCD9E8D57))
_KEY_STEPS = (np.uint64(0x9E3779B9), np.uint64(0xBB67AE85))  # golden ratio, sqrt(3) - 1, times 2^32
_LOW = np.uint64(0xFFFFFFFF)
_32 = np.uint64(32)


def philox4x32_10(counter: U32, key: U32) -> U32:
    """Ten rounds;  counter (n,4), key (2) -> (n,4) uint32.

    A round maps (c0, c1, c2, c3) to (hi(m1 c2) ^ c1 ^ k0, lo(m1 c2), hi(m0 c0) ^ c3 ^ k1,
    lo(m0 c0)) and then adds a constant to each half of the key, modulo 2^32.
    """
    c0, c1, c2, c3 = (np.asarray(counter)[:, i].astype(np.uint64) for i in range(4))
    k0, k1 = (np.asarray(key)[i : i + 1].astype(np.uint64) for i in range(2))
    for _ in range(ROUNDS):
        product0 = _MULTIPLIERS[0] * c0  # < 2^64: both factors are < 2^32
        product1 = _MULTIPLIERS[1] * c2
        c0, c1, c2, c3 = (
            (product1 >> _32) ^ c1 ^ k0,
            product1 & _LOW,
            (product0 >> _32) ^ c3 ^ k1,
            product0 & _LOW,
        )
        k0 = (k0 + _KEY_STEPS[0]) & _LOW
        k1 = (k1 + _KEY_STEPS[1]) & _LOW
    return np.stack([c0, c1, c2, c3], axis=1).astype(np.uint32)


class Philox:
    """A stream of words, consumed in order. Methods take how many numbers to draw."""

    def __init__(self, seed: int, stream: int = 0) -> None:
        for name, value in (("seed", seed), ("stream", stream)):
            if not 0 <= value < 2**64:
                raise ValueError(f"{name} is {value}; it must be in [0, 2^64)")
        self._key = _halves(np.array([seed], np.uint64))[0]
        self._stream = _halves(np.array([stream], np.uint64))[0]
        self.position = 0  # words consumed
        self._spare_normal: float | None = None

    def u32(self, count: int) -> U32:
        """The next `count` words;  -> (count) uint32."""
        first_block, skip = divmod(self.position, 4)
        blocks = -(-(skip + count) // 4)
        counter = np.empty((blocks, 4), np.uint32)
        counter[:, :2] = _halves(np.uint64(first_block) + np.arange(blocks, dtype=np.uint64))
        counter[:, 2:] = self._stream
        self.position += count
        return philox4x32_10(counter, self._key).reshape(-1)[skip : skip + count]

    def u64(self, count: int) -> U64:
        """Pairs of words, the first the low half, from an even position;  -> (count) uint64."""
        self.position += self.position % 2
        words = self.u32(2 * count).astype(np.uint64)
        return words[0::2] | (words[1::2] << _32)

    def uniform(self, count: int) -> Array:
        """[0, 1), multiples of 2^-53: (u64 >> 11) 2^-53;  -> (count) float64."""
        return (self.u64(count) >> np.uint64(11)).astype(np.float64) * 2.0**-53

    def normal(self, count: int) -> Array:
        """r cos(2 pi u2), r sin(2 pi u2), ..., r = sqrt(-2 log u1): standard normal;  -> (count).

        u1 = 1 - uniform is in (0, 1], so the logarithm is finite. A pair's second half is kept for
        the next call. Source: [BoxMuller58].
        """
        kept = [] if self._spare_normal is None or count == 0 else [self._spare_normal]
        pairs = -(-(count - len(kept)) // 2)
        u = self.uniform(2 * pairs).reshape(pairs, 2)
        radius = np.sqrt(-2.0 * np.log(1.0 - u[:, 0]))
        angle = 2.0 * np.pi * u[:, 1]
        drawn = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1).reshape(-1)
        drawn = np.concatenate([np.array(kept), drawn])
        if count > 0:
            self._spare_normal = float(drawn[count]) if len(drawn) > count else None
        return drawn[:count]

    def permutation(self, n: int) -> NDArray[np.int64]:
        """0 .. n-1 sorted by n random 64-bit keys, ties by index;  -> (n) int64."""
        return np.argsort(self.u64(n), kind="stable").astype(np.int64)


def _halves(values: U64) -> U32:
    """(lo32, hi32) of each;  (n) uint64 -> (n,2) uint32."""
    return np.stack([values & _LOW, values >> _32], axis=1).astype(np.uint32)
