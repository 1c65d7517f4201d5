"""Are the data sets whole? Every file against the SHA-256 recorded beside it.

    python3 -m reference.datasets --verify           all of them; exit status 1 if one is broken
    python3 -m reference.datasets --verify FOLDER    one folder that holds a SHA256SUMS

Only the standard library, so that it works before anything has been installed.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent / "datasets"
SUMS = "SHA256SUMS"

BUNDLED = ("mnist", "tiny")
# Not bundled: the checksums are ours, the files are the distribution's.
FASHION_FILES = Path("/usr/share/datasets/fashion-mnist")


class DatasetError(Exception):
    """What is wrong with a data set, in one line, with what to do about it."""


def verify(folder: Path, sums_folder: Path | None = None) -> int:
    """Checks the files in `folder` against sums_folder/SHA256SUMS, `folder`'s own if left out.

    Returns how many bytes were checked. Raises DatasetError that names the first file that is
    missing or differs.
    """
    total = 0
    for name, want in read_sums((sums_folder or folder) / SUMS).items():
        path = folder / name
        if not path.is_file():
            raise DatasetError(f"{path} is missing; {_remedy(path)}")
        digest = hashlib.sha256()
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
        size = path.stat().st_size
        if digest.hexdigest() != want:
            raise DatasetError(
                f"{path} ({size} bytes) has SHA-256 {digest.hexdigest()}, want {want}: it is "
                f"damaged or another version; {_remedy(path)}"
            )
        total += size
    return total


def read_sums(path: Path) -> dict[str, str]:
    """{file name: SHA-256 in hex}, in the file's order. Raises DatasetError on a malformed line."""
    try:
        lines = path.read_text(encoding="ascii").splitlines()
    except FileNotFoundError:
        raise DatasetError(f"{path} is missing; {_remedy(path)}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetError(f"{path} cannot be read: {error}") from None
    sums: dict[str, str] = {}
    for number, line in enumerate(lines, start=1):
        # As sha256sum writes it: the sum, a space, a space or * for binary, the name.
        match = re.fullmatch(r"([0-9a-f]{64}) [ *]([^/\\\0]+)", line)
        if not match:
            raise DatasetError(f"{path}:{number} is '{line}'; want '<64 hex digits>  <file name>'")
        if match[2] in sums:
            raise DatasetError(f"{path}:{number} lists {match[2]} a second time")
        sums[match[2]] = match[1]
    if not sums:
        raise DatasetError(f"{path} lists no file; {_remedy(path)}")
    return sums


def _remedy(path: Path) -> str:
    """What to do about a file that is missing or broken."""
    if FASHION_FILES in path.parents:
        return "restore it with: sudo apt-get install --reinstall dataset-fashion-mnist"
    if HERE in path.parents:
        return f"restore it with: git checkout -- {path}"
    return "copy it anew from where it came from"


def _report(name: str, folder: Path, sums_folder: Path | None = None) -> bool:
    """Prints a line about one data set; True if it is whole."""
    try:
        files = len(read_sums((sums_folder or folder) / SUMS))
        size = verify(folder, sums_folder)
    except (DatasetError, OSError) as error:
        print(f"{name:14s} broken: {error}", file=sys.stderr)
        return False
    print(f"{name:14s} ok: {files} files, {size / 1e6:.1f} MB, SHA-256 as recorded, in {folder}")
    return True


def _verify_all() -> bool:
    """Each data set once; one that is optional and not installed is said aloud, and no failure."""
    whole = [_report(name, HERE / name) for name in BUNDLED]
    if FASHION_FILES.is_dir():
        whole.append(_report("fashion-mnist", FASHION_FILES, HERE / "fashion-mnist"))
    else:
        print(
            f"{'fashion-mnist':14s} not installed (optional): "
            "sudo apt-get install dataset-fashion-mnist"
        )
    return all(whole)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python3 -m reference.datasets", description=(__doc__ or "").split("\n", maxsplit=1)[0]
    )
    parser.add_argument(
        "--verify",
        nargs="?",
        const="",
        metavar="FOLDER",
        required=True,
        help="check all data sets, or the files in FOLDER against FOLDER/SHA256SUMS",
    )
    folder = parser.parse_args(arguments).verify
    whole = _report(Path(folder).name, Path(folder)) if folder else _verify_all()
    return 0 if whole else 1


if __name__ == "__main__":
    sys.exit(main())
