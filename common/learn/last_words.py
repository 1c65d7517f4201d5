"""What a test program wrote when a signal ended it (see last_words.cc), with its place in words.

read(file, program, learner_file, shown_as) looks up the addresses with addr2line, of binutils, and
gives the innermost frame that lies in the learner's file; sentence() says it for a person. A file
that is missing, empty or cut off gives None or what of it there is, never an exception.

The program is to be compiled with -g1 -gdwarf-4, at any level of optimisation: addr2line of
binutils 2.40 does not follow clang 14's DWARF 5 into calls compiled in place, so that a wrong
index of a std::span would be found in <span> alone. Standard library only.
"""

from __future__ import annotations

import os
import re
import shutil
import signal as signals
import subprocess
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

ADDR2LINE_S = 20  # seconds; a program of some megabytes takes a fraction of one
FPE_INTDIV, SI_KERNEL = 1, 128  # of si_code: <bits/siginfo-consts.h>
NULL_PAGE = 4096  # below this an address comes from a null pointer, with an index or a member's offset
RECURSION = 8  # that many frames of one function on a stack that is used up: it calls itself


@dataclass
class Frame:
    function: str  # "softmax"; "" if not known
    path: str
    line: int  # 0 if not known


@dataclass
class LastWords:
    signal: int
    file: str  # the learner's file, as it is shown
    line: int = 0  # in the learner's file; 0 if none of the calls lies there, or none is known
    function: str = ""  # of that line
    innermost: Frame | None = None  # the innermost call in the program, whoever wrote it
    address: int = 0
    code: int = 0
    access: str = "unknown"  # "read", "write", "run"
    stack_used_up: bool = False
    complete: bool = False  # false if the file is cut off
    frames: list[Frame] = field(default_factory=list)  # innermost first, calls compiled in place included
    note: str = ""  # why the place is not known

    def place(self) -> str:
        """ "work/.../softmax.cc:17 in softmax", or what is known instead."""
        if self.line:
            return f"{self.file}:{self.line}" + (f" in {self.function}" if self.function else "")
        if self.innermost:
            where = f"{os.path.basename(self.innermost.path)}:{self.innermost.line}"
            outside = "the standard library" if "/include/" in self.innermost.path else f"not in {self.file}"
            return f"{where} in {self.innermost.function or 'the program'}, {outside}"
        return f"a place that is not known ({self.note or 'no call in the program was found'})"

    def sentence(self, limit_s: float | None = None, stderr: str = "") -> str:
        """What happened, where, and what usually causes it. stderr: what the program wrote there."""
        place = self.place()
        if self.signal in (signals.SIGALRM, signals.SIGXCPU):
            limit = f" after {limit_s:g} s" if limit_s is not None else ""
            return (
                f"still running{limit}; it was at {place}: an endless loop, usually a condition that never"
                " becomes false, or far more work than the task needs"
            )
        if self.stack_used_up:
            return f"the stack was used up at {place}: {self.exhaustion()}"
        if self.signal == signals.SIGABRT:
            return self.aborted(stderr, place)
        if self.signal == signals.SIGFPE:
            if self.code == FPE_INTDIV:
                return (
                    f"integer division by zero at {place}: usually the divisor (also of %) is a count or a size"
                    " that is 0"
                )
            return f"arithmetic that the processor refuses, at {place}"
        if self.signal == signals.SIGILL:
            return (
                f"stopped by an instruction that does not exist at {place}: usually a function that promises a"
                " value ended without return"
            )
        if self.signal == signals.SIGSEGV:
            return f"stopped by a segmentation fault at {place}: {self.fault()}"
        name = signal_name(self.signal)
        why = (
            "memory that is not there, or not at that address"
            if name == "SIGBUS"
            else "sent from outside, perhaps"
        )
        return f"stopped by {name} at {place}: {why}"

    def exhaustion(self) -> str:
        endless = (
            "a function that calls itself without end, usually because the case that stops it is missing or"
            " never reached"
        )
        large = "a local array of megabytes, usually; a std::vector keeps its elements elsewhere"
        if not self.frames:
            return f"{endless}; or {large}"
        calls = sum(frame.function == self.frames[0].function for frame in self.frames)
        return endless if calls >= RECURSION or len(self.frames) >= RECURSION * 4 else large

    def fault(self) -> str:
        verb = {"read": "reading", "write": "writing"}.get(self.access, "reading or writing")
        if self.access == "run":
            return (
                "calling a function through a pointer that leads to none; usually an empty one, or memory that"
                " was written over"
            )
        if self.code == SI_KERNEL and self.address == 0:
            return (
                f"{verb} at an address that no memory has; usually a pointer that was never set, or memory that"
                " was written over"
            )
        if self.address < NULL_PAGE:
            return (
                f"{verb} through a null pointer; usually one that was never set, or the data() of something"
                " empty"
            )
        return (
            f"{verb} memory that is not the program's; usually an index outside of its array, or a reference to"
            " something that is gone"
        )

    def aborted(self, stderr: str, place: str) -> str:
        for pattern, words in ABORTS:
            if match := re.search(pattern, stderr):
                return words(match, place) if callable(words) else words.format(place=place)
        return f"the program ended itself (abort) at {place}: usually a check failed; its message is above"


