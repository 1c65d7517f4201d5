"""What compilers' messages mean, in plain English: a table of patterns, each with its sentence.

A pattern is matched against the message after `clean`: quotes are ', namespaces and template
defaults are gone. Both g++'s and clang++'s wordings stand in one pattern where they mean one thing.
A sentence says "usually": the compiler knows what it read, and nobody knows what was meant.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field

from common.learn.cpp_text import blank_comments, declared_before, still_open, suspect_brace
from common.learn.std_names import STD_HEADER


@dataclass
class Sight:
    """What a sentence may look at: the message, its notes, and the learner's file."""

    text: str
    line: int
    column: int
    notes: list[str]
    source: str
    at_caret: str = ""  # the source text from the caret on, also where that is in a header
    code: list[str] = field(init=False)

    def __post_init__(self) -> None:
        self.code = blank_comments(self.source).splitlines()

    @property
    def here(self) -> str:
        """The line's code, without comments and the insides of literals."""
        return self.code[self.line - 1] if 0 < self.line <= len(self.code) else ""

    @property
    def written(self) -> str:
        lines = self.source.splitlines()
        return lines[self.line - 1] if 0 < self.line <= len(lines) else ""

    def note(self, pattern: str) -> re.Match[str] | None:
        return next((match for note in self.notes if (match := re.search(pattern, note))), None)

    def includes(self, header: str) -> bool:
        return re.search(rf"(?m)^\s*#\s*include\s*[<\"]{re.escape(header)}[>\"]", self.source) is not None


Plain = str | Callable[[re.Match[str], Sight], str]


@dataclass
class Rule:
    pattern: re.Pattern[str]
    plain: Plain
    family: str = ""  # "syntax", "brace", "outside", "name", "text", "return": see the folding in compiler_messages

    def sentence(self, match: re.Match[str], sight: Sight) -> str:
        if callable(self.plain):
            return self.plain(match, sight)
        return re.sub(r"\{(\w+)\}", lambda m: match[m[1]] or "", self.plain)


RULES: list[Rule] = []


def rule(pattern: str, plain: Plain, family: str = "") -> None:
    RULES.append(Rule(re.compile(pattern), plain, family))


def explain(sight: Sight) -> tuple[str, str]:
    """(sentence, family); ("", "") for a message that the table does not know."""
    if re.match(r"\s*(<<<<<<<|=======|>>>>>>>)( |$)", sight.written):
        return ("This line is a mark that git leaves where two versions clash; usually a merge or stash stopped half way: "
                "keep one of the two versions and remove the marks.", "text")  # fmt: skip
    for entry in RULES:
        if match := entry.pattern.search(sight.text):
            return entry.sentence(match, sight), entry.family
    return "", ""


# --- The text itself -------------------------------------------------------------------------

PLAIN_CHARACTER = {"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "−": "-", "×": "*",
                   "\u00a0": "an ordinary space", "\u202f": "an ordinary space", "；": ";", "，": ",",
                   "（": "(", "）": ")", "\u200b": "nothing", "\ufeff": "nothing", "…": "..."}  # fmt: skip


def foreign_characters(match: re.Match[str], sight: Sight) -> str:
    found = [c for c in sight.written if ord(c) > 126 or (ord(c) < 32 and c != "\t")]
    odd = [c for c in blank_comments(sight.written) if ord(c) > 126] or found
    if not odd:
        return "A character here is none that C++ knows; usually it was pasted, or the file is not plain text."
    character = odd[0]
    name = unicodedata.name(character, f"character U+{ord(character):04X}").lower()
    shown = f"{character} ({name})" if character.isprintable() and not character.isspace() else f"a {name}"
    if character.isspace():
        shown += ", which looks like a space and is none"
    instead = PLAIN_CHARACTER.get(character, "")
    fix = f"; type {instead} instead" if instead and instead != "nothing" else "; remove it" if instead else ""
    return f"The line holds {shown}. Usually it came with text pasted from a web page or a PDF{fix}."


rule(r"extended character|stray '.*' in program|unexpected character <U\+|non-ASCII characters are not allowed"
     r"|treating Unicode character|not valid UTF-8|null character", foreign_characters, "text")
