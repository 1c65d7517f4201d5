"""What learners read when their file does not link: each mistake is made in softmax.cc and linked.

The program asks for softmax and nothing more. GNU ld, gold and lld word it differently; those
installed are tried, and a missing one is a skip.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from common.learn.compiler_messages import Message, read_linker, render
from common.learn.cpp_text import functions
from common.learn.exercise import ROOT, load_course

EXERCISE = ROOT / "phase1_cpu/week02_losses/softmax.cc"
CONTRACT = EXERCISE.with_suffix(".h")
SHOWN_AS = "work/phase1_cpu/week02_losses/softmax.cc"
# The headers are included once, in objects.cc; what is tried here is linking.
MATRIX = "namespace nn::basic {\nclass Matrix {};\n"
CALLER = (
    MATRIX
    + "Matrix softmax(const Matrix& z);\n}\nint run() { nn::basic::softmax(nn::basic::softmax({})); return"
    " 0; }\n"
)
OTHER = (
    "namespace nn::basic { int shape_size(int n) { return n; } }\nint run();\nint main() { return run(); }\n"
)


class Linker:
    def __init__(self, kind: str, folder: Path) -> None:
        self.kind, self.folder = kind, folder
        for name, text in (("softmax_test", CALLER), ("shape", OTHER)):
            (folder / f"{name}.cc").write_text(text)
            subprocess.run(
                ["g++", "-g1", "-std=c++20", "-c", f"{name}.cc", "-o", f"{name}.o"], cwd=folder, check=True
            )

    def messages(self, text: str, contract: Path | None = CONTRACT, debug: str = "-g1") -> list[Message]:
        source = self.folder / "softmax.cc"
        source.write_text(text)
        subprocess.run(
            ["g++", debug, "-std=c++20", "-c", source, "-o", "softmax.o"], cwd=self.folder, check=True
        )
        done = subprocess.run(
            ["g++", f"-fuse-ld={self.kind}", "softmax_test.o", "softmax.o", "shape.o", "-o", "program"],
            cwd=self.folder,
            capture_output=True,
            text=True,
            env={**os.environ, "LC_ALL": "C.UTF-8"},
        )
        assert done.returncode != 0
        return read_linker(done.stderr, source, SHOWN_AS, contract)


@pytest.fixture(scope="module", params=["bfd", "gold", "lld"])
def linker(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Linker:
    if shutil.which(f"ld.{request.param}") is None:
        pytest.skip(f"ld.{request.param} is not installed: its wordings are not tested here")
    return Linker(request.param, tmp_path_factory.mktemp(request.param))


SOUND = MATRIX + "Matrix softmax(const Matrix& z) {\n  return z;\n}\n}\n"


def only(messages: list[Message]) -> Message:
    assert len(messages) == 1, messages
    assert messages[0].kind == "link" and messages[0].file == SHOWN_AS
    shown = "\n".join(render(messages, 80))
    assert str(ROOT) not in shown and "[abi:" not in shown
    return messages[0]


def test_a_missing_function_is_named_with_the_headers_line(linker: Linker) -> None:
    message = only(linker.messages(MATRIX + "}\n"))
    assert message.text == "nothing defines softmax, which phase1_cpu/week02_losses/softmax.h:15 declares"
    assert message.snippet == ["softmax.h:15   Matrix softmax(const Matrix& z);"]
    assert "your file has no function of that name; usually" in message.plain


@pytest.mark.parametrize("text", ["", "// Matrix softmax(const Matrix& z) {\n"])
def test_an_empty_file_is_said_to_be_empty(linker: Linker, text: str) -> None:
    message = only(linker.messages(text))
    assert (
        "softmax" in message.text and "Your file is empty, or all of it is a comment; usually" in message.plain
    )


def test_a_misspelt_function_is_found(linker: Linker) -> None:
    message = only(linker.messages(SOUND.replace("softmax", "sofmax")))
    assert message.line == 3 and "defines sofmax, and the header says softmax; usually" in message.plain


def test_another_signature_is_shown_beside_the_headers(linker: Linker) -> None:
    message = only(linker.messages(SOUND.replace("const Matrix& z", "Matrix z")))
    assert message.line == 3
    assert message.snippet == [
        "softmax.h:15   Matrix softmax(const Matrix& z);",
        "softmax.cc:3   Matrix softmax(Matrix z) {",
    ]
    assert "takes other parameters" in message.plain and "Usually" in message.plain


@pytest.mark.parametrize(
    ("text", "where"),
    [
        (
            MATRIX + "}\nusing nn::basic::Matrix;\nMatrix softmax(const Matrix& z) {\n  return z;\n}\n",
            "outside of every namespace",
        ),
        (
            MATRIX
            + "}\nnamespace nn {\n\nbasic::Matrix softmax(const basic::Matrix& z) {\n  return z;\n}\n}\n",
            "in nn",
        ),
    ],
)
def test_a_function_in_the_wrong_namespace(linker: Linker, text: str, where: str) -> None:
    message = only(linker.messages(text))
    assert "nothing defines softmax in nn::basic" in message.text
    assert f"Your softmax stands {where}; usually" in message.plain
    assert "softmax(const" in text.splitlines()[message.line - 1]


def test_a_function_hidden_from_others(linker: Linker) -> None:
    message = only(linker.messages(SOUND.replace("Matrix softmax", "inline Matrix softmax")))
    assert message.line == 3 and "not for others to use; usually" in message.plain


@pytest.mark.parametrize("debug", ["-g1", "-g0"])
def test_a_helper_that_is_only_declared(linker: Linker, debug: str) -> None:
    text = SOUND.replace("Matrix softmax", "double half(double x);\nMatrix softmax").replace(
        "  return z;", "  half(2);\n  return z;"
    )
    message = only(linker.messages(text, debug=debug))
    assert message.line == (5 if debug == "-g1" else 3)
    assert "declares half and nowhere says what it does; usually" in message.plain


def test_the_same_function_in_two_files(linker: Linker) -> None:
    message = only(
        linker.messages(SOUND.replace("Matrix softmax", "int shape_size(int n) { return n; }\nMatrix softmax"))
    )
    assert message.line == 3 and message.text.startswith("shape_size is defined twice")
    assert "usually it was copied from a file that is linked too" in message.plain


def test_a_second_main(linker: Linker) -> None:
    message = only(linker.messages(SOUND + "int main() { return 0; }\n"))
    assert message.line == 7 and message.text == "main is defined twice"
    assert "usually yours is left from trying something out" in message.plain


def test_a_virtual_function_without_a_body(linker: Linker) -> None:
    messages = linker.messages(
        SOUND + "struct Shape { virtual void draw(); };\nShape* make() { return new Shape; }\n"
    )
    assert any("the vtable of Shape is missing" in message.text for message in messages), messages
    assert "usually its body is missing" in messages[0].plain


def test_without_a_contract_the_symbol_itself_is_named(linker: Linker) -> None:
    message = only(linker.messages(MATRIX + "}\n", contract=None))
    assert "nothing defines nn::basic::softmax" in message.text and "usually" in message.plain
    assert only(linker.messages(MATRIX + "}\n", contract=Path("/nowhere/x.h"))).text == message.text


def test_every_function_of_the_course_is_found_in_its_contract_and_in_its_file() -> None:
    checked = 0
    for exercise in load_course():
        defined = {(f.qualified, f.parameters) for f in functions(exercise.text()) if f.defined}
        contract = exercise.source.with_suffix(".h").read_text()
        for function in functions(contract):
            line = contract.splitlines()[function.line - 1]
            assert function.name.removeprefix("operator") in line
            if not function.defined and not re.search(r"= (?:default|delete);", line):
                assert (function.qualified, function.parameters) in defined, function
                checked += 1
    assert checked > 100


def test_other_failures_keep_the_linkers_words() -> None:
    output = (
        "/usr/bin/ld: cannot find -lgtest: No such file or directory\ncollect2: error: ld returned 1 exit"
        " status\n"
    )
    message = read_linker(output, EXERCISE, SHOWN_AS, CONTRACT)[0]
    assert (
        message.text == "cannot find -lgtest: No such file or directory" and "./learn doctor" in message.plain
    )
    assert read_linker("", EXERCISE, SHOWN_AS, CONTRACT) == []
    assert read_linker("something else\n", EXERCISE, SHOWN_AS, CONTRACT)[0].text == "something else"
