"""simcc's command line: nvcc's options as people use them; what is not known goes to g++."""

from __future__ import annotations

import difflib
import os
import re
import shlex
from dataclasses import dataclass, field
from pathlib import Path

from . import library

HELP = """\
simcc: compiles CUDA C++ for the CPU, with g++, and links the simulator that runs it.

  simcc vector_add.cu -o vector_add          compile and link; then run ./vector_add as any program
  simcc --check reduce.cu -o reduce          with checks: bounds, races, barriers, uninitialised reads, ...
  simcc --check --run reduce.cu              compile, run, and keep nothing
  simcc -O3 -std=c++20 -I include -c a.cu    compile alone: a.o
  simcc main.cc a.o b.cu -lcublas -o prog    mix CUDA, C++, objects and libraries; g++ links them
  simcc -MD -MF a.d -c a.cu -o a.o           write a dependency file, as g++ does

Options of our own
  --check         instrument device code; findings are printed when the program runs
  --run           run the program that was linked; without -o it is not kept
  --run-args "A B"    with --run: the program's arguments, as one word
  --keep          keep the translated sources, as NAME.cudasim.cc in the current folder
  --dry-run       print the commands, run none
  --help, --version

Options of nvcc's
  -o -c -dc -E -S -M -MM -MD -MMD -MP -MF -MT -MQ -I -D -U -L -l -O -g -G -std= -x cu -shared -Xcompiler -Xlinker
  -fsyntax-only -isystem -include, in both spellings (--include-path ..)
  -arch -gencode -code -lineinfo -rdc -maxrregcount -Xptxas --expt-relaxed-constexpr --extended-lambda -use_fast_math
  and their like say something to a GPU's compiler; they are accepted, and a note says so
  -std= below c++20 is raised to it; the default is gnu++20. --check compiles with -O1 -g, whatever -O says.
All other options go to g++ as they are.

Environment of simcc
  CUDASIM_CXX     the compiler (g++); CUDASIM_CACHE  where the simulator's library is built and kept
Environment of the programs it makes
  CUDASIM_SEED=7        another order of blocks and threads (1); 0 is ascending order
  CUDASIM_WORKERS=2     OS threads that run blocks (as many as the machine has cores); with 1 a seed makes the same
                        order of blocks in every run, with more of each block's threads alone
  CUDASIM_CHECK_GLOBAL=1    with --check: races in global memory too, which costs time and memory; else in shared alone
  CUDASIM_WATCHDOG=30   seconds after which a kernel that gets nowhere is ended
  CUDASIM_JSON=file     with --check: the findings as JSON;  CUDASIM_EXIT=0  findings do not change the exit status
  CUDA_LAUNCH_BLOCKING=1    every launch waits for its kernel
docs/CUDA_GUIDE.md is the way in.
"""

