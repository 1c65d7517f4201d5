#include "phase2_vectorized/week04_speed/activations.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "phase2_vectorized/week04_speed/exp.h"
#include "phase2_vectorized/week04_speed/preconditions.h"
#include "phase2_vectorized/week04_speed/simd.h"
#include "phase2_vectorized/week04_speed/simd_part.h"
#include "phase2_vectorized/week04_speed/simd_target.h"

#ifndef NN_ACTIVATIONS_KERNEL  // once, though the file is read for every set of instructions
#define NN_ACTIVATIONS_KERNEL
namespace nn::cpu {
namespace {

// out[i] from x[i], and from grad_y[i] where it goes backward; `count` of them, adjacent.
using Kernel = void (*)(float* out, const float* grad_y, const float* x, std::int64_t count);

struct Kernels {
  Kernel forward, backward;
};

enum Which { kIdentity, kRelu, kLeakyRelu, kElu, kSilu, kSigmoid, kTanh };

// exp or expm1; null for an activation that needs neither.
using Exponential = void (*)(std::span<float>, std::span<const float>);

// How many exponentials are computed at once, into memory that the first cache holds.
constexpr std::int64_t kChunk = 512;

}  // namespace
}  // namespace nn::cpu
#endif

HWY_BEFORE_NAMESPACE();
namespace nn::cpu::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;
using D = hn::ScalableTag<float>;
using V = hn::Vec<D>;

HWY_INLINE V number(float value) { return hn::Set(D(), value); }

// Each activation, a register at a time. e is kForward(argument(x)) in forward and
// kBackward(argument(x)) in backward, where they are given.

struct Identity {
  static constexpr Exponential kForward = nullptr, kBackward = nullptr;
  static HWY_INLINE V forward(V x, V /*e*/) { return x; }
  static HWY_INLINE V backward(V grad_y, V /*x*/, V /*e*/) { return grad_y; }
};

struct Relu {
  static constexpr Exponential kForward = nullptr, kBackward = nullptr;
  static HWY_INLINE V forward(V x, V /*e*/) {
    // >>> about 1 line. README.md, "Activations by the register".
    return hn::IfThenElse(hn::Lt(x, number(0)), number(0), x);  // NaN < 0 is false: NaN stays
    // <<< NN_TODO("relu");
  }
  static HWY_INLINE V backward(V grad_y, V x, V /*e*/) {
    // >>> about 1 line. README.md, "Activations by the register".
    return hn::IfThenElse(hn::Gt(x, number(0)), grad_y, number(0));
    // <<< NN_TODO("relu_backward");
  }
};

struct LeakyRelu {
  static constexpr Exponential kForward = nullptr, kBackward = nullptr;
  static HWY_INLINE V forward(V x, V /*e*/) {
    // >>> about 1 line. README.md, "Activations by the register".
    return hn::IfThenElse(hn::Gt(x, number(0)), x, hn::Mul(number(kLeakyReluSlope), x));
    // <<< NN_TODO("leaky_relu");
  }
  static HWY_INLINE V backward(V grad_y, V x, V /*e*/) {
    // >>> about 2 lines. README.md, "Activations by the register".
    return hn::IfThenElse(hn::Gt(x, number(0)), grad_y, hn::Mul(number(kLeakyReluSlope), grad_y));
    // <<< NN_TODO("leaky_relu_backward");
  }
};

struct Elu {
  static constexpr Exponential kForward = &nn::cpu::expm1, kBackward = &nn::cpu::exp;
  static HWY_INLINE V argument(V x) { return x; }  // to the right of 0 what it gives is not used
  static HWY_INLINE V forward(V x, V e) {          // e = e^x - 1
    // >>> about 1 line. README.md, "Activations by the register".
    return hn::IfThenElse(hn::Gt(x, number(0)), x, e);
    // <<< NN_TODO("elu");
  }
  static HWY_INLINE V backward(V grad_y, V x, V e) {  // e = e^x
    // >>> about 1 line. README.md, "Activations by the register".
    return hn::IfThenElse(hn::Gt(x, number(0)), grad_y, hn::Mul(grad_y, e));
    // <<< NN_TODO("elu_backward");
  }
};

// sigmoid(x) from e = e^-|x|, which never overflows: 1 / (1 + e) right of 0, e / (1 + e) left of it.
HWY_INLINE V sigmoid_from(V x, V e) {
  // >>> about 2 lines. README.md, "Activations by the register".
  const V above = hn::IfThenElse(hn::Ge(x, number(0)), number(1), e);  // NaN: e, which is NaN too
  return hn::Div(above, hn::Add(number(1), e));
  // <<< NN_TODO("sigmoid");
}

