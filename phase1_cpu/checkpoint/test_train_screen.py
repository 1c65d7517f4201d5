"""What the screen shows: on a terminal one line that is redrawn, elsewhere one line an epoch."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time
from pathlib import Path

import pytest

from phase1_cpu.checkpoint.train_testing import TIMEOUT, default_signals, environment, run

EPOCHS = 3
TRAINING = ("--dataset", "tiny", "--epochs", EPOCHS, "--batch", 5)


def on_terminal(
    program: Path, cwd: Path, columns: int, **variables: str
) -> tuple[str, float, int]:
    """Standard error of a run that is a terminal of that width; the seconds; the exit status."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    start = time.monotonic()
    with subprocess.Popen(
        [program, *map(str, TRAINING), "--out", "run"], cwd=cwd, preexec_fn=default_signals,
        env=environment(**{"TERM": "xterm"} | variables), stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=theirs,
    ) as training:
        os.close(theirs)
        written = b""
        while time.monotonic() < start + TIMEOUT:
            select.select([ours], [], [], 1)
            try:
                part = os.read(ours, 4096)
            except OSError:  # as Linux says that the other end is closed
                break
            if not part:
                break
            written += part
        os.close(ours)
        code = training.wait(timeout=TIMEOUT)
    return written.decode(), time.monotonic() - start, code


def shown(written: str) -> list[str]:
    """Every state that a line of the screen was in, without colours."""
    plain = re.sub(r"\x1b\[[0-9;]*m", "", written).replace("\r\n", "\n")
    return [state for state in re.split(r"\r\x1b\[K|\n", plain) if state]


@pytest.mark.parametrize("columns", [20, 40, 80, 200])
def test_terminal_line_never_wraps(train_program: Path, tmp_path: Path, columns: int) -> None:
    written, _, code = on_terminal(train_program, tmp_path, columns)
    assert code == 0, written
    states = shown(written)
    assert max(map(len, states)) < columns  # a terminal may wrap after its last column
    assert all(state.startswith("epoch ") for state in states)
    assert written.count("\n") == EPOCHS, "one line an epoch stays"
    if columns >= 40:
        assert any(" %" in state and "loss " in state for state in states)
    if columns >= 80:
        assert any(re.search(r"\[#*-*\] +\d+ %  loss .*  acc .* %  .*/s  ETA \d+:\d\d", state)
                   for state in states)


def test_terminal_line_is_redrawn_at_most_ten_times_a_second(
    train_program: Path, tmp_path: Path
) -> None:
    written, seconds, _ = on_terminal(train_program, tmp_path, 80)
    wipes = written.count("\r\x1b[K")
    # One for each tenth of a second, one for each epoch's last line and the first draw after it.
    assert EPOCHS <= wipes <= 10 * seconds + 2 * EPOCHS + 1
    assert wipes < EPOCHS * 600 / 5, "fewer than steps"


def test_colour_is_left_out_where_it_is_not_wanted(train_program: Path, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    written, _, _ = on_terminal(train_program, tmp_path / "a", 80)
    assert "\x1b[32m" in written and "\x1b[0m" in written
    written, _, _ = on_terminal(train_program, tmp_path / "b", 80, NO_COLOR="1")
    assert not re.search(r"\x1b\[[0-9;]*m", written)


def test_dumb_terminal_gets_plain_lines(train_program: Path, tmp_path: Path) -> None:
    written, _, _ = on_terminal(train_program, tmp_path, 80, TERM="dumb")
    assert "\x1b" not in written
    assert len(written.splitlines()) == EPOCHS


@pytest.mark.parametrize("variables", [{}, {"NO_COLOR": "1"}, {"TERM": "xterm-256color"}])
def test_elsewhere_one_plain_line_an_epoch(
    train_program: Path, tmp_path: Path, variables: dict[str, str]
) -> None:
    done = run(train_program, *TRAINING, "--out", "run", cwd=tmp_path, env=variables)
    assert done.code == 0, done
    assert "\x1b" not in done.out + done.err and "\r" not in done.out + done.err
    lines = done.err.splitlines()
    assert [line.split("  ")[0] for line in lines] == [
        f"epoch {epoch}/{EPOCHS}" for epoch in range(1, EPOCHS + 1)
    ]
    assert all(re.search(r"test acc \d+\.\d\d %", line) for line in lines)


def test_what_it_says_from_beginning_to_end(train_program: Path, tmp_path: Path) -> None:
    done = run(train_program, *TRAINING, "--out", "my runs/first", cwd=tmp_path)
    first, second, third, empty, accuracy, report, next_, *commands = done.out.splitlines()
    assert first == "training 784-128-10 on tiny: 600 images to learn from, 200 to test on"
    assert second == (
        "with phase 1's code on one core: 3 epochs of 120 steps, batch 5, lr 0.2, seed 1"
    )
    assert third == "results go to my runs/first; Ctrl-C saves and stops"
    assert empty == ""
    assert re.fullmatch(
        r"test accuracy \d\d\.\d\d %: \d+ of 200 images it was not trained on", accuracy
    )
    assert report == "report: my runs/first/report.html (open it in a browser)"
    assert next_ == "what to try next:"
    assert commands == [
        f"  {train_program} --resume 'my runs/first' --epochs 6",
        f"  {train_program} --dataset tiny --epochs 3 --batch 5 --hidden 256,64",
    ]
    assert max(map(len, done.out.splitlines()[:7])) <= 80