rule(r"missing terminating \S+ character|unterminated (raw )?string",
     "A string or character that opens with a quote is not closed on its line; usually the closing quote is missing.", "text")
rule(r"unterminated (argument list invoking macro \"|function-like macro invocation)",
     "The parenthesis of a macro such as NN_CHECK( is never closed; usually a ) or a closing quote is missing.", "text")
rule(r"character constant too long|multi-character character constant|multi-character literal",
     "Single quotes hold one character, 'a'; usually a text was meant, which stands in double quotes: \"text\".")
rule(r"empty character constant", "'' holds no character; usually an empty text was meant: \"\".")
rule(r"unterminated comment|unterminated /\* comment", "A /* is never closed by */; usually the */ is missing.", "text")
rule(r"#endif without #if|#else without #if|unterminated #if|unterminated conditional directive",
     "#if and #endif do not pair up; usually one of them was lost when lines were moved.", "text")
rule(r"'(?P<h>[^']+)' file not found|(?P<g>[\w./+-]+): No such file or directory", lambda m, s: no_header(m["h"] or m["g"]), "text")


def no_header(name: str) -> str:
    known = set(STD_HEADER.values())
    close = difflib.get_close_matches(name, known, 1, 0.7) if "/" not in name else []
    if close and close[0] != name:
        return f"No header of this name is there; usually it is misspelt. <{close[0]}> is one."
    return ("No header of this name is there; usually it is misspelt, or its path does not start at the repository's "
            "root (phase1_cpu/week01_matrix/matrix.h).")  # fmt: skip


# --- Braces, parentheses, semicolons -----------------------------------------------------------


def unclosed_brace(match: re.Match[str], sight: Sight) -> str:
    brace = suspect_brace(sight.source)
    where = f" By the indentation it is the {{ of line {brace.line}." if brace and brace.kind == "unclosed" else ""
    return f"A {{ has no }} before the file ends; usually a closing brace is missing at the end of a loop or function.{where}"


def extra_brace(match: re.Match[str], sight: Sight) -> str:
    brace = suspect_brace(sight.source)
    if brace and brace.kind == "extra" and brace.line <= sight.line:
        return (f"There is a }} too many; by the indentation it is the one on line {brace.line}. "
                "Usually it was left over when lines were moved.")  # fmt: skip
    if brace and brace.kind == "unopened" and brace.line <= sight.line:
        return (f"There is a }} with no {{ to it; by the indentation the {{ is missing at the end of line {brace.line}. "
                "Usually a for or if has more than one line after it, and lost its {.")  # fmt: skip
    if brace and brace.kind == "unclosed" and brace.line <= sight.line:
        return f"The braces do not pair up; usually a }} is missing: by the indentation, of the {{ on line {brace.line}."
    return "There is a } too many, or a { too few: usually a { is missing after a for (...) or if (...) above."


def outside(match: re.Match[str], sight: Sight) -> str:
    return "Here the compiler is outside of any function, where no statement may stand. " + extra_brace(match, sight)


def closing_parenthesis(match: re.Match[str], sight: Sight) -> str:
    balance = sight.here.count("(") - sight.here.count(")")
    if balance > 0:
        return f"A ( on this line is not closed; usually a ) is missing ({sight.here.count('(')} of (, {sight.here.count(')')} of ))."
    return "Inside these parentheses something other than ) was due; usually a comma or an operator is missing between two names."


def semicolon(match: re.Match[str], sight: Sight) -> str:
    if re.search(r"^\s*for\s*\(", sight.here):
        return "The three parts of for (start; condition; step) are parted by two semicolons; usually a comma stands for one."
    if sight.here.count(")") > sight.here.count("("):
        return "The line closes more parentheses than it opens; usually a ) is too many."
    return "A statement ends with a semicolon; usually the ; is missing at the end of this line."


KEYWORDS = "return|for|if|while|do|switch|break|continue|else|throw"
rule(r"expected '\}' at end of input|^expected '\}'$", unclosed_brace, "brace")
rule(r"expected declaration before '\}'|extraneous closing brace", extra_brace, "outside")
rule(rf"expected unqualified-id before '(?:{KEYWORDS})'", outside, "outside")
rule(r"^expected unqualified-id$", lambda m, s: outside(m, s) if re.match(rf"\s*(?:{KEYWORDS})\b", s.here) else
     "A name was due here; usually a character is too many or too few just before.", "outside")
