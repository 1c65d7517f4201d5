"""What the tests of phase 2's programs share: reading every file that they leave, strictly.

Readers of our own, independent of the C++ that wrote the files.
"""

from __future__ import annotations

import json
import re
import struct
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from phase1_cpu.checkpoint.train_files import read_metrics as read_columns
from phase1_cpu.checkpoint.train_files import read_safetensors
from phase1_cpu.checkpoint.train_files import read_whole as read_phase1_whole

EVENTS = "events.out.tfevents.groundup"
FILES = {
    "checkpoint.safetensors", "best.safetensors", "model.safetensors", "metrics.csv", EVENTS,
    "learning_curve.svg", "accuracy_curve.svg", "confusion_matrix.png", "first_layer.png",
    "mistakes.png", "report.html",
}
COLUMNS = ["epoch", "loss", "accuracy", "val_loss", "val_accuracy", "penalty", "learning_rate", "seconds", "wall_time"]
VARYING = {"seconds", "wall_time"}  # between two runs of one training


@dataclass
class Event:
    """One record of an event file that holds numbers."""

    wall_time: float = 0.0
    step: int = 0
    scalars: dict[str, float] = field(default_factory=dict)


def crc32c(data: bytes) -> int:
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def masked(crc: int) -> int:
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def fields(data: bytes) -> list[tuple[int, int | bytes]]:
    """(number, value) of each field of a protocol buffer; numbers of fixed size as their bytes."""
    at, found = 0, []
    while at < len(data):
        key, at = varint(data, at)
        match key & 7:
            case 0:
                value, at = varint(data, at)
            case 2:
                size, at = varint(data, at)
                value, at = data[at : at + size], at + size
            case kind:
                size = {1: 8, 5: 4}[kind]
                value, at = data[at : at + size], at + size
        found.append((key >> 3, value))
    assert at == len(data)
    return found


def read_events(path: Path) -> list[Event]:
    """Every record must be whole and its two CRCs right; the first holds the format's version."""
    content, at, events = path.read_bytes(), 0, []
    while at < len(content):
        (size,) = struct.unpack_from("<Q", content, at)
        assert struct.unpack_from("<I", content, at + 8)[0] == masked(crc32c(content[at : at + 8]))
        message = content[at + 12 : at + 12 + size]
        assert len(message) == size
        assert struct.unpack_from("<I", content, at + 12 + size)[0] == masked(crc32c(message))
        if at == 0:
            assert dict(fields(message))[3] == b"brain.Event:2"
        else:
            event = Event()
            for number, value in fields(message):
                match number:
                    case 1:
                        (event.wall_time,) = struct.unpack("<d", value)
                    case 2:
                        event.step = value
                    case 5:
                        for _, scalar in fields(value):
                            parts = dict(fields(scalar))
                            event.scalars[parts[1].decode()] = struct.unpack("<f", parts[2])[0]
            events.append(event)
        at += 16 + size
    return events


def read_metrics(path: Path) -> list[dict[str, float]]:
    return read_columns(path, COLUMNS)


def torn_end_cut(path: Path) -> None:
    """Event files grow in place: a kill may leave part of a record, which readers pass over."""
    content, at = path.read_bytes(), 0
    while at + 12 <= len(content):
        (size,) = struct.unpack_from("<Q", content, at)
        if at + 16 + size > len(content):
            break
        at += 16 + size
    path.write_bytes(content[:at])


def check_all_whole(folder: Path, killed: bool = False) -> set[str]:
    """Every file under its final name is complete. Returns the names, temporaries among them."""
    names = {path.name for path in folder.iterdir()}
    temporary = {name for name in names if re.fullmatch(r"\.nn-\d+-\d+\.tmp", name)}
    assert names - temporary <= FILES, names
    for name in names - temporary:
        path = folder / name
        if name == EVENTS:
            content = path.read_bytes()
            if killed:
                torn_end_cut(path)
            read_events(path)
            path.write_bytes(content)
        elif name == "metrics.csv":
            read_metrics(path)
        else:
            read_phase1_whole(path)
    return names


def check_finished(folder: Path) -> None:
    assert check_all_whole(folder) == FILES


def results(folder: Path) -> dict[str, object]:
    """What two runs of the same training share to the bit: all but the times."""
    same: dict[str, object] = {
        name: (folder / name).read_bytes()
        for name in ("best.safetensors", "model.safetensors", "confusion_matrix.png", "first_layer.png",
                     "mistakes.png", "learning_curve.svg", "accuracy_curve.svg")
    }
    rows = read_metrics(folder / "metrics.csv")
    same["metrics"] = [{k: v for k, v in row.items() if k not in VARYING} for row in rows]
    events = read_events(folder / EVENTS)
    same["events"] = [
        (event.step, {k: v for k, v in event.scalars.items() if k != "epoch_seconds"}) for event in events
    ]
    _, arrays = read_safetensors(folder / "checkpoint.safetensors")
    same["optimizer"] = {k: v.tobytes() for k, v in arrays.items() if not k.startswith("training.")}
    return same


def predict(path: Path, x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probabilities (N,L) of a model file, computed by NumPy in double."""
    metadata, arrays = read_safetensors(path)
    for i, layer in enumerate(json.loads(metadata["architecture"])["layers"]):
        match layer["type"]:
            case "dense":
                x = x @ arrays[f"layers.{i}.w"].astype(float) + arrays[f"layers.{i}.bias"]
            case "relu":
                x = np.maximum(x, 0)
            case other:
                assert other == "dropout", other
    e = np.exp(x - x.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
