"""The launches we find against those clang finds: in hand-written hard cases and in random expressions.

clang parses CUDA with no toolkit; what it needs declared is in testdata/clang. Where clang++ is missing, the
comparison is skipped and the summary says so.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from .testing import TESTDATA, clang_spans, marks, spans

PLAIN = ["launches.cu", "concept.cu", "shared.cu", "kernels.cu"]


@pytest.mark.parametrize("name", PLAIN)
def test_launches_are_clangs(name: str) -> None:
    path = TESTDATA / name
    ours = spans(path.read_text())
    assert ours == clang_spans(path)
    assert ours


def test_macros_launches_are_clangs() -> None:
    path = TESTDATA / "macros.cu"
    branches = clang_spans(path) | clang_spans(path, "-DSOMETHING")
    assert marks(path.read_text()) == {span[1:3] for span in branches}


PRELUDE = """#include <cuda_runtime.h>
#define CHECK(...) do { __VA_ARGS__; } while (0)
#define ID(x) x
template <class T, int N = 1> struct Box { static constexpr int n = N; static constexpr bool big = N > 2; };
template <int A> struct Num { static constexpr int value = A; };
template <class A, class B> struct Pair {};
template <class T> int count(T x) { return x > T(2) ? 1 : 2; }
int call(int a, int b = 0) { return a + b; }
__global__ void plain(int* x, int n) { *x = n; }
template <class T> __global__ void typed(T* x, int n) { *x = T(n); }
template <int A, int B = 2> __global__ void numbers(int* x, int n) { *x = A + B + n; }
template <bool P, class T, int A> __global__ void mixed(T* x, int n) { *x = T(A) + P + n; }
template <class T, class U> __global__ void phantom(int* x, int n) { *x = n; }
namespace ns { namespace in { __global__ void plain(int* x, int n) { *x = n; }
template <int A> __global__ void numbers(int* x, int n) { *x = A + n; } } }
struct Row { void (*kernel)(int*, int); const Row* next; };
"""


class Generator:
    """Random statements with launches; everything it writes is valid."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def pick(self, *choices: str) -> str:
        return self.random.choice(choices)

    def blank(self) -> str:
        return self.random.choice(["", "", "", " ", "\n      ", " /* <<<1, 2>>>(x) */ ", " // >>>(x)\n"])

    def type(self, depth: int = 0) -> str:
        if depth > 2 or self.random.random() < 0.4:
            return self.pick("int", "float", "unsigned int", "const char*")
        return self.random.choice(
            [
                lambda: f"Box<{self.type(depth + 1)}>",
                lambda: f"Box<{self.type(depth + 1)}, {self.constant(depth + 1)}>",
                lambda: f"Pair<{self.type(depth + 1)}, {self.type(depth + 1)}>",
                lambda: f"Num<{self.constant(depth + 1)}>",
            ]
        )()

    def constant(self, depth: int = 0) -> str:
        """A constant expression that may stand in template arguments."""
        if depth > 3 or self.random.random() < 0.3:
            return self.pick("1", "2", "N", "M", "0x3", "1'0")
        sub = lambda: self.constant(depth + 1)  # noqa: E731
        return self.random.choice(
            [
                lambda: f"({sub()} >> 1)",
                lambda: f"{sub()} << 1",
                lambda: f"({sub()} > {sub()} ? 3 : 4)",
                lambda: f"(N < {sub()})",
                lambda: f"Box<{self.type(depth + 1)}, {sub()}>::n",
                lambda: f"Num<{sub()}>::value",
                lambda: f"int(sizeof(Box<{self.type(depth + 1)}>))",
                lambda: f"{sub()} + 1",
                lambda: "(M <= N)",
            ]
        )()

    def value(self, depth: int = 0) -> str:
        """An int in a configuration or an argument."""
        if depth > 2 or self.random.random() < 0.25:
            return self.pick("1", "n", "a", "b", "N", "32")
        sub = lambda: self.value(depth + 1)  # noqa: E731
        return self.random.choice(
            [
                lambda: f"{sub()} > {sub()} ? {sub()} : {sub()}",
                lambda: f"(a < {sub()} ? b : {sub()})",
                lambda: f"a < {sub()}",
                lambda: f"{sub()} >> 1",
                lambda: f"b << {sub()}",
                lambda: f"({sub()} > {sub()})",
                lambda: f"Box<{self.type()}, {self.constant(1)}>::n",
                lambda: f"count<int>({sub()})",
                lambda: f"call({sub()}, {sub()})",
                lambda: f"static_cast<int>({sub()})",
                lambda: f"[&](int q) {{ return q > {self.pick('a', 'b')} ? 1 : 2; }}({sub()})",
                lambda: f"table[{self.pick('0', '1')}].next - table",
                lambda: f"ID({self.pick('a', 'n')})",
            ]
        )()

    def kernel(self) -> str:
        b = self.blank
        return self.random.choice(
            [
                lambda: "plain",
                lambda: f"(plain{b()})",
                lambda: "::plain",
                lambda: f"ns::{b()}in::plain",
                lambda: "typed<int>",
                lambda: f"numbers<{b()}{self.constant()}>",
                lambda: f"numbers<{self.constant()},{b()}{self.constant()}{b()}>",
                lambda: f"mixed<({self.constant()} > {self.constant()}), int, {self.constant()}>",
                lambda: f"mixed<Box<{self.type()}>::big, int, {self.constant()}>",
                lambda: f"phantom<{self.type()}, {self.type()}>",
                lambda: f"phantom<{self.type()}, Box<Box<{self.type()}>>>",
                lambda: f"::ns::in::numbers<{self.constant()}>",
                lambda: f"table[{self.pick('0', '1', '(a > b)')}].kernel",
                lambda: f"table[0]{b()}.next->kernel",
                lambda: "(*table[1].kernel)",
                lambda: "(&table[0])->kernel",
                lambda: "pointer",
                lambda: f"static_cast<void (*)(int*, int)>({b()}plain)",
            ]
        )()

    def launch(self) -> str:
        b = self.blank
        items = [self.value(), self.random.choice([self.value(), f"dim3({self.value()}, {self.value()})"])]
        if self.random.random() < 0.4:
            items.append(self.value())
            if self.random.random() < 0.5:
                items.append(self.pick("0", "stream", "nullptr"))
        configuration = f",{b()} ".join(items)
        return f"{self.kernel()}{b()}<<<{b()}{configuration}{b()}>>>{b()}({b()}x,{b()} {self.value()})"

    def statement(self) -> str:
        one = self.launch
        return self.random.choice(
            [
                lambda: f"{one()};",
                lambda: f"CHECK({one()});",
                lambda: f"CHECK(({one()}));",
                lambda: f"(void){one()};",
                lambda: f"{one()}, {one()};",
                lambda: f"a < b, {one()};",
                lambda: f"a > b ? {one()} : {one()};",
                lambda: f"if (a < b) {one()}; else {one()};",
                lambda: f"for (int i = 0; i < n; ++i, {one()}) {one()};",
                lambda: f"[&] {{ return {one()}; }}();",
                lambda: (
                    f"{{ auto f = [=](int m) {{ if (m > 1) {one()}; return m; }};\n  plain<<<1, f(3)>>>(x, f(a)); }}"
                ),
            ]
        )()

    def program(self, statements: int) -> str:
        body = "\n  ".join(self.statement() for _ in range(statements))
        return f"""{PRELUDE}
int main() {{
  constexpr int N = 3, M = 2;
  int a = 1, b = 2, n = 4;
  int* x = nullptr;
  cudaStream_t stream = nullptr;
  const Row table[2] = {{{{plain, table}}, {{ns::in::plain, table + 1}}}};
  void (*pointer)(int*, int) = plain;
  {body}
  return 0;
}}
"""


@pytest.mark.parametrize("seed", range(12))
def test_random_launches_are_clangs(seed: int, tmp_path: Path) -> None:
    path = tmp_path / "random.cu"
    text = Generator(seed).program(40)
    path.write_text(text)
    theirs = clang_spans(path)
    ours = spans(text)
    wrong = sorted(ours ^ theirs)
    assert not wrong, f"seed {seed}: {text[wrong[0][0] : wrong[0][3]]!r} is a launch to one of us only"
    assert len(ours) >= 40