rule(r"extraneous '\)' before ';'", "The line closes more parentheses than it opens; usually a ) is too many.", "syntax")
rule(r"expected '(?:,' or ')?;'|expected ';'", semicolon, "syntax")
rule(r"expected '\)'", closing_parenthesis, "syntax")
rule(r"expected '\]'", "A [ on this line is not closed; usually a ] is missing.", "syntax")
rule(r"'else' without a previous 'if'",
     "This else belongs to no if; usually the if before it has two statements and no { } around them, or a ; after its ).", "syntax")
rule(r"function[- ]definition is not allowed here",
     lambda m, s: "A function begins inside another one, which C++ does not allow; usually the } that ends the one above is missing."
     + (f" By the indentation it is the {{ of line {b.line}." if (b := suspect_brace(s.source)) and b.kind == "unclosed" else ""), "brace")
rule(r"expected '<'(?: before '\('| after '(?:static_cast)')|expected '<' after",
     "A cast names its type in angle brackets; usually static_cast<double>(x) was meant.", "syntax")
rule(r"expected '\(' for function-style cast|expected primary-expression before '(?:int|double|float|bool|char|auto|const)'",
     "A type stands where a value is due; usually a keyword before it is misspelt (For for for), or a call repeats its parameters' types.", "syntax")


# --- Names -------------------------------------------------------------------------------------


def quoted_hint(text: str) -> str:
    match = re.search(r"(?:did you mean|maybe you meant)(?: to use)? '([^']+)'", text)
    return match[1] if match else ""


def undeclared(match: re.Match[str], sight: Sight) -> str:
    name = match["name"].split("\u00a0")[-1]
    hint = quoted_hint(sight.text).removeprefix("::")
    before = declared_before(sight.source, name, sight.line)
    if match["name"] != name:
        return foreign_characters(match, sight)
    if hint.startswith("std::") or (name in STD_HEADER and hint.split("::")[-1] in ("", name)):
        header = STD_HEADER.get(name, "")
        more = f" (with #include <{header}>)" if header and not sight.includes(header) else ""
        return f"{name} is a name of the standard library; usually the std:: before it is missing: std::{name}{more}."
    loop = re.match(r"\s*for\s*\(", sight.code[before - 1]) if before else None
    if loop and before <= sight.line:
        where = "this line" if before == sight.line else f"line {before}"
        return (f"{name} is declared in the for of {where} and lives only in that loop; usually its use belongs inside "
                "the loop's braces, the braces are missing, or a ; after the ) ends the loop early.")  # fmt: skip
    if 0 < before < sight.line and "unknown type name" in sight.text and still_open(sight.source, before, sight.line):
        return f"{name} is a variable, and a type is due here; usually a comma or an operator is missing between two names."
    if 0 < before < sight.line and not still_open(sight.source, before, sight.line):
        return (f"{name} is declared on line {before}, in braces that end before this line; usually the declaration "
                "belongs further out, before the { of the loop or the if.")  # fmt: skip
    guess = f" The compiler guesses {hint}." if hint else ""
    return f"Nothing called {name} is known at this point; usually it is misspelt, or its declaration is missing.{guess}"


def not_in_std(match: re.Match[str], sight: Sight) -> str:
    name = match["name"]
    header = STD_HEADER.get(name)
    if header and not sight.includes(header):
        return f"std::{name} is declared in <{header}>; usually #include <{header}> is missing at the top of the file."
    if header:
        return f"std::{name} should come with <{header}>, which is included; usually the #include stands after its use or inside an #if."
    close = difflib.get_close_matches(name, STD_HEADER, 1, 0.75)
    guess = f": std::{close[0]}, of <{STD_HEADER[close[0]]}>, is close" if close else ""
    return f"The standard library has no {name}, or its header is not included; usually it is misspelt{guess}."


rule(r"'(?P<name>[\w\u00a0]+)' is not a member of 'std'|no (?:member|type|template) named '(?P<clang>\w+)' in namespace 'std'",
     lambda m, s: not_in_std(renamed(m), s), "name")