// sigmoid'(x) = s (1 - s) = e / (1 + e)^2, the same on both sides: nothing is subtracted.
HWY_INLINE V sigmoid_slope_from(V e) {
  // >>> about 2 lines. README.md, "Activations by the register".
  const V sum = hn::Add(number(1), e);
  return hn::Div(e, hn::Mul(sum, sum));
  // <<< NN_TODO("sigmoid_backward");
}

struct Sigmoid {
  static constexpr Exponential kForward = &nn::cpu::exp, kBackward = &nn::cpu::exp;
  static HWY_INLINE V argument(V x) { return hn::Neg(hn::Abs(x)); }
  static HWY_INLINE V forward(V x, V e) { return sigmoid_from(x, e); }
  static HWY_INLINE V backward(V grad_y, V /*x*/, V e) {
    return hn::Mul(grad_y, sigmoid_slope_from(e));
  }
};

struct Silu {
  static constexpr Exponential kForward = &nn::cpu::exp, kBackward = &nn::cpu::exp;
  static HWY_INLINE V argument(V x) { return hn::Neg(hn::Abs(x)); }
  static HWY_INLINE V forward(V x, V e) {
    // >>> about 1 line. README.md, "Activations by the register".
    return hn::Mul(x, sigmoid_from(x, e));
    // <<< NN_TODO("silu");
  }
  static HWY_INLINE V backward(V grad_y, V x, V e) {
    // >>> about 2 lines. README.md, "Activations by the register".
    const V slope = hn::Add(sigmoid_from(x, e), hn::Mul(x, sigmoid_slope_from(e)));
    return hn::Mul(grad_y, slope);
    // <<< NN_TODO("silu_backward");
  }
};

struct Tanh {
  static constexpr Exponential kForward = &nn::cpu::expm1, kBackward = &nn::cpu::exp;
  static HWY_INLINE V argument(V x) { return hn::Mul(number(-2), hn::Abs(x)); }
  static HWY_INLINE V forward(V x, V e) {  // e = e^-2|x| - 1, in (-1, 0]
    // >>> about 2 lines. README.md, "Activations by the register".
    const V size = hn::Neg(hn::Div(e, hn::Add(number(2), e)));  // tanh |x|
    return hn::CopySign(size, x);
    // <<< NN_TODO("tanh");
  }
  static HWY_INLINE V backward(V grad_y, V /*x*/, V e) {  // e = e^-2|x|
    // >>> about 2 lines. README.md, "Activations by the register".
    const V sum = hn::Add(number(1), e);  // 1 - tanh(x)^2 = 4 e / (1 + e)^2
    return hn::Mul(grad_y, hn::Div(hn::Mul(number(4), e), hn::Mul(sum, sum)));
    // <<< NN_TODO("tanh_backward");
  }
};

// out[i] = f(a[i], b[i], c[i]) for i in [0,count), a register at a time; out may be one of the others.
template <class F>
HWY_INLINE void each(float* out, const float* a, const float* b, const float* c, std::int64_t count,
                     F f) {
  const D d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  std::int64_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    hn::StoreU(f(hn::LoadU(d, a + i), hn::LoadU(d, b + i), hn::LoadU(d, c + i)), d, out + i);
  }
  if (i < count) {
    const Part<D> rest(static_cast<int>(count - i));
    rest.store(f(rest.load(a + i), rest.load(b + i), rest.load(c + i)), out + i);
  }
}

// Calls use(begin, n, e) for pieces of x, e being exponential(argument(x)) of the piece, or x itself
// where there is no exponential.
template <class Activation, class Use>
HWY_INLINE void in_chunks(Exponential exponential, const float* x, std::int64_t count, Use use) {
  if constexpr (Activation::kForward == nullptr) {
    use(std::int64_t{0}, count, x);
  } else {
    std::array<float, kChunk> e;
    for (std::int64_t begin = 0; begin < count; begin += kChunk) {
      const std::int64_t n = std::min(kChunk, count - begin);
      const float* from = x + begin;
      each(e.data(), from, from, from, n,
           [](V some_x, V, V) { return Activation::argument(some_x); });
      const std::span piece(e.data(), static_cast<std::size_t>(n));
      exponential(piece, piece);
      use(begin, n, e.data());
    }
  }
}

template <class Activation>
void forward(float* y, const float* /*grad_y*/, const float* x, std::int64_t count) {
  in_chunks<Activation>(
      Activation::kForward, x, count, [&](std::int64_t begin, std::int64_t n, const float* e) {
        each(y + begin, x + begin, e, e, n,
             [](V some_x, V some_e, V) { return Activation::forward(some_x, some_e); });
      });
}

