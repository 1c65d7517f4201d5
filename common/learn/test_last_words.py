"""What is said of a program that a signal ended: each is made, compiled with both compilers, and run.

The learner's file of these tests holds every way to die, one function each, and is called from
another file, as a test calls an exercise.
"""

from __future__ import annotations

import re
import resource
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from common.learn.exercise import ROOT
from common.learn.last_words import STACK, LastWords, plain_function, program_addresses, read

SHOWN_AS = "work/phase1_cpu/week02_losses/softmax.cc"
LIMIT_S = 30  # for what ends by itself

LEARNER = r"""
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <map>
#include <span>
#include <stdexcept>
#include <thread>
#include <vector>
#include "ways.h"
namespace nn::basic {
volatile int zero = 0, one = 1;
int* volatile nowhere = nullptr;

void loop() {
  for (int i = 0; i < 10; i += zero) zero = 0;  // loop
}
void loop_in_std() {
  std::vector<int> v{1, 2, 3};
  while (one) std::sort(v.begin(), v.end(), std::greater<int>());  // loop_in_std
}
void loop_in_malloc() {
  void* volatile p = malloc(kStuckBytes);  // loop_in_malloc
  one = p != nullptr;
}
void loop_in_thread() {
  std::thread worker([] {
    while (one) zero = 0;  // loop_in_thread
  });
  worker.join();
}
void null_read() {
  one = *nowhere;  // null_read
}
void null_write() {
  nowhere[3] = 1;  // null_write
}
void wild() {
  int* volatile p = reinterpret_cast<int*>(0x7123456000);
  *p = 1;  // wild
}
void no_address() {
  int* volatile p = reinterpret_cast<int*>(0x8123456789abcdef);
  one = *p;  // no_address
}
void thread_crash() {
  std::thread([] {
    nowhere[0] = 1;  // thread_crash
  }).join();
}
int deeper(int n) {
  volatile int keep[16] = {n};
  one = static_cast<int*>(malloc(4)) != nullptr;
  return deeper(n + 1) + keep[zero];  // recursion
}
void recursion() { one = deeper(0); }
void large_local() {
  volatile char local[64 << 20];
  std::memset(const_cast<char*>(local), one, sizeof(local));  // large_local
  one = local[zero];
}
void ruined() {
  volatile char local[16];
  volatile char* volatile p = local;
  for (int i = 0; i < 2000; ++i) p[i] = 'A';
}
void division() {
  one = 10 / zero;  // division
}
void remainder() {
  one = 10 % zero;  // remainder
}
void trap() {
  __builtin_trap();  // trap
}
void span_index() {
  std::vector<double> v(3);
  std::span<double> s(v);
  s[static_cast<std::size_t>(one) * 3] = 1;  // span_index
}
void vector_index() {
  std::vector<double> v(3);
  v[static_cast<std::size_t>(one) * 3] = 1;  // vector_index
}
void empty_back() {
  std::vector<int> v(static_cast<std::size_t>(zero));
  one = v.back();  // empty_back
}
void double_free() {
  void* volatile p = malloc(100000);
  free(p);
  free(p);  // double_free
  one = 2;
}
void heap_overrun() {
  volatile char* p = static_cast<char*>(malloc(24));
  for (int i = 0; i < 48; ++i) p[i] = 'A';
  void* volatile q = malloc(5000);  // heap_overrun
  one = q != nullptr;
}
void bad_alloc() noexcept {
  std::vector<double> v(static_cast<std::size_t>(one) << 58); one = static_cast<int>(v[0]); }  // bad_alloc
void after_bad_alloc() {
}
void uncaught() noexcept {
  throw std::runtime_error("the loss is NaN");  // uncaught
}
}
"""
WAYS = re.findall(r"^void (\w+)\(\)", LEARNER, re.MULTILINE)
HEADER = (
    "#pragma once\nconstexpr unsigned long kStuckBytes = 12345;\nnamespace nn::basic {\n"
    + "".join(f"void {way}(){' noexcept' if way in ('bad_alloc', 'uncaught') else ''};\n" for way in WAYS)
    + "}\n"
)
CALLER = (
    '#include <cstdio>\n#include <cstring>\n#include <sys/wait.h>\n#include <unistd.h>\n#include "ways.h"\n'
    # A malloc that one caller holds for ever: whoever else asks, a signal handler too, waits in vain.
    'extern "C" void* __libc_malloc(size_t);\nstatic volatile int held = 0;\n'
    'extern "C" void* malloc(size_t bytes) {\n'
    "  if (bytes == kStuckBytes) held = 1;\n  while (held) {}\n  return __libc_malloc(bytes);\n}\n"
    "int main(int, char** argv) {\n"
    + "".join(f'  if (std::strcmp(argv[1], "{way}") == 0) nn::basic::{way}();\n' for way in WAYS)
    + '  if (std::strcmp(argv[1], "elsewhere") == 0) { for (volatile int i = 0; i < 10;) i = 0; }\n'
    + '  if (std::strcmp(argv[1], "child") == 0) { if (fork() == 0) nn::basic::null_read(); wait(nullptr); }\n'
    + '  if (std::strcmp(argv[1], "nothing") == 0) std::puts("done");\n  return 0;\n}\n'
)


