"""Phase 2's train, evaluate and predict, as a user runs them."""

from __future__ import annotations

import importlib.util
import random
import shlex
import shutil
import signal
import struct
import time
import zlib
from pathlib import Path

import numpy as np
import pytest

from phase1_cpu.checkpoint.train_files import read_idx, read_safetensors
from phase1_cpu.checkpoint.train_testing import ROOT, TINY, Running, command_in, run
from phase2_vectorized.checkpoint.model_runs import (
    EVENTS,
    check_all_whole,
    check_finished,
    predict,
    read_events,
    read_metrics,
    results,
)

# 600 pictures in 60 steps an epoch; dropout has to go on where it was.
TRAINING = ("--dataset", "tiny", "--hidden", 16, "--batch", 10, "--lr", 0.01, "--dropout", 0.1)
EPOCHS = 12

# What make sets up first must find what it needs, never install it.
NOTHING_INSTALLED = {"GROUNDUP_INSTALL": "0"}


@pytest.fixture(scope="module")
def train(phase2_programs: Path) -> Path:
    return phase2_programs / "phase2_train"


@pytest.fixture(scope="module")
def undisturbed(train: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a whole run of EPOCHS epochs."""
    folder = tmp_path_factory.mktemp("undisturbed") / "run"
    done = run(train, *TRAINING, "--epochs", EPOCHS, "--out", folder, cwd=folder.parent)
    assert done.code == 0, done
    assert "test accuracy" in done.out
    assert " s in steps of training; an epoch's time above counts tests and saving too\n" in done.out
    check_finished(folder)
    return folder


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_of(
    size: tuple[int, int], rows: list[bytes], bits: int = 8, colour: int = 0, palette: bytes | None = None
) -> bytes:
    """A PNG file of (height, width) that holds these rows; colour is the format's number for its kind."""
    header = struct.pack(">IIBBBBB", size[1], size[0], bits, colour, 0, 0, 0)
    between = b"" if palette is None else chunk(b"PLTE", palette)
    data = zlib.compress(b"".join(b"\0" + row for row in rows))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + between + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def png(pixels: np.ndarray) -> bytes:
    """A grey picture of 8 bits, (height, width) of 0 to 255, as a PNG file."""
    return png_of(pixels.shape, [row.tobytes() for row in pixels.astype(np.uint8)])


# ------------------------------------------------------------------------------ the same, whatever happens


@pytest.mark.parametrize("threads", [1, 3])
def test_threads_change_nothing(train: Path, tmp_path: Path, undisturbed: Path, threads: int) -> None:
    done = run(train, *TRAINING, "--epochs", EPOCHS, "--out", "run", cwd=tmp_path, env={"NN_THREADS": str(threads)})
    assert done.code == 0, done
    assert f"on {threads} thread" in done.out
    assert results(tmp_path / "run") == results(undisturbed)


def test_threads_change_no_bit_of_a_whole_training(train: Path, tmp_path: Path) -> None:
    """So wide that products are shared between threads, forward and backward, with pictures augmented by a thread of
    their own. Files are compared as they are but for the times in them."""
    arguments = ("--dataset", "tiny", "--hidden", "256,128", "--batch", 150, "--dropout", 0.2, "--augment", "yes",
                 "--epochs", 3)  # fmt: skip
    found = []
    for threads in (1, 2, 3, 7):
        folder = tmp_path / f"{threads}"
        done = run(train, *arguments, "--out", folder, cwd=tmp_path, env={"NN_THREADS": str(threads)})
        assert done.code == 0 and f"on {threads} thread" in done.out, done
        check_finished(folder)
        found.append(results(folder))
    assert found[0] == found[1] == found[2] == found[3]
    weights, bias = 784 * 256 + 256 * 128 + 128 * 10, 256 + 128 + 10
    moments = sum(len(value) // 4 for name, value in found[0]["optimizer"].items() if name.startswith("optimizer."))
    assert moments == 2 * (weights + bias), "what Adam remembers of every parameter was compared"


def test_stopped_again_and_again(train: Path, tmp_path: Path, undisturbed: Path) -> None:
    moments, folder = random.Random(1), tmp_path / "run"
    arguments = [*TRAINING, "--epochs", EPOCHS, "--out", folder, "--save-every", 1000]
    for how in (signal.SIGINT, signal.SIGTERM, signal.SIGINT):
        with Running(train, *arguments, cwd=tmp_path) as training:
            time.sleep(moments.uniform(0, 0.03))
            done = training.end(how)
        assert done.code == 130, done
        assert "stopped in epoch " in done.err and not (folder / "report.html").exists()
        check_all_whole(folder)
        arguments = command_in(done.err)
    done = run(train, *arguments, cwd=tmp_path)
    assert done.code == 0 and f"resuming {folder} in epoch" in done.out, done
    check_finished(folder)
    assert results(folder) == results(undisturbed)


KILLS = 50


def test_killed_at_random(train: Path, tmp_path: Path, undisturbed: Path) -> None:
    """Saving after each step, so that many of the kills hit a file that is being written."""
    moments, folder = random.Random(2), tmp_path / "run"
    first = [*TRAINING, "--epochs", EPOCHS, "--out", folder, "--save-every", 1]
    again = ["--resume", folder, "--save-every", 1]
    arguments, kills, in_saving = first, 0, 0
    while kills < KILLS:
        with Running(train, *arguments, cwd=tmp_path, epochs_ahead=1) as training:
            time.sleep(moments.uniform(0, 0.05))
            done = training.end(signal.SIGKILL)
        if done.code == 0:  # it came to its end: once more from the beginning
            shutil.rmtree(folder)
            arguments = first
            continue
        assert done.code == -signal.SIGKILL, done
        arguments = again
        kills += 1
        in_saving += any(name.endswith(".tmp") for name in check_all_whole(folder, killed=True))
        assert not (folder / "report.html").exists()
    assert in_saving > 0, "no moment of saving was hit"
    assert run(train, *again, cwd=tmp_path).code == 0
    check_finished(folder)
    assert results(folder) == results(undisturbed)


def test_commands_printed_under_make_are_ones_for_make(train: Path, tmp_path: Path, undisturbed: Path) -> None:
    """As they stand, in a shell in the repository: to go on, then to judge what came of it."""
    if train != ROOT / "build/release/bin/phase2_train" or shutil.which("make") is None:
        pytest.skip("make runs build/release/bin/phase2_train, which is not what is being tested")
    folder = tmp_path / "it's $HOME & so on"
    with Running("build/release/bin/phase2_train", *TRAINING, "--epochs", EPOCHS, "--out", folder, cwd=ROOT) as training:
        done = training.end(signal.SIGINT)
    assert done.code == 130, done
    command = done.err.splitlines()[-1].strip()
    assert command.startswith('make train ARGS="--resume ')
    resumed = run("sh", "-c", command, cwd=ROOT, env=NOTHING_INSTALLED)
    assert resumed.code == 0, resumed
    assert results(folder) == results(undisturbed)
    *_, command = resumed.out.splitlines()
    assert command.strip().startswith('make evaluate ARGS="--model ')
    judged = run("sh", "-c", command, cwd=ROOT, env=NOTHING_INSTALLED)
    assert judged.code == 0 and "of 200 right, accuracy" in judged.out, judged


def test_augmented_training_resumes_to_the_same(train: Path, tmp_path: Path) -> None:
    arguments = (*TRAINING, "--epochs", 3, "--augment", "yes")
    assert run(train, *arguments, "--out", "whole", cwd=tmp_path).code == 0
    with Running(train, *arguments, "--out", "run", cwd=tmp_path) as training:
        assert training.end(signal.SIGINT).code == 130
    assert run(train, "--resume", "run", cwd=tmp_path).code == 0
    assert results(tmp_path / "run") == results(tmp_path / "whole")


# ------------------------------------------------------------------------------ its files, read by others


def test_numpy_predicts_the_same(phase2_programs: Path, undisturbed: Path, tmp_path: Path) -> None:
    x = read_idx(TINY / "t10k-images-idx3-ubyte.gz").reshape(-1, 784) / 255.0
    labels = read_idx(TINY / "t10k-labels-idx1-ubyte.gz")
    p = predict(undisturbed / "model.safetensors", x)
    accuracy = np.mean(p.argmax(axis=1) == labels)
    assert accuracy == read_metrics(undisturbed / "metrics.csv")[-1]["val_accuracy"]
    # predict draws probabilities to 1e-4; a digit of the test set comes back as it is.
    picture = tmp_path / "digit.png"
    picture.write_bytes(png(255 - read_idx(TINY / "t10k-images-idx3-ubyte.gz")[7]))
    model = undisturbed / "model.safetensors"
    done = run(phase2_programs / "phase2_predict", "--model", model, "--top", 10, picture, cwd=tmp_path)
    assert done.code == 0, done
    shown = {line.split()[0]: float(line.split()[1]) for line in done.out.splitlines() if " % " in line}
    for digit in range(10):
        # Preparing the picture moves no pixel and rounds to 8 bits of grey.
        assert abs(shown[str(digit)] / 100 - p[7, digit]) < 2e-3, done.out


def test_the_safetensors_package_reads_the_model(undisturbed: Path) -> None:
    if importlib.util.find_spec("safetensors") is None:
        pytest.skip("the safetensors package is not installed: pip install safetensors")
    from safetensors.numpy import load_file

    _, arrays = read_safetensors(undisturbed / "model.safetensors")
    theirs = load_file(undisturbed / "model.safetensors")
    assert theirs.keys() == arrays.keys()
    for name, array in arrays.items():
        np.testing.assert_array_equal(theirs[name], array)


def test_tensorboard_reads_the_events(undisturbed: Path) -> None:
    rows = read_metrics(undisturbed / "metrics.csv")
    events = read_events(undisturbed / EVENTS)
    assert [event.step for event in events] == [row["epoch"] for row in rows]
    for event, row in zip(events, rows, strict=True):
        assert event.wall_time == row["wall_time"]
        assert event.scalars["epoch_loss"] == np.float32(row["loss"])
        assert event.scalars["validation/epoch_accuracy"] == np.float32(row["val_accuracy"])
    if importlib.util.find_spec("tensorboard") is None:
        pytest.skip("read by our own reader alone: TensorBoard is not installed (pip install tensorboard)")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    stock = EventAccumulator(str(undisturbed))
    stock.Reload()
    for tag, name in (("epoch_loss", "loss"), ("validation/epoch_loss", "val_loss")):
        theirs = [(scalar.step, scalar.value, scalar.wall_time) for scalar in stock.Scalars(tag)]
        assert theirs == [(row["epoch"], np.float32(row[name]), row["wall_time"]) for row in rows]


# ------------------------------------------------------------------------------ evaluate and predict


def test_evaluate_says_what_training_said(phase2_programs: Path, undisturbed: Path, tmp_path: Path) -> None:
    model = undisturbed / "model.safetensors"
    done = run(phase2_programs / "phase2_evaluate", "--model", model, cwd=tmp_path)
    assert done.code == 0, done
    accuracy = read_metrics(undisturbed / "metrics.csv")[-1]["val_accuracy"]
    assert f"{accuracy * 200:.0f} of 200 right, accuracy {100 * accuracy:.2f} %" in done.out
    x = read_idx(TINY / "t10k-images-idx3-ubyte.gz").reshape(-1, 784) / 255.0
    labels = read_idx(TINY / "t10k-labels-idx1-ubyte.gz")
    said = predict(model, x).argmax(axis=1)
    *_, confusion = done.out.split("true \\ said")
    rows = [line.split()[2:] for line in confusion.splitlines()[1:]]
    for truth in range(10):
        want = [str(n) if (n := int(np.sum((labels == truth) & (said == k)))) else "." for k in range(10)]
        assert rows[truth] == want
    table = done.out.split("F1\n")[1].splitlines()
    hits = np.sum((said == 3) & (labels == 3))
    assert f"{100 * hits / np.sum(said == 3):.2f} %" in table[3]
    assert f"{100 * hits / np.sum(labels == 3):.2f} %" in table[3]


def test_predict_sees_through_size_place_and_paper(phase2_programs: Path, undisturbed: Path, tmp_path: Path) -> None:
    """One digit on white paper, on black, three times as large and elsewhere: the same answers."""
    digit = read_idx(TINY / "t10k-images-idx3-ubyte.gz")[3].astype(int)
    large = np.full((150, 220), 255)
    large[20 : 20 + 84, 100 : 100 + 84] -= np.kron(digit, np.ones((3, 3), int))
    pictures = {"white.png": 255 - digit, "black.png": digit, "large.png": large}
    answers = {}
    for name, pixels in pictures.items():
        (tmp_path / name).write_bytes(png(pixels))
    done = run(phase2_programs / "phase2_predict", "--model", undisturbed / "model.safetensors", *pictures, cwd=tmp_path)
    assert done.code == 0, done
    for name in pictures:
        lines = done.out[done.out.index(name) :].splitlines()
        assert len(lines[1:29]) == 28, "what it saw, 28 lines"
        answers[name] = [line.split()[0] for line in lines if " % " in line][:3]
        assert "#" in next(line for line in lines if " % " in line)
    assert answers["white.png"] == answers["black.png"] == answers["large.png"]


def test_predict_sees_the_same_in_every_kind_of_png(
    phase2_programs: Path, undisturbed: Path, tmp_path: Path
) -> None:
    """Black ink on white, in 1, 8 and 16 bits of grey, in colour, by a palette, and as ink on nothing."""
    ink = np.zeros((30, 20), np.uint8)
    ink[5:25, 9:12] = 1
    grey = 255 * (1 - ink)
    kinds = {
        "grey": png(grey),
        "two colours": png_of(ink.shape, [np.packbits(row).tobytes() for row in 1 - ink], bits=1),
        "16 bits": png_of(ink.shape, [(row.astype(">u2") * 257).tobytes() for row in grey], bits=16),
        "colour": png_of(ink.shape, [np.repeat(row, 3).tobytes() for row in grey], colour=2),
        "palette": png_of(ink.shape, [row.tobytes() for row in ink], colour=3, palette=b"\xff\xff\xff\0\0\0"),
        "alpha": png_of(ink.shape, [np.stack([0 * row, 255 * row], 1).tobytes() for row in ink], colour=4),
    }
    answers = set()
    for name, content in kinds.items():
        (tmp_path / f"{name}.png").write_bytes(content)
        model = undisturbed / "model.safetensors"
        done = run(phase2_programs / "phase2_predict", "--model", model, f"{name}.png", cwd=tmp_path)
        assert done.code == 0, done
        answers.add(done.out.replace(name, ""))
    assert len(answers) == 1, answers


# ------------------------------------------------------------------------------ what is refused


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--dataset", "cifar"), "'cifar' is no data set and no folder"),
        (("--epochs", "0"), "--epochs is '0'; it may be a whole number from 1 to 10000"),
        (("--lr", "nan"), "--lr is 'nan'"),
        (("--dropout", "0.95"), "--dropout is '0.95'; it may be a number from 0 to 0.9"),
        (("--augment", "maybe"), "--augment is 'maybe'; it may be yes or no"),
        (("--hidden", "0"), "--hidden is '0'"),
        (("--dataset", "tiny", "--batch", "601"), "--batch is 601; it may be at most the 600 training pictures"),
        (("--resume", "gone"), 'there is no run "./gone" to resume'),
        (("--resume", "gone", "--lr", "1"), "--lr cannot be given with --resume"),
        (("--optimizer", "adam"), "'--optimizer' is no option; there are --augment"),
    ],
)
def test_wrong_command_lines(train: Path, tmp_path: Path, arguments: tuple[str, ...], says: str) -> None:
    done = run(train, *arguments, cwd=tmp_path)
    assert done.code in (1, 2) and done.err.startswith("train: ") and says in done.err, done
    assert done.code == 1 or done.err.splitlines()[1] == f"See: {shlex.quote(str(train))} --help"
    assert done.out == "" and list(tmp_path.iterdir()) == []


