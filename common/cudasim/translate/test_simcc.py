"""simcc from outside: options, files, exit statuses, dependency files, headers, and what g++'s messages become."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from pathlib import Path

import pytest

from .testing import CORPUS

SIMCC = Path(__file__).resolve().parents[1] / "simcc"
HELLO = """#include <cstdio>
__global__ void set(int* x, int value) { x[threadIdx.x] = value; }
int main() {
  int* x;
  cudaMalloc(&x, 32 * sizeof(int));
  set<<<1, 32>>>(x, 7);
  int host[32];
  cudaMemcpy(host, x, sizeof(host), cudaMemcpyDeviceToHost);
  cudaFree(x);
  std::printf("%d\\n", host[31]);
  return host[31] == 7 ? 0 : 1;
}
"""


def simcc(
    *words: str | Path, where: Path, status: int | None = 0, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Runs simcc in a folder and asserts its exit status; None means anything but 0."""
    command = [str(SIMCC), *map(str, words)]
    done = subprocess.run(
        command, cwd=where, capture_output=True, text=True, check=False, env=os.environ | {"LC_ALL": "C"} | environment
    )
    assert done.returncode == status if status is not None else done.returncode != 0, done.stderr
    return done


def run(program: Path) -> str:
    done = subprocess.run([program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def write(folder: Path, **files: str) -> None:
    """files: a_cu="..." is a.cu."""
    for name, text in files.items():
        stem, _, suffix = name.rpartition("_")
        (folder / f"{stem}.{suffix}").write_text(text)


# Programs


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.name)
@pytest.mark.parametrize("check", [False, True], ids=["plain", "check"])
def test_the_corpus_runs_without_a_word(path: Path, check: bool, tmp_path: Path) -> None:
    words = ["--check"] if check else ["-O2"]
    done = simcc(*words, "-Wall", "-Wextra", "-Werror", path, "-o", "prog", where=tmp_path)
    assert done.stderr == ""
    run(tmp_path / "prog")


def test_a_program_is_compiled_and_runs(tmp_path: Path) -> None:
    write(tmp_path, hello_cu=HELLO)
    simcc("hello.cu", where=tmp_path)
    assert run(tmp_path / "a.out") == "7\n"


ECHO = """#include <cstdio>
#include <cstdlib>
int main(int n, char** words) {
  for (int i = 1; i < n; ++i) std::printf("[%s]", words[i]);
  if (n == 1) std::abort();
  return n;
}
"""


RUN_ARGS = [("--run-args", "a 'b c'"), ("-run-args=a 'b c'",), ("-run-args", "a", "--run-args='b c'")]


@pytest.mark.parametrize("run_args", RUN_ARGS)
def test_run_passes_arguments_and_status_and_keeps_nothing(run_args: tuple[str, ...], tmp_path: Path) -> None:
    write(tmp_path, echo_cu=ECHO)
    assert simcc("--run", *run_args, "echo.cu", where=tmp_path, status=3).stdout == "[a][b c]"
    assert [file.name for file in tmp_path.iterdir()] == ["echo.cu"]
    simcc("-run", "echo.cu", "-o", "kept", where=tmp_path, status=128 + signal.SIGABRT)
    assert (tmp_path / "kept").is_file()


def test_run_needs_a_program(tmp_path: Path) -> None:
    write(tmp_path, echo_cu=ECHO)
    said = simcc("--run", "-c", "echo.cu", where=tmp_path, status=1).stderr
    assert said == "simcc: error: --run with -c: only a program that was linked can be run\n"
    said = simcc("--run-args", "x", "echo.cu", where=tmp_path, status=1).stderr
    assert said == "simcc: error: --run-args without --run: the program is only built; add --run\n"


def test_several_sources_objects_and_libraries_mix(tmp_path: Path) -> None:
    write(
        tmp_path,
        kernels_cu='#include "k.h"\n__global__ void set(int* x) { *x = 5; }\nvoid go(int* x) { set<<<1, 1>>>(x); }\n',
        k_h="#pragma once\nvoid go(int* x);\nint from_c(int a);\nint from_library(int a);\n",
        main_cc='#include <cuda_runtime.h>\n#include "k.h"\nint main() { int* x; cudaMallocManaged(&x, 4); go(x); '
        "cudaDeviceSynchronize(); return *x + from_library(1) - 7; }\n",
        other_cpp='#include "k.h"\nint from_library(int a) { return a + 1; }\n',
    )
    simcc("-c", "other.cpp", where=tmp_path)
    subprocess.run(["ar", "rcs", "libother.a", "other.o"], cwd=tmp_path, check=True)
    simcc("-dc", "kernels.cu", "-o", "kernels.o", where=tmp_path)
    simcc("main.cc", "kernels.o", "-L.", "-lother", "-lcudart", "-o", "prog", where=tmp_path)
    run(tmp_path / "prog")


def test_x_cu_makes_any_file_cuda(tmp_path: Path) -> None:
    write(tmp_path, hello_cpp=HELLO)
    simcc("-x", "cu", "hello.cpp", "-o", "prog", where=tmp_path)
    assert run(tmp_path / "prog") == "7\n"


def test_instrumented_objects_link_first(tmp_path: Path) -> None:
    """Of an inline function compiled plain and instrumented, the linker keeps the first it meets."""
    inline = "inline int twice(int a) { static volatile int b; b = a; return b * 2; }\n"
    write(
        tmp_path,
        twice_h=inline,
        plain_cc='#include "twice.h"\nint plain() { return twice(1); }\n',
        device_cu='#include "twice.h"\nint plain();\nint main() { return twice(2) + plain() - 6; }\n',
    )
    simcc("--check", "-c", "device.cu", where=tmp_path)
    simcc("-c", "plain.cc", where=tmp_path)
    done = simcc("--check", "--dry-run", "plain.o", "plain.cc", "device.o", "-o", "prog", where=tmp_path)
    objects = re.findall(r"\S+\.o", done.stdout.splitlines()[-1])
    assert objects[0] == "device.o"
    assert "-fsanitize" not in done.stdout.splitlines()[-1]


# Options


def test_help_and_version(tmp_path: Path) -> None:
    assert "simcc vector_add.cu -o vector_add" in simcc("--help", where=tmp_path).stdout
    assert "g++" in simcc("--version", where=tmp_path).stdout


def test_a_gpus_options_are_noted_and_ignored(tmp_path: Path) -> None:
    write(tmp_path, hello_cu=HELLO)
    options = ["-arch=sm_80", "-gencode", "arch=compute_80,code=sm_80", "-lineinfo", "--extended-lambda", "-rdc=true"]
    options += ["--expt-relaxed-constexpr", "-Xptxas", "-v", "-maxrregcount=32", "-use_fast_math", "--threads=2"]
    done = simcc(*options, "-c", "hello.cu", where=tmp_path)
    assert done.stderr.startswith("simcc: note: for a GPU's compiler, and ignored here: -arch=sm_80 -gencode arch=")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("options", "compiles_with"),
    [
        (["-DVALUE=3", "-D", "OTHER"], ["-DVALUE=3", "-DOTHER"]),
        (["-Xcompiler", "-Wall,-fPIC", "-Xcompiler=-O1"], ["-Wall", "-fPIC", "-O1"]),
        (["-Ione", "-I", "two", "--include-path=three"], ["-I one", "-I two", "-I three"]),
        (["-std=c++17"], ["-std=c++20"]),
        (["--std=c++23"], ["-std=c++23"]),
        ([], ["-std=gnu++20"]),
        (["-Werror", "all-warnings"], ["-Werror"]),
        (["-G"], ["-g -O0"]),
        (["-march=native", "-fno-math-errno"], ["-march=native", "-fno-math-errno"]),
        (["--check", "-O3"], ["-O3 ", "-O1 -fno-tree-sra -fno-reorder-blocks -fsanitize=thread"]),
    ],
)
def test_options_reach_gxx(options: list[str], compiles_with: list[str], tmp_path: Path) -> None:
    write(tmp_path, hello_cu=HELLO)
    command = simcc(*options, "--dry-run", "-c", "hello.cu", where=tmp_path).stdout
    assert [flag for flag in compiles_with if flag not in command] == []
    assert command.count("\n") == 1
    assert not (tmp_path / "hello.o").exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "no input files"),
        (["missing.cu"], "missing.cu: there is no such file"),
        (["missing.o"], "missing.o: there is no such file"),
        (["folder.cu"], "folder.cu is a folder"),
        (["binary.cu"], "binary.cu is no source file: it holds a zero byte at offset 3"),
        (["hello.cu", "-o"], "-o wants a value after it"),
        (["hello.cu", "-o", "folder.cu"], "-o folder.cu is a folder"),
        (["-c", "hello.cu", "other.cu", "-o", "a.o"], "-o a.o with -c and 2 sources"),
        (["--profile", "hello.cu"], "--profile is not there yet"),
        (["-ptx", "hello.cu"], "-ptx asks for a GPU's code"),
        (["hello.cu", "-lcudnn"], "-lcudnn is NVIDIA's"),
        (["-"], "standard input is not supported"),
        (["header.cuh"], "header.cuh is no source file that can be compiled alone"),
    ],
)
def test_a_wrong_command_line_is_refused_in_words(words: list[str], message: str, tmp_path: Path) -> None:
    write(tmp_path, hello_cu=HELLO, other_cu="int other;\n", header_cuh="")
    (tmp_path / "folder.cu").mkdir()
    (tmp_path / "binary.cu").write_bytes(b"int\0")
    done = simcc(*words, where=tmp_path, status=1)
    assert message in done.stderr
    assert done.stderr.startswith("simcc: error: ")
    assert "Traceback" not in done.stderr


