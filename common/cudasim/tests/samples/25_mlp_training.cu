// build: nvcc -std=c++20 -arch=sm_80 -Xcompiler -Wall,-Wextra -o 25_mlp_training 25_mlp_training.cu
//
// A small neural network: one hidden layer with ReLU, softmax and cross entropy,
// trained on random data by plain gradient descent.  Every step is a handful of
// kernels; the host does the same in double precision and compares losses, gradients
// and weights.  One gradient is checked by finite differences too.
//
// Before that the program makes mistakes on purpose, wrong launch configurations
// and wrong arguments, and checks the codes that come back, and that one may go on
// working after them.
//
// usage: 25_mlp_training [--steps=..] [--batch=..] [--hidden=..]

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <random>
#include <vector>

#include "mlp_support.h"

// --------------------------------------------------------------------- kernels
// All matrices by rows: x is [rows][in], w is [in][out], y is [rows][out].

__global__ void linearForward(const float* x, const float* w, const float* b, float* y, int rows,
                              int in, int out, bool relu) {
  const int o = blockIdx.x * blockDim.x + threadIdx.x;
  const int r = blockIdx.y * blockDim.y + threadIdx.y;
  if (o >= out || r >= rows) return;
  float sum = b[o];
  for (int i = 0; i < in; ++i) sum += x[r * in + i] * w[i * out + o];
  y[r * out + o] = relu ? fmaxf(sum, 0.0f) : sum;
}

// One warp per row: turns scores into the gradient with respect to the scores and
// adds the row's share to the mean loss.
__global__ void softmaxCrossEntropy(const float* scores, const int* labels, float* gradient,
                                    float* loss, int rows, int classes) {
  const int row = (blockIdx.x * blockDim.x + threadIdx.x) / 32;
  const int lane = threadIdx.x % 32;
  if (row >= rows) return;  // the whole warp at once

  const float* s = scores + row * classes;
  float largest = -INFINITY;
  for (int c = lane; c < classes; c += 32) largest = fmaxf(largest, s[c]);
  for (int d = 16; d > 0; d /= 2)
    largest = fmaxf(largest, __shfl_xor_sync(0xffffffffu, largest, d));

  float sum = 0.0f;
  for (int c = lane; c < classes; c += 32) sum += expf(s[c] - largest);
  for (int d = 16; d > 0; d /= 2) sum += __shfl_xor_sync(0xffffffffu, sum, d);

  const int label = labels[row];
  for (int c = lane; c < classes; c += 32)
    gradient[row * classes + c] = (expf(s[c] - largest) / sum - (c == label ? 1.0f : 0.0f)) / rows;
  if (lane == 0) atomicAdd(loss, (logf(sum) - (s[label] - largest)) / rows);
}

// dw = x^T dy; the column sums of dy go to db.
__global__ void weightGradient(const float* x, const float* dy, float* dw, float* db, int rows,
                               int in, int out) {
  const int o = blockIdx.x * blockDim.x + threadIdx.x;
  const int i = blockIdx.y * blockDim.y + threadIdx.y;
  if (o >= out || i >= in) return;
  float sum = 0.0f, bias = 0.0f;
  for (int r = 0; r < rows; ++r) {
    const float g = dy[r * out + o];
    sum += x[r * in + i] * g;
    bias += g;
  }
  dw[i * out + o] = sum;
  if (i == 0) db[o] = bias;
}

// dx = dy w^T, where the activation (behind the ReLU) was positive
__global__ void inputGradient(const float* dy, const float* w, const float* activation, float* dx,
                              int rows, int in, int out) {
  const int i = blockIdx.x * blockDim.x + threadIdx.x;
  const int r = blockIdx.y * blockDim.y + threadIdx.y;
  if (i >= in || r >= rows) return;
  float sum = 0.0f;
  for (int o = 0; o < out; ++o) sum += dy[r * out + o] * w[i * out + o];
  dx[r * in + i] = activation[r * in + i] > 0.0f ? sum : 0.0f;
}

__global__ void descend(float* p, const float* gradient, float rate, int n) {
  const int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n) p[i] -= rate * gradient[i];
}

// ---------------------------------------------------- mistakes made on purpose

static bool allOk = true;

