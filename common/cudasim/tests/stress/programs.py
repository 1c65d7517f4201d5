"""Random CUDA C++ programs, each with a sequential model of itself, many to a file:

    python -m common.cudasim.tests.stress.programs --seed 1 --count 20 -o programs.cu

The file's main runs every program and its model, compares their outputs bit for bit, and prints a line for each:
`program 7: digest 0123..`, or `program 7 DIFFERS: ..`, which also makes it end with 1. An argument runs that one alone.
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path

from .program_code import Expressions, Function, Scope, device, model
from .program_kernels import BINS, INPUTS, OUTPUTS, SINGLES, TABLE, Kernel, KernelMaker

PREAMBLE = (Path(__file__).resolve().parent / "program_preamble.cuh").read_text()


class Program:
    """One program: its functions, kernels and host code, all in a namespace of its own. The seed decides everything."""

    def __init__(self, seed: int, dropped: set[int] | None = None) -> None:
        self.seed, self.dropped = seed, dropped or set()
        self.draw = random.Random(f"program {seed}")
        self.numbers: list[int] = []  # of the statements that may be left out
        self.functions: list[Function] = []
        for i in range(self.draw.randrange(1, 4)):
            self.functions.append(self._function(i))
        maker = KernelMaker(self.draw, self.functions, self.numbers)
        self.kernels = [maker.make(f"k{i}") for i in range(self.draw.randrange(1, 4))]
        self.chained = [i > 0 and self.draw.randrange(2) == 0 for i in range(len(self.kernels))]
        self.launches = [self._launch(i, k) for i, k in enumerate(self.kernels)]

    def _function(self, i: int) -> Function:
        draw = self.draw
        scope = Scope(["a", "b"], ["1.5f", "static_cast<float>(a & 63u)"], ["2.25"], [], [], self.functions[:], False)
        e = Expressions(draw, scope)
        name, value = f"g{i}", e.unsigned(2)
        forms = [
            (f"@dev unsigned @fn_{name}(unsigned a, unsigned b) {{ return {value}; }}", f"@fn_{name}({{}}, {{}})"),
            (f"@dev unsigned @fn_{name}(unsigned a, unsigned b = 5u) {{\n  if (a > b) return {e.unsigned(1)};\n"
             f"  return {value};\n}}", f"@fn_{name}({{}}, {{}})"),
            (f"template <unsigned M>\n@dev unsigned @fn_{name}(unsigned a, unsigned b) {{ return {value} + M; }}",
             f"@fn_{name}<{draw.randrange(1, 99)}>({{}}, {{}})"),
            (f"template <class T, bool Odd>\nstruct @fn_{name} {{\n  @dev static unsigned of(T a, unsigned b) {{\n"
             f"    if constexpr (Odd) return {e.unsigned(1)};\n    return {value};\n  }}\n}};",
             f"(@fn_{name}<unsigned, (4 > {draw.randrange(8)})>::of({{}}, {{}}))"),
            # A recursion, at most eight deep.
            (f"@dev unsigned @fn_{name}(unsigned a, unsigned b) {{\n"
             f"  return (b & 7u) == 0u ? {value} : @fn_{name}(a * 3u + 1u, (b & 7u) - 1u);\n}}",
             f"@fn_{name}({{}}, {{}})"),
            (f"@dev unsigned @fn_{name}(unsigned a, unsigned b) {{\n  unsigned local[4] = {{a, b, a ^ b, 9u}};\n"
             f"  for (int i = 0; i < 4; ++i) local[(a + i) & 3u] += local[i] * {draw.randrange(1, 9)}u;\n"
             f"  return local[b & 3u];\n}}", f"@fn_{name}({{}}, {{}})"),
        ]  # fmt: skip
        definition, call = draw.choice(forms)
        return Function(definition, call, 2)

    def _launch(self, i: int, k: Kernel) -> str:
        """One launch, in one of the forms in which people write them."""
        draw = self.draw
        template = f"<{k.type}, {k.threads}>" if k.templated else ""
        name = draw.choice(["", f"program_{self.seed}::"]) + k.name + template
        arguments = f"in{i}, d_fin, d_out{i}, d_bins, p" + (f", {self._object()}" if k.function_object else "")
        (gx, gy), (bx, by, bz) = k.grid, k.block
        flat = gy == 1 and by == 1 and bz == 1
        extents = [(f"dim3({gx}, {gy})", f"dim3({bx}, {by}, {bz})"), (f"{{{gx}, {gy}}}", f"{{{bx}, {by}, {bz}}}")]
        grid, block = draw.choice(extents)
        if flat:
            grid = draw.choice([f"{gx}", f"({gx} * n + n - 1) / n", f"{gx * 4} >> 2", f"n > 0 ? {gx} : 1"])
            block = draw.choice([f"{bx}", f"dim3{{{bx}}}", f"{bx}u * sizeof(char)"])
        tail = f"{k.dynamic_words} * sizeof(unsigned), stream{i}"
        config = f"{grid}, {block}, {tail}"
        call = f"{name}<<<{config}>>>({arguments})"
        forms = [
            f"{call};",
            f"{name} <<< {grid}, /* <<<1, 1>>> */\n      {block},\n      // k<<<2, 2>>>(x)\n      {tail}\n"
            f"    >>> (\n      {arguments}\n    );",
            f"if (n > 0) {call}; else return false;",
            f"for (int once = 0; once < 1; ++once) {call};",
            f"[&] {{ {call}; }}();",
            f"(void)0, {call};",
            f"CHECK(({call}, cudaGetLastError()));",
            f"{name} CONFIGURED(({grid}), {block}, {tail})({arguments});" if "{" not in config else f"{call};",
        ]
        if not k.function_object:
            forms += [
                f"auto* const chosen = &{name};\n    chosen<<<{config}>>>({arguments});",
                f"(n > 1000000 ? nullptr : &{name})<<<{config}>>>({arguments});",
                f"struct {{ void (*kernel)(const unsigned*, const float*, unsigned*, unsigned*, Parameters); }} "
                f"entry{{{name}}};\n    entry.kernel<<<{config}>>>({arguments});",
            ]
        if not k.function_object and "{" not in config:
            forms.append(
                f"void* arguments[] = {{&in{i}, &d_fin, &d_out{i}, &d_bins, &p}};\n    CHECK(cudaLaunchKernel("
                f"reinterpret_cast<const void*>(&{name}), dim3({gx}, {gy}), dim3({bx}, {by}, {bz}), arguments,\n"
                f"                           {tail}));"
            )
        return f"  {{\n    {draw.choice(forms)}\n  }}"

    def _object(self) -> str:
        return f"Affine{{{(self.seed * 7) % 100}u, 3u}}"

    def text(self) -> str:
        seed = self.seed
        parts = [f"namespace program_{seed} {{", ""]
        parts += [f"__constant__ unsigned c_table[{TABLE}];", f"unsigned model_c_table[{TABLE}];"]
        parts += ["__device__ unsigned d_most;", "unsigned model_d_most;", ""]
        for function in self.functions:
            parts += [device(function.definition), model(function.definition), ""]
        for k in self.kernels:
            parts += [k.definition(self.dropped), "", k.model(self.dropped), ""]
        parts += ["bool run(unsigned long long* digest) {", *self._inputs(), *self._launches(), *self._comparison()]
        return "\n".join([*parts, "}", "", f"}}  // namespace program_{seed}", ""])

    def _inputs(self) -> list[str]:
        seed = self.seed
        lines = [
            f"  [[maybe_unused]] const unsigned n = {seed % 13 + 1};",
            f"  const auto in = numbers({seed}, {INPUTS});",
            f"  const auto fin = singles({seed}, {SINGLES});",
            f"  const auto values = numbers({seed} + 77, {TABLE});",
            f"  Parameters p{{{seed % 9}u, {seed % 31 / 4}f, {{3u, {seed}u, 0x{seed * 40503:x}u}}}};",
            f"  std::vector<unsigned> bins({BINS}), want_bins({BINS});",
            "  unsigned most = 0;",
            "  CHECK(cudaMemcpyToSymbol(c_table, values.data(), sizeof c_table));",
            "  CHECK(cudaMemcpyToSymbol(d_most, &most, sizeof most));",
            "  std::copy(values.begin(), values.end(), model_c_table);",
            "  model_d_most = 0;",
            "  unsigned* d_in = upload(in);",
            "  float* d_fin = upload(fin);",
            "  unsigned* d_bins = upload(bins);",
        ]
        for i, k in enumerate(self.kernels):
            length = max(INPUTS, k.threads * k.blocks * OUTPUTS)
            lines += [
                f"  auto out{i} = numbers({seed} + {i}, {length}), want{i} = out{i};",
                f"  unsigned* d_out{i} = upload(out{i});",
                f"  const unsigned* in{i} = {f'd_out{i - 1}' if self.chained[i] else 'd_in'};",
                f"  cudaStream_t stream{i} = nullptr;",
                f"  cudaEvent_t done{i};",
                f"  CHECK(cudaEventCreateWithFlags(&done{i}, cudaEventDisableTiming));",
            ]
            if (seed + i) % 3 != 0:
                flags = ["cudaStreamDefault", "cudaStreamNonBlocking"][(seed + i) % 2]
                lines.append(f"  CHECK(cudaStreamCreateWithFlags(&stream{i}, {flags}));")
        return [*lines, "  CHECK(cudaDeviceSynchronize());  // what was uploaded is there for every stream"]

    def _launches(self) -> list[str]:
        lines = []
        for i, launch in enumerate(self.launches):
            if self.chained[i]:
                lines.append(f"  CHECK(cudaStreamWaitEvent(stream{i}, done{i - 1}, 0));")
            lines += [launch, "  CHECK(cudaGetLastError());", f"  CHECK(cudaEventRecord(done{i}, stream{i}));"]
        return [*lines, "  CHECK(cudaDeviceSynchronize());"]

    def _comparison(self) -> list[str]:
        seed, lines, same = self.seed, [], []
        for i, k in enumerate(self.kernels):
            source = f"want{i - 1}.data()" if self.chained[i] else "in.data()"
            extents = f"{{{k.grid[0]}, {k.grid[1]}, {k.block[0]}, {k.block[1]}, {k.block[2]}}}"
            extra = f", {self._object()}" if k.function_object else ""
            lines += [
                f"  model_{k.name}({extents}, {source}, fin.data(), want{i}.data(), want_bins.data(), p{extra});",
                f"  download(out{i}, d_out{i});",
                f"  CHECK(cudaEventDestroy(done{i}));",
                f"  if (stream{i} != nullptr) CHECK(cudaStreamDestroy(stream{i}));",
            ]
            same.append(f'same({seed}, "out{i}", want{i}, out{i}, digest)')
        same.append(f'same({seed}, "bins", want_bins, bins, digest)')
        same.append(f'same({seed}, "most", {{model_d_most}}, {{most}}, digest)')
        lines += ["  download(bins, d_bins);", "  CHECK(cudaMemcpyFromSymbol(&most, d_most, sizeof most));"]
        lines += ["  CHECK(cudaFree(d_in));", "  CHECK(cudaFree(d_fin));"]
        return [*lines, f"  return {' & '.join(same)};"]


def source(programs: list[Program]) -> str:
    table = ",\n".join(f"    {{{p.seed}, &program_{p.seed}::run}}" for p in programs)
    main = f"static const Entry kPrograms[] = {{\n{table},\n}};\n\nint main(int argc, char** argv) {{\n"
    main += "  return run_all(kPrograms, std::size(kPrograms), argc, argv);\n}\n"
    return "\n".join([PREAMBLE, *[p.text() for p in programs], main])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1, help="of the first program")
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("-o", "--output", type=Path, required=True)
    options = parser.parse_args()
    if options.count < 1 or options.seed < 0:
        parser.error("--count may be 1 or more, and --seed 0 or more")
    options.output.write_text(source([Program(options.seed + i) for i in range(options.count)]))


if __name__ == "__main__":
    main()
