// What the programs beside this file share on the host: arrays in device memory, and results that
// are printed, so that two runs can be compared, and held against what the host computed.
#pragma once
#include <cuda_runtime.h>

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <vector>

// Device memory, copied from the host or never written; freed at the end of its scope.
template <class T>
class Array {
 public:
  explicit Array(int n) : n_(static_cast<size_t>(n)) { cudaMalloc(&data_, n_ * sizeof(T)); }
  explicit Array(const std::vector<T>& values) : Array(static_cast<int>(values.size())) {
    cudaMemcpy(data_, values.data(), n_ * sizeof(T), cudaMemcpyHostToDevice);
  }
  ~Array() { cudaFree(data_); }
  Array(const Array&) = delete;
  Array& operator=(const Array&) = delete;
  operator T*() const { return data_; }
  std::vector<T> host() const {  // waits for the kernels before it
    std::vector<T> values(n_);
    cudaMemcpy(values.data(), data_, n_ * sizeof(T), cudaMemcpyDeviceToHost);
    return values;
  }

 private:
  T* data_ = nullptr;
  size_t n_;
};

// 0, 1, .. n - 1
inline std::vector<int> numbers(int n) {
  std::vector<int> values;
  for (int i = 0; i < n; ++i) values.push_back(i);
  return values;
}

// Prints the first values and a hash (FNV-1a) of all bytes. A program's exit status: 0, or 2 if a
// value is not the one wanted.
template <class T>
int compare(const std::vector<T>& got, const std::vector<T>& want) {
  uint64_t hash = 14695981039346656037u;
  const auto* bytes = reinterpret_cast<const unsigned char*>(got.data());
  for (size_t i = 0; i < got.size() * sizeof(T); ++i) hash = (hash ^ bytes[i]) * 1099511628211u;
  std::printf("%zu values, hash %016llx:", got.size(), static_cast<unsigned long long>(hash));
  for (size_t i = 0; i < got.size() && i < 8; ++i) {
    std::printf(" %.17g", static_cast<double>(got[i]));
  }
  std::printf("\n");
  if (got.size() != want.size()) return 2;
  for (size_t i = 0; i < got.size(); ++i) {
    if (got[i] == want[i]) continue;
    std::printf("value %zu is %.17g, not %.17g\n", i, static_cast<double>(got[i]),
                static_cast<double>(want[i]));
    return 2;
  }
  return 0;
}