def test_an_empty_file_compiles(tmp_path: Path) -> None:
    write(tmp_path, empty_cu="")
    simcc("-c", "empty.cu", where=tmp_path)
    assert (tmp_path / "empty.o").exists()


def test_a_file_that_is_not_utf8_compiles(tmp_path: Path) -> None:
    (tmp_path / "latin.cu").write_bytes(b"// gr\xf6\xdfe\n" + HELLO.encode() + b'const char* s = "\xf6";\n')
    simcc("latin.cu", where=tmp_path)
    assert run(tmp_path / "a.out") == "7\n"


def test_keep_leaves_the_translation(tmp_path: Path) -> None:
    write(tmp_path, hello_cu=HELLO)
    simcc("--keep", "-c", "hello.cu", where=tmp_path)
    kept = (tmp_path / "hello.cudasim.cc").read_text().split("\n")
    assert kept[0] == '#line 1 "hello.cu"'
    assert len(kept) == len(HELLO.split("\n")) + 1


def test_preprocessing_names_the_file(tmp_path: Path) -> None:
    write(tmp_path, hello_cu=HELLO + "const char* file = __FILE__; int line = __LINE__;\n")
    out = simcc("-E", "hello.cu", where=tmp_path).stdout
    assert f'const char* file = "hello.cu"; int line = {HELLO.count(chr(10)) + 1};' in out


