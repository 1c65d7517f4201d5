"""Random kernels, free of races by construction: each as CUDA C++, and as a sequential model of itself.

Barriers cut a kernel into phases. In each phase a shared array is either each thread's own cell, or read by all, or
changed by all through one commutative atomic function. In the model a phase is a loop over the block's threads, and
what stands between phases (barriers, loops and branches of the whole block, collectives of warps) is ordinary code.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from .program_code import Expressions, Function, Scope, Statement, Statements, device, model

INPUTS, SINGLES, TABLE, BINS, OUTPUTS = 257, 131, 16, 8, 4  # lengths; of outputs, each thread's
Render = Callable[[tuple, str], list[str]]  # of a node that is neither phase nor region, at an indentation
LOCALS = ["u0", "u1", "u2", "u3"]
SHAPES = [(1, 1, 1), (7, 1, 1), (32, 1, 1), (33, 1, 1), (64, 1, 1), (100, 1, 1), (128, 1, 1), (8, 8, 1), (16, 6, 1),
          (5, 7, 1), (4, 4, 4), (3, 5, 2), (32, 4, 1), (8, 2, 8), (256, 1, 1), (16, 16, 1), (31, 3, 2)]  # fmt: skip


@dataclass
class Shared:
    kind: str  # static, matrix (rows of `width`), struct, file or dynamic
    name: str
    width: int = 0

    def cell(self, index: str) -> str:
        if self.kind == "matrix":
            return f"{self.name}[({index}) / {self.width}u][({index}) % {self.width}u]"
        return f"{self.name}[{index}]" + (".value" if self.kind == "struct" else "")

    def declared(self, size: str, count: int) -> str:
        """As in a kernel, less __shared__."""
        if self.kind == "matrix":
            return f"unsigned {self.name}[{count // self.width}][{self.width}];"
        if self.kind == "struct":
            return f"Tagged {self.name}[{size}];"
        return f"unsigned {self.name}[{size}];"


@dataclass
class Kernel:
    name: str
    block: tuple[int, int, int]
    grid: tuple[int, int]
    templated: bool  # on a type T and a number N, the threads of a block
    function_object: bool  # its last parameter is one, of a deduced type
    type: str  # what T is
    shared: list[Shared] = field(default_factory=list)
    nodes: list[tuple] = field(default_factory=list)
    attributes: str = ""

    @property
    def threads(self) -> int:
        return self.block[0] * self.block[1] * self.block[2]

    @property
    def blocks(self) -> int:
        return self.grid[0] * self.grid[1]

    @property
    def dynamic_words(self) -> int:
        return self.threads * sum(s.kind == "dynamic" for s in self.shared)

    def parameters(self) -> str:
        texts = "const unsigned* in, const float* __restrict__ fin, unsigned* out, unsigned* bins, Parameters p"
        return texts + (", F f" if self.function_object else "")

    # As a kernel.

    def definition(self, dropped: set[int]) -> str:
        lines = []
        for s in self.shared:
            if s.kind == "file":
                lines.append(f"__shared__ {s.declared(f'{self.threads}', self.threads)}")
        templates = ["class T", "unsigned N"] * self.templated + ["class F"] * self.function_object
        if templates:
            lines.append(f"template <{', '.join(templates)}>")
        lines.append(f"__global__ {self.attributes}void {self.name}({self.parameters()}) {{")
        if not self.templated:
            lines.append(f"  using T = {self.type};")
            lines.append(f"  constexpr unsigned N = {self.threads};")
        dynamic = [s for s in self.shared if s.kind == "dynamic"]
        if dynamic:
            lines.append("  extern __shared__ unsigned all_dynamic[];")
        lines += [f"  unsigned* const {s.name} = all_dynamic + {i} * N;" for i, s in enumerate(dynamic)]
        for s in self.shared:
            if s.kind not in ("dynamic", "file"):
                lines.append(f"  __shared__ {s.declared('N', self.threads)}")
        lines += [
            "  const unsigned tid = threadIdx.x + blockDim.x * (threadIdx.y + blockDim.y * threadIdx.z);",
            "  const unsigned gid = (blockIdx.y * gridDim.x + blockIdx.x) * N + tid;",
            "  unsigned u0 = in[gid % 257u], u1 = tid, u2 = gid, u3 = 0, un = 0;",
            "  float f0 = fin[tid % 131u], f1 = p.scale;",
            "  double d0 = 0.5;",
        ]
        lines += self._render(self.nodes, dropped, "  ", self._device_node)
        return device("\n".join([*lines, "}"]))

    def _device_node(self, node: tuple, indent: str) -> list[str]:
        match node:
            case ("barrier", text):
                return [indent + text]
            case ("count", which, predicate):
                return [f"{indent}un = static_cast<unsigned>(__syncthreads_{which}({predicate}))"
                        + (";" if which == "count" else " != 0;")]  # fmt: skip
            case ("warp", name, form, value, _):
                return [f"{indent}{name} = {form.format(value)};"]
        raise AssertionError(node)

    # As a model.

    def model(self, dropped: set[int]) -> str:
        template = "template <class F>\n" if self.function_object else ""
        lines = [
            f"{template}void model_{self.name}(Extents e, {self.parameters()}) {{",
            f"  using T = {self.type};",
            f"  constexpr unsigned N = {self.threads};",
            "  std::vector<Thread> threads(N);",
            "  for (Place b : places(e)) {",
        ]
        for s in self.shared:
            lines.append(f"    {s.declared('N', self.threads)}")
        lines += [
            "    unsigned un = 0;",
            "    const auto each = [&](auto run) {",
            "      for (Thread& t : threads) {",
            "        if (!t.returned) run(t);",
            "      }",
            "    };",
            "    begin(threads, b, in, fin, p.scale);",
        ]
        lines += self._render(self.nodes, dropped, "    ", self._model_node)
        return model("\n".join([*lines, "  }", "}"]))

    BIND = (
        "const unsigned tid = t.tid, gid = t.gid; unsigned &u0 = t.u0, &u1 = t.u1, &u2 = t.u2, &u3 = t.u3;"
        " float &f0 = t.f0, &f1 = t.f1; double& d0 = t.d0;"
    )

    def _model_node(self, node: tuple, indent: str) -> list[str]:
        match node:
            case ("barrier", _):
                return []
            case ("count", which, predicate):
                total = {"count": "with", "and": "with == all", "or": "with > 0"}[which]
                return [
                    f"{indent}{{",
                    f"{indent}  unsigned with = 0, all = 0;",
                    f"{indent}  each([&](Thread& t) {{",
                    f"{indent}    {self.BIND}",
                    f"{indent}    ++all;",
                    f"{indent}    if ({predicate}) ++with;",
                    f"{indent}  }});",
                    f"{indent}  un = {total};",
                    f"{indent}}}",
                ]
            case ("warp", name, _, value, taken):
                return [
                    f"{indent}{{",
                    f"{indent}  std::vector<unsigned> given(N);",
                    f"{indent}  each([&](Thread& t) {{",
                    f"{indent}    {self.BIND}",
                    f"{indent}    given[tid] = {value};",
                    f"{indent}  }});",
                    f"{indent}  each([&](Thread& t) {{ t.{name} = {taken}; }});",
                    f"{indent}}}",
                ]
        raise AssertionError(node)

    # Both.

    def _render(self, nodes: list[tuple], dropped: set[int], indent: str, single: Render) -> list[str]:
        lines = []
        for node in nodes:
            if node[0] == "phase":
                inside = indent if single == self._device_node else indent + "  "
                statements = [line for s in node[1] for line in s.lines(dropped, inside)]
                if single == self._device_node:
                    lines += statements
                elif statements:
                    lines += [f"{indent}each([&](Thread& t) {{", f"{inside}{self.BIND}", *statements, f"{indent}}});"]
            elif node[0] == "region":  # a loop or branch of the whole block
                inner = self._render(node[2], dropped, indent + "  ", single)
                lines += [indent + node[1], *inner, indent + "}"]
            else:
                lines += single(node, indent)
        return lines


class KernelMaker:
    def __init__(self, draw: random.Random, functions: list[Function], numbers: list[int]) -> None:
        self.draw, self.functions, self.numbers = draw, functions, numbers
        self.loops = 0

    def make(self, name: str) -> Kernel:
        draw = self.draw
        block, grid = draw.choice(SHAPES), (draw.randrange(1, 4), draw.choice([1, 1, 2]))
        kinds = ["unsigned char", "unsigned short", "unsigned long long", "int"]
        self.kernel = k = Kernel(
            name, block, grid, draw.randrange(2) == 0, draw.randrange(3) == 0, draw.choice(kinds)
        )
        k.attributes = draw.choice(["", "", "static ", f"__launch_bounds__({k.threads}) "])
        if k.templated or k.function_object:
            k.attributes = k.attributes.replace("static ", "")
        widths = [w for w in (2, 3, 4, 5, 7, 8) if k.threads % w == 0]
        for i in range(draw.randrange(1, 5)):
            kind = draw.choice(["static", "static", "struct", "dynamic", "file"] + ["matrix"] * (len(widths) > 0))
            k.shared.append(Shared(kind, f"s{i}_{name}", draw.choice(widths) if kind == "matrix" else 0))
        self.returns = draw.randrange(3) == 0
        self.warps = k.threads % 32 == 0 and not self.returns
        self.statements = Statements(draw, self.numbers)
        first = [Statement(f"{s.cell('tid')} = in[(gid * {3 + i}u) % {INPUTS}u];") for i, s in enumerate(k.shared)]
        k.nodes += [("phase", first), ("barrier", "__syncthreads();")]
        k.nodes += self._phases(draw.randrange(1, 5), 0, [])
        last = [
            Statement(f"out[gid * {OUTPUTS}u] += u0 ^ u1;"),
            Statement(f"out[gid * {OUTPUTS}u + 1u] ^= u2 + u3 + un;"),
            Statement(f"out[gid * {OUTPUTS}u + 2u] += @fn_bits_of(f0) + @fn_bits_of(f1);"),
            Statement(f"out[gid * {OUTPUTS}u + 3u] += @fn_bits_of(static_cast<float>(d0))"
                      + "".join(f" + {s.cell('N - 1u - tid')}" for s in k.shared) + ";"),
        ]  # fmt: skip
        k.nodes += [("barrier", "__syncthreads();"), ("phase", last)]
        return k

    def _scope(self, loads: list[str], names: list[str]) -> Scope:
        loads = loads + [f"in[{{}} % {INPUTS}u]", f"@fn_c_table[({{}}) % {TABLE}u]", "p.table[({}) % 3u]"]
        loads += ["static_cast<unsigned>(static_cast<T>({} & 0x7fu))", "(({}) % N)"]
        if self.kernel.function_object:
            loads.append("f({})")
        unsigned = [*LOCALS, *LOCALS, "tid", "gid", "un", "p.n", *names]
        return Scope(unsigned, ["f0", "f1", "p.scale"], ["d0"], loads, [f"fin[({{}}) % {SINGLES}u]"], self.functions)

    def _phase(self, names: list[str]) -> tuple:
        draw, loads = self.draw, []
        stores = [f"out[gid * {OUTPUTS}u + {i}u] {draw.choice(['=', '+=', '^='])} {{}};" for i in range(OUTPUTS)]
        loads.append(f"out[gid * {OUTPUTS}u + 1u]")
        stores.append(f"{{{{ const unsigned w = {{}}; @fn_atomicAdd(&bins[w % {BINS}u], w >> 3); }}}}")
        stores.append("@fn_atomicMax(&@fn_d_most, {});")
        for s in self.kernel.shared:
            own = draw.choice(["tid", "N - 1u - tid"])
            match draw.randrange(3):
                case 0:
                    loads.append(s.cell(own))
                    stores += [f"{s.cell(own)} = {{}};", f"{s.cell(own)} += {{}};"]
                case 1:
                    loads += 2 * [s.cell("({}) % N").replace("{}", "{0}")]
                case _:
                    function = draw.choice(["atomicAdd", "atomicXor", "atomicMin", "atomicOr"])
                    cell = s.cell("w % N")
                    stores.append(f"{{{{ const unsigned w = {{}}; @fn_{function}(&{cell}, w * 5u); }}}}")
        scope = self._scope(loads, names)
        return ("phase", self.statements.some(draw.randrange(2, 7), scope, stores, self.returns))

    def _expressions(self, names: list[str]) -> Expressions:
        """Between phases: of the thread's own variables, since memory may be another's there."""
        return Expressions(self.draw, Scope([*LOCALS, "tid", *names], ["f0", "f1"], ["d0"], [], [], self.functions))

    def _warp(self, names: list[str]) -> tuple:
        draw, lane, value = self.draw, "t.tid % 32u", self._expressions(names).unsigned(2)
        width, n = draw.choice([2, 4, 8, 16, 32]), draw.randrange(32)
        forms = [
            (f"__shfl_xor_sync(0xffffffffu, {{}}, {n % width}, {width})", f"given[t.tid ^ {n % width}u]"),
            (f"__shfl_sync(0xffffffffu, {{}}, {n}, {width})", f"given[t.tid / {width}u * {width}u + {n % width}u]"),
            (f"__shfl_up_sync(0xffffffffu, {{}}, {n % 4}u)", f"given[{lane} < {n % 4}u ? t.tid : t.tid - {n % 4}u]"),
            (f"__shfl_down_sync(0xffffffffu, {{}}, {n}u)", f"given[{lane} + {n}u < 32u ? t.tid + {n}u : t.tid]"),
            ("warp_sum<unsigned>({})", "model_warp_sum(given, t.tid)"),
            ("__ballot_sync(0xffffffffu, ({}) & 1u)", "model_ballot(given, t.tid)"),
        ]
        form, taken = draw.choice(forms)
        return ("warp", draw.choice(LOCALS), form, value, taken)

    def _phases(self, count: int, depth: int, names: list[str]) -> list[tuple]:
        draw, nodes = self.draw, []
        for _ in range(count):
            nodes.append(self._phase(names))
            if self.warps and draw.randrange(2) == 0:
                nodes.append(self._warp(names))
            match draw.randrange(6):
                case 0 if depth < 2:
                    self.loops += 1
                    variable = f"r{self.loops}"
                    inner = self._phases(draw.randrange(1, 3), depth + 1, [*names, variable])
                    head = f"for (unsigned {variable} = 0; {variable} < {draw.randrange(1, 4)}u; ++{variable}) {{"
                    nodes += [self._barrier(), ("region", head, inner)]
                case 1 if depth < 2:
                    condition = draw.choice(["un % 2u == 0u", "(@bx + @by) % 2u == 1u", "p.n > 4u", "@gdx > 1u"])
                    inner = self._phases(draw.randrange(1, 3), depth + 1, names)
                    nodes += [self._barrier(), ("region", f"if ({condition}) {{", inner)]
                case 2:
                    predicate = self._expressions(names).boolean(2)
                    nodes.append(("count", draw.choice(["count", "and", "or"]), predicate))
            nodes.append(self._barrier())
        return nodes

    def _barrier(self) -> tuple:
        return ("barrier", self.draw.choice(["__syncthreads();", "__syncthreads();", "SYNC;", "wait_for_all();"]))
