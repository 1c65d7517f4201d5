"""What learners read when their file does not compile: each mistake is made in softmax.cc, compiled.

Most cases are compiled with the headers as a precompiled header, and only as far as errors and
warnings need; so that both compilers take some 20 s for all of them.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from common.learn.compiler_cases import CASES, ELEMENTWISE, SUM, TOTAL, Case
from common.learn.compiler_messages import Message, clean, read_compiler, read_source, render
from common.learn.cpp_text import functions, suspect_brace
from common.learn.exercise import ROOT

EXERCISE = ROOT / "phase1_cpu/week02_losses/softmax.cc"
SHOWN_AS = "work/phase1_cpu/week02_losses/softmax.cc"
FLAGS = [
    "-std=c++20",
    f"-I{ROOT}",
    "-Wall",
    "-Wextra",
    "-Wpedantic",
    "-Wconversion",
    "-Wshadow",
    "-Wno-unused-parameter",
    "-Wno-unused-variable",
    "-Wno-unused-function",
    "-Wno-unused-but-set-variable",
    "-Werror=return-type",
    "-fdiagnostics-color=never",
]
ENGLISH = {**os.environ, "LC_ALL": "C.UTF-8"}


class Compiler:
    """One compiler, with the exercise's headers precompiled in a folder of its own."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name, self.folder = name, folder
        self.flags = FLAGS + (["-Wno-sign-conversion"] if name.startswith("clang") else [])
        header = folder / "headers.h"
        includes = [line for line in EXERCISE.read_text().splitlines() if line.startswith("#include")]
        header.write_text("\n".join([*includes, "#include <string>", "#include <vector>"]) + "\n")
        made = folder / ("headers.pch" if name.startswith("clang") else "headers.h.gch")
        subprocess.run([name, *self.flags, "-x", "c++-header", header, "-o", made], check=True)
        self.precompiled = (
            ["-include-pch", str(made)] if name.startswith("clang") else ["-include", str(header)]
        )

    def messages(self, text: str | bytes, *more: str, headers: bool = False) -> list[Message]:
        source = self.folder / "softmax.cc"
        source.write_bytes(text if isinstance(text, bytes) else text.encode())
        precompiled = [] if headers else self.precompiled
        stop = [] if "-c" in more else ["-fsyntax-only"]
        done = subprocess.run(
            [self.name, *self.flags, *precompiled, *stop, *more, str(source)],
            capture_output=True,
            env=ENGLISH,
            cwd=self.folder,
        )
        return read_compiler(done.stderr.decode(errors="replace"), source, SHOWN_AS)


