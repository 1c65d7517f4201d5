"""Inline PTX: what reads a special register becomes a call of the runtime; the rest says that it needs a GPU."""

from __future__ import annotations

import re

from .edits import Edits
from .tokens import Kind, Stream

ASM = {"asm", "__asm__", "__asm"}
QUALIFIERS = {"volatile", "__volatile__", "goto", "inline"}
REGISTERS = {
    "laneid", "warpid", "nwarpid", "smid", "nsmid", "clock", "clock64", "globaltimer", "lanemask_eq", "lanemask_le",
    "lanemask_lt", "lanemask_ge", "lanemask_gt",
}  # fmt: skip
VECTORS = {"tid", "ntid", "ctaid", "nctaid"}
FENCES = {
    "membar.cta": "__threadfence_block()",
    "membar.gl": "__threadfence()",
    "membar.sys": "__threadfence_system()",
    "bar.sync 0": "__syncthreads()",
    "barrier.sync 0": "__syncthreads()",
    "bar.warp.sync 0xffffffff": "__syncwarp(0xffffffffu)",
    "trap": "__trap()",
}
MOVE = re.compile(r"mov\.[usb](?:32|64)\s+%(\d+)\s*,\s*%%?([a-z_0-9]+)(?:\.([xyz]))?")
# PTX's mnemonics carry their types after dots, which no host assembler's do; the rest are one word.
PTX = re.compile(r"(?:^|[\s;{}@])(?:[a-z_][a-z_0-9]*(?:::)?\.[a-z0-9_.:]+|(?:trap|exit|brkpt|nanosleep)\s*;)")
NEEDS_GPU = "inline PTX that needs a GPU; the simulator has none"
LITERAL = re.compile(r'"((?:\\.|[^"\\])*)"', re.DOTALL)


def instruction(stream: Stream, start: int, end: int) -> tuple[str, int] | None:
    """The adjacent string literals at start, joined, and the index behind them; None if there are none."""
    parts = []
    index = start
    while index < end and stream.kind(index) is Kind.STRING:
        text = stream.text(index)
        if raw := re.match(r'R"([^(]*)\((.*)\)\1"$', text, re.DOTALL):
            parts.append(raw[2])
        elif literal := LITERAL.match(text):
            parts.append(re.sub(r"\\[ntr]", " ", literal[1]))
        index += 1
    return (" ".join(" ".join(parts).split()), index) if parts else None


def outputs(stream: Stream, start: int, end: int) -> list[str]:
    """The output operands of an asm from its first `:` on: the expressions in order."""
    if stream.text(start) != ":":
        return []
    operands = []
    index = start + 1
    while index < end and stream.kind(index) is Kind.STRING and stream.text(index + 1) == "(":
        closed = stream.match[index + 1]
        if closed is None:
            return []
        operands.append(" ".join(stream.text(i) for i in range(index + 2, closed)))
        index = closed + 1
        if stream.text(index) != ",":
            break
        index += 1
    return operands


def replacement(text: str, operands: list[str]) -> str | None:
    """The expression that does what the PTX does, or None where the simulator has none."""
    plain = text.rstrip("; ").strip()
    if plain in FENCES:
        return FENCES[plain]
    move = MOVE.fullmatch(plain)
    if not move or int(move[1]) >= len(operands):
        return None
    register = move[2]
    if register in VECTORS and move[3]:
        register = f"{register}_{move[3]}"
    elif register not in REGISTERS or move[3]:
        return None
    return f"({operands[int(move[1])]}) = ::cudasim::ptx::{register}()"


def rewrite_ptx(stream: Stream, edits: Edits) -> None:
    index = 0
    while index < len(stream.tokens):
        start = index
        index += 1
        if stream.text(start) not in ASM or stream.kind(start) is not Kind.NAME:
            continue
        opened = start + 1
        while stream.text(opened) in QUALIFIERS:
            opened += 1
        closed = stream.match[opened] if stream.text(opened) == "(" else None
        if closed is None:
            continue
        index = closed
        found = instruction(stream, opened + 1, closed)
        if not found or not (PTX.search(found[0]) or found[0].rstrip("; ") in FENCES):
            continue  # the host's own assembly, or a macro's argument
        text, behind = found
        call = replacement(text, outputs(stream, behind, closed))
        if call is None:
            quoted = text.replace("\\", "").replace('"', "'")
            call = f'CUDASIM_NEEDS_GPU("CUDASIM: {NEEDS_GPU}: {quoted}")'
        edits.replace(stream.tokens[start].start, stream.tokens[closed].end, call)
