"""What learners read when their file does not compile: each mistake is made in softmax.cc, compiled.

Most cases are compiled with the headers as a precompiled header, and only as far as errors and
warnings need; so that both compilers take some 20 s for all of them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from common.learn.compiler_messages import Message, clean, read_compiler, read_source, render
from common.learn.cpp_text import functions, suspect_brace
from common.learn.exercise import ROOT

EXERCISE = ROOT / "phase1_cpu/week02_losses/softmax.cc"
SHOWN_AS = "work/phase1_cpu/week02_losses/softmax.cc"
FLAGS = ["-std=c++20", f"-I{ROOT}", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow",
         "-Wno-unused-parameter", "-Wno-unused-variable", "-Wno-unused-function", "-Wno-unused-but-set-variable",
         "-Werror=return-type", "-fdiagnostics-color=never"]  # fmt: skip
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
        self.precompiled = ["-include-pch", str(made)] if name.startswith("clang") else ["-include", str(header)]

    def messages(self, text: str | bytes, *more: str, headers: bool = False) -> list[Message]:
        source = self.folder / "softmax.cc"
        source.write_bytes(text if isinstance(text, bytes) else text.encode())
        precompiled = [] if headers else self.precompiled
        stop = [] if "-c" in more else ["-fsyntax-only"]
        done = subprocess.run([self.name, *self.flags, *precompiled, *stop, *more, str(source)],
                              capture_output=True, env=ENGLISH, cwd=self.folder)  # fmt: skip
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


@dataclass
class Case:
    name: str
    edits: list[tuple[str, str]]
    at: str  # a piece of the line that the message must name
    plain: str  # a piece of the sentence
    kind: str = "error"
    headers: bool = False  # compiled without the precompiled headers, which would hide the mistake
    compile: bool = False  # compiled to the end, where the warning comes from the optimiser


TOTAL = "double total = 0;"
SUM = "total += p_row[l];"
SCALE = "p_row[l] /= total;"
FUNCTION = "Matrix softmax(const Matrix& z) {"
WARNING = {"kind": "warning"}
CASES = [
    # Semicolons, braces, parentheses.
    Case("missing_semicolon", [(TOTAL, "double total = 0")], "double total = 0", "; is missing at the end of this line"),
    Case("missing_semicolon_before_brace", [(SUM, "total += p_row[l]")], "total += p_row[l]", "; is missing"),
    Case("missing_semicolon_after_return", [("return p;", "return p")], "return p", "; is missing"),
    Case("loop_not_closed", [(SUM + "\n    }\n", SUM + "\n")], "for (int l = 0; l < L; ++l) {", "{ has no } before the file ends; usually"),
    Case("function_not_closed", [("  return p;\n}\n", "  return p;\n")], "Matrix softmax(", "{ of line 11"),
    Case("namespace_not_closed", [("}  // namespace nn::basic\n", "")], "namespace nn::basic {", "usually a closing brace is missing"),
    Case("brace_too_many", [(SCALE + "\n  }\n", SCALE + "\n  }\n  }  // this one\n")], "// this one", "outside of any function"),
    Case("brace_too_many_at_end", [("}  // namespace", "}  // this one\n}  // namespace")], "// this one", "} too many"),
    Case("brace_not_opened", [("b < B; ++b) {", "b < B; ++b)")], "for (int b = 0;", "{ is missing at the end of line 16"),
    Case("missing_parenthesis", [("[l] - m);", "[l] - m;")], "std::exp", "usually a ) is missing (1 of (, 0 of ))"),
    Case("parenthesis_too_many", [("[l] - m);", "[l] - m));")], "std::exp", "a ) is too many"),
    Case("missing_comma", [("Matrix p(B, L);", "Matrix p(B L);")], "p(B L)", "usually a comma or an operator is missing"),
    Case("missing_bracket", [(SUM, "total += p_row[l;")], "p_row[l;", "usually a ] is missing"),
    Case("commas_in_for", [("(int l = 0; l < L; ++l) {", "(int l = 0, l < L, ++l) {")], "l = 0, l", "two semicolons"),
    Case("for_misspelt", [("for (int l = 0; l < L; ++l) {", "For (int l = 0; l < L; ++l) {")], "For", "keyword before it is misspelt"),
    Case("else_without_if", [(SUM, SUM + "\n      else total = 0;")], "else total", "usually the if before it"),
    Case("function_in_function", [(TOTAL, TOTAL + "\ndouble half(double x) { return x / 2; }")], "double half", "begins inside another"),
    Case("static_cast_without_type", [(TOTAL, "double total = static_cast(3);")], "static_cast(3)", "usually static_cast<double>(x)"),
    # Names.
    Case("undeclared", [(TOTAL, "")], "total += p", "usually it is misspelt, or its declaration is missing"),
    Case("misspelt_variable", [("Matrix p(B, L);", "Matrix p(B, L);\n  double totals = 0;"), (SCALE, "p_row[l] /= totls;")], "totls", "compiler guesses totals"),
    Case("misspelt_type", [("Matrix p(B, L);", "Matriks p(B, L);")], "Matriks", "compiler guesses Matrix"),
    Case("used_after_its_loop", [(SCALE, SCALE + "\n    p_row[l] = 0;")], "p_row[l] = 0", "declared in the for of line 25"),
    Case("for_with_semicolon", [("++l) p_row", "++l); p_row")], "++l);", "a ; after the ) ends the loop early"),
    Case("used_after_its_block", [("  return p;", "  p(0, 0) = total;\n  return p;")], "p(0, 0) = total", "in braces that end before this line"),
    Case("misspelt_member", [("z.row(b)", "z.rwo(b)")], "z.rwo", "A Matrix has no rwo; usually it is misspelt"),
    Case("misspelt_std", [("std::exp", "std::expp")], "std::expp", "no expp, or its header is not included; usually it is misspelt"),
    Case("std_missing", [("const std::span<const double> z_row", "const span<const double> z_row")], "const span<", "usually the std:: before it is missing: std::span"),
    Case("no_include_cmath", [("#include <cmath>\n", "")], "std::exp", "usually #include <cmath> is missing", headers=True),
    Case("no_include_algorithm", [("#include <algorithm>\n", "")], "max_element", "usually #include <algorithm> is missing", headers=True),
    Case("no_include_numeric", [(SUM, "total = std::accumulate(p_row.begin(), p_row.end(), 0.0);")], "accumulate", "#include <numeric>"),
    Case("include_misspelt", [("<cmath>", "<cmaths>")], "cmaths", "usually it is misspelt. <cmath> is one", headers=True),
    Case("include_path", [("losses/softmax.h", "losses/sofmax.h")], "sofmax", "or its path does not start at the repository's root", headers=True),
    Case("private_member", [("z.cols();", "z.cols_;")], "z.cols_", "usually a public function does it"),
    # Operators and calls.
    Case("no_operator", [("return p;", "return z + p;")], "z + p", "There is no operator + between a Matrix and a Matrix. Usually"),
    Case("operator_in_library", [(TOTAL, TOTAL + "\nstd::vector<Matrix> ms;\nstd::sort(ms.begin(), ms.end());")], "std::sort", "no operator < between a Matrix and a Matrix; usually"),
    Case("operator_in_macro", [("NN_CHECK(L >= 1,", "NN_CHECK_EQ(z, 1,")], "NN_CHECK_EQ", "no operator == between a Matrix and an int"),
    Case("square_brackets", [(SCALE, "p[b][l] = 1;")], "p[b][l]", "usually m[row][col] or m[i] was written"),
    Case("remainder", [(SCALE, "p_row[l] = total % 2;")], "total % 2", "usually std::fmod"),
    Case("power", [(SCALE, "p_row[l] = total ^ 2;")], "total ^ 2", "usually x * x or std::pow"),
    Case("text_plus_text", [(TOTAL, TOTAL + 'std::string s = "a" + "b";')], '"a" + "b"', "usually one must be a std::string"),
    Case("argument_count", [("z.row(b)", "z.row(b, 0)")], "z.row(b, 0)", "passes 2 where the function takes 1 argument; usually"),
    Case("argument_types_differ", [("z_row[l] - m)", "std::max(z_row[l], 0))")], "std::max(", "of one type, and here they are double and int; usually"),
    Case("not_a_function", [(SCALE, "p_row[l] /= total(l);")], "total(l)", "usually an operator is missing before the ("),
    Case("span_called", [(SCALE, "p_row(l) /= total;")], "p_row(l)", "A std::span<double> cannot be called with ( ); usually [ ]"),
    Case("value_for_reference", [(FUNCTION, "void half(double& x) { x /= 2; }\n" + FUNCTION), (TOTAL, TOTAL + " half(3.0);")], "half(3.0)", "usually pass a variable"),
    # const, pointers, types.
    Case("assign_to_const_span", [(SCALE, "z_row[l] /= total;")], "z_row[l] /=", "std::span<const double> can be read and not written"),
    Case("assign_to_const_matrix", [(SUM, "z(b, l) = 0;")], "z(b, l) = 0", "usually it is an element of a const Matrix&"),
    Case("assign_to_const", [(SUM, "m = 3;")], "m = 3", "What is assigned to here is const; usually"),
    Case("writable_row_of_const", [("const std::span<double> p_row = p.row(b)", "const std::span<double> p_row = z.row(b)")], "double> p_row", "usually std::span<const double> was meant"),
    Case("arrow_for_dot", [("z.row(b)", "z->row(b)")], "z->row", "usually a dot was meant"),
    Case("dot_for_arrow", [(TOTAL, "const Matrix* q = &z; double total = q.rows();")], "q.rows()", "usually q->rows()"),
    Case("iterator_for_element", [("m = *std::max", "m = std::max")], "m = std::max", "usually the * before it is missing"),
    Case("star_on_a_number", [(SCALE, "p_row[l] /= *total;")], "*total", "usually the * is too much"),
    Case("character_for_text", [(TOTAL, TOTAL + " std::string s = 'a';")], "'a'", "usually the other kind of quotes"),
    Case("wrong_type_returned", [("return p;", "return p.row(0);")], "p.row(0)", "A std::span<double> stands where a Matrix is due"),
    Case("template_without_type", [(TOTAL, TOTAL + " std::vector v;")], "std::vector v", "usually it stands in angle brackets"),
    Case("auto_without_value", [(TOTAL, "auto total;")], "auto total", "usually = value is missing"),
    Case("not_captured", [(TOTAL, TOTAL + " auto f = [](double x) { return x - m; }; total = f(1);")], "x - m", "usually [&] or [&m]"),
    Case("void_used", [(FUNCTION, "void half(double) {}\n" + FUNCTION), (TOTAL, "double total = half(m);")], "half(m)", "returns nothing (void)"),
    Case("value_from_void", [(FUNCTION, "void half(double x) { return x / 2; }\n" + FUNCTION)], "void half", "usually its type should be that of the value"),
    Case("return_without_value", [("return p;", "return;")], "return;", "usually the value is missing"),
    Case("no_return", [("  return p;\n}", "}  // here")], "// here", "usually `return ...;` is missing", compile=True),
    Case("other_return_type", [(FUNCTION, "void softmax(const Matrix& z) {")], "void softmax", "usually the header's line is the one to copy. It is declared in phase1_cpu/week02_losses/softmax.h:15."),
    Case("no_such_member_function", [(FUNCTION, "double Matrix::norm() const { return 0; }\n" + FUNCTION)], "Matrix::norm", "The class declares no such function; usually"),
    # Declarations and loops.
    Case("declared_twice", [(TOTAL, TOTAL + "\n    double total = 1;")], "double total = 1", "twice in the same braces; usually"),
    Case("function_twice", [("}  // namespace", "Matrix softmax(const Matrix& z) { return z; }\n}  // namespace")], "{ return z; }", "a function was pasted twice"),
    Case("parameter_again", [("int B = z.rows(), L", "int z = 3, B = 2, L")], "int z = 3", "usually a new name is needed"),
    Case("break_outside", [("return p;", "break;\n  return p;")], "break;", "usually a } above closes the loop too early"),
    # What does not belong into a text.
    Case("typographic_quotes", [('"softmax: z has shape "', "“softmax: z has shape ”")], "z has shape", 'type " instead'),
    Case("en_dash", [("[l] - m)", "[l] – m)")], "std::exp", "(en dash). Usually it came with text pasted"),
    Case("text_not_ended", [('"softmax: z has shape "', '"softmax: z has shape ')], "z has shape", "usually the closing quote is missing"),
    Case("merge_marks", [("    " + TOTAL, "<<<<<<< HEAD\n    " + TOTAL)], "HEAD", "a mark that git leaves"),
    Case("lonely_endif", [(TOTAL, "\n#endif\n" + TOTAL)], "#endif", "do not pair up"),
    # Warnings.
    Case("double_to_int", [("const double m =", "const int m =")], "int m", "2.7 turns into 2. Usually", **WARNING),
    Case("double_to_float", [(TOTAL, "float total = 0; total = m;")], "float total", "a float 7; usually", **WARNING),
    Case("size_to_int", [(TOTAL, TOTAL + "int n = z_row.size();")], "int n", "usually static_cast<int>(v.size())", **WARNING),
    Case("int_against_size", [("l < L; ++l) {", "l < z_row.size(); ++l) {")], "z_row.size()", "-1 would count as huge. Usually", **WARNING),
    Case("uninitialised", [(TOTAL, "double total;")], SUM, "Usually = 0 is missing", compile=True, **WARNING),
    Case("assignment_as_condition", [(SUM, "if (l = 3) " + SUM)], "l = 3", "usually == was meant", **WARNING),
    Case("comparison_as_statement", [(SUM, "total == p_row[l];")], "total ==", "usually = was meant for ==", **WARNING),
    Case("shadowed", [(SUM, "double total = 3; p_row[l] = total;")], "double total = 3", "usually the type in front is too much", **WARNING),
    Case("if_with_semicolon", [(SUM, "if (l > 0); " + SUM)], "if (l > 0);", "usually the ; is too much", **WARNING),
    Case("comma_in_index", [(SCALE, "p_row[b, l] = 1;")], "p_row[b, l]", "does not take two indices", **WARNING),
    Case("text_in_single_quotes", [('"softmax: z has shape "', "'softmax: z has shape '")], "z has shape", "usually a text was meant", **WARNING),
    Case("number_too_large", [(TOTAL, TOTAL + " int q = 3000000000;")], "3000000000", "usually a larger type", **WARNING),
    Case("divided_by_zero", [(TOTAL, TOTAL + " int q = 3 / 0;")], "3 / 0", "ends the program; usually", **WARNING),
    Case("reference_to_local", [(FUNCTION, "const double& half(double x) { return x; }\n" + FUNCTION)], "double& half", "usually return it by value", **WARNING),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_mistake_is_put_on_its_line_in_plain_words(compiler: Compiler, case: Case) -> None:
    text = edited(*case.edits)
    line = next(number for number, line in enumerate(text.splitlines(), 1) if case.at in line)
    messages = compiler.messages(text, *(["-c", "-O1", "-o", os.devnull] if case.compile else []), headers=case.headers or case.compile)
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
    assert "__cxx11" not in everything and "18446744073709551615" not in everything and "std::allocator" not in everything
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
    for edit in ((TOTAL, TOTAL.replace("double", "doubel")), ("Matrix p(B, L);", "Matriks p(B, L);"), (TOTAL, "double total = 0"),
                 ('"softmax: z has shape "', '"softmax: z has shape '), ("b < B; ++b) {", "b < B; ++b)")):  # fmt: skip
        messages = compiler.messages(edited(edit))
        assert len([m for m in messages if m.kind == "error"]) == 1, messages


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
    assert text in messages[0].text and messages[0].line == line and "sually" in messages[0].plain + "usually" * ("main" in text)


def test_a_sound_file_needs_no_word_before_compiling(tmp_path: Path) -> None:
    assert read_source(EXERCISE, SHOWN_AS) == []
    assert read_source(write(tmp_path, "namespace nn { int main(int x) { return x; } }\n"), SHOWN_AS) == []
    assert "cannot be read" in read_source(tmp_path / "none.cc", SHOWN_AS)[0].text


def test_no_output_of_any_kind_is_an_exception_or_silence(tmp_path: Path) -> None:
    path = write(tmp_path, "int x;\n")
    assert read_compiler("", path, SHOWN_AS) == []
    assert read_compiler("1 warning generated.\n", path, SHOWN_AS) == []
    unknown = read_compiler("ccache: error: Failed to create directory: No space left on device\n", path, SHOWN_AS)
    assert "No space left" in unknown[0].text and unknown[0].kind == "error"
    killed = read_compiler("g++: fatal error: Killed signal terminated program cc1plus\ncompilation terminated.\n", path, SHOWN_AS)
    assert "ran out of memory" in killed[0].plain
    assert read_compiler("Segmentation fault: it cannot be\n", path, SHOWN_AS)[0].kind == "error"
    for cut in range(0, 400, 7):
        read_compiler(f"{path}:1:5: error: expected ‘;’ before ‘}}’ token [with T = std::vector<int, std::allocator<int>"[:cut], path, SHOWN_AS)
    assert read_compiler(f"{path}:99:5: error: lost\n", path, SHOWN_AS)[0].snippet == []


def test_snippets_with_a_gutter_as_newer_clangs_write_them(tmp_path: Path) -> None:
    path = write(tmp_path, "int f() {\n\treturn x;\n}\n")
    output = f"{path}:2:9: error: use of undeclared identifier 'x'\n    2 |         return x;\n      |                ^\n1 error generated.\n"
    message = read_compiler(output, path, SHOWN_AS)[0]
    assert message.snippet == ["        return x;", "               ^"]
    alone = read_compiler(f"{path}:2:9: error: use of undeclared identifier 'x'\n", path, SHOWN_AS)[0]
    assert alone.snippet == ["        return x;", "               ^"]  # made from the file


def test_nested_notes_as_newer_gs_write_them(tmp_path: Path) -> None:
    path = write(tmp_path, "int f() {\n  return g(1, 2);\n}\n")
    output = (f"{path}:2:11: error: no matching function for call to 'g(int, int)'\n    2 |   return g(1, 2);\n      |          ~^~~~~~\n"
              f"  • {path}:2:11: note: there is 1 candidate\n    • {path}:1:5: note: candidate expects 1 argument, 2 provided\n")  # fmt: skip
    messages = read_compiler(output, path, SHOWN_AS)
    assert len(messages) == 1 and "passes 2 where the function takes 1 argument" in messages[0].plain


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("‘std::__cxx11::basic_string<char, std::char_traits<char>, std::allocator<char> >’", "‘std::string’"),
        ("'std::vector<double, std::allocator<double> >'", "'std::vector<double>'"),
        ("'std::vector<std::vector<int, std::allocator<int> >, std::allocator<std::vector<int, std::allocator<int> > > >'", "'std::vector<std::vector<int>>'"),
        ("'std::span<const double, 18446744073709551615>'", "'std::span<const double>'"),
        ("'std::span<const double>::size_type' {aka 'long unsigned int'}", "'size_t'"),
        ("'std::string' (aka 'basic_string<char>')", "'std::string'"),
        ("'const class nn::basic::Matrix'", "'const Matrix'"),
        ("has non-class type 'int'", "has non-class type 'int'"),
    ],
)  # fmt: skip
def test_types_are_spelt_as_a_person_would(before: str, after: str) -> None:
    assert clean(before) == after


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_long_lines_are_cut_around_the_caret(width: int) -> None:
    line = "  double total = " + " + ".join(f"x{i}" for i in range(60)) + ";"
    column = line.index("x30")
    message = Message(SHOWN_AS, 7, column + 1, "error", "'x30' was not declared in this scope", [line, " " * column + "^~~"])
    shown = render([message], width)
    assert max(map(len, shown)) <= width
    caret = next(i for i, text in enumerate(shown) if text.strip() == "^~~")
    assert shown[caret - 1][shown[caret].index("^") :].startswith("x30")


def test_the_first_few_are_shown_and_the_rest_counted() -> None:
    errors = [Message(SHOWN_AS, line, 1, "error", f"mistake {line}") for line in range(1, 8)]
    warnings = [Message(SHOWN_AS, 9, 1, "warning", "odd [-Wshadow]")]
    shown = render(errors + warnings, 80)
    assert sum("mistake" in line for line in shown) == 3
    assert shown[-1] == "and 4 more, often caused by the first; 1 warning left for when it compiles"
    assert render(warnings, 80) == [f"{SHOWN_AS}:9: warning: odd [-Wshadow]"]


def test_functions_are_found_with_their_namespaces() -> None:
    found = functions(
        "namespace nn::basic {\nclass M {\n public:\n  int rows() const { return r_; }\n  double& at(int r,\n             int c);\n};\n"
        "// double no(int) {\n#define F(x) f(x) {\nnamespace {\nint helper(int a) { if (a) { return 1; } return 0; }\n}\n"
        "M::M(int r) : r_(r) {}\nM softmax(const M& z);\nint table[] = {1, 2};\n}\nM outside(M z) {\n  return z;\n}\n"
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
    assert suspect_brace('char c = \'{\'; // {\nconst char* s = "{{{"; /* { */\n') is None