# --- Why a program aborts: what it, glibc or libstdc++ wrote on stderr --------------------------


def assertion(match: re.Match[str], place: str) -> str:
    """A check of libstdc++ with _GLIBCXX_ASSERTIONS: "span:291: ...::operator[](...)...: Assertion '...' failed."."""
    about, condition = match["about"], match["condition"]
    kind = re.search(
        r"std::(?:__\w+::)*(?P<name>span|vector|array|basic_string_view|basic_string|deque|optional|unique_ptr"
        r"|shared_ptr|valarray)\b",
        about,
    )
    name = (
        {"basic_string": "string", "basic_string_view": "string_view"}.get(kind["name"], kind["name"])
        if kind
        else "standard library"
    )
    if re.search(r"\bempty\(\)", condition):
        return f"std::{name}: the first or last element was asked of an empty one, at {place}"
    if (
        re.search(r"size\(\)|_Extent|_Nm|__n <|__pos <|__idx <", condition)
        and "operator[]" in about + condition
    ):
        return (
            f"std::{name} index outside [0, size) at {place}: usually a loop that runs one too far (<= for <),"
            + (
                " row and column swapped, or a vector that was never given a size"
                if name == "vector"
                else " or row and column swapped"
            )
        )
    if re.search(r"size\(\)|__count|__offset", condition):
        return (
            f"std::{name}: a part was asked for that is not inside it, at {place}: usually a count or an offset"
            " too large"
        )
    if name == "optional" or "_M_is_engaged" in condition:
        return f"std::optional: the value was asked of an empty one, at {place}"
    if name.endswith("_ptr") or "get() !=" in condition:
        return f"std::{name}: a null pointer was followed, at {place}"
    if "__hi < __lo" in condition:
        return f"std::clamp with its limits swapped at {place}: the lower one comes first"
    return f"a check of the standard library failed at {place}: {condition}"


def uncaught(match: re.Match[str], place: str) -> str:
    kind = match["kind"]
    what = (match["what"] or "").strip()
    if kind == "std::bad_alloc":
        return (
            f"out of memory (std::bad_alloc) at {place}: usually a size that was computed wrong, where a"
            " negative number becomes a huge one"
        )
    if kind == "std::length_error":
        return (
            f"a size that no container can have (std::length_error) at {place}: usually a negative number that"
            " became a huge one"
        )
    said = f": {what}" if what else ""
    return (
        f"an exception nobody caught ended the program at {place}: {kind}{said}. Usually it left a destructor, "
        "a noexcept function or a thread"
    )


HEAP = (
    r"(?P<said>free\(\): [a-z ]+|double free or corruption[^\n]*|malloc\(\):"
    r" [^\n]+|malloc_consolidate\(\)[^\n]*|realloc\(\): [^\n]+"
    r"|munmap_chunk\(\): [^\n]+|corrupted (?:size|double-linked)[^\n]*|corrupted unsorted"
    r" chunks[^\n]*|chunk_main_arena[^\n]*)"
)


def heap(match: re.Match[str], place: str) -> str:
    said = match["said"].strip()
    cause = (
        "usually something is freed twice"
        if "double free" in said
        else "usually an element was written past the end of an array"
    )
    return (
        f"memory was damaged before this point ({said}), noticed at {place}: {cause}; make sanitize tells where"
    )


ABORTS = [
    (r"(?P<about>[^\n]*): Assertion '(?P<condition>[^\n]*)' failed", assertion),
    (
        r"Assertion `(?P<condition>[^\n]*)' failed",
        lambda m, place: f"assert({m['condition']}) failed at {place}",
    ),
    (
        r"stack smashing detected|buffer overflow detected",
        "a local array was written past its end, noticed at {place}: usually an index one too far",
    ),
    (HEAP, heap),
    (
        (
            r"terminate called after throwing an instance of"
            r" '(?P<kind>[^']*)'(?:\n\s*what\(\):\s*(?P<what>[^\n]*))?"
        ),
        uncaught,
    ),
    (
        r"terminate called without an active exception",
        "the program ended itself at {place}: usually a std::thread was destroyed before it was joined",
    ),
    (r"terminate called recursively", "an exception was thrown while another was handled, at {place}"),
    (
        r"pure virtual method called",
        "a virtual function without a body was called at {place}: usually from a constructor or destructor",
    ),
]


# --- Reading ---------------------------------------------------------------------------------------


def signal_name(number: int) -> str:
    try:
        return signals.Signals(number).name
    except ValueError:
        return f"signal {number}"


SIGNAL = re.compile(
    r"^signal (?P<signal>\d+) code (?P<code>\d+) access (?P<access>\w+) address 0x(?P<address>[0-9a-f]+) "
    r"sp 0x[0-9a-f]+ stack_used_up (?P<used_up>[01])$",
    re.MULTILINE,
)
STACK = re.compile(
    r"^stack cpu_ms (?P<cpu>\d+) frames (?P<exact>[01])(?P<frames>[^\n]*?)(?P<end>\n|\Z)", re.MULTILINE
)