def test_temporary_files_are_removed_also_when_stopped(tmp_path: Path) -> None:
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    write(tmp_path, hello_cu=HELLO, wrong_cu="int a = ;\n")
    simcc("-c", "hello.cu", where=tmp_path, TMPDIR=str(temporary))
    simcc("-c", "wrong.cu", where=tmp_path, status=1, TMPDIR=str(temporary))
    # A compiler that waits for us to interrupt it, and says when it has started.
    fifo = tmp_path / "started"
    os.mkfifo(fifo)
    slow = tmp_path / "slow"
    slow.write_text(f"#!/bin/sh\necho started > {fifo}\nexec sleep 100\n")
    slow.chmod(0o755)
    for number, status in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
        environment = os.environ | {"CUDASIM_CXX": str(slow), "TMPDIR": str(temporary)}
        process = subprocess.Popen(
            [SIMCC, "-c", "hello.cu"],
            cwd=tmp_path,
            env=environment,
        )
        fifo.read_text()
        process.send_signal(number)
        assert process.wait(timeout=30) == status
    assert list(temporary.iterdir()) == []


def test_a_missing_compiler_is_named(tmp_path: Path) -> None:
    write(tmp_path, hello_cu=HELLO)
    done = simcc("-c", "hello.cu", where=tmp_path, status=1, CUDASIM_CXX="no-such-g++")
    assert "no-such-g++ is not there" in done.stderr