@pytest.fixture(scope="session", params=["g++", "clang++"])
def compiler(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Compiler:
    if shutil.which(request.param) is None:
        pytest.skip(f"{request.param} is not installed: its wordings are not tested here")
    return Compiler(request.param, tmp_path_factory.mktemp(request.param.strip("+")))


def edited(*edits: tuple[str, str]) -> str:
    text = EXERCISE.read_text()
    for find, replacement in edits:
        assert find in text, find
        text = text.replace(find, replacement, 1)
    return text


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_mistake_is_put_on_its_line_in_plain_words(compiler: Compiler, case: Case) -> None:
    text = edited(*case.edits)
    line = next(number for number, line in enumerate(text.splitlines(), 1) if case.at in line)
    messages = compiler.messages(
        text, *(["-c", "-O1", "-o", os.devnull] if case.compile else []), headers=case.headers or case.compile
    )
    assert messages, "the compiler said nothing"
    first = messages[0]
    assert (first.line, first.kind) == (line, case.kind), messages
    assert case.plain in first.plain
    assert first.file == SHOWN_AS
    assert first.snippet and case.at.split("\n")[0].strip() in text.splitlines()[line - 1]
    shown = render(messages, 80)
    assert shown[0].startswith(f"{SHOWN_AS}:{line}: ")
    everything = "\n".join(shown)
    assert str(ROOT) not in everything and str(compiler.folder) not in everything
    assert (
        "__cxx11" not in everything
        and "18446744073709551615" not in everything
        and "std::allocator" not in everything
    )
    assert max(map(len, shown)) <= 80


def test_a_no_break_space_is_named(compiler: Compiler) -> None:
    text = edited((TOTAL, TOTAL.replace("double ", "double\u00a0")))
    messages = compiler.messages(text)
    assert [m.line for m in messages] == [20]  # what else g++ says of it follows from it
    assert "a no-break space, which looks like a space and is none. Usually" in messages[0].plain


def test_unused_variables_are_explained_where_their_warning_is_on(compiler: Compiler) -> None:
    messages = compiler.messages(edited((TOTAL, TOTAL + " double unused = 3;")), "-Wunused-variable")
    assert [(m.kind, m.line) for m in messages] == [("warning", 20)]
    assert "never read; usually it is left over" in messages[0].plain


def test_the_exercise_as_it_stands_gives_nothing(compiler: Compiler) -> None:
    assert compiler.messages(EXERCISE.read_text()) == []
    assert render([], 80) == []


def test_one_undeclared_name_is_one_message(compiler: Compiler) -> None:
    messages = compiler.messages(edited((TOTAL, "")))
    assert [(m.line, m.also) for m in messages] == [(23, [25])]
    assert "(also on line 25)" in " ".join(render(messages, 80))


def test_what_follows_from_the_first_error_is_folded(compiler: Compiler) -> None:
    for edit in (
        (TOTAL, TOTAL.replace("double", "doubel")),
        ("Matrix p(B, L);", "Matriks p(B, L);"),
        (TOTAL, "double total = 0"),
        ('"softmax: z has shape "', '"softmax: z has shape '),
        ("b < B; ++b) {", "b < B; ++b)"),
    ):
        messages = compiler.messages(edited(edit))
        assert len([m for m in messages if m.kind == "error"]) == 1, messages


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("return std::max(v, 0);", "max"),
        ("return v * scale;", "captured"),
        ("return tanh(v);", "tanh|Matrix"),
        ("\n    const double w = v;\n    return std::max(w, 0);\n  ", "max"),
    ],
)
def test_a_mistake_in_a_lambda_is_one_message(compiler: Compiler, body: str, text: str) -> None:
    first = ("Matrix softmax(const Matrix& z) {", "Matrix tanh(const Matrix& z);\nMatrix softmax(const Matrix& z) {")
    wrong = ("return p;", f"const double scale = p(0, 0);\n  return apply(p, [](double v) {{ {body} }});")
    messages = compiler.messages(edited(ELEMENTWISE, first, wrong))
    assert len(messages) == 1 and re.search(text, messages[0].text), messages
    assert "given to apply" not in messages[0].plain


def test_a_mistake_before_a_lambda_leaves_the_lambdas_own(compiler: Compiler) -> None:
    wrong = "const double q = nothing; return apply(p, [](double v, double w) { return v; });"
    messages = compiler.messages(edited(ELEMENTWISE, ("return p;", wrong)))
    assert len(messages) == 2 and "given to apply" in messages[1].plain, messages


def test_an_error_in_a_header_above_which_something_is_unfinished(compiler: Compiler) -> None:
    messages = compiler.messages("struct Half {\n  int x\n" + EXERCISE.read_text(), headers=True)
    assert messages[0].line in (1, 2)
    assert all(message.line for message in messages)
    assert "usually" in messages[0].plain.lower()


def test_files_that_are_not_plain_text(compiler: Compiler, tmp_path: Path) -> None:
    text = EXERCISE.read_text()
    assert compiler.messages(text.replace("\n", "\r\n")) == []  # CRLF compiles
    broken = compiler.messages(text.replace(SUM, "totl += 1;").replace("\n", "\r\n"))
    assert [m.line for m in broken] == [23] and "\r" not in "".join(broken[0].snippet + render(broken, 80))
    assert compiler.messages(b"\xef\xbb\xbf" + text.encode()) == []  # and so does a byte order mark
    binary = compiler.messages(bytes(range(256)) * 8)
    assert binary and "\x1b" not in "\n".join(render(binary, 80))


