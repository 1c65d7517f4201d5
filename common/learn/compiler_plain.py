"""Sentences in plain English for compilers' messages, where they depend on the learner's file.

Which message gets which sentence is the table of compiler_rules.py. A sentence says "usually": the
compiler knows what it read, and nobody knows what was meant. Standard library only.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from dataclasses import dataclass, field

from common.learn.cpp_text import blank_comments, declared_before, still_open, suspect_brace
from common.learn.std_names import STD_HEADER

KEYWORDS = "return|for|if|while|do|switch|break|continue|else|throw"


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


PLAIN_CHARACTER = {
    "“": '"',
    "”": '"',
    "„": '"',
    "‘": "'",
    "’": "'",
    "–": "-",
    "—": "-",
    "−": "-",
    "×": "*",
    "\u00a0": "an ordinary space",
    "\u202f": "an ordinary space",
    "；": ";",
    "，": ",",
    "（": "(",
    "）": ")",
    "\u200b": "nothing",
    "\ufeff": "nothing",
    "…": "...",
}


def foreign_characters(match: re.Match[str] | dict[str, str], sight: Sight) -> str:
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


def no_header(name: str) -> str:
    known = set(STD_HEADER.values())
    close = difflib.get_close_matches(name, known, 1, 0.7) if "/" not in name else []
    if close and close[0] != name:
        return f"No header of this name is there; usually it is misspelt. <{close[0]}> is one."
    return (
        "No header of this name is there; usually it is misspelt, or its path does not start at the"
        " repository's root (phase1_cpu/week01_matrix/matrix.h)."
    )


def unclosed_brace(match: re.Match[str], sight: Sight) -> str:
    brace = suspect_brace(sight.source)
    where = (
        f" By the indentation it is the {{ of line {brace.line}." if brace and brace.kind == "unclosed" else ""
    )
    return (
        "A { has no } before the file ends; usually a closing brace is missing at the end of a loop or"
        f" function.{where}"
    )


def extra_brace(match: re.Match[str], sight: Sight) -> str:
    brace = suspect_brace(sight.source)
    if brace and brace.kind == "extra" and brace.line <= sight.line:
        return (
            f"There is a }} too many; by the indentation it is the one on line {brace.line}. "
            "Usually it was left over when lines were moved."
        )
    if brace and brace.kind == "unopened" and brace.line <= sight.line:
        return (
            "There is a } with no { to it; by the indentation the { is missing at the end of line"
            f" {brace.line}. Usually a for or if has more than one line after it, and lost its {{."
        )
    if brace and brace.kind == "unclosed" and brace.line <= sight.line:
        return (
            "The braces do not pair up; usually a } is missing: by the indentation, of the { on line"
            f" {brace.line}."
        )
    return "There is a } too many, or a { too few: usually a { is missing after a for (...) or if (...) above."


def outside(match: re.Match[str], sight: Sight) -> str:
    return "Here the compiler is outside of any function, where no statement may stand. " + extra_brace(
        match, sight
    )


def closing_parenthesis(match: re.Match[str], sight: Sight) -> str:
    balance = sight.here.count("(") - sight.here.count(")")
    if balance > 0:
        return (
            f"A ( on this line is not closed; usually a ) is missing ({sight.here.count('(')} of (,"
            f" {sight.here.count(')')} of ))."
        )
    return (
        "Inside these parentheses something other than ) was due; usually a comma or an operator is missing"
        " between two names."
    )


def semicolon(match: re.Match[str], sight: Sight) -> str:
    if re.search(r"^\s*for\s*\(", sight.here):
        return (
            "The three parts of for (start; condition; step) are parted by two semicolons; usually a comma"
            " stands for one."
        )
    if sight.here.count(")") > sight.here.count("("):
        return "The line closes more parentheses than it opens; usually a ) is too many."
    if sight.here[max(sight.column - 1, 0) :].strip():
        return "A statement ends with a semicolon; usually the ; is missing at the place that the ^ marks."
    return "A statement ends with a semicolon; usually the ; is missing at the end of this line."


def quoted_hint(text: str) -> str:
    match = re.search(r"(?:did you mean|maybe you meant)(?: to use)? '([^']+)'", text)
    return match[1] if match else ""


def undeclared(match: dict[str, str], sight: Sight) -> str:
    name = match["name"].split("\u00a0")[-1]
    hint = quoted_hint(sight.text).removeprefix("::")
    before = declared_before(sight.source, name, sight.line)
    if match["name"] != name:
        return foreign_characters(match, sight)
    if hint.startswith("std::") or (name in STD_HEADER and hint.split("::")[-1] in ("", name)):
        header = STD_HEADER.get(name, "")
        more = f" (with #include <{header}>)" if header and not sight.includes(header) else ""
        return (
            f"{name} is a name of the standard library; usually the std:: before it is missing:"
            f" std::{name}{more}."
        )
    loop = re.match(r"\s*for\s*\(", sight.code[before - 1]) if before else None
    if loop and before <= sight.line:
        where = "this line" if before == sight.line else f"line {before}"
        return (
            f"{name} is declared in the for of {where} and lives only in that loop; usually its use belongs"
            " inside the loop's braces, the braces are missing, or a ; after the ) ends the loop early."
        )
    if (
        0 < before < sight.line
        and "unknown type name" in sight.text
        and still_open(sight.source, before, sight.line)
    ):
        return (
            f"{name} is a variable, and a type is due here; usually a comma or an operator is missing between"
            " two names."
        )
    if 0 < before < sight.line and not still_open(sight.source, before, sight.line):
        return (
            f"{name} is declared on line {before}, in braces that end before this line; usually the declaration"
            " belongs further out, before the { of the loop or the if."
        )
    guess = f" The compiler guesses {hint}." if hint else ""
    return (
        f"Nothing called {name} is known at this point; usually it is misspelt, or its declaration is"
        f" missing.{guess}"
    )


def not_in_std(match: dict[str, str], sight: Sight) -> str:
    name = match["name"]
    header = STD_HEADER.get(name)
    if header and not sight.includes(header):
        return (
            f"std::{name} is declared in <{header}>; usually #include <{header}> is missing at the top of the"
            " file."
        )
    if header:
        return (
            f"std::{name} should come with <{header}>, which is included; usually the #include stands after its"
            " use or inside an #if."
        )
    close = difflib.get_close_matches(name, STD_HEADER, 1, 0.75)
    guess = f": std::{close[0]}, of <{STD_HEADER[close[0]]}>, is close" if close else ""
    return f"The standard library has no {name}, or its header is not included; usually it is misspelt{guess}."


def named(match: re.Match[str]) -> dict[str, str]:
    """A match's groups, of which the first that was found, whatever compiler worded it, is "name"."""
    return {**match.groupdict(default=""), "name": next(group for group in match.groups() if group)}