# Headers


def project(folder: Path) -> None:
    """A main file, and headers that need translation, include ones that do, or neither."""
    (folder / "src/detail").mkdir(parents=True)
    (folder / "include/lib").mkdir(parents=True)
    (folder / "src/main.cu").write_text(
        '#include "kernels.cuh"\n#include <lib/launch.h>\n#include "plain.h"\n'
        "int main() {\n  int* x; cudaMallocManaged(&x, 64);\n  launch(x);\n  launch_lib(x + 1);\n"
        "  cudaDeviceSynchronize();\n  return x[0] + x[1] - 2 * plain() - once;\n}\n"
    )
    (folder / "src/kernels.cuh").write_text(
        '#pragma once\n#include "detail/set.cuh"\ninline void launch(int* x) {\n  set<<<1,\n'
        "        1>>>(x, plain());\n}\n"
    )
    (folder / "src/detail/set.cuh").write_text(
        '#pragma once\n#include "../plain.h"\n#include "plain.h"\n'
        "__global__ void set(int* x, int n) { extern __shared__ int s[]; s[0] = n; *x = s[0] + once - once; }\n"
    )
    (folder / "src/detail/plain.h").write_text("#pragma once\ninline constexpr int once = 0;\n")
    (folder / "src/plain.h").write_text("#pragma once\ninline int plain() { return 4; }\n")
    (folder / "include/lib/launch.h").write_text(
        '#pragma once\n#include "between.h"\ninline void launch_lib(int* x) { between(x); }\n'
    )
    (folder / "include/lib/between.h").write_text(
        "#pragma once\n__global__ void kernel_of_lib(int* x) { *x = 4; }\n"
        "inline void between(int* x) { kernel_of_lib<<<1, 1>>>(x); }\n"
    )


def test_headers_are_translated_where_they_lie(tmp_path: Path) -> None:
    project(tmp_path)
    simcc("-Iinclude", "-Wall", "-Werror", "src/main.cu", "-o", "prog", where=tmp_path)
    run(tmp_path / "prog")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["include", "prog", "src"]


@pytest.mark.parametrize(
    ("words", "file"),
    [
        (["-MD", "-MF", "deps", "-c", "src/main.cu", "-o", "out.o"], "deps"),
        (["-MD", "-c", "src/main.cu", "-o", "out.o"], "out.d"),
        (["-MM", "-MT", "out.o", "src/main.cu"], None),
        (["-MMD", "-MP", "-c", "src/main.cu", "-o", "out.o"], "out.d"),
    ],
)
def test_dependencies_name_the_originals(words: list[str], file: str | None, tmp_path: Path) -> None:
    project(tmp_path)
    done = simcc("-Iinclude", *words, where=tmp_path)
    text = (tmp_path / file).read_text() if file else done.stdout
    target, _, rest = text.partition(":")
    assert target == "out.o"
    rest = rest.split("\n\n")[0].replace("\\\n", " ").partition("\n")[0]
    named = {os.path.normpath(name) for name in rest.split() if not name.startswith("/")}
    headers = ["src/kernels.cuh", "src/detail/set.cuh", "src/detail/plain.h", "src/plain.h"]
    assert named == {"src/main.cu", *headers, "include/lib/launch.h", "include/lib/between.h"}
    assert "simcc-" not in text


def test_an_error_in_a_header_names_the_header(tmp_path: Path) -> None:
    project(tmp_path)
    path = tmp_path / "src/detail/set.cuh"
    path.write_text(path.read_text().replace("*x = s[0]", "*x = s[0] + missing"))
    done = simcc("-Iinclude", "-c", "src/main.cu", where=tmp_path, status=1)
    column = path.read_text().split("\n")[3].index("missing") + 1
    assert f"src/detail/set.cuh:4:{column}: error: 'missing' was not declared in this scope" in done.stderr
    assert "In file included from src/kernels.cuh:2,\n                 from src/main.cu:1:\n" in done.stderr
    assert "simcc-" not in done.stderr


