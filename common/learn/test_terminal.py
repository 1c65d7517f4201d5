"""A request to stop is not lost, wherever the program is when it comes."""

from __future__ import annotations

import subprocess
import sys

from common.learn.exercise import ROOT

# The signal comes while a destructor runs: Python prints the handler's exception and goes on.
DROPPED = """
import os, signal
from common.learn.terminal import Stopped, stop_if_asked, stop_in_order

class Closing:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGHUP)
        for _ in range(1000): pass  # a handler runs between two steps of the program

stop_in_order()
stop_if_asked()
closing = Closing()
del closing
print("dropped")
try:
    stop_if_asked()
except Stopped as stopped:
    print("status", stopped.status)
"""


def test_a_request_that_came_in_a_destructor_is_not_lost() -> None:
    done = subprocess.run([sys.executable, "-c", DROPPED], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert "Exception ignored" in done.stderr  # else the case is not the one meant
    assert done.stdout == "dropped\nstatus 129\n", done.stdout + done.stderr
