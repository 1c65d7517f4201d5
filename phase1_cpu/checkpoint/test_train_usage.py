"""A wrong command line: exit status 2, one line that names the option and what it may be."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from phase1_cpu.checkpoint.train_testing import run

EPOCHS = "it may be a whole number from 1 to 10000"
BATCH = "it may be a whole number from 1 to 65536"
LR = "it may be a number above 0 and up to 1000"
HIDDEN = "it may be none, or up to 16 widths from 1 to 65536, as in 128,64"
SEED = "it may be a whole number from 0 to 18446744073709551615"
SAVE_EVERY = "it may be a whole number from 1 to 1000000000"
OPTIONS = (
    "there are --batch, --dataset, --epochs, --hidden, --lr, --out, --resume, --save-every, --seed"
)

WRONG = [
    (["--bogus"], f"'--bogus' is no option; {OPTIONS}"),
    (["--epoch", "3"], f"'--epoch' is no option; {OPTIONS}"),
    (["-e", "3"], f"'-e' is no option; {OPTIONS}"),
    (["extra", "words"], f"'extra' is no option; {OPTIONS}"),
    (["--epochs", "3", "words"], f"'words' is no option; {OPTIONS}"),
    ([""], f"'' is no option; {OPTIONS}"),
    (["--epochs", "3", "--epochs", "4"], "--epochs is given twice; it may be given once"),
    (["--epochs"], "--epochs needs a value: --epochs N"),
    (["--lr", "0.1", "--out"], "--out needs a value: --out FOLDER"),
    *[(["--epochs", x], f"--epochs is '{x}'; {EPOCHS}") for x in
      ("abc", "1e99", "2.5", "", " 3", "3 ", "0x10", "99999999999", "--lr", "３")],
    *[(["--epochs", x], f"--epochs is {x}; {EPOCHS}") for x in ("0", "-3", "10001")],
    (["--epochs=0"], f"--epochs is 0; {EPOCHS}"),
    *[(["--lr", x], f"--lr is '{x}'; {LR}") for x in ("abc", "0,1", "1e400", "", "0.1f")],
    *[(["--lr", x], f"--lr is {x}; {LR}") for x in ("0", "-1", "nan", "inf", "-inf", "1e+09")],
    *[(["--batch", x], f"--batch is '{x}'; {BATCH}") for x in ("1e3", "many")],
    *[(["--batch", x], f"--batch is {x}; {BATCH}") for x in ("0", "-1", "65537")],
    (["--batch", "601"], "--batch is 601; it may be at most the 600 training images there are"),
    *[(["--hidden", x], f"--hidden is '{x}'; {HIDDEN}") for x in
      ("", ",", "128,", ",128", "12,,3", "12 3", "12;3", "12.5", "None", "99999999999")],
    *[(["--hidden", x], f"--hidden is {x}; {HIDDEN}") for x in
      ("0", "128,0,64", "-5", "65537", ",".join("4" * 17))],
    (["--hidden", "65536,65536"], "--hidden is 65536,65536; it may be smaller: it asks for "
     "4347133962 weights and biases, and at most 20000000 are allowed"),
    *[(["--seed", x], f"--seed is '{x}'; {SEED}") for x in
      ("-1", "99999999999999999999999", "18446744073709551616", "1.5", "0x10", "")],
    *[(["--save-every", x], f"--save-every is '{x}'; {SAVE_EVERY}") for x in
      ("0", "-1", "1000000001", "", "1e3")],
    (["--out", ""], "--out is ''; it may be a folder, new or empty"),
    (["--resume", ""], "--resume is ''; it may be the folder of a run, such as runs/latest"),
    (["--dataset", ""], "--dataset is ''; it may be mnist, fashion, tiny or a folder of IDX files"),
    *[(["--resume", "run", option, value], f"{option} cannot be given with --resume, which goes on "
       "exactly as the run began; only --epochs and --save-every may be given") for option, value in
      (("--out", "other"), ("--batch", "32"), ("--lr", "0.1"), ("--hidden", "128"), ("--seed", "1"),
       ("--dataset", "tiny"))],
]


@pytest.mark.parametrize(("arguments", "message"), WRONG, ids=[" ".join(a) for a, _ in WRONG])
def test_wrong_command_line(
    train_program: Path, tmp_path: Path, arguments: list[str], message: str
) -> None:
    # On the tiny set, should the mistake go unseen; but not where the data set is in question.
    small = [] if {"--dataset", "--resume"} & set(arguments) else ["--dataset", "tiny"]
    done = run(train_program, *small, *arguments, cwd=tmp_path)
    assert done.code == 2, done
    error, see = done.err.splitlines()
    assert error == f"train: {message}"
    assert see == f"See: {shlex.quote(str(train_program))} --help"
    assert done.out == ""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("word", ["--help", "-h"])
def test_help_names_every_option_and_default_within_80_columns(
    train_program: Path, tmp_path: Path, word: str
) -> None:
    done = run(train_program, word, cwd=tmp_path)
    assert (done.code, done.err) == (0, "")
    lines = done.out.splitlines()
    assert max(map(len, lines)) <= 80
    assert all(line == line.rstrip() for line in lines)
    defaults = {"--dataset": "mnist", "--epochs": "6", "--batch": "32", "--lr": "0.2",
                "--hidden": "128", "--seed": "1", "--save-every": "500"}
    for option in OPTIONS.removeprefix("there are ").split(", "):
        (line,) = [line for line in lines if line.startswith(f"  {option} ")]
        if option in defaults:
            assert line.endswith(f"(default: {defaults[option]})")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("value", ["none", "7", "7,5,3"])
def test_hidden_layers_are_as_asked(train_program: Path, tmp_path: Path, value: str) -> None:
    done = run(train_program, "--dataset", "tiny", "--epochs", 1, "--hidden", value, "--out", "run",
               cwd=tmp_path)
    assert done.code == 0, done
    widths = ["784", *([] if value == "none" else value.split(",")), "10"]
    assert done.out.startswith(f"training {'-'.join(widths)} on tiny: ")
