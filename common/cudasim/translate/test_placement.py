"""Host functions and variables in kernels, launches of what is no kernel: refused where nvcc does, and only there."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from .testing import NVCC, read, translated
from .tokens import TranslateError, lex
from .translate import learn, translate

HOST = """
float sq(float x) { return x * x; }
float declared(float x);
template <class T> T twice(T x) { return x + x; }
static inline float* pick(float* a, int i) noexcept { return a + i; }
struct Pair { float a; float get() const { return a; } __device__ float on() const { return a; } };
namespace ns { namespace inner { float h(float x) { return x; } int count; } }
int limit = 5, other;
static int hidden;
extern int elsewhere;
Pair shared_pair;
const int table[3] = {1, 2, 3};
constexpr int primes[] = {2, 3, 5};
"""
# What is refused, and where; each nvcc refuses too.
REFUSED = [
    ("__global__ void k(float* x) { x[0] = @sq(x[0]); }", "sq is a function of the host, and k, a __global__"),
    (
        "__device__ float d(float x) { return 1 + @sq(x); } __global__ void k(float* x) { *x = d(*x); "
        "}",
        "d, a __device__",
    ),
    ("__global__ void k(float* x) { if (x) *x = @declared(1); }", "declared is a function of the host"),
    ("__global__ void k(float* x) { *x = @twice(*x); }", "twice is a function of the host"),
    ("__global__ void k(float* x) { *x = @twice<float>(*x); }", "twice is a function of the host"),
    ("__global__ void k(float* x) { *@pick(x, 1) = 0; }", "pick is a function of the host"),
    ("__global__ void k(float* x) { *x = 2 * ns::inner::@h(1); }", "h is a function of the host"),
    ("__global__ void k(float* x) { Pair p{2}; *x = p.@get(); }", "Pair::get is a function of the host"),
    ("__global__ void k(float* x, const Pair p) { *x = p.@get(); }", "Pair::get is a function of the host"),
    ("__global__ void k(float* x, Pair* p) { *x = p->@get(); }", "Pair::get is a function of the host"),
    ("__global__ void k(float* x) { *x = @limit; }", "limit is a variable of the host, which k cannot reach"),
    ("__global__ void k(float* x) { @other = 1; }", "other is a variable of the host"),
    ("__global__ void k(float* x) { if (threadIdx.x < @hidden) *x = 1; }", "hidden is a variable"),
    ("__global__ void k(float* x) { *x = @elsewhere * 2; }", "elsewhere is a variable"),
    ("__global__ void k(float* x) { *x = @shared_pair.a; }", "shared_pair is a variable"),
    ("__global__ void k(float* x) { int* p = &@limit; *x = *p; }", "limit is a variable"),
    ("__global__ void k(float* x) { *x = ns::inner::@count; }", "count is a variable"),
    (
        "__host__ __device__ int f() { return @limit; } __global__ void k(float* x) { *x = f(); "
        "}",
        "which f cannot reach",
    ),
    ("__global__ void k(float* x) { for (int i = 0; i < 3; ++i) x[i] = @table[i]; }", "table is a variable"),
    ("__global__ void k(float* x) { x[threadIdx.x] = @primes[threadIdx.x]; }", "primes is a variable"),
    ("struct S { __device__ float f() { return @sq(1); } }; __global__ void k(float* x) { *x = S().f(); }", "sq is a"),
    (
        "void k(float* x) { *x = 1; } void run() { @k<<<1, 1>>>(nullptr); "
        "}",
        "k is launched with <<<>>>, and is no kernel",
    ),
    ("__device__ void k(float* x) {} void run() { @k<<<1, 1>>>(nullptr); }", "its declaration lacks __global__"),
    ("template <class T> void k(T* x) {} void run(float* x) { @k<<<1, 1>>>(x); }", "`__global__ void k"),
    ("template <class T> void k(T* x) {} void run(float* x) { @k<float><<<1, 1>>>(x); }", "`__global__ void k"),
    ("#ifdef __CUDACC__\n__global__ void k(float* x) { *x = @sq(1); }\n#endif\n", "sq is a function of the host"),
]
# What looks like it, and is not: nvcc takes all of it, with --expt-relaxed-constexpr.
TAKEN = [
    "constexpr int half(int n) { return n / 2; } __global__ void k(int* x) { *x = half(4); }",
    "const int kSize = 4; const float kScale = 2; __global__ void k(float* x) { *x = kSize * kScale; }",
    "enum { kA = 1 }; enum class E { b }; __global__ void k(int* x) { *x = kA + int(E::b); }",
    "__global__ void k(int* x, int limit) { *x = limit; }",
    "__global__ void k(int* x) { int limit = 2; *x = limit; for (int other = 0; other < 2; ++other) *x += other; }",
    "__global__ void k(int* x) { const auto& [limit, other] = Two{1, 2}; *x = limit + other; }",
    "__global__ void k(int* x) { auto sq = [](int v) { return v * v; }; *x = sq(2); }",
    "__global__ void k(int* x) { auto f = [hidden = 2](int limit) { return limit + hidden; }; *x = f(2); }",
    "template <int limit> __global__ void k(int* x) { *x = limit; }",
    "template <class F> __global__ void k(int* x, F sq) { *x = sq(2); }",
    "__global__ void k(int* x) { *x = sizeof(limit) + sizeof(sq(1)) + sizeof(decltype(twice(2.0f))); }",
    "__device__ int overloaded(int x) { return x; } float overloaded(float x) { return x; }"
    "__global__ void k(int* x) { *x = overloaded(2); }",
    "int gone(int x) { return x; } struct S { __device__ int gone(int x) { return x; } "
    "__device__ int f() { return gone(1); } };"
    "__global__ void k(int* x) { *x = S().f(); }",
    "struct S { int limit; __device__ int f() const { return limit; } }; "
    "__global__ void k(int* x, S s) { *x = s.f() + s.limit; }",
    "struct S { int limit; __device__ int f() const; }; __device__ int S::f() const { return limit; }",
    "struct S { int limit; }; __global__ void k(S* s) { *s = S{.limit = 2}; s->limit += 1; }",
    "struct Base { __device__ int sum() { return 1; } }; struct S : Base { int other() { return 1; } };"
    "__global__ void k(int* x, S s) { *x = s.sum(); }",
    "__global__ void k(int* x, Pair p) { *x = p.on(); }",
    "HD int marked(int x) { return x; } __global__ void k(int* x) { *x = marked(1); }",
    "MAKE(made) __global__ void k(int* x) { *x = made(1); }",
    "__global__ void k(float* x) { *x = sqrtf(2) + fmaxf(1, 2) + std::abs(-1.0f) + max(1, 2) + ::powf(2, 3); }",
    "float exp(Pair p) { return p.a; } __global__ void k(float* x) { *x = ::exp(2.0f); }",
    "__host__ __device__ float both(float x) { return x; } __global__ void k(float* x) { *x = both(1); }",
    "int called(); "
    "__host__ __device__ int f() {\n#ifdef __CUDA_ARCH__\n return 1;\n#else\n return called() + limit;\n#endif\n}",
    "__global__ void k(float* x) {\n#ifdef NEVER\n *x = sq(limit);\n#endif\n}",
    "#if 0\n__global__ void k(float* x) { *x = sq(1); }\n#endif",
    "int name(); __global__ void k(float* x) { printf(\"%s\", TEXT(name()) TEXT(limit)); }",
    "__global__ void k(float* x); void use() { void (*p)(float*) = k; p<<<1, 1>>>(nullptr); }",
    "void dup(float*); namespace inner { __global__ void dup(float* x) {} } "
    "void use() { inner::dup<<<1, 1>>>(nullptr); }",
    "__device__ int total; __managed__ int shared_total; __constant__ int fixed[4];"
    "__global__ void k(int* x) { *x = total + shared_total + fixed[threadIdx.x]; }",
    "struct Big { Big() = default; int v; }; __global__ void k(int* x) { Big b{}; *x = b.v; }",
    "typedef float (*Op)(float); __device__ float op(float x) { return x; } __device__ Op table_of_ops[] = {op};"
    "__global__ void k(float* x) { *x = table_of_ops[0](2); }",
    "auto plain = [](float x) { return x; }; void host() { plain(sq(1)); hidden = limit; }",
    "#define GLOBAL __global__\nGLOBAL void hid(float* x) { *x = 1; } void use() { hid<<<1, 1>>>(nullptr); }",
]
NVCC_SAYS = "calling a (constexpr )?__host__ function|undefined in device code|cannot be configured"
PRELUDE = """
#include <cstdio>
#include <cmath>
struct Two { int a, b; };
#define HD __host__ __device__
#define TEXT(x) #x
#define MAKE(name) __device__ int name(int x) { return x; }
"""


@pytest.mark.parametrize(("text", "message"), REFUSED, ids=lambda value: None)
def test_what_the_device_cannot_reach_is_refused(text: str, message: str, tmp_path: Path) -> None:
    source = HOST + text.replace("@", "")
    with pytest.raises(TranslateError) as caught:
        translated(source)
    assert message in caught.value.message
    assert caught.value.offset == len(HOST) + text.index("@")
    if NVCC is None:
        pytest.skip("nvcc is not installed; that it refuses the same was not checked")
    (tmp_path / "a.cu").write_text(source)
    command = [NVCC, "-std=c++20", "-w", "--expt-relaxed-constexpr", "-cuda", "a.cu", "-o", "a.ii"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode != 0 and re.search(NVCC_SAYS, done.stderr), done.stderr


@pytest.mark.parametrize("text", TAKEN, ids=lambda value: None)
def test_what_the_device_can_reach_is_taken(text: str) -> None:
    assert translated(PRELUDE + HOST + text)


@pytest.mark.skipif(NVCC is None, reason="nvcc is not installed; that it takes the same was not checked")
def test_nvcc_takes_what_is_taken(tmp_path: Path) -> None:
    text = PRELUDE + HOST + "".join(f"namespace n{i} {{\n{part}\n}}\n" for i, part in enumerate(TAKEN))
    (tmp_path / "a.cu").write_text(text)
    command = [str(NVCC), "-std=c++20", "-w", "--expt-relaxed-constexpr", "-rdc=true", "-cuda", "a.cu", "-o", "a.ii"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_what_another_file_declares_counts() -> None:
    header, names = lex("float far(float x) { return x; }\n#define HD __host__ __device__\n"), read("")[1]
    main = lex("__global__ void k(float* x) { *x = far(1); }")
    learn(header, names)
    learn(main, names)
    with pytest.raises(TranslateError, match="far is a function of the host"):
        translate(main, names)
    learn(lex("__device__ double far(double x) { return x; }"), names)
    assert translate(main, names).text


def test_capitals_may_be_a_macro_that_is_not_seen() -> None:
    assert translated("KERNEL k(float* x) { *x = 1; } void run() { k<<<1, 1>>>(nullptr); }")
    assert translated("EXPORTED helper(float x) { return x; } __global__ void k(float* x) { *x = helper(1); }")