def not_at_file_scope(sight: Sight) -> bool:
    """False where a } too many before this line put a statement outside its function."""
    brace = suspect_brace(sight.source)
    return not (
        brace
        and brace.kind in ("extra", "unopened")
        and brace.line < sight.line
        and sight.here.startswith((" ", "\t"))
    )


def bare(kind: str) -> str:
    """ "const Matrix &" -> "Matrix"."""
    return re.sub(r"^(?:const |class |struct )+|(?: const)?\s*&+$", "", kind.strip()).strip()


def capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


def a(kind: str) -> str:
    """ "int" -> "an int", "const Matrix&" -> "a Matrix"."""
    return ("an " if bare(kind)[:1] in "aeiou" else "a ") + bare(kind)


def operator_of(match: re.Match[str], sight: Sight) -> str:
    """The operator g++ names, or the characters at clang's caret."""
    named = next((match[g] for g in ("op", "op2") if g in match.re.groupindex and match[g]), "")
    if named:
        return named
    at = re.match(r"[-+*/%^&|<>=!]+", sight.at_caret)
    return at[0] if at else ""


def matrix_remedy(operator: str, left: str, right: str) -> str:
    """What elementwise.h of week 1 offers in place of this operator; "" if nothing."""
    numbers = ("double", "float", "int", "size_t")
    if operator == "*" and left == right == "Matrix":
        return "usually hadamard(a, b), element by element, or matmul(a, b) was meant"
    if operator == "*" and left == "Matrix" and right in numbers:
        return "usually the order is the other one: the number stands first: s * m"
    if operator == "/" and left == "Matrix" and right in numbers:
        return "usually (1.0 / n) * m was meant"
    if operator in ("+", "-", "/") and {left, right} & set(numbers) and "Matrix" in (left, right):
        computed = f"v {operator} 1" if left == "Matrix" else f"1 {operator} v"
        return f"usually apply(m, [](double v) {{ return {computed}; }}) was meant"
    return ""


