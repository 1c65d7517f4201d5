"""The tokeniser: what is a token, what is not, and what a directive does to the brackets."""

from __future__ import annotations

import pytest

from .tokens import Lexed, TranslateError, lex


def texts(text: str) -> list[str]:
    return [token.text for token in lex(text).main.tokens]


def macros(lexed: Lexed) -> dict[str | None, list[str]]:
    return {stream.macro: [token.text for token in stream.tokens] for stream in lexed.macros}


def test_angles_are_single_tokens() -> None:
    assert texts("a<b<c>>>(x) <= >= <=> -> ->* a<<=1") == [
        *("a", "<", "b", "<", "c", ">", ">", ">", "(", "x", ")", "<=", ">=", "<=>", "->", "->*"),
        *("a", "<", "<=", "1"),
    ]


@pytest.mark.parametrize(
    "hidden",
    [
        "// k<<<1, 2>>>(x)",
        "// k<<<1 \\\n k<<<1, 2>>>(x)",
        "/* k<<<1,\n 2>>>(x) */",
        "/* ' \" */",
    ],
)
def test_comments_hold_no_tokens(hidden: str) -> None:
    assert texts(f"a {hidden}\n b") == ["a", "b"]


@pytest.mark.parametrize(
    "literal",
    [
        '"k<<<1, 2>>>(x)"',
        r'"\"<<<\\"',
        '"over \\\n lines"',
        "'\"'",
        r"'\''",
        'u8"text"',
        'R"(k<<<1>>>" (x))"',
        'LR"fence(a )" )fenc" )fence"',
        'R"(line\nline // not a comment)"',
        "L'x'",
    ],
)
def test_a_literal_is_one_token(literal: str) -> None:
    assert texts(f"a {literal} b") == ["a", literal, "b"]


@pytest.mark.parametrize("number", ["1'000'000", "0x1p-3", "1.5e+10f", "0b1'0u", ".5", "1e5", "32ull"])
def test_a_number_is_one_token(number: str) -> None:
    assert texts(f"a={number};") == ["a", "=", number, ";"]


@pytest.mark.parametrize(
    ("text", "message", "offset"),
    [("int a;\n/* never", "unterminated comment", 7), ('a\nR"x(never)"', "unterminated raw string", 2)],
)
def test_what_never_ends_is_named(text: str, message: str, offset: int) -> None:
    with pytest.raises(TranslateError, match=message) as caught:
        lex(text)
    assert caught.value.offset == offset


def test_an_unterminated_string_ends_with_its_line() -> None:
    # g++ says what is wrong with it; the next line is read as usual.
    assert texts('"never\nk(x)')[-4:] == ["k", "(", "x", ")"]


def test_directives_are_no_tokens() -> None:
    assert texts("a\n#pragma unroll k<<<1>>>(x)\n  #  error don't\nb") == ["a", "b"]


def test_a_macros_body_is_a_stream() -> None:
    lexed = lex("#define A(x, ...) f(x) \\\n  + g\n#define B (1)\n#define C\nrest")
    assert macros(lexed) == {"A": ["f", "(", "x", ")", "+", "g"], "B": ["(", "1", ")"], "C": []}
    assert [macro.takes_arguments for macro in lexed.macros] == [True, False, False]


def test_if_0_is_left_out_and_its_else_is_not() -> None:
    assert texts("#if 0 // no\nit's\n#if 1\nx\n#endif\n#else\nb\n#endif\nc") == ["b", "c"]


def test_brackets_opened_in_each_branch_count_once() -> None:
    stream = lex("f\n#if A\n(1\n#else\n(2\n#endif\n) {}").main
    texts = [token.text for token in stream.tokens]
    assert stream.match[texts.index(")")] is not None
    assert stream.match[texts.index("{")] == texts.index("}")


def test_includes_are_found_with_their_place() -> None:
    text = '#include "a.h"\n# include <b/c.h> // x\n#if __has_include("d.h")\n#endif\n#include MACRO\n'
    found = lex(text).includes
    assert [(item.name, item.quoted) for item in found] == [("a.h", True), ("b/c.h", False), ("d.h", True)]
    assert text[found[0].start : found[0].end] == '"a.h"'


def test_bytes_that_are_no_letters_pass() -> None:
    assert texts("größe = 1; \udcff \\") == ["größe", "=", "1", ";", "\udcff", "\\"]
