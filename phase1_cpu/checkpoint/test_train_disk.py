"""Where nothing can be written: exit status 1, a line with the file and the reason, nothing half."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from phase1_cpu.checkpoint.train_testing import (
    TIMEOUT,
    Finished,
    check_all_whole,
    check_finished,
    command_in,
    environment,
    results,
    run,
)

TRAINING = ("--dataset", "tiny", "--epochs", 1, "--hidden", 3, "--batch", 100)


@pytest.fixture(scope="module")
def undisturbed(train_program: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run with room enough."""
    folder = tmp_path_factory.mktemp("undisturbed")
    assert run(train_program, *TRAINING, "--out", "run", cwd=folder).code == 0
    return folder / "run"


# ------------------------------------------------------------------------------ --out


def test_out_is_never_overwritten(train_program: Path, tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run/notes.txt").write_text("mine")
    done = run(train_program, *TRAINING, "--out", "run", cwd=tmp_path)
    assert '"./run" is not empty. Resume the run in it, or choose another' in done.error()
    assert [path.name for path in (tmp_path / "run").iterdir()] == ["notes.txt"]


@pytest.mark.parametrize("out", ["file", "file/run", "file/deep/run"])
def test_out_is_no_folder(train_program: Path, tmp_path: Path, out: str) -> None:
    (tmp_path / "file").write_text("mine")
    done = run(train_program, *TRAINING, "--out", out, cwd=tmp_path)
    assert "cannot make the folder" in done.error() and out in done.error()
    assert done.out == ""
    assert (tmp_path / "file").read_text() == "mine"


@pytest.mark.parametrize("out", [".", "./", "new/../other", "deep/er/"])
def test_out_may_be_written_in_many_ways(train_program: Path, tmp_path: Path, out: str) -> None:
    cwd = tmp_path / "here"
    cwd.mkdir()
    done = run(train_program, *TRAINING, "--out", out, cwd=cwd)
    assert done.code == 0, done
    check_finished(Path(os.path.normpath(cwd / out)))


@pytest.mark.parametrize("out", ["/", "latest", "runs/latest", ".hidden"])
def test_out_has_a_name(train_program: Path, tmp_path: Path, out: str) -> None:
    done = run(train_program, *TRAINING, "--out", out, cwd=tmp_path)
    assert "a run cannot be called" in done.error()


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user can reach; pytest's own are closed to all but their owner."""
    folder = Path(tempfile.mkdtemp(prefix="train-"))
    folder.chmod(0o755)
    yield folder
    for path in folder.iterdir():
        path.chmod(0o755)
    shutil.rmtree(folder)


def as_no_root(program: Path) -> Callable[[], None]:
    """For a child: gives up root, whom file modes do not hold. Skips where that cannot be."""

    def drop() -> None:
        if os.geteuid() == 0:
            os.setgroups([])
            os.setgid(65534)
            os.setuid(65534)

    try:
        subprocess.run([program, "--help"], preexec_fn=drop, capture_output=True, check=True)
    except (OSError, subprocess.SubprocessError) as error:
        pytest.skip(f"root cannot run {program} as another user here: {error}")
    return drop


@pytest.mark.parametrize("closed", ["run", "runs"])
def test_unwritable_folder(train_program: Path, open_folder: Path, closed: str) -> None:
    drop = as_no_root(train_program)
    (open_folder / closed).mkdir(0o555)
    out = ("--out", "run") if closed == "run" else ()
    done = run(train_program, *TRAINING, *out, cwd=open_folder, before=drop)
    line = done.error()
    assert f'"./{closed}"' in line or f'"{closed}/tiny-' in line
    assert "Permission denied" in line
    assert done.out == ""
    assert list((open_folder / closed).iterdir()) == []


# ------------------------------------------------------------------------------ full disks


def check_stopped_cleanly(done: Finished, folder: Path, reason: str) -> str:
    """One line with the file and the reason; what is left is whole. Returns the file's name."""
    line = done.error()
    assert line.startswith(f'train: cannot write "{folder}/') and reason in line
    file = line.split('"')[1].removeprefix(f"{folder}/")
    # Without a saved state there is nothing to go on from, so nothing is left.
    assert ("go on from the last saved state: " in line) == folder.exists()
    if folder.exists():
        names = check_all_whole(folder)
        assert not any(name.endswith(".tmp") for name in names)
        assert file not in names or file == "checkpoint.safetensors"  # the one before this
    return file


def check_goes_on(program: Path, arguments: list[str], folder: Path, undisturbed: Path) -> None:
    """To the same results as if nothing had happened."""
    resumed = run(program, *arguments, cwd=folder.parent)
    assert resumed.code == 0, resumed
    check_finished(folder)
    assert results(folder) == results(undisturbed)


# The first of them is written before any work and grows by the end of an epoch; the model is
# smaller, so that its limit stops the run before it begins; the other two are written last.
LIMITS = ("checkpoint.safetensors", "model.safetensors", "mistakes.png", "report.html")


@pytest.mark.parametrize("name", LIMITS)
@pytest.mark.parametrize("ignored", [True, False], ids=["SIGXFSZ ignored", "SIGXFSZ as it is"])
def test_files_may_not_grow_so_large(
    train_program: Path, tmp_path: Path, undisturbed: Path, name: str, ignored: bool
) -> None:
    """A limit one byte below each file's size in turn, so that each write fails once."""
    limit = (undisturbed / name).stat().st_size - 1

    def before() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN if ignored else signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    folder = tmp_path / "run"
    done = run(train_program, *TRAINING, "--out", folder, cwd=tmp_path, before=before)
    failed = check_stopped_cleanly(done, folder, "File too large")
    assert failed == name or (undisturbed / failed).stat().st_size > limit
    if folder.exists():
        check_goes_on(train_program, command_in(done.err), folder, undisturbed)


SMALL_DISK = """
set -e
mount -t tmpfs -o size="$1" tmpfs "$2"
shift
cp_from=$1 cp_to=$2
shift 2
code=0
"$@" || code=$?
cp -a "$cp_from/." "$cp_to"
exit $code
"""


def on_small_disk(size: str, disk: Path, copy: Path, *command: object) -> Finished:
    """Runs a command that sees a disk of this size at `disk`; what is on it then lies in `copy`."""
    script = ["unshare", "-rm", "sh", "-c", SMALL_DISK, "sh", size, disk, copy]
    done = subprocess.run(
        [*map(str, script), *map(str, command)], cwd=disk.parent, env=environment(),
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=TIMEOUT,
    )
    return Finished(done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize("size", ["16k", "28k", "40k", "64k", "100k", "160k"])
def test_disk_is_full(train_program: Path, tmp_path: Path, undisturbed: Path, size: str) -> None:
    if shutil.which("unshare") is None:
        pytest.skip("there is no unshare(1), so no disk of a test's own")
    disk, copy = tmp_path / "disk", tmp_path / "copy"
    disk.mkdir()
    copy.mkdir()
    probe = on_small_disk("16k", disk, copy, "true")
    if probe.code != 0:
        pytest.skip(f"this machine does not let a test mount a small disk: {probe.err.strip()}")
    folder = disk / "run"
    done = on_small_disk(size, disk, copy, train_program, *TRAINING, "--out", folder)
    if (copy / "run").exists():
        (copy / "run").rename(folder)  # where it stood, on the disk that is gone now
    check_stopped_cleanly(done, folder, "No space left on device")
    if folder.exists():
        check_goes_on(train_program, command_in(done.err), folder, undisturbed)


def test_standard_output_is_full(train_program: Path, tmp_path: Path) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [train_program, *map(str, TRAINING), "--out", "run"], cwd=tmp_path, stdout=full,
            stderr=subprocess.PIPE, text=True, timeout=TIMEOUT,
        )
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == (
        'train: standard output could not be written; the results are in "./run"'
    )
    check_finished(tmp_path / "run")


@pytest.mark.parametrize("redirection", [">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-", "2>&1 | true"])
def test_nobody_listens(
    train_program: Path, tmp_path: Path, undisturbed: Path, redirection: str
) -> None:
    """Whoever reads the output may have gone; what matters is in the folder."""
    words = " ".join(map(str, TRAINING))
    subprocess.run(["sh", "-c", f'"$0" {words} --out run {redirection}', train_program],
                   cwd=tmp_path, capture_output=True, timeout=TIMEOUT)
    check_finished(tmp_path / "run")
    assert results(tmp_path / "run") == results(undisturbed)