rule(r"'(?P<name>\w+)' is not a member of '(?P<space>[\w:]+)'|no (?:member|type) named '(?P<clang>\w+)' in namespace '(?P<space2>[\w:]+)'",
     "That namespace has no such name; usually it is misspelt, or the header that declares it is not included.", "name")
rule(r"'(?P<name>[\w\u00a0]+)' was not declared in this scope|use of undeclared identifier '(?P<clang>\w+)'"
     r"|unknown type name '(?P<clang2>\w+)'|no template named '(?P<clang3>\w+)'"
     r"|'(?P<name2>\w+)' (?:has not been declared|does not name a (?:template )?type)"
     r"|there are no arguments to '(?P<name3>\w+)' that depend on a template parameter",
     lambda m, s: undeclared(renamed(m), s) if not_at_file_scope(s) else outside(m, s), "name")
rule(r"'?(?P<type>[^']*)'? has no member named '(?P<name>\w+)'|no member named '(?P<clang>\w+)' in '(?P<type2>[^']+)'",
     lambda m, s: (lambda hint: f"{a(m['type'] or m['type2'])[0].upper()}{a(m['type'] or m['type2'])[1:]} has no {m['name'] or m['clang']}; usually it is misspelt"
                   + (f". The compiler guesses {hint}." if hint else ", or the name belongs to another type."))(quoted_hint(s.text)), "member")


class renamed(dict):  # noqa: N801  # it stands in for a match
    """A match of which the first group found, whatever compiler worded it, is called name."""

    def __init__(self, match: re.Match[str]) -> None:
        super().__init__(match.groupdict())
        self["name"] = next(group for group in match.groups() if group)


def not_at_file_scope(sight: Sight) -> bool:
    """False where a } too many before this line put a statement outside its function."""
    brace = suspect_brace(sight.source)
    return not (brace and brace.kind in ("extra", "unopened") and brace.line < sight.line and sight.here.startswith((" ", "\t")))


def bare(kind: str) -> str:
    """"const Matrix &" -> "Matrix"."""
    return re.sub(r"^(?:const |class |struct )+|(?: const)?\s*&+$", "", kind.strip()).strip()


def a(kind: str) -> str:
    """"int" -> "an int", "const Matrix&" -> "a Matrix"."""
    return ("an " if bare(kind)[:1] in "aeiou" else "a ") + bare(kind)


# --- Operators -----------------------------------------------------------------------------------


def operator_of(match: re.Match[str], sight: Sight) -> str:
    """The operator g++ names, or the characters at clang's caret."""
    named = next((match[g] for g in ("op", "op2") if g in match.re.groupindex and match[g]), "")
    if named:
        return named
    at = re.match(r"[-+*/%^&|<>=!]+", sight.at_caret)
    return at[0] if at else ""


def bad_operands(match: re.Match[str], sight: Sight) -> str:
    operator = operator_of(match, sight)
    given = match["a"] or match["a2"] or match["a3"], match["b"] or match["b2"] or match["b3"]
    left, right = (bare(kind) for kind in given)
    if "void" in (left, right):
        return "One side is a call that returns nothing (void); usually the function should return its result, or is called on a line of its own."
    if operator.startswith("%") and "double" in (left, right):
        return "% is the remainder of whole numbers only; usually std::fmod(a, b) was meant, or the operands should be int."
    if operator == "^" and {left, right} <= {"double", "float", "int"}:
        return "^ is no power in C++ (it combines bits); usually x * x or std::pow(x, n) was meant."
    if all(kind.startswith("const char") for kind in given):
        return "Two quoted texts cannot be joined by an operator; usually one must be a std::string: std::string(\"a\") + \"b\"."
    if operator in ("=", "+=", "-=", "*=", "/="):
        return f"{a(right).capitalize()} cannot be assigned to {a(left)} like this; usually the types do not fit, or the left side is const."
    shown = f"operator {operator}" if operator else "such operator"
    if operator in ("<", ">") and "Matrix" in left:
        return f"There is no {shown} between {a(left)} and {a(right)}; usually elements were to be compared or sorted, not whole matrices."
    element = " Usually one element was meant: m(row, col) of a Matrix, v[i] of a span or vector." \
        if any(word in left + right for word in ("Matrix", "span", "vector")) else " Usually one of the two is not of the type you think."
    return f"There is no {shown} between {a(left)} and {a(right)}.{element}"


