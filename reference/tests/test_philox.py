"""reference/philox.py: the authors' known answers, and the stream of common/rng.h."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from reference.philox import Philox, philox4x32_10

# kat_vectors of the authors' Random123 distribution [Salmon11]: counter, key, result.
KNOWN_ANSWERS = [
    (
        "00000000 00000000 00000000 00000000",
        "00000000 00000000",
        "6627e8d5 e169c58d bc57ac4c 9b00dbd8",
    ),
    (
        "ffffffff ffffffff ffffffff ffffffff",
        "ffffffff ffffffff",
        "408f276d 41c83b0e a20bc7c6 6d5451fd",
    ),
    (
        "243f6a88 85a308d3 13198a2e 03707344",
        "a4093822 299f31d0",
        "d16cfe09 94fdcceb 5001e420 24126ea1",
    ),
]


def words(text: str) -> np.ndarray:
    return np.array([int(word, 16) for word in text.split()], np.uint32)


@pytest.mark.parametrize("counter, key, want", KNOWN_ANSWERS)
def test_known_answers(counter: str, key: str, want: str) -> None:
    got = philox4x32_10(words(counter)[None, :], words(key))
    assert np.array_equal(got, words(want)[None, :])


def test_the_stream_is_made_of_blocks() -> None:
    assert np.array_equal(Philox(0).u32(4), words(KNOWN_ANSWERS[0][2]))
    # The third known answer: its counter is block 0x85a308d3243f6a88 of this stream.
    rng = Philox(seed=0x299F31D0A4093822, stream=0x0370734413198A2E)
    rng.position = 4 * 0x85A308D3243F6A88
    assert np.array_equal(rng.u32(4), words(KNOWN_ANSWERS[2][2]))


def test_words_do_not_depend_on_how_many_are_drawn_at_once() -> None:
    together, one_by_one = Philox(5, 9).u32(67), Philox(5, 9)
    parts = [one_by_one.u32(count) for count in (1, 2, 3, 0, 4, 5, 31, 21)]
    assert np.array_equal(np.concatenate(parts), together)
    assert one_by_one.position == 67


def test_u64_is_two_words_low_half_first_from_an_even_position() -> None:
    plain = Philox(5).u32(8).astype(np.uint64)
    rng = Philox(5)
    rng.u32(1)
    assert rng.u64(1)[0] == plain[2] + (plain[3] << np.uint64(32))
    assert rng.position == 4


def test_uniform_is_the_top_53_bits() -> None:
    u, keys = Philox(5).uniform(1000), Philox(5).u64(1000)
    assert [int(value * 2**53) for value in u] == [int(key) >> 11 for key in keys]
    assert 0 <= u.min() and u.max() < 1
    # The mean of 1000 has deviation 1 / sqrt(12000); four of them.
    assert abs(u.mean() - 0.5) < 4 / np.sqrt(12000)


def test_normal_is_box_muller_and_keeps_the_spare() -> None:
    u = Philox(5).uniform(4)
    radius = np.sqrt(-2 * np.log(1 - u[[0, 2]]))
    angle = 2 * np.pi * u[[1, 3]]
    want = [
        radius[0] * np.cos(angle[0]),
        radius[0] * np.sin(angle[0]),
        radius[1] * np.cos(angle[1]),
    ]
    # The same formula in one element and in several: NumPy's loops may differ, each by 8 roundoffs.
    assert np.allclose(Philox(5).normal(3), want, rtol=16 * 2.0**-53, atol=0)
    rng = Philox(5)
    parts = np.concatenate([rng.normal(count) for count in (1, 0, 2, 3, 1)])
    assert np.allclose(parts, Philox(5).normal(7), rtol=16 * 2.0**-53, atol=0)
    assert rng.position == 16  # four pairs of uniforms, the last spare unused


def test_normal_has_mean_0_and_variance_1() -> None:
    draws = Philox(7).normal(10000)
    assert abs(draws.mean()) < 4 / np.sqrt(10000)
    assert abs(draws.var() - 1) < 4 * np.sqrt(2 / 10000)


@pytest.mark.parametrize("n", [0, 1, 31, 129])
def test_permutation_sorts_the_keys(n: int) -> None:
    order, keys = Philox(5).permutation(n), Philox(5).u64(n)
    assert sorted(order.tolist()) == list(range(n))
    assert all(keys[a] <= keys[b] for a, b in itertools.pairwise(order))


@pytest.mark.parametrize("seed", [-1, 2**64])
def test_refuses_a_seed_that_is_no_u64(seed: int) -> None:
    with pytest.raises(ValueError, match=r"seed is -?\d+; it must be in \[0, 2\^64\)"):
        Philox(seed)
