"""What the translator's tests share: translating a text, and clang's own view of a file's launches."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .edits import Edits, Translated
from .launches import Launch, find_launches
from .names import Names
from .tokens import Lexed, Stream, lex
from .translate import learn, translate

TESTDATA = Path(__file__).resolve().parent / "testdata"
CORPUS = sorted(TESTDATA.glob("*.cu"))
NVCC = shutil.which("nvcc") or shutil.which("/usr/local/cuda/bin/nvcc")
CLANG = shutil.which("clang++")


def read(text: str) -> tuple[Lexed, Names]:
    lexed, names = lex(text), Names()
    learn(lexed, names)
    return lexed, names


def translated(text: str) -> str:
    """The translation of a text that includes nothing."""
    return translation(text)[0].text


def translation(text: str) -> tuple[Translated, Edits]:
    lexed, names = read(text)
    edits = Edits(text)
    return translate(lexed, names, edits), edits


Span = tuple[int, int, int, int]  # the launch's start, its <<<, its >>>, its end: byte offsets


def spans(text: str) -> set[Span]:
    """Our launches, as clang's are given below."""
    lexed, names = read(text)
    found = set()
    for stream in lexed.streams:
        for launch in find_launches(stream, names):
            if span := span_of(stream, launch):
                found.add(span)
    return found


def span_of(stream: Stream, launch: Launch) -> Span | None:
    """None where a macro holds a part of the launch only, so that it is no expression there."""
    closed = stream.match[launch.closes + 3] if stream.text(launch.closes + 3) == "(" else None
    if launch.kernel is None or closed is None:
        return None
    tokens = stream.tokens
    return (tokens[launch.kernel].start, tokens[launch.opens].start, tokens[launch.closes].start, tokens[closed].end)


def marks(text: str) -> set[tuple[int, int]]:
    """Where our launches' <<< and >>> are, in macros too, where a launch may lack its ends."""
    lexed, names = read(text)
    return {
        (stream.tokens[launch.opens].start, stream.tokens[launch.closes].start)
        for stream in lexed.streams
        for launch in find_launches(stream, names)
        if not launch.by_macro
    }


def clang_spans(path: Path, *flags: str) -> set[Span]:
    """The launches clang finds: CUDAKernelCallExpr's range and its configuration's, from <<< to >>>."""
    if CLANG is None:
        pytest.skip("clang++ is not installed, and is the oracle here")
    command = [str(CLANG), "-x", "cuda", "--cuda-host-only", "-nocudainc", "-nocudalib", "-w", "-std=c++20"]
    command += ["-I", str(TESTDATA / "clang"), "-fsyntax-only", "-Xclang", "-ast-dump=json", *flags, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return {span for node in kernel_calls(json.loads(done.stdout)) if (span := clang_span(node))}


def kernel_calls(node: Any) -> Iterator[Any]:
    pending = [node]
    while pending:
        node = pending.pop()
        if node.get("kind") == "CUDAKernelCallExpr":
            yield node
        pending += [inner for inner in node.get("inner", []) if inner]


def place(location: dict[str, Any]) -> dict[str, Any]:
    """Where the token is written: in a macro's body or argument, not where the macro is used."""
    found: dict[str, Any] = location.get("spellingLoc", location)
    return found


def clang_span(node: dict[str, Any]) -> Span | None:
    configuration = node["inner"][1]
    begin, end = place(node["range"]["begin"]), place(node["range"]["end"])
    opens, closes = (place(configuration["range"][side]) for side in ("begin", "end"))
    if not all("offset" in at for at in (begin, end, opens, closes)):
        return None
    return (begin["offset"], opens["offset"], closes["offset"], end["offset"] + end["tokLen"])


def nvcc_compiles(path: Path, folder: Path) -> None:
    """Asserts that nvcc compiles a file with warnings as errors; skips, aloud, where there is none."""
    if NVCC is None:
        pytest.skip("nvcc is not installed; that the file is CUDA was not checked")
    command = [
        str(NVCC),
        "-std=c++20",
        "-Werror",
        "all-warnings",
        "--extended-lambda",
        "-rdc=true",
        "-c",
        str(path),
    ]
    done = subprocess.run([*command, "-o", str(folder / "out.o")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def words(text: str) -> list[str]:
    """A text's tokens."""
    return re.findall(r"\w+|[^\w\s]", text)
