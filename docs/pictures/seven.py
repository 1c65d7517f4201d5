"""python3 docs/pictures/seven.py: draws seven.png, the picture that the README's `make predict` is shown.

A seven as a pen leaves it on paper that is lit from one side: slanted, off the centre, ink not black,
paper not white and not even. Nothing of it is MNIST's. Standard library only.
"""

from __future__ import annotations

import math
import random
import struct
import zlib
from pathlib import Path

WIDTH, HEIGHT = 150, 110
PEN = 3.2  # half the line's width, in pixels
# The pen's way (x, y): along the top, down in a bow; then the short bar across.
STROKES = [[(72, 24), (88, 21), (107, 20), (98, 38), (91, 56), (87, 74), (86, 88)], [(78, 55), (91, 53), (103, 52)]]


def distance(x: float, y: float, a: tuple[float, float], b: tuple[float, float]) -> float:
    """From (x, y) to the nearest point of the line from a to b."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    t = ((x - a[0]) * dx + (y - a[1]) * dy) / (dx * dx + dy * dy)
    t = min(1.0, max(0.0, t))
    return math.hypot(x - a[0] - t * dx, y - a[1] - t * dy)


def grey(x: int, y: int, grain: random.Random) -> int:
    paper = 236 - 24 * x / WIDTH + grain.uniform(-4, 4)
    lines = [distance(x, y, a, b) for stroke in STROKES for a, b in zip(stroke, stroke[1:])]
    ink = min(1.0, max(0.0, PEN + 0.5 - min(lines)))  # a soft edge, one pixel wide
    return round(paper + ink * (58 - paper))


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def main() -> None:
    grain = random.Random(7)
    lines = b"".join(b"\0" + bytes(grey(x, y, grain) for x in range(WIDTH)) for y in range(HEIGHT))
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 0, 0, 0, 0)  # 8 bits of grey
    parts = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(lines, 9)) + chunk(b"IEND", b"")
    Path(__file__).with_suffix(".png").write_bytes(b"\x89PNG\r\n\x1a\n" + parts)


if __name__ == "__main__":
    main()
