"""What compilers' messages mean: a table of patterns, each with its sentence in plain English.

A pattern is matched against the message after `clean`: quotes are ', namespaces and template
defaults are gone. Both g++'s and clang++'s wordings stand in one pattern where they mean one thing.
The first pattern that fits is taken. Standard library only.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from common.learn.compiler_plain import (
    KEYWORDS,
    Sight,
    bad_index,
    bad_operands,
    call,
    closing_parenthesis,
    extra_brace,
    foreign_characters,
    given_function,
    incomplete_type,
    lvalue,
    named,
    nested_function,
    no_class,
    no_header,
    no_member,
    not_at_file_scope,
    not_callable,
    not_in_std,
    outside,
    semicolon,
    unclosed_brace,
    undeclared,
    wrong_type,
)

Plain = str | Callable[[re.Match[str], Sight], str]


@dataclass
class Rule:
    pattern: re.Pattern[str]
    plain: Plain
    family: str = (
        ""  # "syntax", "brace", "outside", "name", "text", "return", "function": see the folding in compiler_messages
    )

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
        return (
            (
                "This line is a mark that git leaves where two versions clash; usually a merge or stash stopped"
                " half way: keep one of the two versions and remove the marks."
            ),
            "text",
        )
    for entry in RULES:
        if match := entry.pattern.search(sight.text):
            return entry.sentence(match, sight), entry.family
    return "", ""


# --- The text itself ------------------------------------------------------------------------------

rule(
    r"extended character|stray '.*' in program|unexpected character <U\+|non-ASCII characters are not allowed"
    r"|treating Unicode character|not valid UTF-8|null character",
    foreign_characters,
    "text",
)
rule(
    r"missing terminating \S+ character|unterminated (raw )?string",
    "A string or character that opens with a quote is not closed on its line; usually the closing quote is"
    " missing.",
    "text",
)
rule(
    r"unterminated (argument list invoking macro \"|function-like macro invocation)",
    "The parenthesis of a macro such as NN_CHECK( is never closed; usually a ) or a closing quote is missing.",
    "text",
)
rule(
    r"character constant too long|multi-character character constant|multi-character literal",
    "Single quotes hold one character, 'a'; usually a text was meant, which stands in double quotes: \"text\".",
)
rule(r"empty character constant", "'' holds no character; usually an empty text was meant: \"\".")
rule(
    r"unterminated comment|unterminated /\* comment",
    "A /* is never closed by */; usually the */ is missing.",
    "text",
)
rule(
    r"#endif without #if|#else without #if|unterminated #if|unterminated conditional directive",
    "#if and #endif do not pair up; usually one of them was lost when lines were moved.",
    "text",
)
rule(
    r"'(?P<h>[^']+)' file not found|(?P<g>[\w./+-]+): No such file or directory",
    lambda m, s: no_header(m["h"] or m["g"]),
    "text",
)


# --- Braces, parentheses, semicolons --------------------------------------------------------------

rule(r"expected '\}' at end of input|^expected '\}'$", unclosed_brace, "brace")
rule(r"expected declaration before '\}'|extraneous closing brace", extra_brace, "outside")
rule(rf"expected unqualified-id before '(?:{KEYWORDS})'", outside, "outside")
rule(
    r"^expected unqualified-id$",
    lambda m, s: (
        outside(m, s)
        if re.match(rf"\s*(?:{KEYWORDS})\b", s.here)
        else "A name was due here; usually a character is too many or too few just before."
    ),
    "outside",
)
rule(
    r"extraneous '\)' before ';'",
    "The line closes more parentheses than it opens; usually a ) is too many.",
    "syntax",
)
rule(r"expected '(?:,' or ')?;'|expected ';'", semicolon, "syntax")
rule(r"expected '\)'", closing_parenthesis, "syntax")
rule(r"expected '\]'", "A [ on this line is not closed; usually a ] is missing.", "syntax")
rule(
    r"'else' without a previous 'if'",
    "This else belongs to no if; usually the if before it has two statements and no { } around them, or a ;"
    " after its ).",
    "syntax",
)
rule(
    r"function[- ]definition is not allowed here",
    nested_function,
    "brace",
)
rule(
    r"expected '<'(?: before '\('| after '(?:static_cast)')|expected '<' after",
    "A cast names its type in angle brackets; usually static_cast<double>(x) was meant.",
    "syntax",
)
rule(
    r"expected '\(' for function-style cast|expected primary-expression before"
    r" '(?:int|double|float|bool|char|auto|const)'",
    "A type stands where a value is due; usually a keyword before it is misspelt (For for for), or a call"
    " repeats its parameters' types.",
    "syntax",
)


# --- Names ----------------------------------------------------------------------------------------

rule(
    r"'(?P<name>[\w\u00a0]+)' is not a member of 'std'|no (?:member|type|template) named '(?P<clang>\w+)' in"
    r" namespace 'std'",
    lambda m, s: not_in_std(named(m), s),
    "name",
)
rule(
    r"'(?P<name>\w+)' is not a member of '(?P<space>[\w:]+)'|no (?:member|type) named '(?P<clang>\w+)' in"
    r" namespace '(?P<space2>[\w:]+)'",
    "That namespace has no such name; usually it is misspelt, or the header that declares it is not included.",
    "name",
)
rule(
    r"'(?P<name>[\w\u00a0]+)' was not declared in this scope|use of undeclared identifier '(?P<clang>\w+)'"
    r"|unknown type name '(?P<clang2>\w+)'|no template named '(?P<clang3>\w+)'"
    r"|'(?P<name2>\w+)' (?:has not been declared|does not name a (?:template )?type)"
    r"|there are no arguments to '(?P<name3>\w+)' that depend on a template parameter",
    lambda m, s: undeclared(named(m), s) if not_at_file_scope(s) else outside(m, s),
    "name",
)
rule(
    r"'?(?P<type>[^']*)'? has no member named '(?P<name>\w+)'|no member named '(?P<clang>\w+)' in"
    r" '(?P<type2>[^']+)'",
    no_member,
    "member",
)


# --- Operators ------------------------------------------------------------------------------------

rule(
    r"no match for 'operator\[\]' \(operand types are '(?P<a>[^']*)'|type '(?P<a2>[^']*)' does not provide a"
    r" subscript operator"
    r"|subscripted value is (?:neither array|not an array)|invalid types '(?P<a3>[^']*)' for array subscript",
    bad_index,
)
rule(
    r"no match for 'operator(?P<op>[^']+)' \(operand types are '(?P<a>[^']*)' and '(?P<b>[^']*)'"
    r"|invalid operands of types '(?P<a2>[^']*)' and '(?P<b2>[^']*)' to binary 'operator(?P<op2>[^']+)'"
    r"|invalid operands to binary expression \('(?P<a3>[^']*)' and '(?P<b3>[^']*)'\)",
    bad_operands,
)
rule(
    r"no viable overloaded '(?P<op>[-+*/]?=)'",
    "This cannot be assigned; usually the types do not fit, or the left side is const.",
)
rule(
    r"operands to '\?:' have different types|incompatible operand types",
    "Both values of a condition ? a : b must be of one type; usually one side lacks an index or a cast.",
)


# --- Calls ----------------------------------------------------------------------------------------

rule(
    r"too (?P<how>many|few) arguments to (?:function|method)?",
    "The call passes too {how} arguments; usually one is missing or too many: compare with the declaration.",
)
rule(
    r"no match for call to '\((?P<a>[^']*)\)|type '(?P<b>[^']*)' does not provide a call operator"
    r"|no matching function for call to object of type '(?P<c>[^']*)'",
    not_callable,
)
rule(
    r"'?(?P<name>[^']*)'? cannot be used as a function|called object type '(?P<type>[^']*)' is not a function",
    "A value that is no function is called with ( ); usually an operator is missing before the (, [ ] was"
    " meant, or a variable has the function's name.",
)
rule(
    r"of type '(?:const )?(?:std::)?function<.*>&*' from expression of type"
    r"|no matching function for call to 'apply'",
    given_function,
    "function",
)
rule(r"no (?:matching|viable) (?:member )?(?:function|constructor) for (?:call to|initialization of)", call)
rule(
    r"(?:call of overloaded|call to) '(?P<name>[^']*?)' is ambiguous",
    "Several functions fit equally well; usually an argument is of an unexpected type, or the function is"
    " declared twice, in two namespaces.",
)
rule(r"cannot bind non-const lvalue reference", lvalue)

# --- const, members, pointers ----------------------------------------------------------------------

rule(
    r"(?P<what>assignment|increment|decrement) of (?:read-only|member '[^']*' in read-only)|cannot assign to"
    r" .*(?:const|read-only)|read-only (?:variable|location|parameter) is not assignable",
    lambda m, s: (
        "What is assigned to here is const; usually the input was mixed up with the output (z with p), or const"
        " is too much where it is declared."
    )
    + (
        " A std::span<const double> can be read and not written."
        if "operator[]" in s.text or "[...]" in s.text
        else ""
    ),
)
rule(
    r"lvalue required as (?:left|increment)|expression is not assignable",
    "The left side is a value and no place in memory; usually it is an element of a const Matrix&, which can be"
    " read and not written, or == was meant.",
)
rule(
    r"discards qualifiers|drops 'const' qualifier|but (?:function|method) is not marked const",
    "Something const is used where it might be changed; usually the wrong variable, or the reference or"
    " function needs const too.",
)
rule(
    r"(?:no viable conversion from|conversion from) '(?:std::)?span<const (?P<t>\w+)>' to (?:non-scalar type"
    r" )?'(?:const )?(?:std::)?span<(?P=t)>'",
    "A row that may only be read cannot become one that may be written; usually std::span<const {t}> was meant,"
    " or the row of another matrix.",
)
rule(
    r"is private within this context|is a private member of|is protected",
    "Members under private: are for the class alone; usually a public function does it: rows(), cols(), m(row,"
    " col), row(r).",
)
rule(
    r"base operand of '->' has non-pointer type|is not a pointer; did you mean to use '\.'",
    "-> is for pointers, and this is none; usually a dot was meant: z.row(b).",
)
rule(
    r"is of pointer type|is a pointer; did you mean to use '->'",
    "This is a pointer, whose members are reached with ->; usually q->rows() was meant, or the * in the"
    " declaration is too much.",
)
rule(
    r"which is of non-class type '(?P<t>[^']*)'|member reference base type '(?P<t2>[^']*)' is not a structure",
    no_class,
)
rule(
    r"invalid type argument of unary '\*'|indirection requires pointer operand",
    "* before a value follows a pointer, and this is none; usually the * is too much, or its left operand is"
    " missing.",
)
rule(
    r"(?:cannot convert|no viable conversion from|could not convert) '(?:const )?iterator' (?:to|from)",
    "An iterator is a position; usually the * before it is missing, which gives the element there:"
    " *std::max_element(...).",
)

# --- Conversions -------------------------------------------------------------------------------------

rule(
    r"conversion from 'char' to non-scalar type 'std::string'|no viable conversion from 'char' to 'std::string'"
    r"|invalid conversion from 'const char ?\*' to 'char'|variable of type 'char' with an lvalue of type 'const"
    r" char",
    "'a' is one character and \"a\" is a text; usually the other kind of quotes was meant.",
)
rule(
    r"narrowing conversion of .* from '(?P<a>[^']*)' to '(?P<b>[^']*)'|type '(?P<a2>[^']*)' cannot be narrowed"
    r" to '(?P<b2>[^']*)'",
    lambda m, s: (
        f"Braces {{ }} refuse a conversion that may lose something, here {m['a'] or m['a2']} to"
        f" {m['b'] or m['b2']}; usually the types should agree, or static_cast says that it is meant."
    ),
)
rule(
    r"turns floating-point number into integer|conversion from '(?:const )?(?:double|float)' to"
    r" '(?:std::)?(?:const )?(?:int|long|size_t|unsigned|short|char)[^']*' may change value|from"
    r" '(?:double|float)' to 'int'",
    "A number with a fraction becomes a whole one: 2.7 turns into 2. Usually the variable should be double, or"
    " static_cast<int>(x) says that it is meant.",
)
rule(
    r"changes value from|overflow in (?:conversion|expression)",
    "The number does not fit into its type; usually a larger type is needed: std::int64_t or double.",
)
rule(
    r"loses floating-point precision|to 'float' may change value",
    "A double holds about 16 digits and a float 7; usually the variable should be double.",
)
rule(
    r"loses integer precision|conversion from '(?:std::)?(?:size_t|unsigned long|long|long unsigned int|long"
    r" int)' to '(?:const )?int' may change",
    "size() gives a std::size_t, which is larger than an int; usually static_cast<int>(v.size()) says that it"
    " fits.",
)
rule(
    r"may lose precision|to 'double' may change value",
    "A whole number above 2^53 has no exact double; usually static_cast<double>(n) says that it is smaller.",
)
rule(
    r"comparison of (?:integer expressions of different signedness|integers of different signs)",
    "An int, which may be negative, is compared with a std::size_t, which may not: -1 would count as huge."
    " Usually an int extent serves (z.cols()), or static_cast<int>(v.size()).",
)
rule(
    r"always (?:true|false)|is always",
    "The comparison can only come out one way; usually an unsigned number is compared with 0, so that the loop"
    " never ends.",
)

# --- return ------------------------------------------------------------------------------------------

rule(
    r"control reaches end of non-void|no return statement in function returning non-void|non-void function does"
    r" not return a value",
    "The function promises a value, and here it ends without return; usually `return ...;` is missing at its"
    " end, or on one of the ways through an if.",
    "return",
)
rule(
    r"return-statement with no value|non-void function '\w+' should return a value",
    "The function promises a value, and this return gives none; usually the value is missing: return p;",
)
rule(
    r"return-statement with a value, in function returning 'void'|void function '\w+' should not return a"
    r" value",
    "The function is declared void and returns nothing; usually its type should be that of the value: double,"
    " Matrix.",
)
rule(
    r"reference to (?:local variable|stack memory)|address of (?:local variable|stack memory)",
    "The variable is gone when the function ends, and the reference leads nowhere; usually return it by value,"
    " without &.",
)

# --- Warnings about what is probably not meant -----------------------------------------------------------

rule(
    r"infinite recursion detected|all paths through this function will call itself",
    "The function calls itself on every way through it, and never ends; usually the case that stops it is missing.",
)
rule(
    r"parentheses around assignment used as truth value|using the result of an assignment as a condition",
    "= assigns and == compares; usually == was meant in this condition.",
)
rule(
    r"empty body",
    "The ; right after the ) is the whole body of this if or loop, and what follows does not belong to it;"
    " usually the ; is too much.",
)
rule(
    r"does not guard|misleading indentation",
    "The indentation says that a line belongs to the if or loop, and it does not; usually { } are missing, or a"
    " ; follows the ).",
)
rule(
    r"comparison result unused|value computed is not used|statement has no effect|expression result unused|has"
    r" no effect",
    "The line computes something and keeps nothing of it; usually = was meant for ==, or `return` or an"
    " assignment is missing.",
)
rule(
    r"top-level comma expression in array subscript",
    "v[b, l] does not take two indices: it computes b, forgets it and takes v[l]. Usually m(row, col) of a"
    " Matrix was meant.",
)
rule(
    r"uninitialized",
    "The variable has no value yet when it is read: it holds whatever was in memory. Usually = 0 is missing"
    " where it is declared.",
)
rule(
    r"unused (?:variable|parameter)|set but not used|unused-but-set",
    "The variable is never read; usually it is left over, or another name stands where it was meant.",
)
rule(r"division by zero", "A whole number divided by zero ends the program; usually another divisor was meant.")
rule(
    r"array subscript .* (?:outside array bounds|is above array bounds)|is past the end",
    "The index lies outside the array; usually it runs one too far: indices go from 0 to size - 1.",
)

# --- Declarations --------------------------------------------------------------------------------------

rule(
    r"shadows a (?:parameter|template parameter)$|redefinition of '(?P<n>\w+)' with a different type",
    "A name that is in use here is declared again; usually a new name is needed, or the type in front is too"
    " much: x = 3; changes, int x = 3; declares.",
    "redefinition",
)
rule(
    r"declaration (?:of '[^']*' )?shadows",
    "A new variable hides an outer one of the same name; usually the type in front is too much (total = 3;"
    " changes the outer one), or another name is needed.",
)
rule(
    r"redeclaration of|redefinition of|conflicting declaration|previously d",
    lambda m, s: (
        semicolon(m, s)
        if re.match(r"\s*for\s*\(", s.here) and s.here.count(";") < 2
        else (
            "The same name is declared twice in the same braces; usually the second needs another name, or no"
            " type in front of it, or a function was pasted twice."
        )
    ),
    "redefinition",
)
rule(
    r"no declaration matches|out-of-line definition of '[^']*' does not match",
    "The class declares no such function; usually name, parameters or const differ from the line in the"
    " header.",
)
rule(
    r"ambiguating new declaration|differ only in their return type",
    "The header declares this function with another return type; usually the header's line is the one to copy.",
)
rule(
    r"declared 'extern' and later 'static'|static declaration of .* follows non-static",
    "The header declares this function for others, and static keeps it to this file; usually static is too"
    " much.",
)
rule(
    r"has no initializer|requires an initializer",
    "auto takes its type from the value, and there is none; usually = value is missing, or a type: double total"
    " = 0;",
)
rule(
    r"break statement not within|'break' statement not in",
    "break leaves a loop, and here is none; usually a } above closes the loop too early, or return was meant.",
)
rule(
    r"continue statement not within|'continue' statement not in",
    "continue goes to a loop's next round, and here is no loop; usually a } above closes it too early.",
)
rule(
    r"void value not ignored|with an rvalue of type 'void'|invalid use of void|incomplete type 'void'|declared"
    r" void|argument may not have 'void' type",
    "The function called returns nothing (void), and its value is used; usually the function should return its"
    " result.",
)
rule(
    r"'(?P<n>\w+)' is not captured|variable '(?P<n2>\w+)' cannot be implicitly captured",
    lambda m, s: (
        f"A lambda sees outer variables only if its [ ] names them; usually [&] or [&{m['n'] or m['n2']}] was"
        " meant."
    ),
)
rule(
    r"class template argument deduction failed|no viable constructor or deduction guide|wrong number of"
    r" template arguments"
    r"|too few template arguments|missing template arguments|use of class template '[^']*' requires template"
    r" arguments|without an argument list",
    "The template lacks its type; usually it stands in angle brackets: std::vector<double>, std::span<const"
    " double>.",
    "template",
)
rule(
    r"implicit instantiation of undefined template '(?:std::)?(?P<n>\w+)|(?:has|but) incomplete type|incomplete"
    r" type '(?:std::)?(?P<n2>\w+)",
    incomplete_type,
)
rule(
    r"variable length array|variable-length array|forbids variable-length",
    "An array's size must be known when compiling; usually std::vector<double> v(n) was meant.",
)
rule(r"extra ';'", "The ; after a function's } is too much; it does no harm.")
rule(
    r"invalid initialization of reference of type '(?P<b>[^']*)' from expression of type '(?P<a>[^']*)'"
    r"|could not convert '[^']*' from '(?P<a2>[^']*)' to '(?P<b2>[^']*)'"
    r"|no viable conversion from (?:returned value of type )?'(?P<a3>[^']*)' to (?:function return type"
    r" )?'(?P<b3>[^']*)'"
    r"|(?:cannot|invalid) conver(?:t|sion from) '(?P<a4>[^']*)' to '(?P<b4>[^']*)'"
    r"|cannot initialize .* of type '(?P<b5>[^']*)' with an [lr]value of type '(?P<a5>[^']*)'"
    r"|conversion from '(?P<a6>[^']*)' to non-scalar type '(?P<b6>[^']*)'",
    wrong_type,
)
rule(
    r"[Kk]illed signal|terminated signal 9|out of memory|cannot allocate",
    "The compiler itself was ended, usually because the machine ran out of memory; close other programs and try"
    " again.",
)
rule(
    r"expected (?:primary-)?expression|expected initializer|expected unqualified-id|expected"
    r" identifier|expected type-specifier|expected class-name"
    r"|expected [^ ]+ before|found ':' in nested-name",
    lambda m, s: (
        "This else belongs to no if; usually the if before it has two statements and no { } around them, or a ;"
        " after its )."
        if re.match(r"\s*else\b", s.here)
        else (
            "The compiler did not expect what stands here; usually something is missing or too much just"
            " before: an operand, an operator, a parenthesis or a ;."
        )
    ),
    "syntax",
)
