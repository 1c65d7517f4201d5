"""Broken data: exit status 1, one line that names the file and says what to do, no run left."""

from __future__ import annotations

import gzip
import os
import shutil
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from phase1_cpu.checkpoint.train_testing import ROOT, TINY, copy_of_tiny, run

IMAGES, LABELS = "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"
TEST_IMAGES, TEST_LABELS = "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"

WHAT_TO_DO = "A folder of data holds MNIST's four files"


def content_of(file: Path) -> bytes:
    return gzip.decompress(file.read_bytes())


def truncated(name: str, keep: Callable[[int], int], plain: bool = False) -> Callable[[Path], None]:
    """Cuts the file short; `keep` gives how many of so many bytes stay."""

    def spoil(folder: Path) -> None:
        content = content_of(folder / name) if plain else (folder / name).read_bytes()
        (folder / name).write_bytes(content[: keep(len(content))])

    return spoil


def rewritten(name: str, change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        (folder / name).write_bytes(gzip.compress(change(content_of(folder / name)), 1))

    return spoil


def replaced(name: str, content: bytes) -> Callable[[Path], None]:
    return lambda folder: (folder / name).write_bytes(content) and None


def a_folder_instead(folder: Path) -> None:
    (folder / IMAGES).unlink()
    (folder / IMAGES).mkdir()


def with_count(count: int) -> Callable[[bytes], bytes]:
    """The header claims so many items."""
    return lambda content: content[:4] + struct.pack(">I", count) + content[8:]


def with_label_10(content: bytes) -> bytes:
    return content[:300] + b"\x0a" + content[301:]


RANDOM = np.random.default_rng(7).bytes(5000)

# name: (what is done to the folder, the file that must be named, what must be said of it)
BROKEN: dict[str, tuple[Callable[[Path], None], str, str]] = {
    **{f"{name} missing": ((lambda name: lambda folder: (folder / name).unlink())(name), name,
                           "is not there") for name in (IMAGES, LABELS, TEST_IMAGES, TEST_LABELS)},
    "gzip cut in its header": (truncated(IMAGES, lambda n: 5), IMAGES, "cut short"),
    "gzip cut in the middle": (truncated(IMAGES, lambda n: n // 2), IMAGES, "cut short"),
    "gzip without its sum": (truncated(TEST_IMAGES, lambda n: n - 8), TEST_IMAGES, "cut short"),
    "gzip short of one byte": (truncated(LABELS, lambda n: n - 1), LABELS, "cut short"),
    "one byte": (truncated(IMAGES, lambda n: 1), IMAGES, "1 bytes"),
    "plain cut in its header": (truncated(IMAGES, lambda n: 15, True), IMAGES, "15 bytes"),
    "plain cut after its header": (truncated(IMAGES, lambda n: 16, True), IMAGES, "ends early"),
    "plain cut in the middle": (truncated(IMAGES, lambda n: n // 2, True), IMAGES, "ends early"),
    "plain short of one byte": (truncated(LABELS, lambda n: n - 1, True), LABELS, "ends early"),
    "another magic": (rewritten(IMAGES, lambda c: b"\0\0\x0d\x03" + c[4:]), IMAGES, "no IDX file"),
    "labels as images": (lambda f: shutil.copy(f / LABELS, f / IMAGES) and None, IMAGES,
                         "is an IDX file of labels"),
    "images as labels": (lambda f: shutil.copy(f / IMAGES, f / LABELS) and None, LABELS,
                         "is an IDX file of images"),
    "labels of another set": (lambda f: shutil.copy(f / TEST_LABELS, f / LABELS) and None, "train",
                              "600 images but 200 labels"),
    "trailing bytes": (rewritten(IMAGES, lambda c: c + bytes(3)), IMAGES, "goes on too long"),
    "trailing bytes after gzip": (lambda f: (f / IMAGES).write_bytes((f / IMAGES).read_bytes()
                                  + b"abc") and None, IMAGES, "3 bytes follow its end"),
    "2^31 images claimed": (rewritten(IMAGES, with_count(2**31)), IMAGES,
                            "claims 2147483648 images"),
    "2^31 - 1 images claimed": (rewritten(IMAGES, with_count(2**31 - 1)), IMAGES, "ends early"),
    "one image too few": (rewritten(IMAGES, with_count(599)), IMAGES, "goes on too long"),
    "no image": (lambda f: [rewritten(IMAGES, lambda c: with_count(0)(c)[:16])(f),
                            rewritten(LABELS, lambda c: with_count(0)(c)[:8])(f)] and None,
                 "train", "has no images"),
    "rows and columns swapped for 14 x 56": (rewritten(
        IMAGES, lambda c: c[:8] + struct.pack(">II", 14, 56) + c[16:]), "train", "14 x 56"),
    "empty": (replaced(LABELS, b""), LABELS, "0 bytes"),
    "gzip of nothing": (replaced(IMAGES, gzip.compress(b"")), IMAGES, "0 bytes"),
    "random bytes": (replaced(IMAGES, RANDOM), IMAGES, "no IDX file"),
    "random bytes after gzip's first two": (replaced(IMAGES, b"\x1f\x8b" + RANDOM), IMAGES,
                                            "damaged"),
    "a label 10": (rewritten(LABELS, with_label_10), "train", "label 292 is 10; labels are 0 to 9"),
    "a folder in its place": (a_folder_instead, IMAGES, "it is a folder"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_broken_file(train_program: Path, tmp_path: Path, case: str) -> None:
    spoil, file, says = BROKEN[case]
    data = copy_of_tiny(tmp_path / "data")
    spoil(data)
    done = run(train_program, "--dataset", data, cwd=tmp_path)
    line = done.error()
    assert len(done.err.splitlines()) == 1
    assert str(data / file) in line
    assert says in line
    assert WHAT_TO_DO in line
    assert done.out == ""
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


@pytest.mark.parametrize("given", ["cifar", "no/such/folder", "a_file", "tiny/"])
def test_no_such_data_set(train_program: Path, tmp_path: Path, given: str) -> None:
    (tmp_path / "a_file").write_text("text")
    done = run(train_program, "--dataset", given, "--out", "run", cwd=tmp_path)
    assert done.err == (
        f"train: '{given}' is no data set and no folder; --dataset may be mnist, fashion, tiny or "
        "a folder of IDX files\n"
    )
    assert (done.code, done.out) == (1, "")
    assert not (tmp_path / "run").exists()


def test_a_damaged_bundled_set_says_how_to_restore_it(train_program: Path, tmp_path: Path) -> None:
    bundled = tmp_path / "reference/datasets/tiny"
    shutil.copytree(TINY, bundled)
    truncated(IMAGES, lambda n: n // 2)(bundled)
    done = run(train_program, "--dataset", "tiny", cwd=tmp_path,
               env={"NN_REFERENCE_DIR": str(tmp_path / "reference")})
    assert "git checkout -- reference/datasets/tiny" in done.error()


def test_a_folder_whose_name_cannot_be_written_down(train_program: Path, tmp_path: Path) -> None:
    """A checkpoint holds the folder's path as UTF-8, which not every name on Linux is."""
    copy_of_tiny(tmp_path / "data").rename(os.fsdecode(os.fsencode(tmp_path / "d") + b"\xff"))
    done = run(train_program, "--dataset", os.fsdecode(b"d\xff"), "--out", "run", cwd=tmp_path)
    assert "the path of the data set is not UTF-8" in done.error()
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("name", ["my digits", "./dots/", ".hidden", "it's $HOME"])
def test_a_folder_of_ones_own_trains_as_the_same_files_do(
    train_program: Path, tmp_path: Path, name: str
) -> None:
    copy_of_tiny(tmp_path / name)
    for file in (tmp_path / name).glob("t10k*"):  # unpacked files do as well
        file.with_suffix("").write_bytes(content_of(file))
        file.unlink()
    common = ("--epochs", 1, "--hidden", 3, "--batch", 100)
    own = run(train_program, "--dataset", name, *common, cwd=tmp_path)
    assert own.code == 0, own
    bundled = run(train_program, "--dataset", "tiny", *common, "--out", "bundled", cwd=tmp_path)
    assert bundled.code == 0, bundled
    model = "model.safetensors"
    latest = tmp_path / "runs/latest"
    assert (latest / model).read_bytes() == (tmp_path / "bundled" / model).read_bytes()
    # The run is called as the folder is, and is resumed from anywhere.
    assert latest.resolve().name.startswith(Path(name).name.lstrip("."))
    elsewhere = run(train_program, "--resume", latest, "--epochs", 2, cwd=ROOT)
    assert elsewhere.code == 0, elsewhere