rule(r"no match for 'operator\[\]' \(operand types are '(?P<a>[^']*)'|type '(?P<a2>[^']*)' does not provide a subscript operator"
     r"|subscripted value is (?:neither array|not an array)|invalid types '(?P<a3>[^']*)' for array subscript",
     lambda m, s: "A Matrix is indexed as m(row, col); usually m[row][col] or m[i] was written from habit."
     if "Matrix" in (m["a"] or m["a2"] or "") else f"{a(m['a'] or m['a2'] or m['a3'] or 'number').capitalize()} takes no [ ]; usually a name is mixed up, or one pair of brackets is too many.")
rule(r"no match for 'operator(?P<op>[^']+)' \(operand types are '(?P<a>[^']*)' and '(?P<b>[^']*)'"
     r"|invalid operands of types '(?P<a2>[^']*)' and '(?P<b2>[^']*)' to binary 'operator(?P<op2>[^']+)'"
     r"|invalid operands to binary expression \('(?P<a3>[^']*)' and '(?P<b3>[^']*)'\)", bad_operands)
rule(r"no viable overloaded '(?P<op>[-+*/]?=)'",
     "This cannot be assigned; usually the types do not fit, or the left side is const.")
rule(r"operands to '\?:' have different types|incompatible operand types",
     "Both values of a condition ? a : b must be of one type; usually one side lacks an index or a cast.")

# --- Calls -------------------------------------------------------------------------------------


def call(match: re.Match[str], sight: Sight) -> str:
    if two := sight.note(r"deduced conflicting types for parameter '[^']*' \('(?P<a>[^']*)' (?:and|vs\.) '(?P<b>[^']*)'\)"):
        return (f"Both arguments must be of one type, and here they are {two['a']} and {two['b']}; usually one needs another "
                "spelling (0.0 for 0) or a static_cast.")  # fmt: skip
    if "expects an lvalue" in " ".join(sight.notes):
        return lvalue(match, sight)
    kind = sight.note(r"no known conversion (?:for argument (?P<n>\d+) )?from '(?P<a>[^']*)' to '(?P<b>[^']*)'(?: for (?P<n2>\d+)\w\w argument)?")
    number = sight.note(r"candidate expects (?P<want>at least \d+|\d+) arguments?, (?P<got>\d+) provided"
                        r"|requires (?P<want2>(?:at least )?(?:\d+|single)) arguments?.*, but (?P<got2>\d+|no) (?:arguments? )?(?:was|were) provided"
                        r"|requires (?P<want3>single) argument.*, but (?P<got3>no) ")
    ours = [note for note in sight.notes if re.search(r"no known conversion|candidate expects|requires (?:at least )?\w+ argument", note)]
    if number and (not kind or ours and "no known conversion" not in ours[0]):
        want = (number["want"] or number["want2"] or number["want3"]).replace("single", "1")
        return f"The call passes {number['got'] or number['got2'] or number['got3']} where the function takes {arguments(want)}; usually an argument is missing or too many."
    if kind:
        which = kind["n"] or kind["n2"]
        return f"Argument {which or 1} is {a(kind['a'])} where {a(kind['b'])} is due; usually an element, an index or a cast is missing."
    return "No function of that name takes these arguments; usually their number, order or types are wrong."


def arguments(want: str) -> str:
    return f"{want} argument{'' if want.endswith(' 1') or want == '1' else 's'}"


def lvalue(match: re.Match[str], sight: Sight) -> str:
    return "The function wants a variable it may change (a reference without const), and gets a value; usually pass a variable, or make the parameter const."


rule(r"too (?P<how>many|few) arguments to (?:function|method)?",
     "The call passes too {how} arguments; usually one is missing or too many: compare with the declaration.")
rule(r"no match for call to '\((?P<a>[^']*)\)|type '(?P<b>[^']*)' does not provide a call operator",
     lambda m, s: f"A {bare((m['a'] or m['b']).split(') (')[0])} cannot be called with ( ); usually [ ] was meant, or an operator is missing before the (.")
