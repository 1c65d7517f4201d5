"""The rewriting: what is written for launches, shared memory, kernels and PTX, and that nothing else changes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from .testing import CORPUS, nvcc_compiles, translated, translation, words
from .tokens import TranslateError

KERNEL = "__global__ void k(int* x);\n"


def one(text: str, before: str = KERNEL) -> str:
    """The translation of the last line."""
    return translated(before + text).splitlines()[-1]


# Launches


@pytest.mark.parametrize(
    ("launch", "call"),
    [
        ("k<<<1, 2>>>(x);", "::cudasim::launch(CUDASIM_KERNEL(k), ::cudasim::config(1, 2))(x);"),
        ("k<<<g, b, 4, s>>>();", "::cudasim::launch(CUDASIM_KERNEL(k), ::cudasim::config(g, b, 4, s))();"),
        ("k<<<{1, 2}, {3}>>>(x);", "::cudasim::launch(CUDASIM_KERNEL(k), ::cudasim::config({1, 2}, {3}))(x);"),
        ("#define L(k) k<<<1, 2>>>", "#define L(k) ::cudasim::launch(CUDASIM_KERNEL(k), ::cudasim::config(1, 2))"),
        ("#define C(g, b) <<<g, b>>>", "#define C(g, b) ::cudasim::config(g, b)"),
        ("#define C <<<1, 2>>>", "#define C ::cudasim::config(1, 2)"),
        ("a.b->c[1]<<<1, 2>>>(x);", "::cudasim::launch(CUDASIM_KERNEL(a.b->c[1]), ::cudasim::config(1, 2))(x);"),
        ("if (a) (k)<<<1, 2>>>(x);", "if (a) ::cudasim::launch(CUDASIM_KERNEL((k)), ::cudasim::config(1, 2))(x);"),
        ("operator<<<int>(a, b);", "operator<<<int>(a, b);"),
    ],
)
def test_a_launch_becomes_a_call(launch: str, call: str) -> None:
    assert one(launch) == call


@pytest.mark.parametrize(
    ("launch", "kernel", "configuration"),
    [
        ("u<<<m < 5 ? 1 : 2, 32>>>(x)", "u", "m < 5 ? 1 : 2, 32"),
        ("u<<<m < 5, p > q, r < 3>>>(x)", "u", "m < 5, p > q, r < 3"),
        ("u<<<m<n<p>>>::v, 2>>>(x)", "u", "m<n<p>>>::v, 2"),
        ("u<<<1, m < n>>>(x), u<<<3, 4>>>(y)", "u", "1, m < n"),
        ("u<m<n>><<<1, 2>>>(x)", "u<m<n>>", "1, 2"),
        ("m < 3, u<4><<<1, 2>>>(x)", "u<4>", "1, 2"),
        ("m < 3, t<4><<<1, 2>>>(x)", "t<4>", "1, 2"),
        ("t<m < 3><<<1, 2>>>(x)", "t<m < 3>", "1, 2"),
        ("t<m << 3, (n > 2)><<<1, 2>>>(x)", "t<m << 3, (n > 2)>", "1, 2"),
        ("a::b<c>::u<m<1, 2>::v><<<1, 2>>>(x)", "a::b<c>::u<m<1, 2>::v>", "1, 2"),
        ("a.template u<3><<<1, 2>>>(x)", "a.template u<3>", "1, 2"),
        ("f<m>(n)[2]<<<1, 2>>>(x)", "f<m>(n)[2]", "1, 2"),
    ],
)
def test_names_nothing_is_known_of(launch: str, kernel: str, configuration: str) -> None:
    """u, m, n, .. are declared nowhere, as when a header of the system declares them; t is a kernel."""
    text = one(launch + ";", "template <int... N> __global__ void t(int*);\n")
    macro = "CUDASIM_KERNEL_ANY" if kernel.startswith("t") else "CUDASIM_KERNEL"
    assert f"::cudasim::launch({macro}({kernel}), ::cudasim::config({configuration}))(x)" in text


def test_a_value_opens_no_template() -> None:
    text = one("u<N < 3><<<1, N < 5>>>(x);", "const int N = 3;\n")
    assert text == "::cudasim::launch(CUDASIM_KERNEL(u<N < 3>), ::cudasim::config(1, N < 5))(x);"


@pytest.mark.parametrize(
    ("macro", "launch", "call"),
    [
        ("C(g, b) <<<g, b>>>", "k C(1, (2, 3))(x);", "::cudasim::launch(CUDASIM_KERNEL(k ), C(1, (2, 3)))(x);"),
        ("C <<<1, 2>>>", "k<int, 3>C(x);", "::cudasim::launch(CUDASIM_KERNEL(k<int, 3>), C)(x);"),
        (
            "C(...) <<<__VA_ARGS__>>>",
            "#define D(k) k C(1, 2)",
            "#define D(k) ::cudasim::launch(CUDASIM_KERNEL(k ), C(1, 2))",
        ),
        ("C(g) <<<g, 1>>>", "x = a.C(1)(2);", "x = a.C(1)(2);"),
        ("C(g) <<<g, 1>>>", "C(1);", "C(1);"),
    ],
)
def test_a_macro_may_hold_the_configuration_alone(macro: str, launch: str, call: str) -> None:
    """As many programs do, so that editors that do not know <<<>>> have nothing to underline."""
    assert one(launch, f"#define {macro}\n{KERNEL}") == call


@pytest.mark.parametrize(
    ("kernel", "launch", "any_of_them"),
    [
        ("__global__ void k(int a, int b = 2);", "k<<<1, 1>>>(1);", True),
        ("template <class T, int N = 4> __global__ void k(T* x);", "k<float><<<1, 1>>>(x);", True),
        ("template <class T, int N = 4> __global__ void k(T* x);", "k<float, 3><<<1, 1>>>(x);", False),
        ("template <int N, class... T> __global__ void k(T... x);", "k<3, int><<<1, 1>>>(x);", True),
        ("template <class T> __global__ void k(T* x);", "k<Pair<int, int>><<<1, 1>>>(x);", False),
    ],
)
def test_what_an_address_would_lose_is_left_to_the_call(kernel: str, launch: str, any_of_them: bool) -> None:
    assert ("CUDASIM_KERNEL_ANY(" in one(launch, kernel + "\n")) == any_of_them


@pytest.mark.parametrize(
    ("launch", "message", "column"),
    [
        ("  k<<<1, 32>>(x);", "not closed by a >>>", 4),
        ("  k<<<1, 32>>>;", "not closed by a >>> with \\(arguments\\)", 4),
        ("k<<<1>>>(x);", "has 1 argument between .* needs 2 to 4", 2),
        ("k<<<>>>(x);", "has 0 arguments", 2),
        ("k<<<1, 2, 3, 4, 5>>>(x);", "has 5 arguments", 2),
        ("<<<1, 2>>>(x);", "follows no kernel", 1),
        ("return <<<1, 2>>>(x);", "follows no kernel", 8),
        ("k<<<(1, 2>>>(x);", "not closed", 2),
    ],
)
def test_a_wrong_launch_is_named_with_its_place(launch: str, message: str, column: int) -> None:
    with pytest.raises(TranslateError, match=message) as caught:
        translated(KERNEL + launch)
    assert caught.value.offset == len(KERNEL) + column - 1


# Mistakes that a C++ compiler would take


@pytest.mark.parametrize(
    ("text", "message", "at"),
    [
        ("void f() { k(x); }", "k is a __global__ function, and a call of one must be configured", "k(x)"),
        (
            "template <class T> __global__ void t(T); void f() { g(); t<int>(x); }",
            "t is a __global__ function",
            "t<int>(",
        ),
        (
            "__global__ int n(int* x) {}",
            "a __global__ function returns void, and this one returns int",
            "__global__ int",
        ),
        ("unsigned __global__ n(int* x);", "returns unsigned", "__global__ n"),
        ("__device__ void f() { __shared__ int s = 0; }", "cannot be initialised where it is declared", "= 0"),
        ("__device__ void f() { __shared__ int a, s[2] = {1, 2}; }", "cannot be initialised", "= {1"),
        ("__device__ void f() { __shared__ A s{1}; }", "cannot be initialised", "{1}"),
        ("__device__ void f() { __shared__ A s(1); }", "cannot be initialised", "(1)"),
    ],
)
def test_mistakes_are_named(text: str, message: str, at: str) -> None:
    with pytest.raises(TranslateError, match=message) as caught:
        translated(KERNEL + text)
    assert (KERNEL + text)[caught.value.offset :].startswith(at)


@pytest.mark.parametrize(
    "text",
    [
        "void k(float* x); void f() { k(x); }",  # an overload on the host
        "struct A { void k(int); }; void f(A a) { a.k(1); A::k(2); }",
        "void f() { other(k); (k)(x); }",  # a pointer; and no statement of a call of k's name
        "#define k(x) done(x)\nvoid f() { k(x); }",
        "__global__ void n(int* x, float (*f)(int));",
        "template <int N, class T = A<int>> static __global__ __launch_bounds__(sizeof(int)) void n(T x) { return; }",
        "__device__ void f() { __shared__ A<int, (2 > 1)> s[sizeof(int)][2]; s[0] = {1}; }",
    ],
)
def test_what_is_none_passes(text: str) -> None:
    translated(KERNEL + text)


# Shared memory


@pytest.mark.parametrize(
    ("declaration", "written"),
    [
        ("extern __shared__ float s[];", "float (&s)[] = ::cudasim::dynamic_shared;"),
        ("extern __shared__ T s[], t[];", "T (&s)[] = ::cudasim::dynamic_shared, (&t)[] = ::cudasim::dynamic_shared;"),
        ("extern __shared__ __align__(16) char s[];", "char (&s)[] = ::cudasim::dynamic_shared;"),
        ("extern __shared__ alignas(16) unsigned char s[];", "unsigned char (&s)[] = ::cudasim::dynamic_shared;"),
        ("extern volatile __shared__ int s[];", "volatile int (&s)[] = ::cudasim::dynamic_shared;"),
        ("__shared__ extern int s[];", "int (&s)[] = ::cudasim::dynamic_shared;"),
        ("extern __shared__ A<int, 3> s[][4];", "A<int, 3> (&s)[][4] = ::cudasim::dynamic_shared;"),
        ("extern __shared__ typename A<T>::type s[];", "typename A<T>::type (&s)[] = ::cudasim::dynamic_shared;"),
    ],
)
def test_extern_shared_becomes_a_reference(declaration: str, written: str) -> None:
    line = one(declaration, "__device__ void f() { {\n")
    assert words(line) == words("[[maybe_unused]] " + written)


def test_extern_shared_outside_functions_is_the_runtimes_array() -> None:
    line = one("extern __shared__ __align__(8) A<int> s[];", "namespace n { struct A { void f() {} };\n")
    assert words(line) == words('extern __thread A<int> s[] __asm__("cudasim_dynamic_shared_memory");')


@pytest.mark.parametrize(
    ("declaration", "names"),
    [
        ("__shared__ float s[4];", ["s"]),
        ("__shared__ T s[N][N + 1], t, *p;", ["s", "t", "p"]),
        ("static __shared__ A<int, 3> s;", ["s"]),
        ("__shared__ volatile int s[sizeof(T) > 4 ? 2 : 1];", ["s"]),
        ("__shared__ alignas(16) unsigned char raw[N * sizeof(T)];", ["raw"]),
        ("__shared__ float (*p)[4];", ["p"]),
        ("__shared__ union { int a; float b[2]; } u;", ["u"]),
        ("__shared__ struct Both { int a, c; } one, two[3];", ["one", "two"]),
    ],
)
def test_shared_variables_are_named_to_the_runtime(declaration: str, names: list[str]) -> None:
    line = one(declaration, "template <class T> __global__ void k() {\n")
    assert re.findall(r"CUDASIM_SHARED\((\w+)\);", line) == names
    assert "static" not in line
    line = one(declaration, "namespace a {\n")
    assert re.findall(r"CUDASIM_SHARED_FILE\((\w+)\);", line) == names


# Kernels


@pytest.mark.parametrize(
    ("head", "hook"),
    [
        ("__global__ void k()", "(k), ()"),
        ("__global__ void k(void)", "(k), ()"),
        ("__global__ void k(int* x, const float y)", "(k), (decltype(x), decltype(y))"),
        ("__global__ void k(int, unsigned int, A, int n)", "(k), (int, unsigned int, A, decltype(n))"),
        ("__global__ void k(int (*f)(int), float (*a)[4], T q[])", "(k), (decltype(f), decltype(a), decltype(q))"),
        ("__global__ void k(std::pair<int, A<3>> p = {1, {}})", "(k), (decltype(p))"),
        ("static __global__ void __launch_bounds__(N, 2) k(int n)", "(k), (decltype(n))"),
        ('extern "C" __global__ void k(struct A a)', "(k), (decltype(a))"),
        ("template <class T, int N> __global__ void k(T* x)", "(k<T, N>), (decltype(x))"),
        ("template <class... T> __global__ void k(T... x)", "(k<T...>), (decltype(x)...)"),
        ("template <> __global__ void k<int>(int* x)", "(k<int>), (decltype(x))"),
        ("template <Number T> requires (sizeof(T) > 2) __global__ void k(T x)", "(k<T>), (decltype(x))"),
        (
            "template <class T, class = std::enable_if_t<(sizeof(T) > 1)>> __global__ void k(T x)",
            "(k<T>), (decltype(x))",
        ),
        ("template <template <class, int> class C, class T> __global__ void k(C<T, 3> x)", "(k<C, T>), (decltype(x))"),
        ("__global__ void a::b::k(int* x)", "(a::b::k), (decltype(x))"),
        ("__global__ void NAME(a, b)(int* x)", "(NAME(a, b)), (decltype(x))"),
    ],
)
def test_a_kernels_hook_has_its_own_name_and_types(head: str, hook: str) -> None:
    assert one(head + " { body(); }") == head + " { CUDASIM_KERNEL_BODY(" + hook + "); body(); }"


@pytest.mark.parametrize(
    "head", ["__global__ void k(PARAMETERS) {}", "__global__ void k(int* x);", "QUALIFIED k(int x) {}"]
)
def test_what_cannot_be_read_gets_no_hook(head: str) -> None:
    assert one(head) == head


def test_noinline_is_ours_but_not_libstdcs() -> None:
    assert one("__noinline__ int f();") == "CUDASIM_NOINLINE int f();"
    assert one("__attribute__((__noinline__)) int f();") == "__attribute__((__noinline__)) int f();"


# PTX

NEEDS_GPU = 'CUDASIM_NEEDS_GPU("CUDASIM: inline PTX that needs a GPU; the simulator has none: '


@pytest.mark.parametrize(
    ("statement", "written"),
    [
        ('asm("mov.u32 %0, %laneid;" : "=r"(x));', "(x) = ::cudasim::ptx::laneid();"),
        ('asm volatile("mov.u32 %0, %%smid;" : "=r"(a.b));', "(a . b) = ::cudasim::ptx::smid();"),
        ('asm("mov.u64 %0, %%clock64;" : "=l"(x) :: "memory");', "(x) = ::cudasim::ptx::clock64();"),
        ('asm("mov.u32 %0, %%ctaid.y;" : "=r"(x));', "(x) = ::cudasim::ptx::ctaid_y();"),
        ('asm("mov.u32 %0, %%lanemask_lt;\\n" : "=r"(x));', "(x) = ::cudasim::ptx::lanemask_lt();"),
        ('asm volatile("membar.gl;" ::: "memory");', "__threadfence();"),
        ('asm volatile("bar.sync 0;");', "__syncthreads();"),
        ('asm("trap;");', "__trap();"),
        ('asm volatile("pause" ::: "memory");', 'asm volatile("pause" ::: "memory");'),
        ('asm("rep; nop");', 'asm("rep; nop");'),
        ('asm("" : "+r"(x));', 'asm("" : "+r"(x));'),
        ('asm("cp.async.ca.shared [%0], %1;" :: "r"(a));',
         NEEDS_GPU + 'cp.async.ca.shared [%0], %1;");'),
        ('asm volatile("{ .reg .pred p;" " setp.eq.u32 p, %0, 1; }" :: "r"(a));',
         NEEDS_GPU + '{ .reg .pred p; setp.eq.u32 p, %0, 1; }");'),
        ('asm("mov.u32 %0, %%unheard;" : "=r"(x));',
         NEEDS_GPU + 'mov.u32 %0, %%unheard;");'),
    ],
)  # fmt: skip
def test_ptx(statement: str, written: str) -> None:
    assert one(statement) == written


# The whole


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.name)
def test_lines_are_kept_and_only_cudas_syntax_is_touched(path: Path) -> None:
    text = path.read_text()
    result, edits = translation(text)
    assert result.text.count("\n") == text.count("\n")
    removed = [text[edit.start : edit.end] for edit in edits.edits if edit.end > edit.start]
    allowed = re.compile(
        r"<<<|>>>|extern|__shared__|static|__noinline__|__align__|alignas|sizeof|double|\(|\)|\d+|asm.*", re.DOTALL
    )
    assert [part for part in removed if not allowed.fullmatch(part)] == []
    # What was not removed stands in the translation, in its order.
    kept = words(remaining(text, [(edit.start, edit.end) for edit in edits.edits]))
    rest = iter(words(result.text))
    assert all(word in rest for word in kept)


def remaining(text: str, removed: list[tuple[int, int]]) -> str:
    for start, end in sorted(removed, reverse=True):
        text = text[:start] + " " * (end > start) + text[end:]
    return text


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.name)
def test_columns_lead_back(path: Path) -> None:
    text = path.read_text()
    result, _ = translation(text)
    sources, outputs = text.split("\n"), result.text.split("\n")
    for number, pieces in result.pieces.items():
        for piece in pieces:
            if piece.copied:
                column = result.column(number, piece.out + 1)
                assert outputs[number - 1].encode()[piece.out] == sources[number - 1].encode()[column - 1]


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.name)
def test_the_corpus_is_cuda(path: Path, tmp_path: Path) -> None:
    nvcc_compiles(path, tmp_path)


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_line_endings_are_kept(ending: str) -> None:
    text = ending.join(["__global__ void k(int*);", "void f() {", "k<<<1,", "2>>>(0);", "}", ""])
    assert translated(text).count(ending) == text.count(ending)


def test_a_removed_line_in_a_macro_goes_on() -> None:
    text = '#define LANE(x) asm("mov.u32 %0, " \\\n  "%%laneid;" : "=r"(x)); \\\n  done()\nint a;\n'
    out = translated(text)
    assert out.count("\n") == text.count("\n")
    assert (
        re.sub(r"\\\n", "", out).splitlines()[0].split()
        == "#define LANE(x) (x) = ::cudasim::ptx::laneid(); done()".split()
    )


# Variables of the device


@pytest.mark.parametrize(
    ("definition", "hooks"),
    [
        ("__constant__ float c[4];", " CUDASIM_VARIABLE(c, true);"),
        ("__constant__ const int c[3] = {2, 1, 0};", " CUDASIM_VARIABLE(c, true);"),
        ("float __constant__ c[2];", " CUDASIM_VARIABLE(c, true);"),
        ("static __device__ int a[16], b;", " CUDASIM_VARIABLE(a, false); CUDASIM_VARIABLE(b, false);"),
        ("__device__ __managed__ int a;", " CUDASIM_VARIABLE(a, false);"),
        ("__align__(16) __device__ float a[4];", " CUDASIM_VARIABLE(a, false);"),
        ('extern "C" { __device__ int a; }', " CUDASIM_VARIABLE(a, false);"),
        ("namespace n { __constant__ struct P { int x, y; } c = {1, 2}; }", " CUDASIM_VARIABLE(c, true);"),
    ],
)
def test_a_device_variable_gets_a_hook(definition: str, hooks: str) -> None:
    line = one(definition)
    assert line.replace(hooks, "") == definition and line.count(hooks) == 1


@pytest.mark.parametrize(
    "text",
    [
        "__device__ int f(int a);",
        "__device__ int f(int a) { return a; }",
        "extern __constant__ float c[4];",
        "template <class T> __device__ T f(T a) { return a; }",
        "template <class T> __device__ T v = T(1);",
        "struct S { __device__ int f() const { return 1; } };",
        "struct S { static __constant__ float c; };",
        "auto f = [] __device__(int a) { return a; };",
        "#define C __constant__ float c[4];",
        "__device__ S operator+(S a, S b);",
    ],
)
def test_what_defines_no_device_variable_gets_none(text: str) -> None:
    assert "CUDASIM_VARIABLE" not in one(text)