class Program:
    def __init__(
        self, compiler: str, level: str, folder: Path, flags: tuple[str, ...] = ("-g1", "-gdwarf-4")
    ) -> None:
        self.folder, self.source, self.path = folder, folder / "softmax.cc", folder / "program"
        self.source.write_text(LEARNER)
        (folder / "ways.h").write_text(HEADER)
        (folder / "caller.cc").write_text(CALLER)
        base = [compiler, "-std=c++20", level, *flags]
        quiet = ["-D_GLIBCXX_ASSERTIONS", "-w"]
        for name in ("softmax.cc", "caller.cc"):
            subprocess.run([*base, *quiet, "-c", folder / name, "-o", folder / f"{name}.o"], check=True)
        subprocess.run(
            [
                compiler,
                "-std=c++20",
                "-O2",
                "-Wall",
                "-Wextra",
                "-Wpedantic",
                "-Wconversion",
                "-Wshadow",
                "-Werror",
                *(["-Wno-sign-conversion"] if compiler == "clang++" else []),
                "-c",
                ROOT / "common/learn/last_words.cc",
                "-o",
                folder / "last_words.o",
            ],
            check=True,
        )
        subprocess.run(
            [
                *base,
                *(folder / f"{name}.o" for name in ("softmax.cc", "caller.cc", "last_words")),
                "-pthread",
                "-o",
                self.path,
            ],
            check=True,
        )

    def line(self, way: str) -> int:
        """The line that says `// way`."""
        return next(n for n, line in enumerate(LEARNER.splitlines(), 1) if line.endswith(f"// {way}"))

    def run(self, way: str, env: dict[str, str], busy_s: float = 0) -> subprocess.CompletedProcess[str]:
        """Runs to its end; with busy_s, sends SIGALRM once it has used that much processor time."""
        before = [self.path, way]
        small = lambda: resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # noqa: E731
        process = subprocess.Popen(
            before,
            env={"PATH": "/usr/bin:/bin", **env},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=self.folder,
            preexec_fn=small,
        )
        if busy_s:
            while (
                self.cpu_s(process.pid) < busy_s or not self.listens(process.pid)
            ) and process.poll() is None:
                pass
            process.send_signal(signal.SIGALRM)
        try:
            out, err = process.communicate(timeout=LIMIT_S)
        finally:
            process.kill()
        return subprocess.CompletedProcess(before, process.returncode, out, err)

    @staticmethod
    def cpu_s(pid: int) -> float:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return float("inf")
        return (int(fields[11]) + int(fields[12])) / 100

    @staticmethod
    def listens(pid: int) -> bool:
        """Whether the process has a handler for SIGALRM."""
        caught = re.search(r"SigCgt:\s*(\w+)", Path(f"/proc/{pid}/status").read_text())
        return caught is not None and bool(int(caught[1], 16) >> (signal.SIGALRM - 1) & 1)

    def words(self, way: str, busy_s: float = 0) -> tuple[LastWords | None, subprocess.CompletedProcess[str]]:
        file = self.folder / "words"
        file.unlink(missing_ok=True)
        done = self.run(way, {"NN_LAST_WORDS": str(file)}, busy_s)
        return read(file, self.path, self.source, SHOWN_AS), done


