// curand's host API. See include/curand.h.
//
// The order of numbers is cuRAND's for Philox: number i comes from block i / 4, whose counter is 65536
// subsequences wide (block b is counter b / 65536 of subsequence b mod 65536). The toolkit's host
// generator gives the same; curand_test compares with it where it is installed.
#include "../../include/curand.h"

#include <cmath>
#include <memory>
#include <mutex>
#include <unordered_set>

#include "../../include/curand_kernel.h"
#include "../device.h"
#include "../memory.h"

struct curandGenerator_st {
  bool on_host = false;
  cudaStream_t stream = nullptr;
  unsigned long long seed = 0, position = 0;  // position: numbers given so far
};

namespace {

std::mutex generators_mutex;
std::unordered_set<curandGenerator_t>& generators() {
  static auto* all = new std::unordered_set<curandGenerator_t>;
  return *all;
}
bool known(curandGenerator_t g) {
  const std::lock_guard<std::mutex> lock(generators_mutex);
  return generators().count(g) != 0;
}

unsigned number_at(unsigned long long seed, unsigned long long i) {
  constexpr unsigned long long kSubsequences = 65536;
  const unsigned long long block = i / 4;
  const unsigned long long counter = block / kSubsequences, subsequence = block % kSubsequences;
  const uint4 out =
      cudasim::philox({static_cast<unsigned>(counter), static_cast<unsigned>(counter >> 32),
                       static_cast<unsigned>(subsequence), 0},
                      {static_cast<unsigned>(seed), static_cast<unsigned>(seed >> 32)});
  return cudasim::component(out, static_cast<unsigned>(i % 4));
}

curandStatus_t create(curandGenerator_t* generator, curandRngType_t type, bool on_host) {
  if (generator == nullptr) return CURAND_STATUS_TYPE_ERROR;
  if (type != CURAND_RNG_PSEUDO_DEFAULT && type != CURAND_RNG_PSEUDO_PHILOX4_32_10) {
    return CURAND_STATUS_TYPE_ERROR;
  }
  *generator = new curandGenerator_st;
  (*generator)->on_host = on_host;
  const std::lock_guard<std::mutex> lock(generators_mutex);
  generators().insert(*generator);
  return CURAND_STATUS_SUCCESS;
}

// Runs `work(seed, first)` at once for a host generator, else in the generator's stream; `words` numbers
// of the sequence are used up.
template <class F>
curandStatus_t generate(curandGenerator_t g, const void* out, size_t words, F work) {
  if (!known(g)) return CURAND_STATUS_NOT_INITIALIZED;
  if (out == nullptr && words != 0) return CURAND_STATUS_LAUNCH_FAILURE;
  const unsigned long long seed = g->seed, first = g->position;
  g->position += words;
  if (g->on_host) {
    work(seed, first);
    return CURAND_STATUS_SUCCESS;
  }
  cudasim::mark_allocation_written(out);
  cudasim::Device& device = cudasim::Device::get();
  if (device.sticky() != cudaSuccess) return CURAND_STATUS_PREEXISTING_FAILURE;
  const cudasim::StreamPtr stream = device.find_stream(g->stream);
  if (stream == nullptr) return CURAND_STATUS_LAUNCH_FAILURE;
  auto task = std::make_shared<cudasim::Task>();
  task->kind = cudasim::Task::Kind::work;
  task->work = [=] { work(seed, first); };
  device.enqueue(stream, task);
  return CURAND_STATUS_SUCCESS;
}

template <class T, class F>
curandStatus_t generate_each(curandGenerator_t g, T* out, size_t n, F from_word) {
  return generate(g, out, n, [=](unsigned long long seed, unsigned long long first) {
    for (size_t i = 0; i < n; ++i) out[i] = from_word(number_at(seed, first + i));
  });
}

// Box and Muller's method makes two numbers of two.
template <class F>
curandStatus_t generate_normal(curandGenerator_t g, float* out, size_t n, F finish) {
  if (n % 2 != 0) return CURAND_STATUS_LENGTH_NOT_MULTIPLE;
  return generate(g, out, n, [=](unsigned long long seed, unsigned long long first) {
    for (size_t i = 0; i < n; i += 2) {
      const float2 pair =
          cudasim::box_muller(number_at(seed, first + i), number_at(seed, first + i + 1));
      out[i] = finish(pair.x);
      out[i + 1] = finish(pair.y);
    }
  });
}

}  // namespace

extern "C" {

curandStatus_t curandCreateGenerator(curandGenerator_t* generator, curandRngType_t type) {
  return create(generator, type, false);
}
curandStatus_t curandCreateGeneratorHost(curandGenerator_t* generator, curandRngType_t type) {
  return create(generator, type, true);
}
curandStatus_t curandDestroyGenerator(curandGenerator_t g) {
  if (!known(g)) return CURAND_STATUS_NOT_INITIALIZED;
  const std::lock_guard<std::mutex> lock(generators_mutex);
  generators().erase(g);
  delete g;
  return CURAND_STATUS_SUCCESS;
}
curandStatus_t curandSetStream(curandGenerator_t g, cudaStream_t stream) {
  if (!known(g)) return CURAND_STATUS_NOT_INITIALIZED;
  g->stream = stream;
  return CURAND_STATUS_SUCCESS;
}
curandStatus_t curandSetPseudoRandomGeneratorSeed(curandGenerator_t g, unsigned long long seed) {
  if (!known(g)) return CURAND_STATUS_NOT_INITIALIZED;
  g->seed = seed;
  g->position = 0;
  return CURAND_STATUS_SUCCESS;
}
curandStatus_t curandSetGeneratorOffset(curandGenerator_t g, unsigned long long offset) {
  if (!known(g)) return CURAND_STATUS_NOT_INITIALIZED;
  g->position = offset;
  return CURAND_STATUS_SUCCESS;
}
curandStatus_t curandGenerateSeeds(curandGenerator_t g) {
  return known(g) ? CURAND_STATUS_SUCCESS : CURAND_STATUS_NOT_INITIALIZED;
}
curandStatus_t curandGenerate(curandGenerator_t g, unsigned int* out, size_t n) {
  return generate_each(g, out, n, [](unsigned word) { return word; });
}
curandStatus_t curandGenerateUniform(curandGenerator_t g, float* out, size_t n) {
  return generate_each(g, out, n, cudasim::to_uniform);
}
curandStatus_t curandGenerateUniformDouble(curandGenerator_t g, double* out, size_t n) {
  return generate(g, out, 2 * n, [=](unsigned long long seed, unsigned long long first) {
    for (size_t i = 0; i < n; ++i) {
      out[i] = cudasim::to_uniform_double(number_at(seed, first + 2 * i),
                                          number_at(seed, first + 2 * i + 1));
    }
  });
}
curandStatus_t curandGenerateNormal(curandGenerator_t g, float* out, size_t n, float mean,
                                    float deviation) {
  return generate_normal(g, out, n, [=](float x) { return mean + deviation * x; });
}
curandStatus_t curandGenerateLogNormal(curandGenerator_t g, float* out, size_t n, float mean,
                                       float deviation) {
  return generate_normal(g, out, n, [=](float x) { return std::exp(mean + deviation * x); });
}

}  // extern "C"