# nvcc's long spellings of what g++ has too.
LONG = {
    "--output-file": "-o", "--compile": "-c", "--device-c": "-dc", "--include-path": "-I",
    "--system-include": "-isystem", "--define-macro": "-D", "--undefine-macro": "-U", "--library": "-l",
    "--library-path": "-L", "--optimize": "-O", "--debug": "-g", "--device-debug": "-G", "--std": "-std",
    "--compiler-options": "-Xcompiler", "--linker-options": "-Xlinker", "--pre-include": "-include",
    "--preprocess": "-E", "--generate-dependencies": "-M", "--generate-nonsystem-dependencies": "-MM",
    "--generate-dependencies-with-compile": "-MD", "--generate-nonsystem-dependencies-with-compile": "-MMD",
    "--dependency-output": "-MF", "--generate-dependency-targets": "-MP", "--dependency-target-name": "-MT",
    "--dryrun": "--dry-run", "-dryrun": "--dry-run", "-keep": "--keep", "--help": "-h", "-help": "-h",
    "--verbose": "-v", "--shared": "-shared", "--x": "-x", "--language": "-x", "-V": "--version",
    "--disable-warnings": "-w", "--save-temps": "--keep", "-run": "--run", "-run-args": "--run-args",
}  # fmt: skip
OWN = ["--check", "--run", "--run-args", "--keep", "--dry-run", "--help", "--version", "--profile"]
# g++'s own with two hyphens that look like one of those.
OF_GCC = {"--param", "--sysroot", "--coverage", "--target-help", "--pipe", "--pass-exit-codes", "--print-search-dirs"}
# g++'s options whose argument may be the next word.
WITH_VALUE = {
    "-o", "-I", "-D", "-U", "-L", "-l", "-x", "-std", "-include", "-imacros", "-isystem", "-iquote", "-idirafter",
    "-MF", "-MT", "-MQ", "-Xcompiler", "-Xlinker", "-O", "-T", "-u", "-z", "--param",
}  # fmt: skip
# Options for a GPU's compiler: with a value (joined by = or the next word), and without.
GPU_VALUE = {
    "-arch", "--gpu-architecture", "-gencode", "--generate-code", "-code", "--gpu-code", "-maxrregcount",
    "--maxrregcount", "-Xptxas", "--ptxas-options", "-Xnvlink", "--nvlink-options", "-Xfatbin", "-Xarchive",
    "-ccbin", "--compiler-bindir", "-rdc", "--relocatable-device-code", "-cudart", "--cudart", "-t", "--threads",
    "-ftz", "--ftz", "-prec-div", "--prec-div", "-prec-sqrt", "--prec-sqrt", "-fmad", "--fmad", "-diag-suppress",
    "--diag-suppress", "-diag-error", "--diag-error", "-diag-warn", "--diag-warn", "--default-stream",
    "-default-stream", "-split-compile", "--split-compile", "-keep-dir", "--keep-dir", "-dopt", "--dopt",
    "-cudadevrt", "--cudadevrt", "-m", "--machine", "-allow-unsupported-compiler-version", "-target-dir",
    "--target-directory", "-nvvm-options",
}  # fmt: skip
GPU_FLAG = {
    "-lineinfo", "--generate-line-info", "-expt-relaxed-constexpr", "--expt-relaxed-constexpr", "-extended-lambda",
    "--extended-lambda", "-expt-extended-lambda", "--expt-extended-lambda", "-use_fast_math", "--use_fast_math",
    "-res-usage", "--resource-usage", "-dlto", "--dlink-time-opt", "-allow-unsupported-compiler",
    "--allow-unsupported-compiler", "-extra-device-vectorization", "--extra-device-vectorization", "-restrict",
    "--restrict", "-src-in-ptx", "--source-in-ptx", "-ewp", "--extensible-whole-program", "-noeh", "-clean",
    "--clean-targets",
}  # fmt: skip
GPU_OUTPUT = {
    "-ptx", "--ptx", "-cubin", "--cubin", "-fatbin", "--fatbin", "-optix-ir", "--optix-ir", "-dlink",
    "--device-link",
}  # fmt: skip
# Libraries that are the simulator itself, and NVIDIA's that it has no part of.
OWN_LIBRARIES = {"cudart", "cudart_static", "cuda", "cudadevrt", "nvToolsExt", "nvrtc", "culibos"}
NO_LIBRARIES = {
    "cudnn", "cufft", "cusparse", "cusolver", "cublasLt", "nccl", "nppc", "nvjpeg", "cutensor", "nvml", "nvidia-ml",
}  # fmt: skip

LANGUAGES = {
    ".cu": "cu", ".c": "c", ".cc": "c++", ".cp": "c++", ".cpp": "c++", ".cxx": "c++", ".CPP": "c++", ".c++": "c++",
    ".C": "c++",
}  # fmt: skip


class UsageError(Exception):
    """What is wrong with the command line."""


@dataclass
class Input:
    path: str
    language: str | None  # cu, c++, c, another of g++'s -x; None is for the linker


