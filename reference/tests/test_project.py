"""pyproject.toml and the files for pip install -r say the same."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
OPTIONAL = PROJECT["optional-dependencies"]


@pytest.mark.parametrize(
    ("file", "listed"),
    [("requirements.txt", PROJECT["dependencies"] + OPTIONAL["dev"]), ("requirements-readers.txt", OPTIONAL["readers"])],
)
def test_requirements_are_those_of_pyproject(file: str, listed: list[str]) -> None:
    assert (ROOT / file).read_text(encoding="utf-8").split() == listed