rule(r"'?(?P<name>[^']*)'? cannot be used as a function|called object type '(?P<type>[^']*)' is not a function",
     "A value that is no function is called with ( ); usually an operator is missing before the (, [ ] was meant, or a variable has the function's name.")
rule(r"no (?:matching|viable) (?:member )?(?:function|constructor) for (?:call to|initialization of)", call)
rule(r"(?:call of overloaded|call to) '(?P<name>[^']*?)' is ambiguous",
     "Several functions fit equally well; usually an argument is of an unexpected type, or the function is declared twice, in two namespaces.")
rule(r"cannot bind non-const lvalue reference", lvalue)

# --- const, members, pointers ----------------------------------------------------------------------

rule(r"(?P<what>assignment|increment|decrement) of (?:read-only|member '[^']*' in read-only)|cannot assign to .*(?:const|read-only)|read-only (?:variable|location|parameter) is not assignable",
     lambda m, s: "What is assigned to here is const; usually the input was mixed up with the output (z with p), or const is too much where it is declared."
     + (" A std::span<const double> can be read and not written." if "operator[]" in s.text or "[...]" in s.text else ""))
rule(r"lvalue required as (?:left|increment)|expression is not assignable",
     "The left side is a value and no place in memory; usually it is an element of a const Matrix&, which can be read and not written, or == was meant.")
rule(r"discards qualifiers|drops 'const' qualifier|but (?:function|method) is not marked const",
     "Something const is used where it might be changed; usually the wrong variable, or the reference or function needs const too.")
rule(r"(?:no viable conversion from|conversion from) '(?:std::)?span<const (?P<t>\w+)>' to (?:non-scalar type )?'(?:const )?(?:std::)?span<(?P=t)>'",
     "A row that may only be read cannot become one that may be written; usually std::span<const {t}> was meant, or the row of another matrix.")
rule(r"is private within this context|is a private member of|is protected",
     "Members under private: are for the class alone; usually a public function does it: rows(), cols(), m(row, col), row(r).")
rule(r"base operand of '->' has non-pointer type|is not a pointer; did you mean to use '\.'",
     "-> is for pointers, and this is none; usually a dot was meant: z.row(b).")
rule(r"is of pointer type|is a pointer; did you mean to use '->'",
     "This is a pointer, whose members are reached with ->; usually q->rows() was meant, or the * in the declaration is too much.")
rule(r"which is of non-class type '(?P<t>[^']*)'|member reference base type '(?P<t2>[^']*)' is not a structure",
     lambda m, s: f"{a(m['t'] or m['t2']).capitalize()} has no members; usually a name is mixed up, or hides another one.")
rule(r"invalid type argument of unary '\*'|indirection requires pointer operand",
     "* before a value follows a pointer, and this is none; usually the * is too much, or its left operand is missing.")
rule(r"(?:cannot convert|no viable conversion from|could not convert) '(?:const )?iterator' (?:to|from)",
     "An iterator is a position; usually the * before it is missing, which gives the element there: *std::max_element(...).")

# --- Conversions -------------------------------------------------------------------------------------

rule(r"conversion from 'char' to non-scalar type 'std::string'|no viable conversion from 'char' to 'std::string'"
     r"|invalid conversion from 'const char ?\*' to 'char'|variable of type 'char' with an lvalue of type 'const char",
     "'a' is one character and \"a\" is a text; usually the other kind of quotes was meant.")
rule(r"narrowing conversion of .* from '(?P<a>[^']*)' to '(?P<b>[^']*)'|type '(?P<a2>[^']*)' cannot be narrowed to '(?P<b2>[^']*)'",
     lambda m, s: f"Braces {{ }} refuse a conversion that may lose something, here {m['a'] or m['a2']} to {m['b'] or m['b2']}; usually the types should agree, or static_cast says that it is meant.")
rule(r"turns floating-point number into integer|conversion from '(?:const )?(?:double|float)' to '(?:std::)?(?:const )?(?:int|long|size_t|unsigned|short|char)[^']*' may change value|from '(?:double|float)' to 'int'",
     "A number with a fraction becomes a whole one: 2.7 turns into 2. Usually the variable should be double, or static_cast<int>(x) says that it is meant.")
