// mlp_support.h - device buffers and the host's network for 25_mlp_training.cu.
#ifndef MLP_SUPPORT_H
#define MLP_SUPPORT_H

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>
#include <vector>

#include "helper_check.h"

template <typename T>
class Buffer {
 public:
  explicit Buffer(size_t n) : n_(n) {
    CHECK(cudaMalloc(&p_, n * sizeof(T)));
    CHECK(cudaMemset(p_, 0, n * sizeof(T)));
  }
  template <typename U>
  explicit Buffer(const std::vector<U>& h) : Buffer(h.size()) {
    const std::vector<T> converted(h.begin(), h.end());
    CHECK(cudaMemcpy(p_, converted.data(), n_ * sizeof(T), cudaMemcpyHostToDevice));
  }
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  ~Buffer() { cudaFree(p_); }
  operator T*() const { return p_; }
  int size() const { return int(n_); }
  std::vector<T> host() const {
    std::vector<T> h(n_);
    CHECK(cudaMemcpy(h.data(), p_, n_ * sizeof(T), cudaMemcpyDeviceToHost));
    return h;
  }

 private:
  T* p_ = nullptr;
  size_t n_;
};

struct Shape {
  int batch, in, hidden, classes;
};

// The network on the host, in double precision.
struct HostNetwork {
  Shape s;
  std::vector<double> w1, b1, w2, b2;
  std::vector<double> dw1, db1, dw2, db2;

  double step(std::span<const double> x, std::span<const int> labels, bool backward) {
    const auto [n, in, hidden, classes] = s;
    std::vector<double> a(size_t(n) * hidden), dz(size_t(n) * classes), da(a.size());
    double loss = 0.0;
    for (int r = 0; r < n; ++r) {
      for (int j = 0; j < hidden; ++j) {
        double sum = b1[j];
        for (int i = 0; i < in; ++i) sum += x[r * in + i] * w1[i * hidden + j];
        a[r * hidden + j] = std::max(sum, 0.0);
      }
      double total = 0.0;
      double* z = &dz[size_t(r) * classes];
      for (int c = 0; c < classes; ++c) {
        z[c] = b2[c];
        for (int j = 0; j < hidden; ++j) z[c] += a[r * hidden + j] * w2[j * classes + c];
      }
      const double largest = *std::max_element(z, z + classes);
      for (int c = 0; c < classes; ++c) total += std::exp(z[c] - largest);
      loss += (std::log(total) - (z[labels[r]] - largest)) / n;
      for (int c = 0; c < classes; ++c)
        z[c] = (std::exp(z[c] - largest) / total - (c == labels[r])) / n;
    }
    if (!backward) return loss;

    for (auto* g : {&dw1, &db1, &dw2, &db2}) std::fill(g->begin(), g->end(), 0.0);
    for (int r = 0; r < n; ++r) {
      for (int c = 0; c < classes; ++c) {
        const double g = dz[r * classes + c];
        db2[c] += g;
        for (int j = 0; j < hidden; ++j) {
          dw2[j * classes + c] += a[r * hidden + j] * g;
          if (a[r * hidden + j] > 0.0) da[r * hidden + j] += g * w2[j * classes + c];
        }
      }
      for (int j = 0; j < hidden; ++j) {
        const double g = da[r * hidden + j];
        db1[j] += g;
        for (int i = 0; i < in; ++i) dw1[i * hidden + j] += x[r * in + i] * g;
      }
    }
    return loss;
  }
};

inline double worstDifference(const std::vector<float>& got, const std::vector<double>& want) {
  double worst = 0.0;
  for (size_t i = 0; i < want.size(); ++i) worst = worse(worst, std::fabs(got[i] - want[i]));
  return worst;
}

// The derivative for the weight with the largest gradient by finite differences,
// and the gradient that the last backward pass found for it.
inline std::pair<double, double> finiteDifference(HostNetwork& net, std::span<const double> x,
                                                  std::span<const int> labels) {
  const auto largest = std::max_element(net.dw1.begin(), net.dw1.end(), [](double p, double q) {
    return std::fabs(p) < std::fabs(q);
  });
  double& w = net.w1[largest - net.dw1.begin()];
  const double saved = w, h = 1e-6;
  w = saved + h;
  const double above = net.step(x, labels, false);
  w = saved - h;
  const double below = net.step(x, labels, false);
  w = saved;
  return {(above - below) / (2.0 * h), *largest};
}

#endif  // MLP_SUPPORT_H