template <class Activation>
void backward(float* grad_x, const float* grad_y, const float* x, std::int64_t count) {
  in_chunks<Activation>(
      Activation::kBackward, x, count, [&](std::int64_t begin, std::int64_t n, const float* e) {
        each(grad_x + begin, grad_y + begin, x + begin, e, n,
             [](V g, V some_x, V some_e) { return Activation::backward(g, some_x, some_e); });
      });
}

template <class... Activation>
constexpr std::array<Kernels, sizeof...(Activation)> kernels_of() {
  return {Kernels{&forward<Activation>, &backward<Activation>}...};
}

// In the order of Which.
Kernels kernels_of_target(Which which) {
  static constexpr auto kAll = kernels_of<Identity, Relu, LeakyRelu, Elu, Silu, Sigmoid, Tanh>();
  return kAll[which];
}

}  // namespace
}  // namespace nn::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if NN_SIMD_MORE
// NOLINTNEXTLINE(bugprone-suspicious-include)
#include "activations.cc"  // itself, for the next set of instructions: simd.h
#else

namespace nn::cpu {
namespace {

HWY_EXPORT(kernels_of_target);

Kernels kernels(Which which) {
  static const std::string chosen = simd_target();  // the first use reads NN_SIMD
  return HWY_DYNAMIC_DISPATCH(kernels_of_target)(which);
}

bool one_piece(ConstMatrixView a) { return a.rows <= 1 || a.row_stride == a.cols; }

void each_row(Kernel kernel, MatrixView out, ConstMatrixView grad_y, ConstMatrixView x) {
  if (one_piece(out) && one_piece(grad_y) && one_piece(x)) {
    kernel(out.data, grad_y.data, x.data, std::int64_t{x.rows} * x.cols);
    return;
  }
  for (int r = 0; r < x.rows; ++r) {
    kernel(out.row(r), grad_y.data + r * grad_y.row_stride, x.data + r * x.row_stride, x.cols);
  }
}

void forward(const char* who, Which which, MatrixView y, ConstMatrixView x) {
  check_elementwise(who, {"y", y}, {"x", x});
  each_row(kernels(which).forward, y, x, x);
}

void backward(const char* who, Which which, MatrixView grad_x, ConstMatrixView grad_y,
              ConstMatrixView x) {
  check_same_shape(who, {"grad_y", grad_y}, {"x", x});
  check_elementwise(who, {"grad_x", grad_x}, {"grad_y", grad_y});
  check_elementwise(who, {"grad_x", grad_x}, {"x", x});
  each_row(kernels(which).backward, grad_x, grad_y, x);
}

}  // namespace

void identity(MatrixView y, ConstMatrixView x) { forward("identity", kIdentity, y, x); }
void identity_backward(MatrixView grad_x, ConstMatrixView grad_y, ConstMatrixView x) {
  backward("identity_backward", kIdentity, grad_x, grad_y, x);
}

void relu(MatrixView y, ConstMatrixView x) { forward("relu", kRelu, y, x); }
void relu_backward(MatrixView grad_x, ConstMatrixView grad_y, ConstMatrixView x) {
  backward("relu_backward", kRelu, grad_x, grad_y, x);
}

void leaky_relu(MatrixView y, ConstMatrixView x) { forward("leaky_relu", kLeakyRelu, y, x); }
void leaky_relu_backward(MatrixView grad_x, ConstMatrixView grad_y, ConstMatrixView x) {
  backward("leaky_relu_backward", kLeakyRelu, grad_x, grad_y, x);
}

void elu(MatrixView y, ConstMatrixView x) { forward("elu", kElu, y, x); }
void elu_backward(MatrixView grad_x, ConstMatrixView grad_y, ConstMatrixView x) {
  backward("elu_backward", kElu, grad_x, grad_y, x);
}

void silu(MatrixView y, ConstMatrixView x) { forward("silu", kSilu, y, x); }
void silu_backward(MatrixView grad_x, ConstMatrixView grad_y, ConstMatrixView x) {
  backward("silu_backward", kSilu, grad_x, grad_y, x);
}

void sigmoid(MatrixView y, ConstMatrixView x) { forward("sigmoid", kSigmoid, y, x); }
void sigmoid_backward(MatrixView grad_x, ConstMatrixView grad_y, ConstMatrixView x) {
  backward("sigmoid_backward", kSigmoid, grad_x, grad_y, x);
}

void tanh(MatrixView y, ConstMatrixView x) { forward("tanh", kTanh, y, x); }
void tanh_backward(MatrixView grad_x, ConstMatrixView grad_y, ConstMatrixView x) {
  backward("tanh_backward", kTanh, grad_x, grad_y, x);
}

}  // namespace nn::cpu
#endif
