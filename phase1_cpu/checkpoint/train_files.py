"""Reads every file that `train` writes, and the data it read.

A second reader of each format, independent of the C++ that wrote the file, and strict: what it
returns was whole.
"""

from __future__ import annotations

import gzip
import json
import struct
import zlib
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
from numpy.typing import NDArray

# What a finished run leaves, in the order in which it is written; and what it goes on from.
OUTPUTS = (
    "model.safetensors",
    "metrics.csv",
    "learning_curve.svg",
    "accuracy_curve.svg",
    "confusion_matrix.png",
    "first_layer.png",
    "mistakes.png",
    "report.html",
)
FILES = {"checkpoint.safetensors", *OUTPUTS}

COLUMNS = ["epoch", "train_loss", "train_accuracy", "test_loss", "test_accuracy", "seconds"]


def read_idx(path: Path) -> NDArray[np.uint8]:
    """Images (count, rows, columns) or labels (count) of a gzipped IDX file."""
    with gzip.open(path) as file:
        content = file.read()
    zeros, kind, extents = struct.unpack(">HBB", content[:4])
    assert (zeros, kind) == (0, 8)
    shape = struct.unpack(f">{extents}I", content[4 : 4 + 4 * extents])
    return np.frombuffer(content, np.uint8, offset=4 + 4 * extents).reshape(shape)


DTYPES = {"F64": "<f8", "F32": "<f4"}


def read_safetensors(path: Path) -> tuple[dict[str, str], dict[str, NDArray[np.floating]]]:
    """Metadata and arrays; every byte of the file must belong to the header or to one array."""
    content = path.read_bytes()
    (header_bytes,) = struct.unpack("<Q", content[:8])
    header = json.loads(content[8 : 8 + header_bytes])
    data = content[8 + header_bytes :]
    metadata = header.pop("__metadata__")
    arrays, end = {}, 0
    for name, entry in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
        begin, stop = entry["data_offsets"]
        assert begin == end, f"{name}: a gap or an overlap before it"
        arrays[name] = np.frombuffer(data[begin:stop], DTYPES[entry["dtype"]]).reshape(entry["shape"])
        end = stop
    assert end == len(data), "bytes that belong to no array"
    return metadata, arrays


def _png_lines(content: bytes) -> tuple[int, int, bytes]:
    """Width, height and filtered lines of an 8-bit RGB picture; every chunk's CRC is checked."""
    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    at, chunks = 8, []
    while at < len(content):
        (size,) = struct.unpack(">I", content[at : at + 4])
        kind_and_body = content[at + 4 : at + 8 + size]
        (crc,) = struct.unpack(">I", content[at + 8 + size : at + 12 + size])
        assert crc == zlib.crc32(kind_and_body)
        chunks.append((kind_and_body[:4], kind_and_body[4:]))
        at += 12 + size
    assert chunks[0][0] == b"IHDR" and chunks[-1] == (b"IEND", b"")
    width, height, *form = struct.unpack(">IIBBBBB", chunks[0][1])
    assert form == [8, 2, 0, 0, 0], "8 bits a sample, RGB, not interlaced"
    lines = zlib.decompress(b"".join(body for kind, body in chunks if kind == b"IDAT"))
    assert len(lines) == height * (1 + 3 * width)
    return width, height, lines


def _unfilter(kind: int, line: bytearray, above: bytes) -> None:
    """Undoes one line's filter in place [PNG03, sec. 9.2]; 3 bytes a pixel."""
    if kind == 2:
        line[:] = (np.frombuffer(line, np.uint8) + np.frombuffer(above, np.uint8)).tobytes()
        return
    for i in range(len(line) if kind else 0):
        left, corner = (line[i - 3], above[i - 3]) if i >= 3 else (0, 0)
        if kind == 1:
            guess = left
        elif kind == 3:
            guess = (left + above[i]) // 2
        else:
            assert kind == 4, kind
            p = left + above[i] - corner
            guess = min((left, above[i], corner), key=lambda near: abs(p - near))
        line[i] = (line[i] + guess) & 255


def decode_png(content: bytes) -> NDArray[np.uint8]:
    """(height, width, 3)."""
    width, height, lines = _png_lines(content)
    stride = 3 * width
    samples, above = bytearray(), bytes(stride)
    for first in range(0, len(lines), 1 + stride):
        line = bytearray(lines[first + 1 : first + 1 + stride])
        _unfilter(lines[first], line, above)
        above = bytes(line)
        samples += line
    return np.frombuffer(bytes(samples), np.uint8).reshape(height, width, 3)


def read_metrics(path: Path, columns: list[str] = COLUMNS) -> list[dict[str, float]]:
    """A dictionary an epoch; the epochs are 1, 2, 3, ..."""
    text = path.read_text(encoding="ascii")
    assert text.endswith("\n")
    header, *lines = text.splitlines()
    assert header.split(",") == columns
    rows = [dict(zip(columns, map(float, line.split(",")), strict=True)) for line in lines]
    assert [row["epoch"] for row in rows] == list(range(1, len(rows) + 1))
    return rows


def read_whole(path: Path) -> None:
    """Reads a file as what its name says it is; raises if it is not all there."""
    match path.suffix:
        case ".safetensors":
            read_safetensors(path)
        case ".csv":
            read_metrics(path)
        case ".svg":
            ElementTree.parse(path)
        case ".png":
            _png_lines(path.read_bytes())  # not the pixels: that takes Python too long
        case ".html":
            text = path.read_text(encoding="utf-8")
            assert text.startswith("<!DOCTYPE html>") and text.endswith("</html>\n")
        case _:
            raise AssertionError(f"a run leaves no such file: {path.name}")