rule(r"changes value from|overflow in (?:conversion|expression)",
     "The number does not fit into its type; usually a larger type is needed: std::int64_t or double.")
rule(r"loses floating-point precision|to 'float' may change value",
     "A double holds about 16 digits and a float 7; usually the variable should be double.")
rule(r"loses integer precision|conversion from '(?:std::)?(?:size_t|unsigned long|long|long unsigned int|long int)' to '(?:const )?int' may change",
     "size() gives a std::size_t, which is larger than an int; usually static_cast<int>(v.size()) says that it fits.")
rule(r"may lose precision|to 'double' may change value",
     "A whole number above 2^53 has no exact double; usually static_cast<double>(n) says that it is smaller.")
rule(r"comparison of (?:integer expressions of different signedness|integers of different signs)",
     "An int, which may be negative, is compared with a std::size_t, which may not: -1 would count as huge. Usually an int extent serves (z.cols()), or static_cast<int>(v.size()).")
rule(r"always (?:true|false)|is always",
     "The comparison can only come out one way; usually an unsigned number is compared with 0, so that the loop never ends.")

# --- return ------------------------------------------------------------------------------------------

rule(r"control reaches end of non-void|no return statement in function returning non-void|non-void function does not return a value",
     "The function promises a value, and here it ends without return; usually `return ...;` is missing at its end, or on one of the ways through an if.", "return")
rule(r"return-statement with no value|non-void function '\w+' should return a value",
     "The function promises a value, and this return gives none; usually the value is missing: return p;")
rule(r"return-statement with a value, in function returning 'void'|void function '\w+' should not return a value",
     "The function is declared void and returns nothing; usually its type should be that of the value: double, Matrix.")
rule(r"reference to (?:local variable|stack memory)|address of (?:local variable|stack memory)",
     "The variable is gone when the function ends, and the reference leads nowhere; usually return it by value, without &.")

# --- Warnings about what is probably not meant -----------------------------------------------------------

rule(r"parentheses around assignment used as truth value|using the result of an assignment as a condition",
     "= assigns and == compares; usually == was meant in this condition.")
rule(r"empty body",
     "The ; right after the ) is the whole body of this if or loop, and what follows does not belong to it; usually the ; is too much.")
rule(r"does not guard|misleading indentation",
     "The indentation says that a line belongs to the if or loop, and it does not; usually { } are missing, or a ; follows the ).")
rule(r"comparison result unused|value computed is not used|statement has no effect|expression result unused|has no effect",
     "The line computes something and keeps nothing of it; usually = was meant for ==, or `return` or an assignment is missing.")
rule(r"top-level comma expression in array subscript",
     "v[b, l] does not take two indices: it computes b, forgets it and takes v[l]. Usually m(row, col) of a Matrix was meant.")
rule(r"uninitialized",
     "The variable has no value yet when it is read: it holds whatever was in memory. Usually = 0 is missing where it is declared.")
rule(r"unused (?:variable|parameter)|set but not used|unused-but-set",
     "The variable is never read; usually it is left over, or another name stands where it was meant.")
rule(r"division by zero", "A whole number divided by zero ends the program; usually another divisor was meant.")
rule(r"array subscript .* (?:outside array bounds|is above array bounds)|is past the end",
     "The index lies outside the array; usually it runs one too far: indices go from 0 to size - 1.")

# --- Declarations --------------------------------------------------------------------------------------

rule(r"shadows a (?:parameter|template parameter)$|redefinition of '(?P<n>\w+)' with a different type",
     "A name that is in use here is declared again; usually a new name is needed, or the type in front is too much: x = 3; changes, int x = 3; declares.", "redefinition")
rule(r"declaration (?:of '[^']*' )?shadows",
     "A new variable hides an outer one of the same name; usually the type in front is too much (total = 3; changes the outer one), or another name is needed.")
rule(r"redeclaration of|redefinition of|conflicting declaration|previously d",
     lambda m, s: semicolon(m, s) if re.match(r"\s*for\s*\(", s.here) and s.here.count(";") < 2 else
     "The same name is declared twice in the same braces; usually the second needs another name, or no type in front of it, or a function was pasted twice.", "redefinition")
rule(r"no declaration matches|out-of-line definition of '[^']*' does not match",
     "The class declares no such function; usually name, parameters or const differ from the line in the header.")
