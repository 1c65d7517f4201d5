"""Progress outlives kills, damage, full and read-only disks, newer versions, two at once."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from common.learn.exercise import ROOT
from common.learn.state import (
    State,
    StateError,
    Store,
    only_watcher,
    parse,
    text_of,
    write_atomically,
)

TARGET = "phase1.week02.softmax"


def store(folder: Path) -> Store:
    return Store(folder / ".learn")


def mark(folder: Path, target: str, status: str) -> None:
    with store(folder).changing() as state:
        state.of(target).status = status


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    with store(tmp_path).changing() as state:
        state.current = TARGET
        state.of(TARGET).status, state.of(TARGET).hints = "done", 2
    again = store(tmp_path).load()
    assert (again.current, again.of(TARGET).status, again.of(TARGET).hints) == (TARGET, "done", 2)


def test_nothing_known_is_an_empty_state_and_no_file(tmp_path: Path) -> None:
    assert store(tmp_path).load() == State()
    assert not (tmp_path / ".learn").exists()


@pytest.mark.parametrize(
    "damage",
    [
        b"", b"{", b"\xff\xfe\0", b"[]", b'{"version": "1"}', b'{"version": 1, "current": 3, "exercises": {}}',
        b'{"version": 1, "current": "", "exercises": {"a": {"status": "dnoe"}}}',
        b'{"version": 1, "current": "", "exercises": {"a": {"hints": 9}}}',
        b'{"version": 1, "current": "", "exercises": {"a": {"hints": true}}}',
        b'{"version": 1, "current": "", "exercises": {"a": 1}}',
        b'{"version": true, "current": "", "exercises": {}}',
    ],
)
def test_a_damaged_file_is_kept_and_the_copy_before_it_used(tmp_path: Path, damage: bytes) -> None:
    mark(tmp_path, "a", "done")
    mark(tmp_path, "b", "done")  # the .bak now knows a
    path = tmp_path / ".learn/state.json"
    path.write_bytes(damage)
    learner = store(tmp_path)
    state = learner.load()
    assert state.of("a").status == "done"
    (kept,) = (tmp_path / ".learn").glob("state.json.damaged.*")
    assert kept.read_bytes() == damage
    assert "damaged" in learner.notices[0] and f".learn/{kept.name}" in learner.notices[0]
    with learner.changing() as state:
        state.of("c").status = "skipped"
    assert {*store(tmp_path).load().exercises} == {"a", "c"}


def test_both_files_damaged_begin_anew_and_lose_neither(tmp_path: Path) -> None:
    mark(tmp_path, "a", "done")
    for name in ("state.json", "state.json.bak"):
        (tmp_path / ".learn" / name).write_text("not it")
    assert store(tmp_path).load() == State()
    assert len(list((tmp_path / ".learn").glob("*damaged*"))) == 2


def test_a_newer_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    mark(tmp_path, "a", "done")
    path = tmp_path / ".learn/state.json"
    newer = path.read_text().replace('"version": 1', '"version": 2')
    path.write_text(newer)
    with pytest.raises(StateError, match=r"version 2.*up to 1.*git pull"):
        store(tmp_path).load()
    with pytest.raises(StateError), store(tmp_path).changing():
        pass
    assert path.read_text() == newer


def test_unknown_fields_of_a_record_are_no_damage() -> None:
    state = parse('{"version": 1, "current": "", "exercises": {"a": {"status": "done", "colour": "red"}}}')
    assert state.of("a").status == "done"
    assert "colour" not in text_of(state)


@pytest.mark.parametrize("number", range(20))
def test_a_kill_at_any_moment_leaves_a_whole_file(tmp_path: Path, number: int) -> None:
    mark(tmp_path, "a", "done")
    program = (
        "import sys; from pathlib import Path; from common.learn.state import Store\n"
        "store = Store(Path(sys.argv[1]) / '.learn'); print('ready', flush=True)\n"
        "for n in range(10**6):\n"
        "    with store.changing() as state: state.of(f'e{n % 300}').hints = n % 3\n"
    )
    child = subprocess.Popen([sys.executable, "-c", program, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE)
    assert child.stdout is not None
    child.stdout.readline()
    time.sleep(0.003 * number)
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()
    learner = store(tmp_path)
    assert learner.load().of("a").status == "done"
    assert learner.notices == []


def add_many(folder: Path, first: int) -> None:
    for number in range(first, first + 40):
        mark(folder, f"e{number}", "done")


def test_two_at_once_lose_nothing(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    both = [context.Process(target=add_many, args=(tmp_path, first)) for first in (0, 100)]
    for process in both:
        process.start()
    for process in both:
        process.join()
    assert len(store(tmp_path).load().exercises) == 80


def test_a_folder_that_cannot_be_written_is_said_once_and_no_crash(tmp_path: Path) -> None:
    (tmp_path / ".learn").write_text("a file where the folder should be")
    learner = store(tmp_path)
    for _ in range(3):
        with learner.changing() as state:
            state.of("a").status = "done"
    assert len(learner.notices) == 1 and "progress cannot be kept" in learner.notices[0]


def test_a_full_disk_is_said_and_the_old_state_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mark(tmp_path, "a", "done")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    learner = store(tmp_path)
    with learner.changing() as state:
        state.of("b").status = "done"
    assert "No space left on device" in learner.notices[0]
    monkeypatch.undo()
    assert {*store(tmp_path).load().exercises} == {"a"}
    assert not list((tmp_path / ".learn").glob("*.tmp"))


def test_one_watcher_at_a_time_and_the_next_after_it(tmp_path: Path) -> None:
    with only_watcher(tmp_path) as first:
        assert first == 0
        with only_watcher(tmp_path) as second:
            assert second == os.getpid()
    with only_watcher(tmp_path) as third:
        assert third == 0


def test_the_file_is_for_people_too(tmp_path: Path) -> None:
    mark(tmp_path, TARGET, "done")
    text = (tmp_path / ".learn/state.json").read_text()
    assert json.loads(text)["exercises"][TARGET]["status"] == "done"
    assert text.count("\n") > 5  # a line a field, so that a difference can be read


def test_a_state_nested_without_end_is_damage_too(tmp_path: Path) -> None:
    (tmp_path / ".learn").mkdir()
    (tmp_path / ".learn/state.json").write_text("[" * 100_000)
    there = store(tmp_path)
    assert there.load() == State() and "was damaged" in there.notices[0]


def test_a_failed_write_names_the_file_that_the_learner_knows(tmp_path: Path) -> None:
    (tmp_path / "state.json").mkdir()
    with pytest.raises(OSError) as caught:
        write_atomically(tmp_path / "state.json", "{}")
    assert caught.value.filename == str(tmp_path / "state.json") and list(tmp_path.iterdir()) == [tmp_path / "state.json"]
