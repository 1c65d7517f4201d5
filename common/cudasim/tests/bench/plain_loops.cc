// See plain_loops.h. NN_LOOPS is the namespace: vectorised or scalar.
#include "common/cudasim/tests/bench/plain_loops.h"

#include <cmath>

namespace nn::simbench::NN_LOOPS {

void gelu(float* y, const float* x, int n) {
  for (int i = 0; i < n; ++i) {
    y[i] = 0.5f * x[i] * (1.0f + std::tanh(0.79788456f * (x[i] + 0.044715f * x[i] * x[i] * x[i])));
  }
}

void vector_sum(float* c, const float* a, const float* b, int n) {
  for (int i = 0; i < n; ++i) c[i] = a[i] + b[i];
}

// The kernels' order: one element after another, each a sum over k.
void product(float* c, const float* a, const float* b, int M, int K, int N) {
  for (int m = 0; m < M; ++m) {
    for (int n = 0; n < N; ++n) {
      float sum = 0;
      for (int k = 0; k < K; ++k) sum += a[m * K + k] * b[k * N + n];
      c[m * N + n] = sum;
    }
  }
}

void stencil(float* out, const float* image, int H, int W) {
  for (int h = 0; h < H; ++h) {
    for (int w = 0; w < W; ++w) {
      float sum = image[h * W + w];
      if (h > 0) sum += image[(h - 1) * W + w];
      if (h < H - 1) sum += image[(h + 1) * W + w];
      if (w > 0) sum += image[h * W + w - 1];
      if (w < W - 1) sum += image[h * W + w + 1];
      out[h * W + w] = 0.2f * sum;
    }
  }
}

}  // namespace nn::simbench::NN_LOOPS
