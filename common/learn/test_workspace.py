"""The learner's files: made once, never overwritten, told of every change of the course's."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from common.learn.exercise import ROOT, Exercise, load_course
from common.learn.state import Progress
from common.learn.workspace import KEPT, WorkError, Workspace

COURSE = {exercise.name: exercise for exercise in load_course()}


class Changed(Exercise):
    """An exercise whose file in the course reads otherwise."""

    content = ""

    def text(self) -> str:
        return self.content


def changed(exercise: Exercise, old: str, new: str) -> Exercise:
    assert old in exercise.text()
    other = Changed(**{name: getattr(exercise, name) for name in exercise.__dataclass_fields__})
    other.content = exercise.text().replace(old, new)
    return other


@pytest.fixture
def space(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


SOFTMAX = COURSE["softmax"]


def test_the_copy_mirrors_the_course_and_lacks_the_region(space: Workspace) -> None:
    progress = Progress()
    opened = space.open(SOFTMAX, progress)
    assert opened.path == space.root / "work/phase1_cpu/week02_losses/softmax.cc"
    assert space.shown(SOFTMAX) == "work/phase1_cpu/week02_losses/softmax.cc"
    text = opened.path.read_text()
    assert 'NN_TODO("softmax");' in text and "std::exp" not in text and "// <<<" not in text
    assert opened.notices == []


def test_a_demo_is_copied_whole(space: Workspace) -> None:
    space.open(COURSE["hello"], Progress())
    text = space.path(COURSE["hello"]).read_text()
    assert "y.push_back(value / 2);" in text and "NN_TODO" not in text


def test_opening_again_touches_nothing(space: Workspace) -> None:
    progress = Progress()
    path = space.open(SOFTMAX, progress).path
    path.write_text("mine\n")
    assert space.open(SOFTMAX, progress).notices == []
    assert path.read_text() == "mine\n"


def test_a_change_of_the_course_is_offered_beside_the_learners_file(space: Workspace) -> None:
    progress = Progress()
    path = space.open(SOFTMAX, progress).path
    mine = path.read_text().replace('NN_TODO("softmax");', "return z;")
    path.write_text(mine)
    newer = changed(SOFTMAX, "const int B = z.rows(), L = z.cols();", "const int B = z.rows();\n  const int L = z.cols();")
    said = "\n".join(space.open(newer, progress).notices)
    assert path.read_text() == mine
    assert "softmax.cc.new" in said and "+  const int L = z.cols();" in said and "-  const int B" in said
    assert "const int L = z.cols();" in path.with_name("softmax.cc.new").read_text()
    assert space.open(newer, progress).notices == []  # said once


def test_an_untouched_file_follows_the_course(space: Workspace) -> None:
    progress = Progress()
    path = space.open(SOFTMAX, progress).path
    newer = changed(SOFTMAX, "const int B", "const  int B")
    assert "untouched" in space.open(newer, progress).notices[0]
    assert "const  int B" in path.read_text()
    assert not path.with_name("softmax.cc.new").exists()


def test_a_change_inside_the_region_concerns_nobody(space: Workspace) -> None:
    progress = Progress()
    path = space.open(SOFTMAX, progress).path
    path.write_text("mine\n")
    newer = changed(SOFTMAX, "double total = 0;", "double sum = 0;")
    assert space.open(newer, progress).notices == []


def test_a_deleted_file_comes_back_and_what_was_checked_is_named(space: Workspace) -> None:
    progress = Progress()
    path = space.open(SOFTMAX, progress).path
    space.keep(SOFTMAX, "first\n")
    space.keep(SOFTMAX, "second\n")
    path.unlink()
    said = " ".join(space.open(SOFTMAX, progress).notices)
    assert "was gone" in said and "NN_TODO" in path.read_text()
    kept = space.newest(SOFTMAX)
    assert kept is not None and kept.read_text() == "second\n" and str(kept.relative_to(space.root)) in said


def test_the_whole_of_work_may_be_deleted(space: Workspace) -> None:
    import shutil

    progress = Progress()
    space.open(SOFTMAX, progress)
    shutil.rmtree(space.work)
    assert space.open(SOFTMAX, progress).path.exists()


def test_the_record_of_the_beginning_may_be_lost(space: Workspace) -> None:
    path = space.open(SOFTMAX, Progress()).path
    path.write_text("mine\n")
    space.base_path(SOFTMAX).unlink()
    again = Progress()  # as after a damaged state
    assert space.open(SOFTMAX, again).notices == [] and again.starter
    assert path.read_text() == "mine\n"


def test_reset_keeps_what_was_there(space: Workspace) -> None:
    progress = Progress()
    path = space.open(SOFTMAX, progress).path
    path.write_text("mine\n")
    first = space.reset(SOFTMAX, progress)
    path.write_text("mine again\n")
    second = space.reset(SOFTMAX, progress)  # within the same second
    assert first is not None and second is not None and first != second
    assert (first.read_text(), second.read_text()) == ("mine\n", "mine again\n")
    assert "NN_TODO" in path.read_text()
    assert space.reset(SOFTMAX, progress) is None  # the starter itself needs no copy


@pytest.mark.parametrize(
    ("data", "says"),
    [(b"\x7fELF\0\0", "not text: byte 4"), (b"caf\xe9\n", "not UTF-8.*byte 3 is 0xe9")],
)
def test_a_file_that_is_no_text_is_named(space: Workspace, data: bytes, says: str) -> None:
    space.open(SOFTMAX, Progress()).path.write_bytes(data)
    with pytest.raises(WorkError, match=says):
        space.read(SOFTMAX)


def test_a_missing_file_says_how_to_get_it(space: Workspace) -> None:
    with pytest.raises(WorkError, match="./learn softmax makes it anew"):
        space.read(SOFTMAX)


def test_lines_ends_and_tabs_stay_as_the_learner_has_them(space: Workspace) -> None:
    space.open(SOFTMAX, Progress()).path.write_bytes(b"\tint a;\r\n")
    assert space.read(SOFTMAX) == "\tint a;\r\n"


def test_a_folder_that_cannot_be_written_is_named(space: Workspace) -> None:
    space.work.write_text("a file where the folder should be")
    with pytest.raises(WorkError, match="cannot be written"):
        space.open(SOFTMAX, Progress())


def test_only_the_newest_versions_are_kept_in_order(space: Workspace) -> None:
    space.open(SOFTMAX, Progress())
    for number in range(KEPT + 5):
        space.keep(SOFTMAX, f"version {number}\n")
        space.keep(SOFTMAX, f"version {number}\n")  # the same again is no new version
    kept = [path.read_text() for path in space.history(SOFTMAX)]
    assert kept == [f"version {number}\n" for number in range(5, KEPT + 5)]


def test_the_starter_is_no_version_of_the_learners(space: Workspace) -> None:
    space.open(SOFTMAX, Progress())
    space.keep(SOFTMAX, space.base(SOFTMAX))
    assert space.history(SOFTMAX) == []


def test_the_learners_region_is_found_without_its_markers(space: Workspace) -> None:
    text = space.starter_of(SOFTMAX)
    lines = [line for line in text.splitlines() if "// >>>" not in line]
    at = next(i for i, line in enumerate(lines) if "NN_TODO" in line)
    lines[at : at + 1] = ["  // one", "  p = z;"]
    found = space.regions(SOFTMAX, "\n".join(lines))
    assert found == {"softmax": ["  // one", "  p = z;"]}


def test_of_a_demo_the_region_is_found_too(space: Workspace) -> None:
    hello = COURSE["hello"]
    space.open(hello, Progress())
    text = space.read(hello).replace("value / 2", "0.5 * value")
    (lines,) = space.regions(hello, text).values()
    assert any("0.5 * value" in line for line in lines) and not any("}" == line for line in lines)


def test_each_of_several_regions_is_found(space: Workspace) -> None:
    exercise = COURSE["sigmoid"]
    names = [region.name for region in space.course_regions(exercise)]
    assert len(names) == 2
    text = space.starter_of(exercise)
    for number, name in enumerate(names):
        text = text.replace(f'NN_TODO("{name}");', f"answer({number});")
    found = {name: [line.strip() for line in lines] for name, lines in space.regions(exercise, text).items()}
    assert all(f"answer({number});" in found[name] for number, name in enumerate(names)), found


def test_first_line_points_at_what_is_left_to_write(space: Workspace) -> None:
    text = space.starter_of(COURSE["sigmoid"])
    lines = text.splitlines()
    todo = [number for number, line in enumerate(lines, 1) if "NN_TODO" in line]
    assert space.first_line(COURSE["sigmoid"], text) == todo[0]
    lines[todo[0] - 1] = "  done();"
    assert space.first_line(COURSE["sigmoid"], "\n".join(lines)) == todo[1]
    assert space.first_line(COURSE["sigmoid"], "") == 1


@pytest.mark.parametrize("name", sorted(COURSE))
def test_every_exercise_of_the_course_opens(space: Workspace, name: str) -> None:
    exercise = replace(COURSE[name])
    space.open(exercise, Progress())
    text = space.read(exercise)
    assert ("NN_TODO(" in text) == (exercise.kind != "demo")
    assert exercise.source.is_relative_to(ROOT)


# ---------------------------------------------------------------- what is no file, or not here


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (os.mkfifo, "is no file but a pipe"),
        (os.mkdir, "is no file but a folder"),
        (lambda path: os.symlink("/dev/zero", path), "is no file but a device"),
        (lambda path: path.write_bytes(b"/" * 50_000_000), "has 50 MB"),
    ],
    ids=["pipe", "folder", "device", "50 MB"],
)
def test_what_is_no_file_is_named_and_reset_keeps_it(space: Workspace, make: Callable[[Path], object], says: str) -> None:
    # A pipe was waited for without end, and /dev/zero read until the memory was full.
    progress = Progress()
    path = space.open(SOFTMAX, progress).path
    path.unlink()
    make(path)
    with pytest.raises(WorkError, match=says):
        space.read(SOFTMAX)
    space.open(changed(SOFTMAX, "Matrix p(B, L);", "Matrix p(B, L);  // new"), progress)
    backup = space.reset(SOFTMAX, progress)
    assert backup and "NN_TODO" in path.read_text()
    assert backup.exists() and not backup.samefile(path)


def test_a_link_stays_a_link(tmp_path: Path, space: Workspace) -> None:
    # As from a folder that is synchronised: a reset left the file there behind.
    progress = Progress()
    path = space.open(SOFTMAX, progress).path
    real = tmp_path / "elsewhere.cc"
    path.rename(real)
    path.symlink_to(real)
    newer = changed(SOFTMAX, "Matrix p(B, L);", "Matrix p(B, L);  // new")
    space.open(newer, progress)  # untouched, so that it follows
    assert path.is_symlink() and "// new" in real.read_text()
    real.write_text("mine\n")
    backup = space.reset(newer, progress)
    assert path.is_symlink() and "NN_TODO" in real.read_text()
    assert backup and not backup.is_symlink() and backup.read_text() == "mine\n"


def test_a_reset_on_a_full_disk_changes_nothing(space: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    # The file was renamed first, and the starter found no room: the learner's was gone from its place.
    progress = Progress()
    path = space.open(SOFTMAX, progress).path
    path.write_text("mine\n")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", "there")

    monkeypatch.setattr("common.learn.workspace.write_atomically", full)
    with pytest.raises(WorkError, match="softmax.cc: cannot be reset: No space left on device"):
        space.reset(SOFTMAX, progress)
    assert path.read_text() == "mine\n" and list(path.parent.iterdir()) == [path]