def write(folder: Path, content: str | bytes) -> Path:
    path = folder / "softmax.cc"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize(
    ("content", "text", "line"),
    [
        ("", "the file is empty", 0),
        ("\n  \n", "the file is empty", 0),
        ("// only\n/* comments */\n", "the file holds only comments", 0),
        (b"\xff\xfei\0n\0t\0", "the file is UTF-16", 1),
        (b"int a;\nint\0b;\n", "it holds a zero byte", 2),
        ("// int main() {}\nnamespace nn {}\nint main() { return 0; }\n", "the file defines main", 3),
        ("int main(int argc,\n         char** argv) {\n  return 0;\n}\n", "the file defines main", 1),
    ],
)
def test_what_is_said_before_compiling(tmp_path: Path, content: str | bytes, text: str, line: int) -> None:
    messages = read_source(write(tmp_path, content), SHOWN_AS)
    assert len(messages) == 1
    assert (
        text in messages[0].text
        and messages[0].line == line
        and "sually" in messages[0].plain + "usually" * ("main" in text)
    )


def test_a_sound_file_needs_no_word_before_compiling(tmp_path: Path) -> None:
    assert read_source(EXERCISE, SHOWN_AS) == []
    assert read_source(write(tmp_path, "namespace nn { int main(int x) { return x; } }\n"), SHOWN_AS) == []
    assert "cannot be read" in read_source(tmp_path / "none.cc", SHOWN_AS)[0].text


def test_no_output_of_any_kind_is_an_exception_or_silence(tmp_path: Path) -> None:
    path = write(tmp_path, "int x;\n")
    assert read_compiler("", path, SHOWN_AS) == []
    assert read_compiler("1 warning generated.\n", path, SHOWN_AS) == []
    unknown = read_compiler(
        "ccache: error: Failed to create directory: No space left on device\n", path, SHOWN_AS
    )
    assert "No space left" in unknown[0].text and unknown[0].kind == "error"
    killed = read_compiler(
        "g++: fatal error: Killed signal terminated program cc1plus\ncompilation terminated.\n", path, SHOWN_AS
    )
    assert "ran out of memory" in killed[0].plain
    assert read_compiler("Segmentation fault: it cannot be\n", path, SHOWN_AS)[0].kind == "error"
    for cut in range(0, 400, 7):
        read_compiler(
            f"{path}:1:5: error: expected ‘;’ before ‘}}’ token [with T = std::vector<int, std::allocator<int>"[
                :cut
            ],
            path,
            SHOWN_AS,
        )
    assert read_compiler(f"{path}:99:5: error: lost\n", path, SHOWN_AS)[0].snippet == []


def test_snippets_with_a_gutter_as_newer_clangs_write_them(tmp_path: Path) -> None:
    path = write(tmp_path, "int f() {\n\treturn x;\n}\n")
    output = (
        f"{path}:2:9: error: use of undeclared identifier 'x'\n    2 |         return x;\n      |              "
        "  ^\n1 error generated.\n"
    )
    message = read_compiler(output, path, SHOWN_AS)[0]
    assert message.snippet == ["        return x;", "               ^"]
    alone = read_compiler(f"{path}:2:9: error: use of undeclared identifier 'x'\n", path, SHOWN_AS)[0]
    assert alone.snippet == ["        return x;", "               ^"]  # made from the file


