"""errors.inc against the toolkit's own runtime library, which names its errors without a GPU."""

from __future__ import annotations

import ctypes
import re
from pathlib import Path

import pytest

TABLE = Path(__file__).resolve().parents[1] / "include/cudasim/errors.inc"
LIBRARY = Path("/usr/local/cuda/lib64/libcudart.so")
ENTRY = re.compile(r'^X\((\w+), (\d+), "(.*)"\)$', re.MULTILINE)


def test_names_codes_and_texts_are_the_runtimes() -> None:
    entries = ENTRY.findall(TABLE.read_text(encoding="utf-8"))
    assert len(entries) == TABLE.read_text(encoding="utf-8").count("\nX(") > 50
    if not LIBRARY.exists():
        pytest.skip(f"{LIBRARY} is not there; it comes with the CUDA toolkit")
    runtime = ctypes.CDLL(str(LIBRARY))
    for function in (runtime.cudaGetErrorName, runtime.cudaGetErrorString):
        function.restype, function.argtypes = ctypes.c_char_p, [ctypes.c_int]
    theirs = [(runtime.cudaGetErrorName(int(code)), runtime.cudaGetErrorString(int(code))) for _, code, _ in entries]
    assert theirs == [(name.encode(), text.encode()) for name, _, text in entries]