@dataclass
class Options:
    inputs: list[Input | str] = field(default_factory=list)  # a str is a linker's option, kept in its place
    output: str | None = None
    mode: str = "link"  # or -c -S -E -M -MM -fsyntax-only
    check: bool = False
    run: bool = False
    run_arguments: list[str] = field(default_factory=list)
    keep: bool = False
    dry_run: bool = False
    verbose: bool = False
    standard: str = "gnu++20"
    flags: list[str] = field(default_factory=list)  # for compiling (and linking, as g++ does)
    include: list[str] = field(default_factory=list)  # -I
    quote: list[str] = field(default_factory=list)  # -iquote
    dependencies: bool = False  # -MD or -MMD
    libraries: list[str] = field(default_factory=list)  # the simulator's own parts: cublas, curand
    color: str = "auto"
    notes: list[str] = field(default_factory=list)
    show: str | None = None  # help or version

    @property
    def sources(self) -> list[Input]:
        return [item for item in self.inputs if isinstance(item, Input) and item.language]


def expanded(words: list[str]) -> list[str]:
    """Words with each @file replaced by the words in it."""
    out = []
    for word in words:
        if word.startswith("@") and len(word) > 1 and os.path.isfile(word[1:]):
            out += expanded(shlex.split(Path(word[1:]).read_text()))
        else:
            out.append(word)
    return out


def at_least_20(standard: str) -> str:
    """-std= as we compile: C++20 or what is asked above it; other languages as they are."""
    match = re.fullmatch(r"(c|gnu)\+\+(\w+)", standard)
    if match and match[2] in {"98", "03", "0x", "11", "1y", "14", "1z", "17"}:
        return f"{match[1]}++20"
    return standard


def misspelled(word: str) -> str | None:
    """The option of ours or of nvcc's that a word with two hyphens, or one too few, was probably meant to be."""
    name = word.partition("=")[0]
    known = [*OWN, *(option for option in (*LONG, *GPU_VALUE, *GPU_FLAG) if option.startswith("--"))]
    if "-" + name in OWN:
        return "-" + name
    if not name.startswith("--") or name in OF_GCC:
        return None
    return next(iter(difflib.get_close_matches(name, known, n=1, cutoff=0.75)), None)


