"""Damaged files: whatever stands in a file, it is translated line for line or refused in words, and soon."""

from __future__ import annotations

import random
import time

import pytest

from .testing import CORPUS, translation
from .tokens import TOKEN, TranslateError

EXTRA = [
    *("<", ">", "<<<", ">>>", "(", ")", "{", "}", "[", ";", '"', "'", "/*", 'R"x(', "\\\n", "##", "\udcff", "::"),
    *("__shared__", "extern", "__global__", "template", "asm", "static", "operator", "struct", "="),
    *("\n#if 0\n", "\n#else\n", "\n#endif\n", "\n#define Q ", "\n#include ", "\n"),
]


def damaged(tokens: list[list[str]], choose: random.Random) -> str:
    text = list(choose.choice(tokens))
    for _ in range(choose.choice([1, 2, 5, 20])):
        at = choose.randrange(len(text))
        action = choose.randrange(5)
        if action == 0:
            del text[at]
        elif action == 1:
            text.insert(at, choose.choice(choose.choice(tokens)))
        elif action == 2:
            other = choose.randrange(len(text))
            text[at], text[other] = text[other], text[at]
        elif action == 3:
            text[at] = choose.choice(EXTRA)
        elif choose.random() < 0.3:
            text = text[: at + 1]
        text = text or [" "]
    return "".join(text)


@pytest.mark.parametrize("seed", range(8))
def test_a_damaged_file_is_translated_or_refused(seed: int) -> None:
    choose = random.Random(seed)
    tokens = [[match.group() for match in TOKEN.finditer(path.read_text())] for path in CORPUS]
    refused = 0
    for _ in range(150):
        text = damaged(tokens, choose)
        started = time.monotonic()
        try:
            result, _ = translation(text)
            assert result.text.count("\n") == text.count("\n")
        except TranslateError as error:
            assert 0 <= error.offset <= len(text)
            refused += 1
        assert time.monotonic() - started < 10
    assert 10 < refused < 140


@pytest.mark.parametrize(
    "text",
    [
        "a<" * 3000,
        "k<a<" * 800 + "<<<1, 2>>>(x);",
        "k<<<" + "a < b, " * 300 + "1>>>(x);",
        "(" * 5000 + "k<<<1, 2>>>(x)",
        "k<<<1, " + "f<" * 900 + "1" + ">" * 900 + ">>>(x);",
        "k<" + "f<" * 900 + "1" + ">" * 900 + "><<<1, 2>>>(x);",
        "template <" * 2000,
        "__global__ void k(" + "A<B, C> x, " * 1000 + "int y) {}",
        "extern __shared__ int a[];" * 1000,
    ],
)
def test_no_text_takes_long(text: str) -> None:
    started = time.monotonic()
    try:
        translation(text)
    except TranslateError:
        pass
    assert time.monotonic() - started < 10
