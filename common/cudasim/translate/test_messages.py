"""What g++ says of code that the translator wrote is told of the learner's; a command line's slips are named."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from .test_simcc import HELLO, simcc, write

CLASS = "struct Foo { int a; Foo() : a(3) {} };\n"
# A text whose one line with a mistake has @ where the message must point, with and without checks; the errors.
MISTAKES = [
    (
        CLASS + "__global__ void k() { __shared__ Foo @f; f.a = 1; }",
        ["the __shared__ variable 'f' is of a class whose constructor sets it"],
    ),
    (
        CLASS + "__shared__ Foo @f;\n__global__ void k() { f.a = 1; }",
        ["the __shared__ variable 'f' is of a class whose constructor sets it"],
    ),
    (
        "struct Foo { int a; ~Foo() {} };\n__shared__ Foo @f;\n__global__ void k() { f.a = 1; }",
        ["the __shared__ variable 'f' is of a class with a destructor"],
    ),
    ("__global__ void k(int n) { __shared__ float s@[n]; s[0] = 1; }", ["storage size of 's' isn't constant"]),
    ("__global__ void k() { __shared__ @Missing s[4]; }", ["'Missing' does not name a type"]),
    ("__device__ @Missing v;", ["'Missing' does not name a type"]),
    ("__constant__ float c[@n];", ["'n' was not declared in this scope"]),
    ("typedef int R;\n__global__ R k(int* x) @{ return 1; }", ["a __global__ function returns void"]),
    ("struct S { __global__ void m(int* x) @{ *x = 1; } };", ["a __global__ function cannot be a member of a class"]),
    ("__global__ void k(int* x, ...) @{ *x = 1; }", ["a __global__ function takes no further arguments"]),
]


@pytest.mark.parametrize(("text", "errors"), MISTAKES, ids=[str(i) for i in range(len(MISTAKES))])
@pytest.mark.parametrize("flags", [[], ["--check"]], ids=["plain", "check"])
def test_errors_say_nothing_of_our_own(text: str, errors: list[str], flags: list[str], tmp_path: Path) -> None:
    write(tmp_path, a_cu=text.replace("@", ""))
    before = text[: text.index("@")]
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    said = simcc(*flags, "-c", "a.cu", where=tmp_path, status=1).stderr
    said = said.replace("‘", "'").replace("’", "'")
    heads = re.findall(r"^a\.cu:(\d+):(\d+): error: (.*)$", said, re.MULTILINE)
    assert len(heads) == len(errors), said
    assert all(error in head[2] for error, head in zip(errors, heads)), said
    assert int(heads[0][0]) == line and abs(int(heads[0][1]) - column) <= 2, (line, column, said)
    assert not re.search(r"cudasim|CUDASIM|constinit|__thread|registered|KernelPointer|template argument", said), said


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--chekc", "hello.cu"], "--chekc is no option of simcc's or of g++'s; did you mean --check?"),
        (["-check", "hello.cu"], "did you mean --check?"),
        (["--runs", "hello.cu"], "did you mean --run?"),
        (["--run-arg", "5", "hello.cu"], "did you mean --run-args?"),
        (["--use_fast_mat", "hello.cu"], "did you mean --use_fast_math?"),
        (["--run", "hello.cu", "5"], '5: there is no such file; arguments of the program come as one word: --run-args'),
        (["--run-args", "5", "hello.cu"], "the program is only built; add --run"),
    ],
)
def test_slips_on_the_command_line_are_named(words: list[str], message: str, tmp_path: Path) -> None:
    write(tmp_path, hello_cu=HELLO)
    said = simcc(*words, where=tmp_path, status=1).stderr
    assert said.startswith("simcc: error: ") and message in said and said.count("\n") == 1


def test_options_of_gxx_are_left_to_it(tmp_path: Path) -> None:
    write(tmp_path, hello_cu=HELLO)
    simcc("--param", "max-inline-insns-auto=10", "--coverage", "-fno-inline", "-c", "hello.cu", where=tmp_path)


def test_a_kernel_in_a_cpp_file_gets_a_hint(tmp_path: Path) -> None:
    write(tmp_path, a_cpp=HELLO, b_cpp="int main() { return missing; }\n")
    said = simcc("-c", "a.cpp", where=tmp_path, status=1).stderr
    assert said.splitlines()[-1].startswith("simcc: note: a.cpp holds a kernel or a launch")
    assert said.splitlines()[-1].endswith("call it a.cu, or put -x cu before it")
    assert "simcc: note" not in simcc("-c", "b.cpp", where=tmp_path, status=1).stderr
    simcc("-x", "cu", "-c", "a.cpp", where=tmp_path)