def test_nvidias_headers_do_not_hide_ours(tmp_path: Path) -> None:
    write(tmp_path, hello_cu=HELLO, cuda_runtime_api_h="#error NVIDIA\n", cuda_runtime_h="#error NVIDIA\n")
    done = simcc("-I.", "-c", "hello.cu", where=tmp_path)
    assert "-I. holds NVIDIA's headers and is left out" in done.stderr


# Messages


def errors(text: str, folder: Path, *options: str) -> str:
    write(folder, a_cu=text)
    said = simcc(*options, "-c", "a.cu", where=folder, status=1).stderr
    assert not re.search(r"cudasim|CUDASIM|lambda|/tmp|required from here", said), said
    return said


K = "__global__ void k(float* x, int n) { x[0] = n; }\ntemplate <class T> __global__ void kt(T* x, T n) { *x = n; }\n"


@pytest.mark.parametrize(
    ("line", "message", "caret"),
    [
        ("k<<<1, 2>>>(p, 3)", "cannot convert 'int*' to 'float*' in argument passing", "p"),
        ('k<<<1, 2>>>(f, "3")', "invalid conversion from 'const char*' to 'int'", '"3"'),
        ("k<<<1, 2>>>(f, 3, 4)", "too many arguments to function", "(f, 3, 4)"),
        ("k<<<1, 2>>>(f)", "too few arguments to function", "(f)"),
        ("k<<<1, nobody>>>(f, 3)", "'nobody' was not declared in this scope", "nobody"),
        ('k<<<"1", 2>>>(f, 3)', "invalid conversion from 'const char*' to 'unsigned int'", '"1"'),
        ("kx<<<1, 2>>>(f, 3)", "'kx' was not declared in this scope", "kx"),
        ("(void)k<<<1, 2>>>(f, 3), k<<<3, 4>>>(f, other)", "'other' was not declared in this scope", "other"),
        ("kt<<<1, 2>>>(f, p)", "no matching function for call to 'kt(float*, int*)'", "kt"),
        ("kt<float><<<1, 2>>>(p, 3)", "cannot convert 'int*' to 'float*' in argument passing", "p"),
        ("kt<<<1, 2>>>({f}, 3)", "braces need a type before them", None),
    ],
)
def test_an_error_in_a_launch_is_told_at_its_place(line: str, message: str, caret: str | None, tmp_path: Path) -> None:
    source = f"\t{line};  // größe"
    said = errors(K + f"void f(int* p, float* f) {{\n{source}\n}}\n", tmp_path)
    head = next(row for row in said.splitlines() if "error:" in row)
    assert message in head
    assert said.count("error:") == 1
    if caret:
        column = source.encode().index(caret.encode()) + 1
        assert head.startswith(f"a.cu:4:{column}: error:")
        rows = said.splitlines()[said.splitlines().index(head) + 1 :]
        shown = rows[0].index(caret)
        assert rows[1].index("^") == shown


@pytest.mark.parametrize(
    "body",
    [
        "int i = 0\n  if (i < n) x[i] = 1;",
        "x[0] = nowhere_to_be_found;",
        "for (int i = 0; i < n; ++i { x[i] = 1; }",
        "return 1;",
        "x->y = 3;",
        'float s = x[0] + "a";',
        "}",
    ],
)
def test_messages_are_those_of_plain_cxx(body: str, tmp_path: Path) -> None:
    """Word for word what g++ says of the same function without CUDA's words in it."""
    kernel = f"            void k(float* x, int n) {{\n  {body}\n}}\nint last;\n"
    said = errors(kernel.replace("            void", "__global__  void"), tmp_path)
    (tmp_path / "a.cc").write_text(kernel)
    command = ["g++", "-std=gnu++20", "-c", "a.cc", "-o", os.devnull]
    plain = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, env=os.environ | {"LC_ALL": "C"}, check=False
    )
    assert said == plain.stderr.replace("a.cc", "a.cu").replace("            void", "__global__  void")