@pytest.fixture(scope="module", params=[f"{c} {o}" for c in ("g++", "clang++") for o in ("-O0", "-O1", "-O2")])
def program(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Program:
    compiler, level = request.param.split()
    for tool in (compiler, "addr2line"):
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is not installed: what its programs say at their end is not tested here")
    return Program(compiler, level, tmp_path_factory.mktemp("program"))


def heard(program: Program, way: str, number: int, busy_s: float = 0, line: str = "") -> tuple[LastWords, str]:
    """The program's last words, after the checks that hold for all."""
    words, done = program.words(way, busy_s)
    assert done.returncode == -number, done.stderr
    assert words is not None and words.signal == number and words.complete
    assert (words.line, words.file) == (program.line(line or way), SHOWN_AS), words
    sentence = words.sentence(10, done.stderr)
    assert f"{SHOWN_AS}:{words.line}" in sentence and str(program.folder) not in sentence
    return words, sentence


@pytest.mark.parametrize("way", ["loop", "loop_in_std", "loop_in_malloc"])
def test_an_endless_loop_is_found_by_the_alarm(program: Program, way: str) -> None:
    words, sentence = heard(program, way, signal.SIGALRM, busy_s=0.05)
    assert words.function == way
    assert sentence.startswith(
        f"still running after 10 s; it was at {SHOWN_AS}:{words.line} in {way}: an endless loop, usually"
    )


def test_an_endless_loop_in_another_thread_is_found_too(program: Program) -> None:
    words, _ = heard(program, "loop_in_thread", signal.SIGALRM, busy_s=0.05)
    assert words.function in ("loop_in_thread", "operator()")


def test_an_endless_loop_outside_the_learners_file_is_said_to_be_there(program: Program) -> None:
    words, done = program.words("elsewhere", busy_s=0.05)
    assert words is not None and words.line == 0
    assert (
        f"caller.cc:{1 + CALLER[: CALLER.index('elsewhere')].count(chr(10))} in main, not in {SHOWN_AS}"
        in words.sentence(10)
    )


@pytest.mark.parametrize(
    ("way", "what"),
    [
        ("null_read", "reading through a null pointer"),
        ("null_write", "writing through a null pointer"),
        ("wild", "writing memory that is not the program's; usually an index outside"),
        ("no_address", "at an address that no memory has"),
        ("thread_crash", "writing through a null pointer"),
    ],
)
def test_a_segmentation_fault_is_explained(program: Program, way: str, what: str) -> None:
    _, sentence = heard(program, way, signal.SIGSEGV)
    assert sentence.startswith(f"stopped by a segmentation fault at {SHOWN_AS}:")
    assert what in sentence


def test_endless_recursion_is_told_from_other_faults(program: Program) -> None:
    words, sentence = heard(program, "recursion", signal.SIGSEGV)
    assert words.stack_used_up and words.function == "deeper"
    assert (
        sentence.startswith(f"the stack was used up at {SHOWN_AS}:") and "calls itself without end" in sentence
    )


def test_a_local_array_of_megabytes_is_no_recursion(program: Program) -> None:
    words, done = program.words("large_local")
    assert done.returncode == -signal.SIGSEGV and words is not None
    assert words.stack_used_up and words.function == "large_local"
    assert "a local array of megabytes" in words.sentence()


def test_a_stack_that_was_written_over_leaves_at_least_the_signal(program: Program) -> None:
    words, done = program.words("ruined")
    assert done.returncode == -signal.SIGSEGV and words is not None and words.signal == signal.SIGSEGV
    assert words.sentence(stderr=done.stderr).startswith("stopped by a segmentation fault at ")


@pytest.mark.parametrize("way", ["division", "remainder"])
def test_division_by_zero(program: Program, way: str) -> None:
    _, sentence = heard(program, way, signal.SIGFPE)
    assert sentence.startswith(f"integer division by zero at {SHOWN_AS}:")


def test_an_instruction_that_does_not_exist(program: Program) -> None:
    _, sentence = heard(program, "trap", signal.SIGILL)
    assert "ended without return" in sentence


@pytest.mark.parametrize(
    ("way", "what"),
    [
        ("span_index", "std::span index outside [0, size) at "),
        ("vector_index", "std::vector index outside [0, size) at "),
        ("vector_index", "row and column swapped, or a vector that was never given a size"),
        ("empty_back", "std::vector: the first or last element was asked of an empty one"),
        ("double_free", "usually something is freed twice"),
        ("heap_overrun", "usually an element was written past the end of an array"),
        ("bad_alloc", "out of memory (std::bad_alloc)"),
        ("uncaught", "std::runtime_error: the loss is NaN. Usually"),
    ],
)
def test_an_abort_is_put_in_words(program: Program, way: str, what: str) -> None:
    _, sentence = heard(program, way, signal.SIGABRT)
    assert what in sentence


@pytest.fixture(scope="module")
def any_program(tmp_path_factory: pytest.TempPathFactory) -> Program:
    return Program("g++", "-O1", tmp_path_factory.mktemp("any"))


def test_without_the_variable_nothing_is_installed(any_program: Program) -> None:
    done = any_program.run("null_read", {})
    assert done.returncode == -signal.SIGSEGV and done.stderr == ""
    assert not list(any_program.folder.glob("words*"))
    shown = subprocess.run(
        [
            "sh",
            "-c",
            (
                f"exec {any_program.path} loop & pid=$!; while ! grep -q program /proc/$pid/comm; do :; done; "
                "grep SigCgt /proc/$pid/status; kill $pid"
            ),
        ],
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
    )
    assert int(shown.stdout.split()[1], 16) == 0, shown


def test_a_program_that_ends_well_says_nothing(any_program: Program) -> None:
    words, done = any_program.words("nothing")
    assert words is None and done.returncode == 0 and done.stdout == "done\n"


def test_a_child_process_leaves_its_parents_file_alone(any_program: Program) -> None:
    words, done = any_program.words("child")
    assert words is None and done.returncode == 0


def test_a_file_that_cannot_be_written_is_said_and_the_program_runs(any_program: Program) -> None:
    done = any_program.run("nothing", {"NN_LAST_WORDS": "/nowhere/words"})
    assert done.returncode == 0 and done.stdout == "done\n"
    assert (
        done.stderr == "NN_LAST_WORDS is '/nowhere/words', which cannot be written: No such file or directory\n"
    )


def test_a_file_that_is_cut_off_gives_none_or_a_part(any_program: Program, tmp_path: Path) -> None:
    words, _ = any_program.words("null_read")
    assert words is not None and words.complete
    whole = (any_program.folder / "words").read_bytes()
    places = set()
    for length in [*range(0, len(whole), 9), len(whole)]:
        part = tmp_path / "part"
        part.write_bytes(whole[:length])
        words = read(part, any_program.path, any_program.source, SHOWN_AS)
        if words is not None:
            places.add(words.line)
            assert words.complete == (length == len(whole))
            assert words.sentence(1).startswith("stopped by a segmentation fault at ")
    assert places == {0, any_program.line("null_read")}


def test_of_a_line_that_is_cut_off_the_last_address_is_not_believed() -> None:
    whole = STACK.search("stack cpu_ms 1 frames 1 program+0x1234 libc.so.6+0x7 program+0x5678\n")
    assert whole is not None and program_addresses(whole) == ["0x1234", "0x5677"]
    cut = STACK.search("stack cpu_ms 1 frames 0 program+0x1234 program+0x5")
    assert cut is not None and program_addresses(cut) == ["0x1233"]


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe\x00", b"last_words 2\nsignal 11\n", b"signal 11 code 1\n", b"last_words 1\nend\n"],
)
def test_what_is_no_last_words_gives_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "words").write_bytes(content)
    assert read(tmp_path / "words", tmp_path / "program", tmp_path / "softmax.cc", SHOWN_AS) is None
    assert read(tmp_path / "none", tmp_path / "program", tmp_path / "softmax.cc", SHOWN_AS) is None