def test_steps_so_long_that_nothing_is_learned(train: Path, tmp_path: Path) -> None:
    done = run(train, "--dataset", "tiny", "--lr", 1000, "--hidden", "32,32,32", "--out", "run", cwd=tmp_path)
    assert done.code == 0, done
    *_, advice, command = done.out.splitlines()
    assert "Try a smaller --lr" in advice
    assert command_in(command) == ["--dataset", "tiny", "--lr", "100", "--hidden", "32,32,32"]
    check_finished(tmp_path / "run")


def test_damaged_and_foreign_checkpoints(train: Path, tmp_path: Path, undisturbed: Path) -> None:
    folder = tmp_path / "run"
    shutil.copytree(undisturbed, folder)
    checkpoint = folder / "checkpoint.safetensors"
    whole = checkpoint.read_bytes()
    bits = random.Random(3)
    for place in [0, 9, *(bits.randrange(8, len(whole)) for _ in range(12)), len(whole) - 1]:
        checkpoint.write_bytes(whole[:place] + bytes([whole[place] ^ 1 << bits.randrange(8)]) + whole[place + 1 :])
        assert str(checkpoint) in run(train, "--resume", folder, cwd=tmp_path).error()
    checkpoint.write_bytes(whole[: len(whole) // 2])
    run(train, "--resume", folder, cwd=tmp_path).error()
    shutil.copy(folder / "model.safetensors", checkpoint)
    assert "not a checkpoint of this program" in run(train, "--resume", folder, cwd=tmp_path).error()
    checkpoint.write_bytes(whole)
    done = run(train, "--resume", folder, cwd=tmp_path)
    assert done.code == 0 and "writing the results again" in done.out


def test_runs_of_the_other_phase_are_named(
    train: Path, train_program: Path, phase2_programs: Path, undisturbed: Path, tmp_path: Path
) -> None:
    done = run(train_program, "--dataset", "tiny", "--epochs", 1, "--hidden", 3, cwd=tmp_path)
    assert done.code == 0, done
    begun = {path: path.read_bytes() for path in (tmp_path / "runs/latest").iterdir()}
    line = run(train, "--resume", "runs/latest", cwd=tmp_path).error()
    assert begun == {path: path.read_bytes() for path in (tmp_path / "runs/latest").iterdir()}
    first, command = line.split(" which alone can go on: ")
    assert first.endswith("/checkpoint.safetensors: was begun by phase 1's trainer,")
    assert shlex.split(command)[0] == str(phase2_programs / "phase1_train")
    assert run(train_program, *command_in(command), cwd=tmp_path).code == 0
    for name, words in (("predict", ["digit.png"]), ("evaluate", [])):
        done = run(phase2_programs / f"phase2_{name}", *words, cwd=tmp_path)
        assert done.code == 1 and "runs/latest/model.safetensors: was written by phase 1's trainer" in done.err, done
        assert done.err.rstrip().endswith(f" Train one: {train}"), "there is no earlier run of phase 2"
    earlier = tmp_path / "runs/of phase 2"
    shutil.copytree(undisturbed, earlier)
    (tmp_path / "digit.png").write_bytes(png(np.eye(28) * 255))
    for name, words in (("predict", ["digit.png"]), ("evaluate", [])):
        program = phase2_programs / f"phase2_{name}"
        done = run(program, *words, cwd=tmp_path)
        command = shlex.split(done.err.split("; or take an earlier run's: ")[1])
        assert command == [str(program), "--model", "runs/of phase 2", *words]
        assert run(*command, cwd=tmp_path).code == 0


def test_where_there_is_no_model_the_way_to_one_is_said(train: Path, phase2_programs: Path, tmp_path: Path) -> None:
    evaluate = phase2_programs / "phase2_evaluate"
    done = run(evaluate, cwd=tmp_path)
    assert done.code == 1 and done.err == (
        f"evaluate: there is no runs/latest/model.safetensors; train a network first: {train}\n"
    ), done
    with Running(train, *TRAINING, "--epochs", EPOCHS, cwd=tmp_path) as training:
        assert training.end(signal.SIGINT).code == 130
    done = run(evaluate, cwd=tmp_path)
    assert done.code == 1 and "has not come to its end. Go on with: " in done.err, done
    resumed = run(train, *shlex.split(done.err.split("Go on with: ")[1])[1:], cwd=tmp_path)
    assert resumed.code == 0, resumed
    assert resumed.out.splitlines()[-1].strip() == str(evaluate)
    judged = run(evaluate, cwd=tmp_path)
    assert judged.code == 0 and "runs/latest/model.safetensors on tiny: " in judged.out, judged
    assert run(evaluate, "--model", "runs/latest/", cwd=tmp_path) == judged, "a run's folder is as good as its model"
    (tmp_path / "runs/latest/model.safetensors").unlink()
    done = run(evaluate, "--model", "runs/latest", cwd=tmp_path)
    assert done.code == 1 and "in runs/latest has not come to its end. Go on with: " in done.err, done


BAD_PICTURES = {
    "no file": (None, "there is no such file"),
    "text": (b"no picture", "text.png is no readable PNG: Not a PNG file"),
    "cut short": (png(np.arange(784).reshape(28, 28) % 251)[:-30], "cut short.png"),
    "empty": (png(np.full((28, 28), 200)), "empty.png: an empty picture"),
    "uneven light": (png(np.add.outer(np.arange(60) * 3, np.eye(60)[0])), "uneven light.png: nothing in it stands out"),
    "one pixel": (png(np.zeros((1, 1))), "one pixel.png: an empty picture"),
    "no bytes": (b"", "no bytes.png is no readable PNG"),
    "jpeg": (b"\xff\xd8\xff\xe0" + bytes(100), "jpeg.png is no readable PNG: Not a PNG file"),
    "damaged": (png(np.arange(784).reshape(28, 28) % 251).replace(b"IDAT", b"IDAU"), "damaged.png is no readable PNG: IDAU: CRC error"),
    "huge": (png_of((60000, 60000), [bytes(100)]), "huge.png claims 60000 x 60000 pixels; 67108863"),
}


@pytest.mark.parametrize("case", BAD_PICTURES)
def test_predict_refuses_what_it_cannot_see(
    phase2_programs: Path, undisturbed: Path, tmp_path: Path, case: str
) -> None:
    content, says = BAD_PICTURES[case]
    if content is not None:
        (tmp_path / f"{case}.png").write_bytes(content)
    model = undisturbed / "model.safetensors"
    done = run(phase2_programs / "phase2_predict", "--model", model, f"{case}.png", cwd=tmp_path)
    assert done.code == 1 and says in done.err and len(done.err.splitlines()) == 1, done
    assert "does not hold" not in done.err, "a user's file is no broken promise of the code"


FOLDERS = {
    "nothing in it": ({}, "'pictures' has no subfolders; a folder of data holds a subfolder of PNG files for each"),
    "no subfolders": ({"1.png": 8}, "'pictures' has no subfolders; a folder of data holds a subfolder of PNG files"),
    "one class": ({"oak/1.png": 8, "oak/2.png": 8}, "has one class, oak"),
    "too few": ({"birch/1.png": 8, "oak/1.png": 8}, "leaves none for validation; more examples are needed"),
    "two sizes": ({"birch/1.png": 8, "oak/1.png": 9}, "has 8 x 8; make them all of one size"),
    "no picture": ({"birch/1.png": 8, "oak/1.txt": 8}, "oak is a class without a picture"),
    "text": ({"birch/1.png": 8, "oak/1.png": 0}, "1.png is no readable PNG"),
}


@pytest.mark.parametrize("case", FOLDERS)
def test_folders_that_are_no_data(train: Path, tmp_path: Path, case: str) -> None:
    pictures, says = FOLDERS[case]
    folder = tmp_path / "pictures"
    folder.mkdir()
    for name, side in pictures.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(png(np.eye(side) * 255) if side else b"no picture")
    done = run(train, "--dataset", "pictures", cwd=tmp_path)
    assert says in done.error() and done.out == "", done
    assert "does not hold" not in done.err, "a user's folder is no broken promise of the code"
    assert [path.name for path in tmp_path.iterdir()] == ["pictures"]


def test_models_that_are_none(phase2_programs: Path, undisturbed: Path, tmp_path: Path) -> None:
    picture = tmp_path / "a.png"
    picture.write_bytes(png(np.eye(28) * 255))
    for program, words in (("phase2_predict", [picture]), ("phase2_evaluate", [])):
        for model, says in (
            (tmp_path / "gone", "there is no such file"),
            (undisturbed / "checkpoint.safetensors", "not a model of this program"),
            (undisturbed / "mistakes.png", "not a safetensors file we can read: its header does not begin with '{'"),
        ):
            done = run(phase2_programs / program, "--model", model, *words, cwd=tmp_path)
            assert done.code == 1 and says in done.err and str(model) in done.err, done
    done = run(phase2_programs / "phase2_predict", "--model", undisturbed / "model.safetensors", cwd=tmp_path)
    assert done.code == 2 and "there is no picture" in done.err


def test_evaluate_says_how_other_data_differ(phase2_programs: Path, undisturbed: Path, tmp_path: Path) -> None:
    model = undisturbed / "model.safetensors"
    for name, classes, side, says in (
        ("small", "0123456789", 27, "was trained for pictures of 28 x 28 pixels, and small has 27 x 27"),
        ("few", "012345678", 28, "was trained for 10 classes, and few has 9"),
        ("called", "0123x56789", 28, "class 4 is called '4' by the model, and '5' by called"),
    ):
        for kind in classes:
            (tmp_path / name / kind).mkdir(parents=True)
            for i in range(5):
                (tmp_path / name / kind / f"{i}.png").write_bytes(png(np.eye(side) * 255))
        done = run(phase2_programs / "phase2_evaluate", "--model", model, "--dataset", name, cwd=tmp_path)
        assert done.code == 1 and says in done.err and len(done.err.splitlines()) == 1, done


def test_a_folder_of_pngs_trains_evaluates_and_predicts(phase2_programs: Path, tmp_path: Path) -> None:
    """Two classes of 12 x 9 pixels: bright above, bright below."""
    rng = np.random.default_rng(1)
    for name, rows in (("above", slice(0, 6)), ("below", slice(6, 12))):
        (tmp_path / "pictures" / name).mkdir(parents=True)
        for i in range(40):
            pixels = rng.integers(0, 100, (12, 9))
            pixels[rows] += 100
            (tmp_path / "pictures" / name / f"{i:02}.png").write_bytes(png(pixels))
    done = run(phase2_programs / "phase2_train", "--dataset", "pictures", "--hidden", "none", "--epochs", 60, "--lr", 0.05,
               cwd=tmp_path)
    assert done.code == 0 and "64 pictures to learn from, 16 to test on" in done.out, done
    assert "test accuracy 100.00 %" in done.out
    done = run(phase2_programs / "phase2_evaluate", cwd=tmp_path)
    assert "16 of 16 right" in done.out, done
    done = run(phase2_programs / "phase2_predict", "--top", 1, "pictures/below/00.png", cwd=tmp_path)
    assert done.out.splitlines()[-1].split()[0] == "below", done


@pytest.mark.parametrize(("height", "width", "lines", "columns"), [(64, 64, 28, 28), (30, 90, 13, 39), (12, 9, 12, 9)])
def test_large_pictures_are_drawn_small(
    phase2_programs: Path, tmp_path: Path, height: int, width: int, lines: int, columns: int
) -> None:
    for name, brightness in (("black", 0), ("white", 255)):
        (tmp_path / "pictures" / name).mkdir(parents=True)
        for i in range(5):
            (tmp_path / "pictures" / name / f"{i}.png").write_bytes(png(np.full((height, width), brightness)))
    assert run(phase2_programs / "phase2_train", "--dataset", "pictures", "--epochs", 1, cwd=tmp_path).code == 0
    done = run(phase2_programs / "phase2_predict", "--top", 1, "pictures/white/0.png", cwd=tmp_path)
    assert done.out.splitlines()[1:-1] == ["██" * columns] * lines, done


def draw_shapes(folder: Path, of_each: int, side: int = 28) -> None:
    """Crosses, discs and squares of different sizes and places, dark on light paper with a grain."""
    rng = np.random.default_rng(1)
    row, column = np.mgrid[:side, :side]
    for name in ("cross", "disc", "square"):
        (folder / name).mkdir(parents=True)
        for i in range(of_each):
            y, x = rng.uniform(0.43 * side, 0.57 * side, 2)
            half = rng.uniform(0.2 * side, 0.36 * side)
            dy, dx = np.abs(row - y), np.abs(column - x)
            ink = {
                "cross": (np.minimum(dy, dx) < 2) & (np.maximum(dy, dx) < half),
                "disc": np.hypot(dy, dx) < half,
                "square": np.maximum(dy, dx) < half,
            }[name]
            pixels = 230 - 180 * ink + rng.normal(0, 8, (side, side))
            (folder / name / f"{i:02}.png").write_bytes(png(pixels.clip(0, 255)))


def test_a_few_pictures_are_learned_without_an_option(train: Path, tmp_path: Path) -> None:
    """MNIST's recipe takes one step an epoch of so few, and does no better than guessing."""
    draw_shapes(tmp_path / "shapes", 30)
    done = run(train, "--dataset", "shapes", "--out", "run", cwd=tmp_path)
    assert done.code == 0 and "20 epochs of 18 steps, batch 4, lr up to 0.003" in done.out, done
    rows = read_metrics(tmp_path / "run/metrics.csv")
    assert rows[-1]["val_accuracy"] >= 0.8 and rows[-1]["loss"] < 0.3 < rows[0]["loss"], rows
    help_said = " ".join(run(train, "--help", cwd=tmp_path).out.split())
    assert "few: a folder, or tiny, with fewer than 5000 pictures to learn from" in help_said
    assert "few: a 16th of them, at most 32" in help_said
