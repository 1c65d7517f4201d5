"""What a finding carries, how a program with findings ends, and what the checks cost in memory."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).resolve().parent
SIMCC = HERE.parents[1] / "simcc"
PROGRAM = HERE / "some_of_each.cu"
ALWAYS = ("kind", "severity", "where", "source", "what", "meaning", "seed", "count")
IN_KERNEL = ("kernel", "block", "thread")
OTHER_SIDE = ("other", "other_source", "other_thread", "other_block")
FIELDS = {
    "memory": (*IN_KERNEL, "address", "allocation"),
    "init": (*IN_KERNEL, "address", "allocation"),
    "race": (*IN_KERNEL, *OTHER_SIDE, "address", "allocation"),
    "barrier": (*IN_KERNEL, *OTHER_SIDE),
    "api": (),
}


@pytest.fixture(scope="module")
def binary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("findings") / "program"
    built = subprocess.run([SIMCC, "--check", str(PROGRAM), "-o", str(out)], capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    return out


def run(binary: Path, report: Path, **variables: str) -> tuple[int, dict[str, Any], str]:
    environment = {**os.environ, "CUDASIM_JSON": str(report), "CUDASIM_SEED": "7", **variables}
    ran = subprocess.run([binary], capture_output=True, text=True, check=False, env=environment, timeout=60)
    return ran.returncode, json.loads(report.read_text()), ran.stderr


def test_every_finding_carries_all_there_is_to_say(binary: Path, tmp_path: Path) -> None:
    _, report, text = run(binary, tmp_path / "findings.json")
    assert {finding["kind"] for finding in report["findings"]} == FIELDS.keys(), text
    source = PROGRAM.read_text().splitlines()
    for finding in report["findings"]:
        for field in (*ALWAYS, *FIELDS[finding["kind"]]):
            assert finding[field] not in ("", "?", None), (field, finding)
        assert finding["seed"] == 7
        line = int(finding["where"].rpartition(":")[2])
        assert finding["source"] == source[line - 1].strip()
        assert finding["meaning"].endswith(".") and " " in finding["meaning"]
        # The text has paths as they were typed, the JSON whole ones.
        head = f"{finding['kind'].upper()} {finding['severity']} "
        tail = f"{Path(finding['where']).name}: {finding['what']}"
        assert any(line.startswith(head) and line.endswith(tail) for line in text.splitlines()), finding
        assert finding["source"] in text and finding["meaning"] in text
    assert "with CUDASIM_SEED=7 CUDASIM_WORKERS=1 every run has the same order" in text
    assert len(report["findings"]) == len({(f["kind"], f["where"], f["other"], f["meaning"]) for f in report["findings"]})


def test_findings_set_the_exit_status_unless_told_not_to(binary: Path, tmp_path: Path) -> None:
    assert run(binary, tmp_path / "findings.json")[0] == 1
    status, report, text = run(binary, tmp_path / "findings.json", CUDASIM_EXIT="0")
    assert status == 0
    assert report["findings"] and "findings; with CUDASIM_SEED" in text


@pytest.mark.parametrize("asked", ["0", "1"])
def test_the_shadow_is_at_most_six_times_the_memory(binary: Path, tmp_path: Path, asked: str) -> None:
    """Of what is checked: device memory, and shared memory at 24 bytes for 4; CUDASIM_CHECK_GLOBAL adds 16 for 4."""
    memory = run(binary, tmp_path / "findings.json", CUDASIM_CHECK_GLOBAL=asked)[1]["memory"]
    assert memory["device_bytes"] >= 256 and memory["shared_bytes"] >= 256
    shadow = memory["shadow_bytes"]
    assert 6 * memory["shared_bytes"] <= shadow <= 6 * (memory["device_bytes"] + memory["shared_bytes"])