def bad_operands(match: re.Match[str], sight: Sight) -> str:
    operator = operator_of(match, sight)
    given = match["a"] or match["a2"] or match["a3"], match["b"] or match["b2"] or match["b3"]
    left, right = (bare(kind) for kind in given)
    if "void" in (left, right):
        return (
            "One side is a call that returns nothing (void); usually the function should return its result, or"
            " is called on a line of its own."
        )
    if operator.startswith("%") and "double" in (left, right):
        return (
            "% is the remainder of whole numbers only; usually std::fmod(a, b) was meant, or the operands"
            " should be int."
        )
    if operator == "^" and {left, right} <= {"double", "float", "int"}:
        return "^ is no power in C++ (it combines bits); usually x * x or std::pow(x, n) was meant."
    if all(kind.startswith("const char") for kind in given):
        return (
            "Two quoted texts cannot be joined by an operator; usually one must be a std::string:"
            ' std::string("a") + "b".'
        )
    if operator in ("=", "+=", "-=", "*=", "/="):
        return (
            f"{capitalised(a(right))} cannot be assigned to {a(left)} like this; usually the types do not fit,"
            " or the left side is const."
        )
    shown = f"operator {operator}" if operator else "such operator"
    if remedy := matrix_remedy(operator, left, right):
        return f"There is no {shown} between {a(left)} and {a(right)}; {remedy}."
    if operator in ("<", ">") and "Matrix" in left:
        return (
            f"There is no {shown} between {a(left)} and {a(right)}; usually elements were to be compared or"
            " sorted, not whole matrices."
        )
    element = (
        " Usually one element was meant: m(row, col) of a Matrix, v[i] of a span or vector."
        if any(word in left + right for word in ("Matrix", "span", "vector"))
        else " Usually one of the two is not of the type you think."
    )
    return f"There is no {shown} between {a(left)} and {a(right)}.{element}"


def call(match: re.Match[str], sight: Sight) -> str:
    if two := sight.note(
        r"deduced conflicting types for parameter '[^']*' \('(?P<a>[^']*)' (?:and|vs\.) '(?P<b>[^']*)'\)"
    ):
        return (
            f"Both arguments must be of one type, and here they are {two['a']} and {two['b']}; usually one"
            " needs another spelling (0.0 for 0) or a static_cast."
        )
    if "expects an lvalue" in " ".join(sight.notes):
        return lvalue(match, sight)
    kind = sight.note(
        r"no known conversion (?:for argument (?P<n>\d+) )?from '(?P<a>[^']*)' to '(?P<b>[^']*)'(?: for"
        r" (?P<n2>\d+)\w\w argument)?"
    )
    number = sight.note(
        r"candidate expects (?P<want>at least \d+|\d+) arguments?, (?P<got>\d+) provided"
        r"|requires (?P<want2>(?:at least )?(?:\d+|single)) arguments?.*, but (?P<got2>\d+|no) (?:arguments?"
        r" )?(?:was|were) provided"
        r"|requires (?P<want3>single|at least) argument.*, but (?P<got3>no) "
    )
    ours = [
        note
        for note in sight.notes
        if re.search(r"no known conversion|candidate expects|requires (?:at least )?\w+ argument", note)
    ]
    if number and (not kind or ours and "no known conversion" not in ours[0]):
        want = number["want"] or number["want2"] or "1"
        want = want.replace("single", "1")
        if want.isdigit() and any("CallSite)" in note for note in sight.notes):
            want = str(int(want) - 1)  # a CallSite fills itself in: no argument of the learner's
        return (
            f"The call passes {number['got'] or number['got2'] or number['got3']} where the function takes"
            f" {arguments(want)}; usually an argument is missing or too many."
        )
    if kind:
        which = kind["n"] or kind["n2"]
        if which and kind["b"].endswith("CallSite"):
            taken = int(which) - 1
            return (
                f"The call passes {which} where the function takes {arguments(str(taken))}; usually an"
                " argument is missing or too many."
            )
        called = re.search(r"for call to '(?P<name>\w+)", sight.text)
        if called and (meant := std_meant(called["name"], kind["a"], kind["b"])):
            return meant
        return (
            f"Argument {which or 1} is {a(kind['a'])} where {a(kind['b'])} is due; usually an element, an index"
            " or a cast is missing."
        )
    return "No function of that name takes these arguments; usually their number, order or types are wrong."


def arguments(want: str) -> str:
    return f"{want} argument{'' if want.endswith(' 1') or want == '1' else 's'}"


def lvalue(match: re.Match[str], sight: Sight) -> str:
    return (
        "The function wants a variable it may change (a reference without const), and gets a value; usually"
        " pass a variable, or make the parameter const."
    )


def no_member(match: re.Match[str], sight: Sight) -> str:
    kind, name = match["type"] or match["type2"], match["name"] or match["clang"]
    hint = quoted_hint(sight.text)
    more = f". The compiler guesses {hint}." if hint else ", or the name belongs to another type."
    return f"{capitalised(a(kind))} has no {name}; usually it is misspelt{more}"


def no_class(match: re.Match[str], sight: Sight) -> str:
    return (
        f"{capitalised(a(match['t'] or match['t2']))} has no members; usually a name is mixed up, or hides"
        " another one."
    )


ELEMENT = (
    "An element of a Matrix is m(row, col), with both; of a column or row matrix m(b, 0) or m(0, b)."
)


