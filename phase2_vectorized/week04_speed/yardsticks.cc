#include "phase2_vectorized/week04_speed/yardsticks.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include <cstdlib>

#include "phase2_vectorized/week04_speed/simd_target.h"

namespace nn::cpu {
namespace {

using CblasSgemm = void (*)(int order, int transpose_a, int transpose_b, int M, int N, int K,
                            float alpha, const float* a, int lda, const float* b, int ldb,
                            float beta, float* c, int ldc);
using DnnlSgemm = int (*)(char transpose_a, char transpose_b, std::int64_t M, std::int64_t N,
                          std::int64_t K, float alpha, const float* a, std::int64_t lda,
                          const float* b, std::int64_t ldb, float beta, float* c, std::int64_t ldc);
constexpr int kRowMajor = 101, kAsStored = 111;  // of cblas.h

CblasSgemm openblas_sgemm, blis_sgemm;
DnnlSgemm dnnl_sgemm;
void (*openblas_set_threads)(int);
void (*blis_set_threads)(std::int64_t);
void (*openmp_set_threads)(int);

template <class F>
F function(void* library, const char* name) {
  return library == nullptr ? nullptr : reinterpret_cast<F>(dlsym(library, name));
}

// Both have functions of one name, which RTLD_LOCAL keeps apart.
void* load(const char* name) { return dlopen(name, RTLD_NOW | RTLD_LOCAL); }

void product_by(CblasSgemm sgemm, float* c, const float* a, const float* b, int M, int N, int K) {
  sgemm(kRowMajor, kAsStored, kAsStored, M, N, K, 1, a, K, b, N, 0, c, N);
}

void add_openblas(std::vector<Yardstick>& found) {
  // 0.3.21 takes processors it has never heard of for ones without AVX.
  const std::string target = simd_target();
  if (target != "baseline") {
    setenv("OPENBLAS_CORETYPE", target == "avx512" ? "SKYLAKEX" : "HASWELL", 0);
  }
  void* library = load("libopenblas.so.0");
  openblas_sgemm = function<CblasSgemm>(library, "cblas_sgemm");
  openblas_set_threads = function<void (*)(int)>(library, "openblas_set_num_threads");
  const auto config = function<const char* (*)()>(library, "openblas_get_config");
  const auto core = function<const char* (*)()>(library, "openblas_get_corename");
  if (!openblas_sgemm || !openblas_set_threads || !config || !core) return;
  std::string version = config();  // "OpenBLAS 0.3.21 NO_LAPACKE DYNAMIC_ARCH ..."
  version = version.substr(0, version.find(' ', sizeof "OpenBLAS"));
  found.push_back({"00_openblas", fmt::format("{} ({})", version, core()),
                   [](float* c, const float* a, const float* b, int M, int N, int K) {
                     product_by(openblas_sgemm, c, a, b, M, N, K);
                   },
                   [](int count) { openblas_set_threads(count); }});
}

void add_blis(std::vector<Yardstick>& found) {
  void* library = load("libblis.so.4");
  blis_sgemm = function<CblasSgemm>(library, "cblas_sgemm");
  blis_set_threads = function<void (*)(std::int64_t)>(library, "bli_thread_set_num_threads");
  const auto version = function<const char* (*)()>(library, "bli_info_get_version_str");
  if (!blis_sgemm || !blis_set_threads || !version) return;
  found.push_back({"blis", fmt::format("BLIS {}", version()),
                   [](float* c, const float* a, const float* b, int M, int N, int K) {
                     product_by(blis_sgemm, c, a, b, M, N, K);
                   },
                   [](int count) { blis_set_threads(count); }});
}

struct DnnlVersion {
  int major, minor, patch;  // and more that is not read
};

void add_onednn(std::vector<Yardstick>& found) {
  void* library = load("libdnnl.so.2");
  dnnl_sgemm = function<DnnlSgemm>(library, "dnnl_sgemm");
  openmp_set_threads = function<void (*)(int)>(library, "omp_set_num_threads");
  const auto version = function<const DnnlVersion* (*)()>(library, "dnnl_version");
  if (!dnnl_sgemm || !openmp_set_threads || !version) return;
  found.push_back(
      {"onednn",
       fmt::format("oneDNN {}.{}.{}", version()->major, version()->minor, version()->patch),
       [](float* c, const float* a, const float* b, int M, int N, int K) {
         dnnl_sgemm('N', 'N', M, N, K, 1, a, K, b, N, 0, c, N);
       },
       [](int count) { openmp_set_threads(count); }});
}

}  // namespace

const std::vector<Yardstick>& yardsticks() {
  static const std::vector<Yardstick> all = [] {
    std::vector<Yardstick> found;
    add_openblas(found);
    add_blis(found);
    add_onednn(found);
    return found;
  }();
  return all;
}

}  // namespace nn::cpu