static void expectCode(const char* what, cudaError_t got, cudaError_t want,
                       cudaError_t alternative = cudaSuccess) {
  const bool good = got == want || (alternative != cudaSuccess && got == alternative);
  std::printf("  %-36s %s%s\n", what, cudaGetErrorName(got), good ? "" : "  WRONG");
  allOk = allOk && good;
}

static void mistakes() {
  std::printf("mistakes made on purpose:\n");
  Buffer<float> p(std::vector<float>(64, 1.0f)), g(std::vector<float>(64, 0.5f));

  // A launch returns nothing: its error is fetched afterwards, which also clears it.
  auto launch = [&](dim3 grid, dim3 block, size_t shared) {
    descend<<<grid, block, shared>>>(p, g, 1.0f, 64);
    const cudaError_t peeked = cudaPeekAtLastError(), fetched = cudaGetLastError();
    allOk = allOk && peeked == fetched && cudaGetLastError() == cudaSuccess;
    return fetched;
  };
  expectCode("2048 threads per block", launch(1, 2048, 0), cudaErrorInvalidConfiguration);
  expectCode("a block of 64 x 64", launch(1, dim3(64, 64), 0), cudaErrorInvalidConfiguration);
  expectCode("no blocks", launch(0, 64, 0), cudaErrorInvalidConfiguration);
  expectCode("no threads", launch(1, 0, 0), cudaErrorInvalidConfiguration);
  expectCode("a block of depth 128", launch(1, dim3(1, 1, 128), 0), cudaErrorInvalidConfiguration,
             cudaErrorInvalidValue);
  expectCode("100000 rows of blocks", launch(dim3(1, 100000), 1, 0), cudaErrorInvalidConfiguration,
             cudaErrorInvalidValue);
  expectCode("16 MiB of shared memory", launch(1, 64, 16u << 20), cudaErrorInvalidValue);

  int count = 0;
  void* q = nullptr;
  float onHost = 0.0f;
  CHECK(cudaGetDeviceCount(&count));
  expectCode("a device that does not exist", cudaSetDevice(count), cudaErrorInvalidDevice);
  expectCode("memory beyond all bounds", cudaMalloc(&q, size_t(1) << 50),
             cudaErrorMemoryAllocation);
  expectCode("a copy to nowhere", cudaMemcpy(nullptr, p, 4, cudaMemcpyDeviceToDevice),
             cudaErrorInvalidValue);
  expectCode("freeing host memory", cudaFree(&onHost), cudaErrorInvalidValue);
  (void)cudaGetLastError();

  // Nothing has run so far, and the device still works.
  expectCode("a launch that is right", launch(1, 64, 0), cudaSuccess);
  const auto h = p.host();
  const bool once = std::all_of(h.begin(), h.end(), [](float v) { return v == 0.5f; });
  std::printf("  only the last launch had an effect: %s\n", once ? "yes" : "no");
  allOk = allOk && once;
}

