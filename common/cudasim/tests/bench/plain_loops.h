// The kernels' arithmetic as plain C++ loops, the bench's yardsticks. plain_loops.cc is compiled
// twice: as the compiler likes it best, and without vector instructions, which is as far as one call
// of a kernel for each element can follow it.
#pragma once

namespace nn::simbench {

// y (n), x (n), c (M,N), a (M,K), b (K,N); image and out (H,W), 0 outside.
#define NN_PLAIN_LOOPS(name)                                                   \
  namespace name {                                                             \
  void gelu(float* y, const float* x, int n);                                  \
  void vector_sum(float* c, const float* a, const float* b, int n);            \
  void product(float* c, const float* a, const float* b, int M, int K, int N); \
  void stencil(float* out, const float* image, int H, int W);                  \
  }
NN_PLAIN_LOOPS(vectorised)
NN_PLAIN_LOOPS(scalar)
#undef NN_PLAIN_LOOPS

}  // namespace nn::simbench