class CommandLine:
    """Reads the words once, left to right."""

    def __init__(self, words: list[str], libraries: set[str]) -> None:
        self.words = expanded(words)
        self.known_libraries = libraries
        self.at = 0
        self.language: str | None = None
        self.ignored: list[str] = []
        self.options = Options()

    def value(self, name: str) -> str:
        self.at += 1
        if self.at >= len(self.words):
            raise UsageError(f"{name} wants a value after it")
        return self.words[self.at]

    def parse(self) -> Options:
        while self.at < len(self.words):
            self.word(self.words[self.at])
            self.at += 1
        if self.ignored:
            self.options.notes.append("for a GPU's compiler, and ignored here: " + " ".join(self.ignored))
        return self.options

    def word(self, word: str) -> None:
        options = self.options
        if word == "-" or not word.startswith("-"):
            self.input(word)
            return
        name, equals, joined = word.partition("=")
        if name in GPU_OUTPUT:
            raise UsageError(f"{word} asks for a GPU's code, which simcc does not make; nvcc does")
        if name in GPU_VALUE:
            self.ignored.append(word if equals else f"{word} {self.value(word)}")
            return
        if word in GPU_FLAG:
            self.ignored.append(word)
            return
        if name in LONG:
            name = LONG[name]
            word = f"{name}{joined}" if equals and name != "-std" else f"{name}{equals}{joined}"
        if word == "-Werror" and self.peek() in {"all-warnings", "cross-execution-space-call", "reorder"}:
            self.at += 1
            options.flags.append("-Werror")
        elif name == "-Werror" and joined in {"all-warnings", "cross-execution-space-call", "reorder"}:
            options.flags.append("-Werror")
        elif word in {"--profile"}:
            raise UsageError("--profile is not there yet; --check is")
        elif word in {"-h", "--version"}:
            options.show = "help" if word == "-h" else "version"
        elif word == "--check":
            options.check = True
        elif word == "--run":
            options.run = True
        elif name == "--run-args":
            options.run_arguments += shlex.split(joined if equals else self.value(name))
        elif word == "--keep":
            options.keep = True
        elif word == "--dry-run":
            options.dry_run = True
        elif word == "-v":
            options.verbose = True
        elif word in {"-c", "-dc"}:
            options.mode = "-c"
        elif word in {"-E", "-S", "-M", "-MM", "-fsyntax-only"}:
            options.mode = word
        elif word in {"-MD", "-MMD"}:
            options.dependencies = True
            options.flags.append(word)
        elif word == "-G":
            options.flags += ["-g", "-O0"]
        elif name == "-std" and equals:
            options.standard = at_least_20(joined)
        elif name in {"-fdiagnostics-color"}:
            options.color = joined or "always"
        elif word in {"-fno-diagnostics-color"}:
            options.color = "never"
        else:
            self.with_value(word)

    def peek(self) -> str:
        return self.words[self.at + 1] if self.at + 1 < len(self.words) else ""

    def with_value(self, word: str) -> None:
        """Options whose value is joined or follows; and those we do not know, which are g++'s."""
        options = self.options
        for name in sorted(WITH_VALUE, key=len, reverse=True):
            if word == name and name != "-O":
                value = self.value(word)
                break
            if word.startswith(name) and name in {"-o", "-I", "-D", "-U", "-L", "-l", "-x", "-isystem", "-iquote"}:
                value = word[len(name) :].removeprefix("=")
                break
            if word.startswith(name + "=") and name in {"-Xcompiler", "-Xlinker"}:
                value = word[len(name) + 1 :]
                break
        else:
            if meant := misspelled(word):
                raise UsageError(f"{word} is no option of simcc's or of g++'s; did you mean {meant}?")
            options.flags.append(word)
            return
        if name == "-o":
            options.output = value
        elif name == "-std":
            options.standard = at_least_20(value)
        elif name == "-x":
            self.language = None if value == "none" else {"cuda": "cu"}.get(value, value)
        elif name == "-Xcompiler":
            for part in value.split(","):
                self.compiler_option(part)
        elif name == "-Xlinker":
            options.inputs += [item for part in value.split(",") for item in ("-Xlinker", part)]
        elif name in {"-I", "-isystem", "-iquote"}:
            self.folder(name, value)
        elif name == "-l":
            self.take_library(value)
        elif name in {"-L", "-T", "-u", "-z"}:
            options.inputs += [name + value] if name == "-L" else [name, value]
        else:
            options.flags += [name + value] if name in {"-D", "-U"} else [name, value]

    def compiler_option(self, part: str) -> None:
        if part.startswith("-std="):
            self.options.standard = at_least_20(part[5:])
        elif part:
            self.options.flags.append(part)

    def folder(self, name: str, value: str) -> None:
        if os.path.realpath(value) == os.path.realpath(library.INCLUDE):
            return  # it is searched anyway
        if os.path.exists(os.path.join(value, "cuda_runtime_api.h")):
            self.options.notes.append(
                f"{name}{value} holds NVIDIA's headers and is left out; the simulator has its own"
            )
            return
        if name == "-I":
            self.options.include.append(value)
        elif name == "-iquote":
            self.options.quote.append(value)
        self.options.flags += [name, value]

    def take_library(self, value: str) -> None:
        if value in self.known_libraries:
            self.options.libraries.append(value)
        elif value in NO_LIBRARIES:
            raise UsageError(f"-l{value} is NVIDIA's, and the simulator has no such library; it has: "
                             + (", ".join(sorted(self.known_libraries)) or "none yet"))  # fmt: skip
        elif value not in OWN_LIBRARIES:
            self.options.inputs.append(f"-l{value}")

    def input(self, word: str) -> None:
        if word == "-":
            raise UsageError("reading the source from standard input is not supported; name a file")
        suffix = os.path.splitext(word)[1]
        language = self.language or LANGUAGES.get(suffix)
        if (
            suffix in {".h", ".hh", ".hpp", ".cuh", ".py", ".txt", ".md", ".ptx", ".cubin", ".fatbin"}
            and not self.language
        ):
            raise UsageError(
                f"{word} is no source file that can be compiled alone; -x cu before it says that it is CUDA"
            )
        self.options.inputs.append(Input(word, language))


def parse(words: list[str], libraries: set[str]) -> Options:
    return CommandLine(words, libraries).parse()