def bad_index(match: re.Match[str], sight: Sight) -> str:
    kind = match["a"] or match["a2"] or match["a3"] or "number"
    if "Matrix" in kind:
        return ELEMENT + " Usually m[row][col] or m[i] was written from habit."
    return (
        f"{capitalised(a(kind))} takes no [ ]; usually a name is mixed up, or one pair of brackets is too many."
    )


def not_callable(match: re.Match[str], sight: Sight) -> str:
    kind = (match["a"] or match["b"] or match["c"]).split(") (")[0]
    if bare(kind) == "Matrix":
        return not_an_index(sight) or ELEMENT + " Usually one of the two is missing, or one is too many."
    if sight.note(r"no known conversion|candidate expects|requires (?:at least )?\w+ argument"):
        return call(match, sight)  # a lambda or a std::function, which can be called, with other arguments
    return (
        f"{capitalised(a(kind))} cannot be called with ( ); usually [ ] was meant, or an operator is missing"
        " before the (."
    )


def not_an_index(sight: Sight) -> str:
    """What stands for an int in m(row, col), where something that holds many numbers does; else ""."""
    kind = sight.note(
        r"no known conversion (?:for argument (?P<n>\d+) )?from '(?P<a>[^']*)' to 'int'(?: for (?P<n2>\d+))?"
    )
    if not kind:
        return ""
    meant = "one element of it"
    for called in re.finditer(r"\w+\(([^()]*),([^()]*)\)", sight.here):
        if called.start() < sight.column <= called.end() + 1 and re.search("vector|span|array", kind["a"]):
            given = [called[1].strip(), called[2].strip()]
            number = int(kind["n"] or kind["n2"] or 1) - 1
            meant = f"{given[number]}[{given[1 - number]}]"
    return f"{capitalised(a(kind['a']))} stands where an int is due; usually {meant} was meant."


def wrong_type(match: re.Match[str], sight: Sight) -> str:
    """One type where another is due; g++ and clang++ have six ways to say it."""
    number = next(number for number in ("", 2, 3, 4, 5, 6) if match[f"a{number}"])
    given, due = match[f"a{number}"], match[f"b{number}"]
    called = sight.note(r"in passing argument \d+ of '[^']*?\b(?P<name>\w+)\(")
    if called and (meant := std_meant(called["name"], given, due)):
        return meant
    return (
        f"{capitalised(a(given))} stands where {a(due)} is due, and one does not turn into the other; usually"
        " an element, an index or a * is missing, or the wrong variable is used."
    )


def std_meant(name: str, given: str, due: str) -> str:
    """The course has its own tanh for a Matrix, which hides the one for a number."""
    if STD_HEADER.get(name) == "cmath" and bare(given) in ("double", "float", "int") and bare(due) == "Matrix":
        return f"{capitalised(a(given))} stands where {a(due)} is due; usually std::{name} was meant."
    return ""


def incomplete_type(match: re.Match[str], sight: Sight) -> str:
    name = (match["n"] or match["n2"] or "").removeprefix("basic_")
    if name in STD_HEADER:
        return f"The compiler knows only that {name} exists; usually #include <{STD_HEADER[name]}> is missing."
    return "The compiler knows only the name of this type; usually the header that defines it is not included."


def given_function(match: re.Match[str], sight: Sight) -> str:
    """A std::function is due, and something else given; for any other mistake in a call, `call`."""
    everything = "\n".join([sight.text, *sight.notes])
    due = re.search(r"function<(?P<gives>[\w:]+) ?\((?P<takes>[^()]*)\)>", everything)
    if not due or not re.search(r"overload of|overloaded|from expression|no known conversion", everything):
        return call(match, sight)
    if "overloaded function" in everything or "no overload of" in everything:
        named = re.search(r",\s*(?:::)?((?:\w+::)*\w+)\s*\)", sight.here[max(sight.column - 1, 0) :])
        name = named[1] if named else "f"
        wrapped = f"[]({due['takes']} v) {{ return {name}(v); }}"
        return f"{name if named else 'The function'} has several versions; usually wrap it: {wrapped}."
    to = " to apply" if re.search(r"\bapply\s*\(", sight.here) else " here"
    return (
        f"The function given{to} takes {a(due['takes'])} and gives {a(due['gives'])}; usually the parameter of"
        " the lambda or what it returns is of another type, or its return is missing."
    )


def nested_function(match: re.Match[str], sight: Sight) -> str:
    brace = suspect_brace(sight.source)
    where = (
        f" By the indentation it is the {{ of line {brace.line}." if brace and brace.kind == "unclosed" else ""
    )
    return (
        "A function begins inside another one, which C++ does not allow; usually the } that ends the one"
        f" above is missing.{where}"
    )