def test_a_program_that_is_gone_or_has_no_lines_is_said(any_program: Program, tmp_path: Path) -> None:
    any_program.words("null_read")
    words = read(any_program.folder / "words", tmp_path / "gone", any_program.source, SHOWN_AS)
    assert words is not None and words.line == 0
    assert "a place that is not known (addr2line: " in words.sentence()
    stripped = Program("g++", "-O1", tmp_path, flags=())
    words, _ = stripped.words("null_read")
    assert words is not None and "no line numbers; -g1 adds them" in words.sentence()


@pytest.mark.parametrize(
    ("stderr", "what"),
    [
        (
            "terminate called after throwing an instance of 'std::bad_alloc'\n  what():  std::bad_alloc\n",
            "out of memory (std::bad_alloc) at",
        ),
        ("softmax: softmax.cc:9: int f(int): Assertion `n > 0' failed.\n", "assert(n > 0) failed at"),
        ("*** stack smashing detected ***: terminated\n", "a local array was written past its end"),
        (
            "malloc(): corrupted top size\n",
            "memory was damaged before this point (malloc(): corrupted top size)",
        ),
        ("terminate called without an active exception\n", "std::thread was destroyed before it was joined"),
        (
            (
                "/usr/include/c++/12/optional:474: std::optional<int>::operator*: Assertion"
                " 'this->_M_is_engaged()' failed.\n"
            ),
            "std::optional: the value was asked of an empty one",
        ),
        (
            (
                "/usr/include/c++/12/bits/stl_algo.h:3625: constexpr const _Tp& std::clamp(...): Assertion"
                " '!(__hi < __lo)' failed.\n"
            ),
            "std::clamp with its limits swapped",
        ),
        ("", "usually a check failed"),
    ],
)
def test_what_stands_on_stderr_says_why(stderr: str, what: str) -> None:
    words = LastWords(signal.SIGABRT, SHOWN_AS, line=17, function="softmax")
    sentence = words.sentence(stderr=stderr)
    assert what in sentence and f"{SHOWN_AS}:17 in softmax" in sentence


def test_functions_are_named_as_a_person_would() -> None:
    for name, plain in (
        ("nn::basic::softmax(nn::basic::Matrix const&)", "softmax"),
        ("main", "main"),
        ("??", ""),
        ("", ""),
        ("nn::basic::Matrix::operator()(int, int) const", "operator()"),
        ("run()::{lambda()#1}::operator()() const", "run"),
        ("double std::accumulate<double*, double>(double*, double*, double)", "accumulate"),
        ("nn::(anonymous namespace)::half[abi:cxx11](std::vector<int, std::allocator<int> >)", "half"),
    ):
        assert plain_function(name) == plain, name
