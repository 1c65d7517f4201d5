"""The mistakes that test_compiler_messages.py makes in softmax.cc, one at a time, and what is to be said of each."""

from __future__ import annotations

from dataclasses import dataclass


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
ELEMENTWISE = (  # the header of apply and hadamard
    '#include "common/check.h"',
    '#include "common/check.h"\n#include "phase1_cpu/week01_matrix/elementwise.h"',
)
WARNING = {"kind": "warning"}
CASES = [
    # Elements of a Matrix, and its functions.
    Case("one_index_in_brackets", [(SUM, "total += p[b];")], "p[b]", "of a column or row matrix m(b, 0) or"),
    Case("one_index", [(SUM, "total += p(b);")], "p(b)", "is m(row, col), with both; of a column"),
    Case(
        "vector_as_index",
        [(TOTAL, TOTAL + " const std::vector<int> t(3);"), (SUM, "total += std::exp(p(b, t));")],
        "p(b, t)",
        "A std::vector<int> stands where an int is due; usually t[b] was meant.",
    ),
    Case(
        "apply_to_another_function",
        [ELEMENTWISE, ("return p;", "return apply(p, [](const Matrix& v) { return v; });")],
        "apply(p",
        "The function given to apply takes a double and gives a double; usually",
    ),
    Case(
        "apply_overloaded",
        [ELEMENTWISE, ("return p;", "return apply(p, std::tanh);")],
        "apply(p",
        "std::tanh has several versions; usually wrap it: [](double v) { return std::tanh(v); }.",
    ),
    Case(
        "function_for_a_matrix",
        [(FUNCTION, "Matrix tanh(const Matrix& z);\n" + FUNCTION), (SUM, "tanh(total);")],
        "tanh(total)",
        "usually std::tanh was meant",
    ),
    Case(
        "product_of_matrices",
        [ELEMENTWISE, ("return p;", "return p * z;")],
        "p * z",
        "usually hadamard(a, b), element by element, or matmul(a, b) was meant",
    ),
    Case("matrix_by_int", [ELEMENTWISE, ("return p;", "return p / B;")], "p / B", "usually (1.0 / n) * m was meant"),
    Case("matrix_by_double", [ELEMENTWISE, ("return p;", "return p * 2.0;")], "p * 2.0", "number stands first: s * m"),
    Case(
        "one_minus_matrix",
        [ELEMENTWISE, ("return p;", "return 1 - p;")],
        "1 - p",
        "usually apply(m, [](double v) { return 1 - v; }) was meant",
    ),
    Case(
        "matrix_plus_one",
        [ELEMENTWISE, ("return p;", "return p + 1.0;")],
        "p + 1.0",
        "usually apply(m, [](double v) { return v + 1; }) was meant",
    ),
    # Semicolons, braces, parentheses.
    Case(
        "missing_semicolon",
        [(TOTAL, "double total = 0")],
        "double total = 0",
        "; is missing at the end of this line",
    ),
    Case(
        "missing_semicolon_in_mid_line",
        [(SUM, "auto twice = [](double v) { return 2 * v }; " + SUM)],
        "2 * v }",
        "; is missing at the place that the ^ marks",
    ),
    Case("missing_semicolon_before_brace", [(SUM, "total += p_row[l]")], "total += p_row[l]", "; is missing"),
    Case("missing_semicolon_after_return", [("return p;", "return p")], "return p", "; is missing"),
    Case(
        "loop_not_closed",
        [(SUM + "\n    }\n", SUM + "\n")],
        "for (int l = 0; l < L; ++l) {",
        "{ has no } before the file ends; usually",
    ),
    Case("function_not_closed", [("  return p;\n}\n", "  return p;\n")], "Matrix softmax(", "{ of line 11"),
    Case(
        "namespace_not_closed",
        [("}  // namespace nn::basic\n", "")],
        "namespace nn::basic {",
        "usually a closing brace is missing",
    ),
    Case(
        "brace_too_many",
        [(SCALE + "\n  }\n", SCALE + "\n  }\n  }  // this one\n")],
        "// this one",
        "outside of any function",
    ),
    Case(
        "brace_too_many_at_end",
        [("}  // namespace", "}  // this one\n}  // namespace")],
        "// this one",
        "} too many",
    ),
    Case(
        "brace_not_opened",
        [("b < B; ++b) {", "b < B; ++b)")],
        "for (int b = 0;",
        "{ is missing at the end of line 16",
    ),
    Case(
        "missing_parenthesis",
        [("[l] - m);", "[l] - m;")],
        "std::exp",
        "usually a ) is missing (1 of (, 0 of ))",
    ),
    Case("parenthesis_too_many", [("[l] - m);", "[l] - m));")], "std::exp", "a ) is too many"),
    Case(
        "missing_comma",
        [("Matrix p(B, L);", "Matrix p(B L);")],
        "p(B L)",
        "usually a comma or an operator is missing",
    ),
    Case("missing_bracket", [(SUM, "total += p_row[l;")], "p_row[l;", "usually a ] is missing"),
    Case(
        "commas_in_for",
        [("(int l = 0; l < L; ++l) {", "(int l = 0, l < L, ++l) {")],
        "l = 0, l",
        "two semicolons",
    ),
    Case(
        "for_misspelt",
        [("for (int l = 0; l < L; ++l) {", "For (int l = 0; l < L; ++l) {")],
        "For",
        "keyword before it is misspelt",
    ),
    Case("else_without_if", [(SUM, SUM + "\n      else total = 0;")], "else total", "usually the if before it"),
    Case(
        "function_in_function",
        [(TOTAL, TOTAL + "\ndouble half(double x) { return x / 2; }")],
        "double half",
        "begins inside another",
    ),
    Case(
        "static_cast_without_type",
        [(TOTAL, "double total = static_cast(3);")],
        "static_cast(3)",
        "usually static_cast<double>(x)",
    ),
    # Names.
    Case("undeclared", [(TOTAL, "")], "total += p", "usually it is misspelt, or its declaration is missing"),
    Case(
        "misspelt_variable",
        [("Matrix p(B, L);", "Matrix p(B, L);\n  double totals = 0;"), (SCALE, "p_row[l] /= totls;")],
        "totls",
        "compiler guesses totals",
    ),
    Case("misspelt_type", [("Matrix p(B, L);", "Matriks p(B, L);")], "Matriks", "compiler guesses Matrix"),
    Case(
        "used_after_its_loop",
        [(SCALE, SCALE + "\n    p_row[l] = 0;")],
        "p_row[l] = 0",
        "declared in the for of line 25",
    ),
    Case("for_with_semicolon", [("++l) p_row", "++l); p_row")], "++l);", "a ; after the ) ends the loop early"),
    Case(
        "used_after_its_block",
        [("  return p;", "  p(0, 0) = total;\n  return p;")],
        "p(0, 0) = total",
        "in braces that end before this line",
    ),
    Case("misspelt_member", [("z.row(b)", "z.rwo(b)")], "z.rwo", "A Matrix has no rwo; usually it is misspelt"),
    Case(
        "misspelt_std",
        [("std::exp", "std::expp")],
        "std::expp",
        "no expp, or its header is not included; usually it is misspelt",
    ),
    Case(
        "std_missing",
        [("const std::span<const double> z_row", "const span<const double> z_row")],
        "const span<",
        "usually the std:: before it is missing: std::span",
    ),
    Case(
        "no_include_cmath",
        [("#include <cmath>\n", "")],
        "std::exp",
        "usually #include <cmath> is missing",
        headers=True,
    ),
    Case(
        "no_include_algorithm",
        [("#include <algorithm>\n", "")],
        "max_element",
        "usually #include <algorithm> is missing",
        headers=True,
    ),
    Case(
        "no_include_numeric",
        [(SUM, "total = std::accumulate(p_row.begin(), p_row.end(), 0.0);")],
        "accumulate",
        "#include <numeric>",
    ),
    Case(
        "include_misspelt",
        [("<cmath>", "<cmaths>")],
        "cmaths",
        "usually it is misspelt. <cmath> is one",
        headers=True,
    ),
    Case(
        "include_path",
        [("losses/softmax.h", "losses/sofmax.h")],
        "sofmax",
        "or its path does not start at the repository's root",
        headers=True,
    ),
    Case("private_member", [("z.cols();", "z.cols_;")], "z.cols_", "usually a public function does it"),
    # Operators and calls.
    Case(
        "no_operator",
        [("return p;", "return z + p;")],
        "z + p",
        "There is no operator + between a Matrix and a Matrix. Usually",
    ),
    Case(
        "operator_in_library",
        [(TOTAL, TOTAL + "\nstd::vector<Matrix> ms;\nstd::sort(ms.begin(), ms.end());")],
        "std::sort",
        "no operator < between a Matrix and a Matrix; usually",
    ),
    Case(
        "operator_in_macro",
        [("NN_CHECK(L >= 1,", "NN_CHECK_EQ(z, 1,")],
        "NN_CHECK_EQ",
        "no operator == between a Matrix and an int",
    ),
    Case("square_brackets", [(SCALE, "p[b][l] = 1;")], "p[b][l]", "Usually m[row][col] or m[i] was written"),
    Case("remainder", [(SCALE, "p_row[l] = total % 2;")], "total % 2", "usually std::fmod"),
    Case("power", [(SCALE, "p_row[l] = total ^ 2;")], "total ^ 2", "usually x * x or std::pow"),
    Case(
        "text_plus_text",
        [(TOTAL, TOTAL + 'std::string s = "a" + "b";')],
        '"a" + "b"',
        "usually one must be a std::string",
    ),
    Case(
        "argument_left_out",
        [("z.row(b)", "z.row()")],
        "z.row()",
        "1 argument; usually an argument is missing",
    ),
    Case(
        "argument_count",
        [("z.row(b)", "z.row(b, 0)")],
        "z.row(b, 0)",
        "passes 2 where the function takes 1 argument; usually",
    ),
    Case(
        "argument_types_differ",
        [("z_row[l] - m)", "std::max(z_row[l], 0))")],
        "std::max(",
        "of one type, and here they are double and int; usually",
    ),
    Case(
        "not_a_function",
        [(SCALE, "p_row[l] /= total(l);")],
        "total(l)",
        "usually an operator is missing before the (",
    ),
    Case(
        "span_called",
        [(SCALE, "p_row(l) /= total;")],
        "p_row(l)",
        "A std::span<double> cannot be called with ( ); usually [ ]",
    ),
    Case(
        "value_for_reference",
        [(FUNCTION, "void half(double& x) { x /= 2; }\n" + FUNCTION), (TOTAL, TOTAL + " half(3.0);")],
        "half(3.0)",
        "usually pass a variable",
    ),
    # const, pointers, types.
    Case(
        "assign_to_const_span",
        [(SCALE, "z_row[l] /= total;")],
        "z_row[l] /=",
        "std::span<const double> can be read and not written",
    ),
    Case(
        "assign_to_const_matrix",
        [(SUM, "z(b, l) = 0;")],
        "z(b, l) = 0",
        "usually it is an element of a const Matrix&",
    ),
    Case("assign_to_const", [(SUM, "m = 3;")], "m = 3", "What is assigned to here is const; usually"),
    Case(
        "writable_row_of_const",
        [("const std::span<double> p_row = p.row(b)", "const std::span<double> p_row = z.row(b)")],
        "double> p_row",
        "usually std::span<const double> was meant",
    ),
    Case("arrow_for_dot", [("z.row(b)", "z->row(b)")], "z->row", "usually a dot was meant"),
    Case(
        "dot_for_arrow",
        [(TOTAL, "const Matrix* q = &z; double total = q.rows();")],
        "q.rows()",
        "usually q->rows()",
    ),
    Case(
        "iterator_for_element",
        [("m = *std::max", "m = std::max")],
        "m = std::max",
        "usually the * before it is missing",
    ),
    Case("star_on_a_number", [(SCALE, "p_row[l] /= *total;")], "*total", "usually the * is too much"),
    Case(
        "character_for_text",
        [(TOTAL, TOTAL + " std::string s = 'a';")],
        "'a'",
        "usually the other kind of quotes",
    ),
    Case(
        "wrong_type_returned",
        [("return p;", "return p.row(0);")],
        "p.row(0)",
        "A std::span<double> stands where a Matrix is due",
    ),
    Case(
        "template_without_type",
        [(TOTAL, TOTAL + " std::vector v;")],
        "std::vector v",
        "usually it stands in angle brackets",
    ),
    Case("auto_without_value", [(TOTAL, "auto total;")], "auto total", "usually = value is missing"),
    Case(
        "not_captured",
        [(TOTAL, TOTAL + " auto f = [](double x) { return x - m; }; total = f(1);")],
        "x - m",
        "usually [&] or [&m]",
    ),
    Case(
        "void_used",
        [(FUNCTION, "void half(double) {}\n" + FUNCTION), (TOTAL, "double total = half(m);")],
        "half(m)",
        "returns nothing (void)",
    ),
    Case(
        "value_from_void",
        [(FUNCTION, "void half(double x) { return x / 2; }\n" + FUNCTION)],
        "void half",
        "usually its type should be that of the value",
    ),
    Case("return_without_value", [("return p;", "return;")], "return;", "usually the value is missing"),
    Case(
        "no_return",
        [("  return p;\n}", "}  // here")],
        "// here",
        "usually `return ...;` is missing",
        compile=True,
    ),
    Case(
        "other_return_type",
        [(FUNCTION, "void softmax(const Matrix& z) {")],
        "void softmax",
        "usually the header's line is the one to copy. It is declared in"
        " phase1_cpu/week02_losses/softmax.h:15.",
    ),
    Case(
        "no_such_member_function",
        [(FUNCTION, "double Matrix::norm() const { return 0; }\n" + FUNCTION)],
        "Matrix::norm",
        "The class declares no such function; usually",
    ),
    # Declarations and loops.
    Case(
        "declared_twice",
        [(TOTAL, TOTAL + "\n    double total = 1;")],
        "double total = 1",
        "twice in the same braces; usually",
    ),
    Case(
        "function_twice",
        [("}  // namespace", "Matrix softmax(const Matrix& z) { return z; }\n}  // namespace")],
        "{ return z; }",
        "a function was pasted twice",
    ),
    Case(
        "parameter_again",
        [("int B = z.rows(), L", "int z = 3, B = 2, L")],
        "int z = 3",
        "usually a new name is needed",
    ),
    Case(
        "break_outside",
        [("return p;", "break;\n  return p;")],
        "break;",
        "usually a } above closes the loop too early",
    ),
    # What does not belong into a text.
    Case(
        "typographic_quotes",
        [('"softmax: z has shape "', "“softmax: z has shape ”")],
        "z has shape",
        'type " instead',
    ),
    Case("en_dash", [("[l] - m)", "[l] – m)")], "std::exp", "(en dash). Usually it came with text pasted"),
    Case(
        "text_not_ended",
        [('"softmax: z has shape "', '"softmax: z has shape ')],
        "z has shape",
        "usually the closing quote is missing",
    ),
    Case("merge_marks", [("    " + TOTAL, "<<<<<<< HEAD\n    " + TOTAL)], "HEAD", "a mark that git leaves"),
    Case("lonely_endif", [(TOTAL, "\n#endif\n" + TOTAL)], "#endif", "do not pair up"),
    # Warnings.
    Case(
        "calls_itself_without_end",
        [(FUNCTION, "int down(int n) {\n  return down(n - 1) + 1;\n}\n" + FUNCTION)],
        "int down(int n)",
        "usually the case that stops it is missing",
        kind="warning",
        compile=True,
    ),
    Case(
        "double_to_int",
        [("const double m =", "const int m =")],
        "int m",
        "2.7 turns into 2. Usually",
        **WARNING,
    ),
    Case(
        "double_to_float",
        [(TOTAL, "float total = 0; total = m;")],
        "float total",
        "a float 7; usually",
        **WARNING,
    ),
    Case(
        "size_to_int",
        [(TOTAL, TOTAL + "int n = z_row.size();")],
        "int n",
        "usually static_cast<int>(v.size())",
        **WARNING,
    ),
    Case(
        "int_against_size",
        [("l < L; ++l) {", "l < z_row.size(); ++l) {")],
        "z_row.size()",
        "-1 would count as huge. Usually",
        **WARNING,
    ),
    Case("uninitialised", [(TOTAL, "double total;")], SUM, "Usually = 0 is missing", compile=True, **WARNING),
    Case("assignment_as_condition", [(SUM, "if (l = 3) " + SUM)], "l = 3", "usually == was meant", **WARNING),
    Case(
        "comparison_as_statement",
        [(SUM, "total == p_row[l];")],
        "total ==",
        "usually = was meant for ==",
        **WARNING,
    ),
    Case(
        "shadowed",
        [(SUM, "double total = 3; p_row[l] = total;")],
        "double total = 3",
        "usually the type in front is too much",
        **WARNING,
    ),
    Case(
        "if_with_semicolon",
        [(SUM, "if (l > 0); " + SUM)],
        "if (l > 0);",
        "usually the ; is too much",
        **WARNING,
    ),
    Case(
        "comma_in_index", [(SCALE, "p_row[b, l] = 1;")], "p_row[b, l]", "does not take two indices", **WARNING
    ),
    Case(
        "text_in_single_quotes",
        [('"softmax: z has shape "', "'softmax: z has shape '")],
        "z has shape",
        "usually a text was meant",
        **WARNING,
    ),
    Case(
        "number_too_large",
        [(TOTAL, TOTAL + " int q = 3000000000;")],
        "3000000000",
        "usually a larger type",
        **WARNING,
    ),
    Case(
        "divided_by_zero", [(TOTAL, TOTAL + " int q = 3 / 0;")], "3 / 0", "ends the program; usually", **WARNING
    ),
    Case(
        "reference_to_local",
        [(FUNCTION, "const double& half(double x) { return x; }\n" + FUNCTION)],
        "double& half",
        "usually return it by value",
        **WARNING,
    ),
]
