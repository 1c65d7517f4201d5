"""The repository may lie anywhere, be moved, copied, or reached by a link; where it cannot be built it says so."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from common.learn.exercise import ROOT
from common.learn.toolchain import Toolchain, configured


def repository(folder: Path) -> Path:
    """A repository of one target, which says where its sources are."""
    (folder / "common").mkdir(parents=True)
    for script in ("build.sh", "setup.sh"):
        shutil.copy(ROOT / "common" / script, folder / "common")
    (folder / "CMakeLists.txt").write_text(
        "cmake_minimum_required(VERSION 3.25)\nproject(where NONE)\n"
        "add_custom_target(where COMMAND ${CMAKE_COMMAND} -E touch ${CMAKE_SOURCE_DIR}/built_here)\n"
    )
    preset = {"name": "release", "generator": "Ninja", "binaryDir": "${sourceDir}/build/release"}
    (folder / "CMakePresets.json").write_text(json.dumps({"version": 6, "configurePresets": [preset]}))
    return folder


def build(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["common/build.sh", "release", "where"], cwd=folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )


@pytest.mark.parametrize("device", [None, "", "sim"], ids=["unset", "as make sets it", "sim"])
def test_a_copy_builds_its_own_files_and_not_those_it_was_copied_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, device: str | None
) -> None:
    monkeypatch.delenv("DEVICE", raising=False)
    if device is not None:
        monkeypatch.setenv("DEVICE", device)
    old = repository(tmp_path / "my course")
    assert build(old).returncode == 0
    (old / "built_here").unlink()
    new = tmp_path / "copied"
    shutil.copytree(old, new)
    assert configured(old / "build/release", old) and not configured(new / "build/release", new)
    done = build(new)
    assert done.returncode == 0, done.stdout
    assert (new / "built_here").exists() and not (old / "built_here").exists()
    assert configured(new / "build/release", new) and "configuring" not in build(new).stdout


def test_a_link_to_the_repository_is_the_repository(tmp_path: Path) -> None:
    # CMake then named the sources by the link, and ./learn, which knows them without, found none.
    real = repository(tmp_path / "real")
    (tmp_path / "link").symlink_to(real)
    done = subprocess.run(
        "cd link && common/build.sh release where", shell=True, cwd=tmp_path, text=True, capture_output=True
    )
    assert done.returncode == 0, done.stdout
    assert configured(real / "build/release", real)


@pytest.mark.parametrize("name", ["my course's", 'a "b"', "a;b", "a&b", "50$", "#1"])
def test_a_name_that_no_build_can_take_is_refused(tmp_path: Path, name: str) -> None:
    folder = repository(tmp_path / name)
    done = subprocess.run(["common/setup.sh", "need", "build"], cwd=folder, text=True, capture_output=True)
    assert done.returncode == 1 and str(folder) in done.stderr and "Rename or move it" in done.stderr


def test_headers_are_found_in_a_folder_with_spaces(tmp_path: Path) -> None:
    listing = tmp_path / "object.o.d"
    header = ROOT / "common/check.h"
    escaped = str(header).replace("/common", "/not\\ there/../common")
    listing.write_text(f"object.o: \\\n softmax.cc {escaped} \\\n /usr/include/stdio.h\n")
    assert Toolchain(tmp_path).headers(listing) == [header]