def test_nested_notes_as_newer_gs_write_them(tmp_path: Path) -> None:
    path = write(tmp_path, "int f() {\n  return g(1, 2);\n}\n")
    output = (
        f"{path}:2:11: error: no matching function for call to 'g(int, int)'\n    2 |   return g(1, 2);\n     "
        f" |          ~^~~~~~\n  • {path}:2:11: note: there is 1 candidate\n    • {path}:1:5: note: candidate"
        " expects 1 argument, 2 provided\n"
    )
    messages = read_compiler(output, path, SHOWN_AS)
    assert len(messages) == 1 and "passes 2 where the function takes 1 argument" in messages[0].plain


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("‘std::__cxx11::basic_string<char, std::char_traits<char>, std::allocator<char> >’", "‘std::string’"),
        ("'std::vector<double, std::allocator<double> >'", "'std::vector<double>'"),
        (
            (
                "'std::vector<std::vector<int, std::allocator<int> >, std::allocator<std::vector<int,"
                " std::allocator<int> > > >'"
            ),
            "'std::vector<std::vector<int>>'",
        ),
        ("'std::span<const double, 18446744073709551615>'", "'std::span<const double>'"),
        ("'std::span<const double>::size_type' {aka 'long unsigned int'}", "'size_t'"),
        ("'std::string' (aka 'basic_string<char>')", "'std::string'"),
        ("'const class nn::basic::Matrix'", "'const Matrix'"),
        ("has non-class type 'int'", "has non-class type 'int'"),
    ],
)
def test_types_are_spelt_as_a_person_would(before: str, after: str) -> None:
    assert clean(before) == after


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_long_lines_are_cut_around_the_caret(width: int) -> None:
    line = "  double total = " + " + ".join(f"x{i}" for i in range(60)) + ";"
    column = line.index("x30")
    message = Message(
        SHOWN_AS, 7, column + 1, "error", "'x30' was not declared in this scope", [line, " " * column + "^~~"]
    )
    shown = render([message], width)
    assert max(map(len, shown)) <= width
    caret = next(i for i, text in enumerate(shown) if text.strip() == "^~~")
    assert shown[caret - 1][shown[caret].index("^") :].startswith("x30")


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_the_caret_just_after_a_long_line_is_shown(width: int) -> None:
    line = "  double total = " + " + ".join(f"x{i}" for i in range(60))
    snippet = [line, " " * len(line) + "^"]
    shown = render([Message(SHOWN_AS, 7, len(line) + 1, "error", "expected ';'", snippet)], width)
    assert max(map(len, shown)) <= width
    caret = next(i for i, text in enumerate(shown) if text.strip() == "^")
    assert shown[caret - 1].endswith("+ x59") and len(shown[caret - 1]) == shown[caret].index("^")


def test_the_first_few_are_shown_and_the_rest_counted() -> None:
    errors = [Message(SHOWN_AS, line, 1, "error", f"mistake {line}") for line in range(1, 8)]
    warnings = [Message(SHOWN_AS, 9, 1, "warning", "odd [-Wshadow]")]
    shown = render(errors + warnings, 80)
    assert sum("mistake" in line for line in shown) == 3
    assert shown[-1] == "and 4 more, often caused by the first; 1 warning left for when it compiles"
    assert render(warnings, 80) == [f"{SHOWN_AS}:9: warning: odd [-Wshadow]"]


def test_functions_are_found_with_their_namespaces() -> None:
    found = functions(
        "namespace nn::basic {\nclass M {\n public:\n  int rows() const { return r_; }\n  double& at(int r,\n  "
        "           int c);\n};\n// double no(int) {\n#define F(x) f(x) {\nnamespace {\nint helper(int a) { if"
        " (a) { return 1; } return 0; }\n}\nM::M(int r) : r_(r) {}\nM softmax(const M& z);\nint table[] = {1,"
        " 2};\n}\nM outside(M z) {\n  return z;\n}\n"
    )
    assert [(f.qualified, f.line, f.defined) for f in found] == [
        ("nn::basic::M::rows", 4, True),
        ("nn::basic::M::at", 5, False),
        ("nn::basic::helper", 11, True),
        ("nn::basic::M::M", 13, True),
        ("nn::basic::softmax", 14, False),
        ("outside", 17, True),
    ]
    assert found[1].head == "double& at(int r, int c)"
    assert found[1].parameters == "int, int"


def test_braces_that_pair_up_are_never_suspected() -> None:
    assert suspect_brace(EXERCISE.read_text()) is None
    assert suspect_brace("int f() {\n    if (1) {\nreturn 1; }\n        }\n") is None
    assert suspect_brace("char c = '{'; // {\nconst char* s = \"{{{\"; /* { */\n") is None
