"""Writes reference/datasets/tiny: the first few MNIST digits of each class, for quick tests.

    python3 -m reference.make_tiny [--out DIR]

The first 60 training and 20 test images of each class, in the order they have in MNIST: 600 and 200
images under the four names of the full set. The same bytes on every run with one zlib: a gzip file
carries no time and no name. Only the standard library.

Format  IDX: magic 00 00 08 D, D big-endian uint32 extents, then bytes [LeCunMNIST].
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import io
import struct
from pathlib import Path

from reference.datasets import HERE, SUMS, verify

PER_CLASS = {"train": 60, "t10k": 20}
CLASSES = 10


def read_idx(path: Path, dimensions: int) -> tuple[tuple[int, ...], bytes]:
    """(extents, bytes) of a gzipped IDX file of unsigned bytes."""
    data = gzip.decompress(path.read_bytes())
    magic, *extents = struct.unpack_from(f">{1 + dimensions}I", data)
    if magic != 0x0800 + dimensions:
        raise ValueError(f"{path}: magic is {magic:#010x}, want {0x0800 + dimensions:#010x}")
    return tuple(extents), data[4 * (1 + dimensions) :]


def idx_gz(extents: tuple[int, ...], data: bytes) -> bytes:
    """A gzipped IDX file of unsigned bytes, with no time in it."""
    header = struct.pack(f">{1 + len(extents)}I", 0x0800 + len(extents), *extents)
    out = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=out, mtime=0) as file:
        file.write(header + data)
    return out.getvalue()


def first_of_each_class(labels: bytes, count: int) -> list[int]:
    """The indices of the first `count` of each class, ascending."""
    left = [count] * CLASSES
    chosen = []
    for index, label in enumerate(labels):
        if left[label] > 0:
            left[label] -= 1
            chosen.append(index)
    return chosen


def write(out: Path) -> None:
    """Writes the four files and their SHA256SUMS into `out`."""
    mnist = HERE / "mnist"
    verify(mnist)
    out.mkdir(parents=True, exist_ok=True)
    files: dict[str, bytes] = {}
    for split, count in PER_CLASS.items():
        images_name, labels_name = f"{split}-images-idx3-ubyte.gz", f"{split}-labels-idx1-ubyte.gz"
        (_, rows, columns), images = read_idx(mnist / images_name, 3)
        _, labels = read_idx(mnist / labels_name, 1)
        chosen, size = first_of_each_class(labels, count), rows * columns
        chosen_images = b"".join(images[i * size : (i + 1) * size] for i in chosen)
        files[images_name] = idx_gz((len(chosen), rows, columns), chosen_images)
        files[labels_name] = idx_gz((len(chosen),), bytes(labels[i] for i in chosen))
    for name, data in files.items():
        (out / name).write_bytes(data)
    sums = (f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files))
    (out / SUMS).write_text("".join(sums), encoding="ascii")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--out", type=Path, default=HERE / "tiny", help="the folder to write into")
    out = parser.parse_args().out
    write(out)
    print(f"{sum(path.stat().st_size for path in out.iterdir()) / 1000:.0f} kB in {out}")


if __name__ == "__main__":
    main()
