"""What can be said about a C++ file by reading it, without a compiler: its functions and its braces.

The compiler says where it gave up; where the mistake is often shows in the text: the { that the
indentation says was not closed, the function whose name is one letter off. Standard library only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

TOKEN = re.compile(
    r'//(?:\\\n|[^\n])*|/\*.*?(?:\*/|\Z)|R"(?P<mark>[^(\s\\]{0,16})\(.*?\)(?P=mark)"'
    r"|\"(?:\\.|[^\"\\\n])*(?:\"|$)|(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])*(?:'|$)",
    re.DOTALL | re.MULTILINE,
)


def blank_comments(text: str) -> str:
    """The text with comments and the insides of literals as spaces: every position stays its own."""

    def blank(match: re.Match[str]) -> str:
        token = match[0]
        if token.startswith(("//", "/*")):
            return re.sub(r"[^\n]", " ", token)
        return token[0] + re.sub(r"[^\n]", " ", token[1:-1]) + token[-1] if len(token) > 1 else token

    return TOKEN.sub(blank, text)


@dataclass
class Function:
    """A function as a file writes it: declared if `defined` is false."""

    name: str  # "softmax"
    qualified: str  # "nn::basic::softmax", "nn::basic::Matrix::row"
    head: str  # "Matrix softmax(const Matrix& z)", on one line
    line: int
    defined: bool

    @property
    def parameters(self) -> str:
        """What stands in the parentheses, spelt so that two spellings of one list are equal."""
        inside, after = split_parameters(self.head)
        const = " const" if re.match(r"\s*const\b", after) else ""
        return ", ".join(normal_type(part, named=True) for part in split_commas(inside)) + const


def split_parameters(head: str) -> tuple[str, str]:
    """ "f(int (*g)(), double) const" -> ("int (*g)(), double", " const")."""
    start = head.find("(", head.find("operator()") + len("operator()") if "operator()" in head else 0)
    depth = 0
    for i in range(max(start, 0), len(head)):
        depth += (head[i] == "(") - (head[i] == ")")
        if depth == 0:
            return head[start + 1 : i], head[i + 1 :]
    return head[start + 1 :], ""


def split_commas(inside: str) -> list[str]:
    """ "std::map<int, int> a, int b" at the commas that stand in no bracket."""
    parts, depth = [""], 0
    for character in inside:
        depth += (character in "<([{") - (character in ">)]}")
        if character == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return [part.strip() for part in parts if part.strip()]


KEYWORD_TYPES = {
    "const",
    "volatile",
    "unsigned",
    "signed",
    "long",
    "short",
    "int",
    "double",
    "float",
    "char",
    "bool",
}


def normal_type(parameter: str, named: bool) -> str:
    """ "const Matrix& z" and "nn::basic::Matrix const&" -> "Matrix const &": words sorted, marks after."""
    parameter = re.sub(r"=.*$", "", parameter)
    parameter = re.sub(r"\b(?:\w+::)+", "", parameter).replace("__cxx11", "")
    parameter = re.sub(r"\bbasic_string<char.*>", "string", parameter)
    parameter = re.sub(r",\s*allocator<[^<>]*>\s*", "", parameter)
    parameter = re.sub(r",\s*18446744073709551615u?l?", "", parameter)
    if named:  # the last word is the parameter's name, if a type stands before it
        match = re.match(r"(.*[\s&*>])(\w+)\s*$", parameter)
        if match and match[2] not in KEYWORD_TYPES and re.sub(r"\bconst\b|[\s&*]", "", match[1]):
            parameter = match[1]
    words = re.findall(r"\w+", parameter)
    marks = re.findall(r"[^\w\s]", parameter)
    return " ".join(sorted(words) + marks)


FUNCTION = re.compile(
    r"(?P<name>(?:[A-Za-z_]\w*::)*(?:operator\s*(?:\(\)|\[\]|[^\s(\w]+)|~?[A-Za-z_]\w*))\s*\("
)
NOT_FUNCTIONS = {
    "if",
    "for",
    "while",
    "switch",
    "return",
    "catch",
    "sizeof",
    "alignas",
    "decltype",
    "static_assert",
    "throw",
    "new",
    "delete",
    "case",
    "else",
    "do",
    "requires",
    "noexcept",
}


def functions(text: str) -> list[Function]:
    """The functions declared or defined at namespace or class scope, in order."""
    code = re.sub(r"(?m)^[ \t]*#(?:\\\n|[^\n])*", lambda m: re.sub(r"[^\n]", " ", m[0]), blank_comments(text))
    found: list[Function] = []
    scopes: list[tuple[str, str]] = []  # ("scope" or "body", name)
    start = 0  # of what stands before the next ; { or }
    parens = 0
    for i, character in enumerate(code):
        parens += (character == "(") - (character == ")")
        if character not in ";{}" or (character == ";" and parens > 0):
            continue
        head = code[start:i]
        here = start
        start = i + 1
        parens = 0
        outside = all(kind == "scope" for kind, _ in scopes)
        scope = re.search(r"\b(?:namespace\s*([\w:]*)|(?:class|struct|union)\s+(\w+)[^;()]*)\s*$", head)
        function = function_of(head) if outside and character in ";{" else None
        if function:
            name, shown = function
            qualified = "::".join([part for _, part in scopes if part] + [name])
            skipped = re.match(r"(?:\s*(?:public|private|protected)\s*:(?!:))*\s*", head)
            line = code.count("\n", 0, here + (skipped.end() if skipped else 0)) + 1
            found.append(Function(name.split("::")[-1], qualified, shown, line, character == "{"))
        if character == "{":
            scopes.append(("scope", scope[1] or scope[2] or "") if scope and not function else ("body", ""))
        elif character == "}" and scopes:
            scopes.pop()
    return found


def function_of(head: str) -> tuple[str, str] | None:
    """(name, head on one line) of what stands before a ; or {, if that is a function's head."""
    head = re.sub(r"\b(?:public|private|protected)\s*:(?!:)", " ", head)
    shown = " ".join(head.split())
    match = FUNCTION.search(shown)
    if not match or "=" in shown[: match.start()] or match["name"].split("::")[-1] in NOT_FUNCTIONS:
        return None
    before = shown[: match.start()].strip()
    if not before and "::" not in match["name"]:  # a macro's call, or a constructor inside its class
        return None
    if re.search(r"\b(?:return|throw|using|typedef|new|else)\b|[.+\-/%?]", before):
        return None
    inside, after = split_parameters(shown[match.start("name") :])
    shown = re.sub(r"\s*(?:=\s*(?:default|delete|0))?$", "", shown)
    if after.lstrip().startswith(":"):  # a constructor's initialisers are no part of its signature
        shown = shown[: match.start("name")] + match["name"] + f"({inside})"
    return re.sub(r"\s+", "", match["name"]), shown


@dataclass
class Brace:
    """A brace that the indentation speaks against."""

    kind: str  # "unclosed": the { at this line; "extra": the } at this line; "unopened": a { after this line
    line: int
    column: int  # 1-based


def suspect_brace(text: str) -> Brace | None:
    """The first { or } that does not stand where the indentation says; None if all do."""
    brace = misplaced_brace(text)
    if brace is None or brace.kind != "extra":
        return brace
    # A } may be one too many because a { was forgotten: after `for (...)` at the } 's own indentation.
    lines = blank_comments(text).expandtabs(8).splitlines()
    level = len(lines[brace.line - 1]) - len(lines[brace.line - 1].lstrip())
    for number in range(brace.line - 1, 0, -1):
        line = lines[number - 1]
        indent = len(line) - len(line.lstrip())
        if line.strip() and indent <= level:
            opens = indent == level and re.match(
                r"\s*(?:for|while|if|else|do)\b[^{;]*(?:;[^{;]*;[^{;]*)?$", line
            )
            return Brace("unopened", number, len(line.rstrip()) + 1) if opens else brace
    return brace


def misplaced_brace(text: str) -> Brace | None:
    code = blank_comments(text)
    surplus = code.count("{") - code.count("}")
    if surplus == 0:  # they pair up: odd indentation is no mistake
        return None
    written = text.splitlines()
    opened: list[tuple[int, int, int, bool]] = []  # line, column, its statement's indentation, is a namespace
    early: tuple[int, int] | None = None  # a } that closed the namespace and does not say so
    indent = parens = 0
    for number, line in enumerate(code.splitlines(), 1):
        stripped = line.lstrip()
        here = len(line.expandtabs(8)) - len(line.expandtabs(8).lstrip())
        if stripped and parens == 0:
            indent = here
        for i, character in enumerate(line):
            if character in "()":
                parens = max(0, parens + (character == "(") - (character == ")"))
            elif character == "{":
                is_namespace = re.search(r"\bnamespace\b[^;{}]*$", line[:i]) is not None
                opened.append((number, i + 1, indent, is_namespace))
            elif character == "}":
                closes_namespace = (
                    re.search(r"\}\s*//\s*(?:end\s+)?(?:of\s+)?namespace", written[number - 1]) is not None
                )
                if not opened:
                    return Brace("extra", *(early or (number, i + 1)))
                begun, column, level, is_namespace = opened.pop()
                if line[:i].strip() == "":  # a } that opens its line tells by its indentation
                    if surplus > 0 and (here < level or (closes_namespace and not is_namespace)):
                        return Brace("unclosed", begun, column)
                    if surplus < 0 and here > level:
                        return Brace("extra", number, i + 1)
                if is_namespace and not closes_namespace:
                    early = (number, i + 1)
    if opened and surplus > 0:
        return Brace("unclosed", opened[-1][0], opened[-1][1])
    return None


NOT_TYPES = {"return", "else", "case", "throw", "new", "delete", "goto", "in", "and", "or", "not"}


def declared_before(text: str, name: str, line: int) -> int:
    """The last line up to `line` that looks like a declaration of `name`; 0 if none does."""
    one = re.compile(rf"(\w+|>)(?:[&*]+\s+|\s+[&*]*){re.escape(name)}\s*[=;,:(){{\[]")
    list_of = re.compile(rf"\b(?:int|double|float|auto|bool|char|size_t)\s[^;()]*,\s*{re.escape(name)}\s*[=;,]")
    code = blank_comments(text).splitlines()[:line]
    for number in range(len(code), 0, -1):
        if any(match[1] not in NOT_TYPES for match in one.finditer(code[number - 1])) or list_of.search(
            code[number - 1]
        ):
            return number
    return 0


def still_open(text: str, declared: int, line: int) -> bool:
    """Whether the braces around line `declared` are still open at `line`."""
    depth = 0
    for code in blank_comments(text).splitlines()[declared : line - 1]:
        for character in code:
            depth += (character == "{") - (character == "}")
            if depth < 0:
                return False
    return True