def test_an_undefined_reference_names_the_source(tmp_path: Path) -> None:
    write(tmp_path, a_cu="void elsewhere();\nint main() { elsewhere(); }\n")
    said = simcc("a.cu", where=tmp_path, status=1).stderr
    assert "a.cu: in function `main'" in said
    assert "undefined reference to `elsewhere()'" in said
    assert "simcc-" not in said


def test_translators_errors_look_like_gxxs(tmp_path: Path) -> None:
    said = errors(K + "void f(float* x) {\n\tk<<<1, 2>>(x, 1);\n}\n", tmp_path)
    assert said.splitlines()[0].startswith("a.cu:4:3: error: this <<< is not closed by a >>>")
    assert said.splitlines()[1:] == ["    4 | \tk<<<1, 2>>(x, 1);", "      | \t ^"]


def test_an_unterminated_comment_is_told_where_it_starts(tmp_path: Path) -> None:
    said = errors("int a;\n  /* never\n\n", tmp_path)
    assert said == "a.cu:2:3: error: unterminated comment\n    2 |   /* never\n      |   ^\n"
    write(tmp_path, h_cuh='#pragma once\n__global__ void k();\nconst char* s = R"x(never)";\n')
    said = errors('#include "h.cuh"\n', tmp_path)
    assert said.startswith("h.cuh:3:17: error: unterminated raw string\n")


def test_ptx_says_that_a_gpu_is_needed(tmp_path: Path) -> None:
    said = errors('__global__ void k() {\n  asm("wgmma.fence.sync.aligned;");\n}\n', tmp_path)
    assert said.splitlines()[1] == (
        "a.cu:2:3: error: inline PTX that needs a GPU; the simulator has none: wgmma.fence.sync.aligned;"
    )


def test_clusters_say_that_a_gpu_is_needed(tmp_path: Path) -> None:
    said = errors("__global__ void __cluster_dims__(2, 1, 1) k() {}\n", tmp_path)
    assert said.splitlines()[0] == (
        "a.cu:1:11: error: thread block clusters need a GPU; the simulator has none"
    )


def test_ptx_that_is_not_compiled_is_no_error(tmp_path: Path) -> None:
    write(tmp_path, a_cu='#ifdef __CUDA_ARCH__\n__device__ void f() { asm("wgmma.fence.sync.aligned;"); }\n#endif\n')
    simcc("-c", "a.cu", where=tmp_path)


def test_unknown_pragmas_are_silent(tmp_path: Path) -> None:
    pragmas = "#pragma unroll\n#pragma unroll 4\n#pragma nv_diag_suppress 177\n"
    write(tmp_path, a_cu=f"__global__ void k(int* x) {{\n{pragmas}for (int i = 0; i < 4; ++i) x[i] = i;\n}}\n")
    assert simcc("-Wall", "-Wextra", "-c", "a.cu", where=tmp_path).stderr == ""


def test_warnings_keep_their_places(tmp_path: Path) -> None:
    write(tmp_path, a_cu=K + "void f(float* x) {\n  k<<<1, 2>>>(x, 1); int unused;\n}\n")
    said = simcc("-Wall", "-c", "a.cu", where=tmp_path).stderr
    assert "a.cu:4:26: warning: unused variable 'unused' [-Wunused-variable]" in said


def test_colours_are_as_asked(tmp_path: Path) -> None:
    write(tmp_path, a_cu="int a = b;\n")
    plain = simcc("-c", "a.cu", where=tmp_path, status=1).stderr
    colored = simcc("-fdiagnostics-color=always", "-c", "a.cu", where=tmp_path, status=1).stderr
    assert "\033[" not in plain
    assert "\033[1;31merror:\033[0m" in colored
    assert re.sub(r"\033\[[0-9;]*m", "", colored) == plain


def test_a_cache_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    write(tmp_path, hello_cu=HELLO)
    bad = tmp_path / "hello.cu" / "cache"
    done = simcc("hello.cu", where=tmp_path, status=1, CUDASIM_CACHE=str(bad))
    assert "set CUDASIM_CACHE to a folder that can be written" in done.stderr