def program_addresses(stack: re.Match[str]) -> list[str]:
    """The stack's addresses in the program itself, as addr2line takes them."""
    frames = stack["frames"].split()
    if not stack["end"] and frames:
        frames.pop()  # cut off, perhaps in the middle of a number
    addresses = []
    for position, frame in enumerate(frames):
        match = re.fullmatch(r"program\+0x([0-9a-f]+)", frame)
        if match:
            # Where a call returns to can belong to the next line already: one byte less is the call.
            returns = position > 0 or stack["exact"] == "0"
            addresses.append(hex(max(int(match[1], 16) - returns, 0)))
    return addresses


def plain_function(name: str) -> str:
    """ "nn::basic::softmax(nn::basic::Matrix const&)" -> "softmax"; a lambda's is its function's."""
    if not name or name == "??":
        return ""
    name = re.sub(
        r"::\{lambda.*|::\$_\d+.*|::operator\(\)\(.*\) const::.*",
        "",
        name.replace("(anonymous namespace)::", ""),
    )
    name = re.sub(r"\s*\[clone [^\]]*\]|\[abi:\w+\]", "", name)
    if match := re.search(r"(operator\s*(?:\(\)|\[\]|[^\s\w(]+))\(", name):
        return match[1]
    while (shorter := re.sub(r"\([^()]*\)(?: const)?|<[^<>]*>", "", name)) != name:
        name = shorter
    return name.split("::")[-1].split()[-1] if name.strip() else ""


def resolve(program: Path, addresses: list[str]) -> tuple[list[list[Frame]], str]:
    """For each address its frames, calls compiled in place first; and why there are none."""
    tool = shutil.which("addr2line")
    if tool is None:
        return [], "addr2line is not installed; it comes with binutils"
    if not addresses:
        return [], "no call in the program was found"
    try:
        done = subprocess.run(
            [tool, "-e", str(program), "-a", "-f", "-C", "-i", *addresses],
            capture_output=True,
            timeout=ADDR2LINE_S,
            env={**os.environ, "LC_ALL": "C"},
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return [], f"addr2line failed: {error}"
    if done.returncode != 0:
        return [], f"addr2line: {done.stderr.decode(errors='replace').strip() or done.returncode}"
    found: list[list[Frame]] = []
    function = None
    for line in done.stdout.decode(errors="replace").splitlines():
        if re.fullmatch(r"0x[0-9a-f]+", line):
            found.append([])
            function = None
        elif function is None:
            function = line
        elif found:
            match = re.match(r"(?P<path>.*):(?P<line>\d+|\?)(?: \(discriminator \d+\))?$", line)
            number = int(match["line"]) if match and match["line"] != "?" else 0
            path = match["path"] if match and match["path"] != "??" else ""
            found[-1].append(Frame(plain_function(function), path, number))
            function = None
    return found, ""


def read(file: Path, program: Path, learner_file: Path, shown_as: str) -> LastWords | None:
    """None if the program wrote nothing that names a signal."""
    try:
        text = Path(file).read_bytes().decode("utf-8", errors="replace")
    except OSError:
        return None
    head = SIGNAL.search(text) if text.startswith("last_words 1\n") else None
    if head is None:
        return None
    words = LastWords(
        int(head["signal"]),
        shown_as,
        code=int(head["code"]),
        access=head["access"],
        address=int(head["address"], 16),
        stack_used_up=head["used_up"] == "1",
        complete=text.endswith("\nend\n"),
    )
    stacks = list(STACK.finditer(text))
    real = os.path.realpath(learner_file)

    def learners(frame: Frame) -> bool:
        return frame.line > 0 and (
            os.path.realpath(frame.path) == real
            or (not os.path.isabs(frame.path) and real.endswith(os.sep + os.path.normpath(frame.path)))
        )

    # Of several threads the busiest that is in the learner's file: the others wait for it.
    best: tuple[bool, int] | None = None
    for stack in stacks:
        found, note = resolve(Path(program), program_addresses(stack))
        frames = [frame for group in found for frame in group]
        own = next((frame for frame in frames if learners(frame)), None)
        if words.stack_used_up and own:  # where it calls itself is the line most of its calls are at
            lines = Counter(frame.line for frame in frames if learners(frame) and frame.function == own.function)
            line, calls = lines.most_common(1)[0]
            own = Frame(own.function, own.path, line) if calls >= RECURSION else own
        rank = (own is not None, int(stack["cpu"]))
        if best is not None and rank <= best:
            continue
        best = rank
        words.frames, words.note = frames, note
        words.innermost = next((frame for frame in frames if frame.line), None)
        words.line, words.function = (own.line, own.function) if own else (0, "")
    if not stacks:
        words.note = "the program could not say where it was"
    elif not words.note and words.innermost is None:
        words.note = "the program holds no line numbers; -g1 adds them"
    return words
