"""Stopped, killed, resumed: always to the same bits as a run that nothing happened to."""

from __future__ import annotations

import json
import os
import random
import shlex
import shutil
import signal
import time
from pathlib import Path

import numpy as np
import pytest

from phase1_cpu.checkpoint.train_files import FILES, read_metrics, read_safetensors
from phase1_cpu.checkpoint.train_testing import (
    ROOT,
    Running,
    check_all_whole,
    check_finished,
    command_in,
    results,
    run,
)

# 600 images in 60 steps an epoch, which takes about 10 ms.
TRAINING = ("--dataset", "tiny", "--hidden", 16, "--batch", 10, "--lr", 0.05)
EPOCHS = 20


@pytest.fixture(scope="module")
def undisturbed(train_program: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a whole run of EPOCHS epochs."""
    folder = tmp_path_factory.mktemp("undisturbed") / "run"
    done = run(train_program, *TRAINING, "--epochs", EPOCHS, "--out", folder, cwd=folder.parent)
    assert done.code == 0, done
    check_finished(folder)
    return folder


def saved(folder: Path) -> dict[str, int]:
    """What the checkpoint says of itself: epoch and step, among others."""
    metadata, _ = read_safetensors(folder / "checkpoint.safetensors")
    return json.loads(metadata["training"])


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_stopped_again_and_again(
    train_program: Path, tmp_path: Path, undisturbed: Path, how: signal.Signals
) -> None:
    moments = random.Random(how)
    folder = tmp_path / "run"
    # Within an epoch nothing but stopping saves.
    arguments = [*TRAINING, "--epochs", EPOCHS, "--out", folder, "--save-every", 1000]
    for epochs_ahead in (1, 2, 4, 1, 4):
        with Running(
            train_program, *arguments, cwd=tmp_path, epochs_ahead=epochs_ahead
        ) as training:
            time.sleep(moments.uniform(0, 0.05))
            done = training.end(how)
        assert done.code == 130, done
        *_, stopped, command = done.err.splitlines()
        assert stopped.startswith("stopped in epoch ") and stopped.endswith("saved. Go on with:")
        assert str(folder) in command
        check_all_whole(folder)
        assert f"epoch {saved(folder)['epoch'] + 1}, after step {saved(folder)['step']};" in stopped
        assert not (folder / "report.html").exists()
        arguments = command_in(done.err)
    done = run(train_program, *arguments, cwd=tmp_path)
    assert done.code == 0, done
    assert f"resuming {folder} in epoch" in done.out
    check_finished(folder)
    assert results(folder) == results(undisturbed)


def test_the_command_printed_under_make_is_one_for_make(
    train_program: Path, tmp_path: Path, undisturbed: Path
) -> None:
    """As it stands, in a shell in the repository, and for a folder whose name is no plain word."""
    if train_program != ROOT / "build/release/bin/phase1_train" or shutil.which("make") is None:
        pytest.skip("make runs build/release/bin/phase1_train, which is not what is being tested")
    folder = tmp_path / "it's $HOME, \"a\" `b` \\c #d & so on"
    arguments = [*TRAINING, "--epochs", EPOCHS, "--out", folder]
    with Running("build/release/bin/phase1_train", *arguments, cwd=ROOT) as training:
        done = training.end(signal.SIGINT)
    assert done.code == 130, done
    command = done.err.splitlines()[-1].strip()
    assert command.startswith('make train PHASE=1 ARGS="--resume ')
    # The set-up that make does first must find what it needs, never install it.
    resumed = run("sh", "-c", command, cwd=ROOT, env={"GROUNDUP_INSTALL": "0"})
    assert resumed.code == 0, resumed
    assert results(folder) == results(undisturbed)


def test_a_second_ctrl_c_ends_at_once(train_program: Path, tmp_path: Path) -> None:
    # One step takes seconds, so that the first Ctrl-C is still waiting for its end.
    long_steps = ("--dataset", "tiny", "--hidden", 4000, "--batch", 600, "--epochs", 1)
    with Running(train_program, *long_steps, "--out", "run", cwd=tmp_path) as training:
        training.process.send_signal(signal.SIGINT)
        time.sleep(0.2)
        assert training.process.poll() is None, "the step was shorter than this test thinks"
        done = training.end(signal.SIGINT)
    assert done.code == -signal.SIGINT
    assert check_all_whole(tmp_path / "run") == {"checkpoint.safetensors"}


def test_what_is_ignored_stays_ignored(train_program: Path, tmp_path: Path) -> None:
    """As for a job that a shell starts in the background: Ctrl-C is meant for others."""
    script = 'trap "" INT; exec "$0" "$@"'
    words = ["-c", script, train_program, *TRAINING, "--epochs", 3, "--out", "run"]
    with Running("sh", *words, cwd=tmp_path) as training:
        done = training.end(signal.SIGINT)
    assert done.code == 0, done
    check_finished(tmp_path / "run")


# ------------------------------------------------------------------------------ killed

KILLS_IN_TRAINING, KILLS_IN_OUTPUTS, KILLS_IN_SAVING = 14, 6, 3  # at least


def test_killed_at_20_moments(train_program: Path, tmp_path: Path, undisturbed: Path) -> None:
    """Most of the time goes into saving here, after every step; at last into the results."""
    moments = random.Random(20)
    folder = tmp_path / "run"
    first = [*TRAINING, "--epochs", EPOCHS, "--out", folder]
    again = ["--resume", folder]

    def killed(arguments: list[object], within: float) -> bool:
        """Whether it was killed; it may have been done before. `within`: seconds at most."""
        with Running(train_program, *arguments, "--save-every", 1, cwd=tmp_path) as training:
            time.sleep(moments.uniform(0, within))
            done = training.end(signal.SIGKILL)
        assert done.code in (-signal.SIGKILL, 0), done
        return done.code != 0

    kills, in_saving = 0, 0
    arguments: list[object] = first
    while kills < KILLS_IN_TRAINING or in_saving < KILLS_IN_SAVING:
        if not killed(arguments, 0.03):  # it came to its end: once more from the beginning
            shutil.rmtree(folder)
            arguments = first
            continue
        arguments = again
        kills += 1
        in_saving += bool(check_all_whole(folder) - FILES)  # a temporary file, not yet renamed
        assert not (folder / "report.html").exists()
        assert kills < 200, "no moment of saving was hit"
    done = run(train_program, *again, cwd=tmp_path)
    assert done.code == 0, done
    check_finished(folder)
    assert results(folder) == results(undisturbed)

    # Now it is finished, and resuming it writes the results again, which takes this long:
    with Running(train_program, *again, cwd=tmp_path) as training:
        start = time.monotonic()
        assert training.end().code == 0
        duration = time.monotonic() - start
    kills = 0
    while kills < KILLS_IN_OUTPUTS:
        for name in FILES - {"checkpoint.safetensors"}:
            (folder / name).unlink(missing_ok=True)
        kills += killed(again, duration)
        check_all_whole(folder)
    assert run(train_program, *again, cwd=tmp_path).code == 0
    check_finished(folder)  # no temporary files either
    assert results(folder) == results(undisturbed)


def test_killed_before_anything_was_saved(train_program: Path, tmp_path: Path) -> None:
    """A folder with nothing but a temporary file is as good as new, and is nothing to resume."""
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / ".nn-4711-0.tmp").write_bytes(b"half a checkpo")
    done = run(train_program, "--resume", folder, cwd=tmp_path)
    assert "holds no checkpoint.safetensors, so there is nothing to resume" in done.error()
    done = run(train_program, *TRAINING, "--epochs", 1, "--out", folder, cwd=tmp_path)
    assert done.code == 0, done
    check_finished(folder)


# ------------------------------------------------------------------------------ resumed


def test_more_epochs_go_on_to_what_so_many_would_have_been(
    train_program: Path, tmp_path: Path, undisturbed: Path
) -> None:
    done = run(train_program, *TRAINING, "--epochs", 2, cwd=tmp_path)
    assert done.code == 0, done
    # The command is printed for who wants more; here for more than it says.
    *_, command = [line for line in done.out.splitlines() if "--resume" in line]
    *arguments, doubled = command_in(command)
    assert doubled == "4"
    latest = tmp_path / "runs/latest"
    assert (tmp_path / arguments[1]).resolve() == latest.resolve()
    done = run(train_program, *arguments, EPOCHS, cwd=tmp_path)
    assert done.code == 0, done
    assert results(latest) == results(undisturbed)


def test_more_epochs_are_remembered_from_the_start(
    train_program: Path, tmp_path: Path, undisturbed: Path
) -> None:
    folder = tmp_path / "run"
    shutil.copytree(undisturbed, folder)
    more = ("--resume", folder, "--epochs", EPOCHS + 9)
    with Running(train_program, *more, "--save-every", 1000, cwd=tmp_path) as training:
        training.end(signal.SIGKILL)
    done = run(train_program, "--resume", folder, cwd=tmp_path)
    assert done.code == 0, done
    assert len(read_metrics(folder / "metrics.csv")) == EPOCHS + 9


def test_a_finished_run_writes_its_results_again(
    train_program: Path, tmp_path: Path, undisturbed: Path
) -> None:
    folder = tmp_path / "run"
    shutil.copytree(undisturbed, folder)
    for name in FILES - {"checkpoint.safetensors"}:
        (folder / name).unlink()
    done = run(train_program, "--resume", "run/", cwd=tmp_path)
    assert done.code == 0, done
    assert f"its {EPOCHS} epochs are trained; writing the results again" in done.out
    assert "epoch" not in done.err
    check_finished(folder)
    assert results(folder) == results(undisturbed)


def test_latest_is_resumed_and_follows_the_last_run(train_program: Path, tmp_path: Path) -> None:
    for seed in (1, 2):
        done = run(train_program, *TRAINING, "--epochs", 1, "--seed", seed, cwd=tmp_path)
        assert done.code == 0, done
    first, second = sorted(p for p in (tmp_path / "runs").iterdir() if not p.is_symlink())
    assert (tmp_path / "runs/latest").resolve() == second
    assert run(train_program, "--resume", first, "--epochs", 2, cwd=tmp_path).code == 0
    assert run(train_program, "--resume", "runs/latest", "--epochs", 2, cwd=tmp_path).code == 0
    assert run(train_program, "--resume", f"runs/{first.name}", cwd=tmp_path).code == 0
    assert (tmp_path / "runs/latest").resolve() == first
    assert (first / "metrics.csv").read_text().count("\n") == 3
    assert (second / "metrics.csv").read_text().count("\n") == 3


@pytest.mark.parametrize("epochs", [1, EPOCHS - 1])
def test_fewer_epochs_than_were_begun(
    train_program: Path, tmp_path: Path, undisturbed: Path, epochs: int
) -> None:
    done = run(train_program, "--resume", undisturbed, "--epochs", epochs, cwd=tmp_path)
    assert done.code == 2
    assert done.err.splitlines()[0] == (
        f"train: --epochs is {epochs}, but the run has begun epoch {EPOCHS}; it may be a whole "
        f"number from {EPOCHS} to 10000"
    )
    check_finished(undisturbed)


def test_the_epoch_in_progress_counts_as_begun(train_program: Path, tmp_path: Path) -> None:
    """Ending there would leave weights that no line of metrics.csv belongs to."""
    folder = tmp_path / "run"
    with Running(train_program, *TRAINING, "--epochs", EPOCHS, "--out", folder, cwd=tmp_path) as t:
        while not (folder / "metrics.csv").exists():  # one epoch is finished then
            time.sleep(0.01)
        assert t.end(signal.SIGINT).code == 130
    assert saved(folder)["step"] > 0
    epoch = saved(folder)["epoch"] + 1
    assert epoch >= 2
    assert run(train_program, "--resume", folder, "--epochs", epoch - 1, cwd=tmp_path).code == 2
    assert run(train_program, "--resume", folder, "--epochs", epoch, cwd=tmp_path).code == 0
    assert (folder / "metrics.csv").read_text().count("\n") == 1 + epoch


def test_one_folder_has_one_run_at_a_time(train_program: Path, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    with Running(train_program, *TRAINING, "--epochs", EPOCHS, "--out", folder, cwd=tmp_path) as t:
        for words in (["--resume", folder], [*TRAINING, "--out", folder]):
            second = run(train_program, *words, cwd=tmp_path)
            assert f'another program is training in "{folder}" now' in second.error()
        assert t.end(signal.SIGINT).code == 130
    with Running(train_program, "--resume", folder, cwd=tmp_path) as t:
        t.end(signal.SIGKILL)  # a lock that outlives its process would be worse than none
    with Running(train_program, "--resume", folder, cwd=tmp_path) as t:
        assert t.end(signal.SIGINT).code == 130


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("nothing", 'there is no run "./nothing" to resume'),
        ("no/where", 'there is no run "no/where" to resume'),
        ("a_file", 'there is no run "./a_file" to resume'),
        ("empty", '"./empty" holds no checkpoint.safetensors, so there is nothing to resume'),
        ("runs/latest", '"runs/latest" leads to no folder'),
    ],
)
def test_nothing_to_resume(train_program: Path, tmp_path: Path, given: str, says: str) -> None:
    (tmp_path / "a_file").write_text("text")
    (tmp_path / "empty").mkdir()
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs/latest").symlink_to("gone")
    done = run(train_program, "--resume", given, cwd=tmp_path)
    assert says in done.error()
    assert done.out == ""
    assert not (tmp_path / "nothing").exists()


@pytest.fixture
def checkpoint(train_program: Path, tmp_path: Path, undisturbed: Path) -> Path:
    """The checkpoint of a run that is a copy of `undisturbed`."""
    shutil.copytree(undisturbed, tmp_path / "run")
    return tmp_path / "run/checkpoint.safetensors"


def refused(program: Path, checkpoint: Path) -> str:
    before = {p.name: p.read_bytes() for p in checkpoint.parent.iterdir()}
    line = run(program, "--resume", checkpoint.parent, cwd=checkpoint.parent.parent).error()
    assert str(checkpoint) in line
    assert {p.name: p.read_bytes() for p in checkpoint.parent.iterdir()} == before
    return line


def test_damaged_checkpoint(train_program: Path, checkpoint: Path) -> None:
    whole = checkpoint.read_bytes()
    for size in (0, 1, 7, 8, 100, len(whole) // 2, len(whole) - 1):
        checkpoint.write_bytes(whole[:size])
        refused(train_program, checkpoint)
    checkpoint.write_bytes(whole + b"\0")
    refused(train_program, checkpoint)
    bits = random.Random(3)
    header = 8 + int.from_bytes(whole[:8], "little")
    places = [*range(9), *(bits.randrange(8, header) for _ in range(8)),
              *(bits.randrange(header, len(whole)) for _ in range(8)), len(whole) - 1]
    for place in places:
        flipped = whole[place] ^ 1 << bits.randrange(8)
        checkpoint.write_bytes(whole[:place] + bytes([flipped]) + whole[place + 1 :])
        refused(train_program, checkpoint)
    checkpoint.write_bytes(whole)
    assert run(train_program, "--resume", checkpoint.parent, cwd=checkpoint.parent).code == 0


def test_a_flipped_weight_is_called_damage(train_program: Path, checkpoint: Path) -> None:
    whole = bytearray(checkpoint.read_bytes())
    whole[-1000] ^= 1
    checkpoint.write_bytes(whole)
    assert "is damaged: its checksum is wrong" in refused(train_program, checkpoint)


def test_checkpoint_of_another_kind(train_program: Path, checkpoint: Path) -> None:
    shutil.copy(checkpoint.parent / "model.safetensors", checkpoint)
    assert '"groundup model 1", not a checkpoint of this program' in refused(
        train_program, checkpoint
    )
    content = (checkpoint.parent / "model.safetensors").read_bytes()
    checkpoint.write_bytes(content.replace(b"groundup model 1", b"groundup model 2"))
    phase2 = shlex.quote(str(train_program.parent / "phase2_train"))
    assert refused(train_program, checkpoint).endswith(
        f"phase 2's trainer, which alone can go on: {phase2} --resume {checkpoint.parent}"
    )
    shutil.copy(checkpoint.parent / "mistakes.png", checkpoint)
    assert "not a safetensors file" in refused(train_program, checkpoint)
    checkpoint.unlink()
    checkpoint.mkdir()
    line = run(train_program, "--resume", checkpoint.parent, cwd=checkpoint.parent).error()
    assert "it is a folder" in line


def test_checkpoint_of_other_data(train_program: Path, tmp_path: Path) -> None:
    """The same number of images, one of which was swapped for another."""
    data = tmp_path / "data"
    shutil.copytree(ROOT / "reference/datasets/tiny", data)
    done = run(train_program, "--dataset", data, "--epochs", 1, "--out", "run", cwd=tmp_path)
    assert done.code == 0, done
    shutil.copy(data / "t10k-images-idx3-ubyte.gz", data / "train-images-idx3-ubyte.gz")
    shutil.copy(data / "t10k-labels-idx1-ubyte.gz", data / "train-labels-idx1-ubyte.gz")
    done = run(train_program, "--resume", "run", "--epochs", 2, cwd=tmp_path)
    assert "was trained on other data than" in done.error()
    shutil.rmtree(data)
    done = run(train_program, "--resume", "run", "--epochs", 2, cwd=tmp_path)
    assert f"'{data}' is no data set and no folder" in done.error()


# ------------------------------------------------------------------------------ diverged

DIVERGING = ("--dataset", "tiny", "--hidden", "32,32,32,32", "--lr", 1000, "--save-every", 1)


def test_a_loss_that_is_no_number(train_program: Path, tmp_path: Path) -> None:
    done = run(train_program, *DIVERGING, "--out", "run", cwd=tmp_path)
    line = done.error()
    assert line.startswith("train: the loss became ") or line.startswith("train: a weight became ")
    assert " at epoch 1, step " in line
    assert line.endswith(": the steps are too long. Try a smaller --lr than 1000")
    assert len(done.err.splitlines()) == 1
    # Only the last good state is left. It leads to the same place again.
    assert check_all_whole(tmp_path / "run") == {"checkpoint.safetensors"}
    _, arrays = read_safetensors(tmp_path / "run/checkpoint.safetensors")
    assert all(np.isfinite(array).all() for array in arrays.values())
    assert run(train_program, "--resume", "run", cwd=tmp_path).error() == line
    assert os.listdir(tmp_path / "run") == ["checkpoint.safetensors"]


def test_a_learning_rate_so_large_that_nothing_is_learned(
    train_program: Path, tmp_path: Path
) -> None:
    done = run(train_program, "--dataset", "tiny", "--lr", 1000, "--out", "run", cwd=tmp_path)
    assert done.code == 0, done
    *_, advice, command = done.out.splitlines()
    assert "Try a smaller --lr" in advice
    assert command_in(command) == ["--dataset", "tiny", "--lr", "100"]