rule(r"ambiguating new declaration|differ only in their return type",
     "The header declares this function with another return type; usually the header's line is the one to copy.")
rule(r"declared 'extern' and later 'static'|static declaration of .* follows non-static",
     "The header declares this function for others, and static keeps it to this file; usually static is too much.")
rule(r"has no initializer|requires an initializer",
     "auto takes its type from the value, and there is none; usually = value is missing, or a type: double total = 0;")
rule(r"break statement not within|'break' statement not in",
     "break leaves a loop, and here is none; usually a } above closes the loop too early, or return was meant.")
rule(r"continue statement not within|'continue' statement not in",
     "continue goes to a loop's next round, and here is no loop; usually a } above closes it too early.")
rule(r"void value not ignored|with an rvalue of type 'void'|invalid use of void|incomplete type 'void'|declared void|argument may not have 'void' type",
     "The function called returns nothing (void), and its value is used; usually the function should return its result.")
rule(r"'(?P<n>\w+)' is not captured|variable '(?P<n2>\w+)' cannot be implicitly captured",
     lambda m, s: f"A lambda sees outer variables only if its [ ] names them; usually [&] or [&{m['n'] or m['n2']}] was meant.")
rule(r"class template argument deduction failed|no viable constructor or deduction guide|wrong number of template arguments"
     r"|too few template arguments|missing template arguments|use of class template '[^']*' requires template arguments|without an argument list",
     "The template lacks its type; usually it stands in angle brackets: std::vector<double>, std::span<const double>.", "template")
rule(r"implicit instantiation of undefined template '(?:std::)?(?P<n>\w+)|(?:has|but) incomplete type|incomplete type '(?:std::)?(?P<n2>\w+)",
     lambda m, s: (lambda n: f"The compiler knows only that {n or 'this type'} exists; usually #include <{STD_HEADER[n]}> is missing."
                   if n in STD_HEADER else "The compiler knows only the name of this type; usually the header that defines it is not included.")
     ((m["n"] or m["n2"] or "").removeprefix("basic_")))
rule(r"variable length array|variable-length array|forbids variable-length",
     "An array's size must be known when compiling; usually std::vector<double> v(n) was meant.")
rule(r"extra ';'", "The ; after a function's } is too much; it does no harm.")
rule(r"invalid initialization of reference of type '(?P<b>[^']*)' from expression of type '(?P<a>[^']*)'"
     r"|could not convert '[^']*' from '(?P<a2>[^']*)' to '(?P<b2>[^']*)'"
     r"|no viable conversion from (?:returned value of type )?'(?P<a3>[^']*)' to (?:function return type )?'(?P<b3>[^']*)'"
     r"|(?:cannot|invalid) conver(?:t|sion from) '(?P<a4>[^']*)' to '(?P<b4>[^']*)'"
     r"|cannot initialize .* of type '(?P<b5>[^']*)' with an [lr]value of type '(?P<a5>[^']*)'"
     r"|conversion from '(?P<a6>[^']*)' to non-scalar type '(?P<b6>[^']*)'",
     lambda m, s: (lambda given, due: f"{a(given)[0].upper()}{a(given)[1:]} stands where {a(due)} is due, and one does not turn into the other; usually an element, an index or a * is missing, or the wrong variable is used.")
     (next(m[f"a{i}"] for i in ["", 2, 3, 4, 5, 6] if m[f"a{i}"]), next(m[f"b{i}"] for i in ["", 2, 3, 4, 5, 6] if m[f"b{i}"])))
rule(r"[Kk]illed signal|terminated signal 9|out of memory|cannot allocate",
     "The compiler itself was ended, usually because the machine ran out of memory; close other programs and try again.")
rule(r"expected (?:primary-)?expression|expected initializer|expected unqualified-id|expected identifier|expected type-specifier|expected class-name"
     r"|expected [^ ]+ before|found ':' in nested-name",
     lambda m, s: "This else belongs to no if; usually the if before it has two statements and no { } around them, or a ; after its )."
     if re.match(r"\s*else\b", s.here) else
     "The compiler did not expect what stands here; usually something is missing or too much just before: an operand, an operator, a parenthesis or a ;.", "syntax")