int main(int argc, char** argv) {
  const int steps = intOption(argc, argv, "steps", 6);
  const Shape s{intOption(argc, argv, "batch", 50), 17, intOption(argc, argv, "hidden", 40), 6};
  if (steps < 1 || s.batch < 1 || s.hidden < 1 || s.batch > 10000 || s.hidden > 4096) {
    std::fprintf(stderr, "bad arguments\n");
    return finish(false);
  }
  mistakes();

  // Random data and weights; floats to begin with, so that both sides start equal.
  std::mt19937 engine(3141);
  std::normal_distribution<float> bell;
  auto random = [&](int n, float scale) {
    std::vector<double> v(n);
    std::generate(v.begin(), v.end(), [&] { return double(scale * bell(engine)); });
    return v;
  };
  const auto x = random(s.batch * s.in, 1.0f);
  std::vector<int> labels(s.batch);
  std::generate(labels.begin(), labels.end(), [&] { return int(engine() % s.classes); });

  HostNetwork net{s,
                  random(s.in * s.hidden, 0.35f),
                  random(s.hidden, 0.1f),
                  random(s.hidden * s.classes, 0.3f),
                  random(s.classes, 0.1f),
                  {},
                  {},
                  {},
                  {}};
  net.dw1.resize(net.w1.size());
  net.db1.resize(net.b1.size());
  net.dw2.resize(net.w2.size());
  net.db2.resize(net.b2.size());

  Buffer<float> dX(x), W1(net.w1), B1(net.b1), W2(net.w2), B2(net.b2);
  Buffer<int> dLabels(labels);
  Buffer<float> A(size_t(s.batch) * s.hidden), Z(size_t(s.batch) * s.classes), dZ(Z.size()),
      dA(A.size());
  Buffer<float> dW1(W1.size()), dB1(B1.size()), dW2(W2.size()), dB2(B2.size()), dLoss(1);

  const dim3 block(16, 8);
  auto grid = [&](int columns, int rows) {
    return dim3((columns + block.x - 1) / block.x, (rows + block.y - 1) / block.y);
  };
  const float rate = 0.25f;
  double firstLoss = 0.0, lastLoss = 0.0;

  std::printf("network %d - %d - %d, batch of %d\n", s.in, s.hidden, s.classes, s.batch);
  for (int step = 0; step < steps; ++step) {
    CHECK(cudaMemset(dLoss, 0, sizeof(float)));
    linearForward<<<grid(s.hidden, s.batch), block>>>(dX, W1, B1, A, s.batch, s.in, s.hidden, true);
    CHECK_LAUNCH();
    linearForward<<<grid(s.classes, s.batch), block>>>(A, W2, B2, Z, s.batch, s.hidden, s.classes,
                                                       false);
    CHECK_LAUNCH();
    softmaxCrossEntropy<<<(s.batch + 3) / 4, 128>>>(Z, dLabels, dZ, dLoss, s.batch, s.classes);
    CHECK_LAUNCH();
    weightGradient<<<grid(s.classes, s.hidden), block>>>(A, dZ, dW2, dB2, s.batch, s.hidden,
                                                         s.classes);
    CHECK_LAUNCH();
    inputGradient<<<grid(s.hidden, s.batch), block>>>(dZ, W2, A, dA, s.batch, s.hidden, s.classes);
    CHECK_LAUNCH();
    weightGradient<<<grid(s.hidden, s.in), block>>>(dX, dA, dW1, dB1, s.batch, s.in, s.hidden);
    CHECK_LAUNCH();

    const double lossHost = net.step(x, labels, true);
    const double loss = dLoss.host()[0];
    const double worst =
        std::max({worstDifference(dW1.host(), net.dw1), worstDifference(dB1.host(), net.db1),
                  worstDifference(dW2.host(), net.dw2), worstDifference(dB2.host(), net.db2)});
    const bool good = nearlyEqual(loss, lossHost, 1e-4) && worst < 1e-4;
    std::printf("  step %d: loss %.6f (host %.6f), gradients differ by %.2e %s\n", step, loss,
                lossHost, worst, good ? "ok" : "WRONG");
    allOk = allOk && good;
    (step == 0 ? firstLoss : lastLoss) = loss;

    if (step == 0) {
      const auto [numeric, gradient] = finiteDifference(net, x, labels);
      std::printf("  finite differences %.6f, gradient %.6f\n", numeric, gradient);
      allOk = allOk && nearlyEqual(numeric, gradient, 1e-3);
    }

    const auto update = [&](Buffer<float>& p, const Buffer<float>& g, std::vector<double>& hp,
                            const std::vector<double>& hg) {
      descend<<<(p.size() + 127) / 128, 128>>>(p, g, rate, p.size());
      CHECK_LAUNCH();
      std::transform(hp.begin(), hp.end(), hg.begin(), hp.begin(),
                     [&](double value, double gradient) { return value - rate * gradient; });
    };
    update(W1, dW1, net.w1, net.dw1);
    update(B1, dB1, net.b1, net.db1);
    update(W2, dW2, net.w2, net.dw2);
    update(B2, dB2, net.b2, net.db2);
  }

  const double weights =
      std::max(worstDifference(W1.host(), net.w1), worstDifference(W2.host(), net.w2));
  std::printf("weights differ by %.2e\n", weights);
  allOk = allOk && weights < 1e-4 && (steps == 1 || lastLoss < firstLoss);
  CHECK(cudaDeviceSynchronize());
  return finish(allOk);
}
