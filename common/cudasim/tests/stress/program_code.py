"""Random device code: typed expressions and statements for one thread, as text for two readers.

The text is CUDA C++ with marks: `@tx` and its like, `@return`, and `@fn_` before a function's name. device() makes a
kernel's text of it, model() that of the sequential model, in which the same statement stands in a loop over threads.
Arithmetic is in unsigned, float, double and small ints, so that nothing overflows a signed number or divides by zero.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

MARK = re.compile(r"@(tx|ty|tz|bx|by|bdx|bdy|bdz|gdx|gdy|return|dev|fn_)")
DEVICE = {
    "tx": "threadIdx.x", "ty": "threadIdx.y", "tz": "threadIdx.z", "bx": "blockIdx.x", "by": "blockIdx.y",
    "bdx": "blockDim.x", "bdy": "blockDim.y", "bdz": "blockDim.z", "gdx": "gridDim.x", "gdy": "gridDim.y",
    "return": "return;", "dev": "__device__", "fn_": "",
}  # fmt: skip
MODEL = {
    "tx": "t.x", "ty": "t.y", "tz": "t.z", "bx": "b.x", "by": "b.y", "bdx": "b.dx", "bdy": "b.dy", "bdz": "b.dz",
    "gdx": "b.gx", "gdy": "b.gy", "return": "{ t.returned = true; return; }", "dev": "inline", "fn_": "model_",
}  # fmt: skip


def device(text: str) -> str:
    return MARK.sub(lambda mark: DEVICE[mark[1]], text)


def model(text: str) -> str:
    return MARK.sub(lambda mark: MODEL[mark[1]], text)


@dataclass
class Statement:
    """One statement; with children, `text` opens a block that `close` closes. What has a number may be left out."""

    text: str
    children: list[Statement] = field(default_factory=list)
    close: str = ""
    number: int | None = None

    def lines(self, dropped: set[int], indent: str) -> list[str]:
        if self.number in dropped:
            return []
        if not self.close:
            return [indent + self.text]
        inner = [line for child in self.children for line in child.lines(dropped, indent + "  ")]
        return [indent + self.text, *inner, indent + self.close]


@dataclass
class Scope:
    """What an expression may name: variables by type, and loads that are free of races in this phase."""

    unsigned: list[str]
    single: list[str]
    double: list[str]
    loads: list[str]  # unsigned values; `{}` stands for an unsigned index that is taken modulo the size
    single_loads: list[str]
    functions: list[Function]
    coordinates: bool = True  # threadIdx and its like; not in functions, whose model knows no thread

    def within(self, names: list[str]) -> Scope:
        """The scope of a nested block, with these unsigned variables added."""
        return replace(self, unsigned=self.unsigned + names)


@dataclass
class Function:
    """A device function of unsigned arguments that yields an unsigned: its definition, and how it is called."""

    definition: str
    call: str  # `{}` for each argument
    arguments: int


class Expressions:
    def __init__(self, draw: random.Random, scope: Scope) -> None:
        self.draw, self.scope = draw, scope

    def unsigned(self, depth: int) -> str:
        draw, scope = self.draw, self.scope
        if depth <= 0:
            leaf = draw.randrange(10)
            if leaf < 5:
                return draw.choice(scope.unsigned)
            if leaf < 8 or not scope.coordinates:
                return f"{draw.choice([0, 1, 2, 3, 7, 31, 255, 65537, draw.getrandbits(32)])}u"
            return draw.choice(["@tx", "@ty", "@tz", "@bx", "@by", "@bdx", "@bdy", "@bdz", "@gdx", "@gdy"])
        a, b = self.unsigned(depth - 1), self.unsigned(depth - 1 - draw.randrange(2))
        kinds = [
            lambda: f"({a} {draw.choice(['+', '-', '*', '^', '&', '|'])} {b})",
            lambda: f"({a} {draw.choice(['<<', '>>'])} ({b} & 31u))",
            lambda: f"({a} {draw.choice(['/', '%'])} ({b} | 1u))",
            lambda: f"({self.boolean(depth - 1)} ? {a} : {b})",
            lambda: f"static_cast<unsigned>({self.boolean(depth - 1)})",
            lambda: f"SQUARE({a} + 1u)",
            lambda: f"@fn_{draw.choice(['min', 'max'])}({a}, {b})",
            lambda: f"static_cast<unsigned>(static_cast<unsigned char>({a}))",
            lambda: f"static_cast<unsigned>(static_cast<short>({a} & 0x7fffu) - 5)",
            lambda: f"static_cast<unsigned>(({a} * 1ull << 20) * {b} >> 13)",
            lambda: f"@fn_ones({a})",
            lambda: f"@fn_bits_of({self.single(depth - 1)})",
            # Not first within brackets: nvcc drops the parentheses, and g++ then sees an attribute.
            lambda: f"(1u + [&](unsigned x) {{ return x * {b}; }}({a}))",
        ]
        if scope.loads:
            kinds += 3 * [lambda: draw.choice(scope.loads).format(a)]
        if scope.functions:
            kinds += 3 * [self._call(depth)]
        return draw.choice(kinds)()

    def _call(self, depth: int) -> Callable[[], str]:
        function = self.draw.choice(self.scope.functions)
        return lambda: function.call.format(*[self.unsigned(depth - 2) for _ in range(function.arguments)])

    def boolean(self, depth: int) -> str:
        draw = self.draw
        match draw.randrange(5):
            case 0:
                return f"({self.single(depth - 1)} {draw.choice(['<', '>', '<=', '>='])} {self.single(depth - 1)})"
            case 1:
                part = f"{self.unsigned(depth - 1)} {draw.choice(['&', '%'])} {draw.choice([2, 3, 4, 5])}u"
                return f"({part}) == {draw.randrange(3)}u"
            case 2 if depth > 0:
                return f"({self.boolean(depth - 1)} {draw.choice(['&&', '||'])} !({self.boolean(depth - 1)}))"
            case _:
                return f"({self.unsigned(depth - 1)} {draw.choice(['<', '!=', '>='])} {self.unsigned(depth - 1)})"

    def single(self, depth: int) -> str:
        draw, scope = self.draw, self.scope
        if depth <= 0:
            return draw.choice([*scope.single, *scope.single, f"{draw.randrange(-64, 64) / 8}f"])
        a, b = self.single(depth - 1), self.single(depth - 1 - draw.randrange(2))
        kinds = [
            lambda: f"({a} {draw.choice(['+', '-', '*', '/'])} {b})",
            lambda: f"({a} * {b} + {self.single(depth - 2)})",  # fused by a compiler that may
            lambda: f"fmaf({a}, {b}, {self.single(depth - 2)})",
            lambda: f"sqrtf(fabsf({a}))",
            lambda: f"floorf({a})",
            lambda: f"static_cast<float>({self.unsigned(depth - 1)} & 0xffffu)",
            lambda: f"({self.boolean(depth - 1)} ? {a} : {b})",
            lambda: f"static_cast<float>({self.double(depth - 1)})",
        ]
        if scope.single_loads:
            kinds += 2 * [lambda: draw.choice(scope.single_loads).format(self.unsigned(depth - 1))]
        return draw.choice(kinds)()

    def double(self, depth: int) -> str:
        draw = self.draw
        if depth <= 0:
            return draw.choice([*self.scope.double, f"{draw.randrange(-64, 64) / 16}"])
        return draw.choice(
            [
                lambda: f"({self.double(depth - 1)} {draw.choice(['+', '-', '*'])} {self.double(depth - 1)})",
                lambda: f"static_cast<double>({self.single(depth - 1)})",
                lambda: f"fma({self.double(depth - 1)}, {self.double(depth - 1)}, {self.double(depth - 1)})",
                lambda: f"static_cast<double>({self.unsigned(depth - 1)})",
            ]
        )()


class Statements:
    """Statements for one thread: assignments, branches, loops, switches, stores to cells of its own."""

    def __init__(self, draw: random.Random, numbers: list[int]) -> None:
        self.draw, self.numbers = draw, numbers
        self.names = 0

    def numbered(self, text: str, children: list[Statement] | None = None, close: str = "") -> Statement:
        self.numbers.append(len(self.numbers))
        return Statement(text, children or [], close, self.numbers[-1])

    def some(self, count: int, scope: Scope, stores: list[str], returns: bool, depth: int = 0) -> list[Statement]:
        """`stores`: texts with `{}` for an unsigned value; `returns`: a thread may return early."""
        draw, made = self.draw, []
        inner = scope.within([])
        for _ in range(count):
            e = Expressions(draw, inner)
            pick = draw.randrange(20)
            if pick < 5:
                target = draw.choice([name for name in inner.unsigned if re.fullmatch(r"u\d", name)])
                made.append(self.numbered(f"{target} {draw.choice(['=', '+=', '^=', '-=', '='])} {e.unsigned(3)};"))
            elif pick < 8:
                target = draw.choice([name for name in inner.single if re.fullmatch(r"f\d", name)])
                made.append(self.numbered(f"{target} {draw.choice(['=', '=', '+=', '*='])} {e.single(3)};"))
            elif pick < 9:
                made.append(self.numbered(f"d0 = {e.double(2)};"))
            elif pick < 13 and stores:
                made.append(self.numbered(draw.choice(stores).format(e.unsigned(3))))
            elif pick < 14:
                self.names += 1
                made.append(Statement(f"const unsigned v{self.names} = {e.unsigned(2)};"))
                inner.unsigned.append(f"v{self.names}")
            elif pick < 15 and returns:
                made.append(self.numbered(f"if (({e.unsigned(2)} & 15u) == {draw.randrange(16)}u) @return"))
            elif depth < 3:
                made += self._nested(e, inner, stores, returns, depth)
        return made

    def _nested(self, e: Expressions, scope: Scope, stores: list[str], returns: bool, depth: int) -> list[Statement]:
        draw = self.draw
        self.names += 1
        i = f"i{self.names}"

        def body(extra: list[str] | None = None) -> list[Statement]:
            return self.some(draw.randrange(1, 4), scope.within(extra or []), stores, returns, depth + 1)

        match draw.randrange(6):
            case 0:
                return [self.numbered(f"if ({e.boolean(2)}) {{", body(), "}")]
            case 1:
                both = [*body(), Statement("} else {"), *body()]
                return [self.numbered(f"if ({e.boolean(2)}) {{", both, "}")]
            case 2:
                fixed = f"const unsigned n{self.names} = {e.unsigned(1)} & 3u;"
                head = f"for (unsigned {i} = 0; {i} < n{self.names}; ++{i}) {{"
                leave = Statement(f"if (({e.unsigned(1)} & 7u) == 2u) {draw.choice(['break', 'continue'])};")
                return [Statement("{", [Statement(fixed), self.numbered(head, [*body([i]), leave], "}")], "}")]
            case 3:
                start = Statement(f"unsigned {i} = {e.unsigned(1)} & 3u;")
                step = Statement(f"--{i};")
                loop = self.numbered(f"while ({i} > 0) {{", [step, *body()], "}")
                return [Statement("{", [start, loop], "}")]
            case 4:
                start = Statement(f"int {i} = 2;")
                loop = self.numbered("do {", body(), f"}} while (--{i} > 0);")
                return [Statement("{", [start, loop], "}")]
            case _:
                cases = []
                for value in range(draw.randrange(1, 4)):
                    cases.append(Statement(f"case {value}u: {{", body(), "}" + draw.choice([" break;", " break;", ""])))
                cases.append(Statement("default: {", body(), "}"))
                return [self.numbered(f"switch ({e.unsigned(1)} % 5u) {{", cases, "}")]
