"""reference/datasets.py, make_tiny.py and the checksums of the data sets."""

from __future__ import annotations

import gzip
import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from reference import datasets, make_tiny
from reference.datasets import FASHION_FILES, HERE, DatasetError

ROOT = HERE.parent.parent
NAMES = {
    f"{split}-{kind}.gz"
    for split in ("train", "t10k")
    for kind in ("images-idx3-ubyte", "labels-idx1-ubyte")
}
# Of the decompressed files, as the authors published them; compression differs from ours.
PUBLISHED = {
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the tiny set that a test may damage."""
    shutil.copytree(HERE / "tiny", tmp_path / "tiny")
    return tmp_path / "tiny"


@pytest.mark.parametrize("name", datasets.BUNDLED)
def test_bundled_sets_are_whole(name: str) -> None:
    assert datasets.verify(HERE / name) > 0
    assert set(datasets.read_sums(HERE / name / "SHA256SUMS")) == NAMES


def test_mnist_is_what_its_authors_published() -> None:
    for name, want in PUBLISHED.items():
        data = gzip.decompress((HERE / "mnist" / f"{name}.gz").read_bytes())
        assert hashlib.sha256(data).hexdigest() == want, name


def test_the_readme_counts_mnists_digits() -> None:
    readme = (HERE / "mnist" / "README.md").read_text(encoding="utf-8")
    for split, row in (("train", "train"), ("t10k", "test")):
        _, labels = make_tiny.read_idx(HERE / "mnist" / f"{split}-labels-idx1-ubyte.gz", 1)
        counts = " | ".join(str(labels.count(digit)) for digit in range(10))
        assert f"| {row} | {counts} |" in readme
    for name, digest in PUBLISHED.items():
        assert f"{digest}  {name}\n" in readme


def test_fashion_mnist_is_the_recorded_one() -> None:
    if not FASHION_FILES.is_dir():
        pytest.skip(f"{FASHION_FILES} is not there: package dataset-fashion-mnist is not installed")
    assert datasets.verify(FASHION_FILES, HERE / "fashion-mnist") > 30_000_000


def test_a_changed_byte_is_named(copy: Path) -> None:
    path = copy / "t10k-labels-idx1-ubyte.gz"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(DatasetError, match=r"t10k-labels-idx1-ubyte.gz \(\d+ bytes\) has SHA-256"):
        datasets.verify(copy)


def test_a_missing_file_is_named(copy: Path) -> None:
    (copy / "train-images-idx3-ubyte.gz").unlink()
    with pytest.raises(DatasetError, match=r"train-images-idx3-ubyte.gz is missing; copy it anew"):
        datasets.verify(copy)


def test_missing_sums_are_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="SHA256SUMS is missing"):
        datasets.verify(tmp_path)


@pytest.mark.parametrize(
    "text, message",
    [
        ("", "lists no file"),
        ("abc  x.gz\n", ":1 is 'abc  x.gz'; want"),
        ("0" * 64 + "  ../x.gz\n", ":1 is"),
        ("0" * 64 + " x.gz\n", ":1 is"),
        (("0" * 64 + "  x.gz\n") * 2, ":2 lists x.gz a second time"),
        ("\xe9", "cannot be read"),
    ],
)
def test_malformed_sums_are_named(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "SHA256SUMS").write_text(text, encoding="latin-1")
    with pytest.raises(DatasetError, match=message):
        datasets.verify(tmp_path)


def test_sums_are_what_sha256sum_reads() -> None:
    for folder in ("mnist", "tiny", "fashion-mnist"):
        for name, digest in datasets.read_sums(HERE / folder / "SHA256SUMS").items():
            assert f"{digest}  {name}\n" in (HERE / folder / "SHA256SUMS").read_text()


def test_command_line(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert datasets.main(["--verify"]) == 0
    assert "mnist          ok: 4 files, 11.4 MB" in capsys.readouterr().out
    assert datasets.main(["--verify", str(copy)]) == 0
    (copy / "t10k-labels-idx1-ubyte.gz").unlink()
    assert datasets.main(["--verify", str(copy)]) == 1
    assert "broken: " in capsys.readouterr().err


def test_verify_needs_only_the_standard_library() -> None:
    """-I -S: no site-packages, so no NumPy; the root is put on the path by hand."""
    code = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r}); from reference import datasets; "
        "datasets.verify(datasets.HERE / 'tiny'); assert 'numpy' not in sys.modules"
    )
    subprocess.run([sys.executable, "-I", "-S", "-c", code], check=True, cwd="/")


def test_tiny_is_balanced_and_of_mnist() -> None:
    for split, count in make_tiny.PER_CLASS.items():
        names = f"{split}-images-idx3-ubyte.gz", f"{split}-labels-idx1-ubyte.gz"
        extents, images = make_tiny.read_idx(HERE / "tiny" / names[0], 3)
        (total,), labels = make_tiny.read_idx(HERE / "tiny" / names[1], 1)
        assert extents == (10 * count, 28, 28) and total == 10 * count
        assert len(images) == total * 784 and len(labels) == total
        assert [labels.count(label) for label in range(10)] == [count] * 10
        # The first image of MNIST is the first here.
        whole = make_tiny.read_idx(HERE / "mnist" / names[0], 3)[1]
        assert images[:784] == whole[:784]
        assert max(images) == 255 and min(images) == 0


def test_make_tiny_writes_the_same_pixels(tmp_path: Path) -> None:
    """Decompressed, since another zlib may compress otherwise; the gzip headers have no time."""
    make_tiny.write(tmp_path)
    for name in NAMES:
        written, stored = (tmp_path / name).read_bytes(), (HERE / "tiny" / name).read_bytes()
        assert gzip.decompress(written) == gzip.decompress(stored), name
        assert written[4:8] == bytes(4), name
    datasets.verify(tmp_path)


def test_read_idx_refuses_another_magic(tmp_path: Path) -> None:
    (tmp_path / "x.gz").write_bytes(gzip.compress(bytes(16)))
    with pytest.raises(ValueError, match="magic is 0x00000000, want 0x00000803"):
        make_tiny.read_idx(tmp_path / "x.gz", 3)


@pytest.mark.parametrize(
    "path, remedy",
    [
        (HERE / "mnist" / "x.gz", "git checkout -- "),
        (FASHION_FILES / "x.gz", "apt-get install --reinstall dataset-fashion-mnist"),
        (Path("/elsewhere/x.gz"), "copy it anew"),
    ],
)
def test_the_remedy_fits_the_place(path: Path, remedy: str) -> None:
    with pytest.raises(DatasetError, match=remedy):
        datasets.read_sums(path)
