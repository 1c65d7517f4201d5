// curand's host API. See include/curand.h; the order of numbers is sequence.h's.
#include "../../include/curand.h"

#include <cmath>
#include <memory>
#include <mutex>
#include <unordered_set>
#include <variant>

#include "../capture.h"
#include "../device.h"
#include "../memory.h"
#include "sequence.h"

namespace {

using Sequence = std::variant<cudasim::XorwowSequence, cudasim::PhiloxSequence>;
// Calls into one stream take their numbers one after another; between streams the program sees to it.
struct SharedSequence {
  std::mutex mutex;
  Sequence numbers;
};

}  // namespace

struct curandGenerator_st {
  bool on_host = false;
  bool is_philox = false;
  cudaStream_t stream = nullptr;
  unsigned long long seed = 0, offset = 0;
  std::shared_ptr<SharedSequence> sequence;  // null: not begun since seed or offset were set
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

curandStatus_t create(curandGenerator_t* generator, curandRngType_t type, bool on_host) {
  if (generator == nullptr) return CURAND_STATUS_TYPE_ERROR;
  if (type != CURAND_RNG_PSEUDO_DEFAULT && type != CURAND_RNG_PSEUDO_XORWOW &&
      type != CURAND_RNG_PSEUDO_PHILOX4_32_10) {
    return CURAND_STATUS_TYPE_ERROR;
  }
  *generator = new curandGenerator_st;
  (*generator)->on_host = on_host;
  (*generator)->is_philox = type == CURAND_RNG_PSEUDO_PHILOX4_32_10;
  const std::lock_guard<std::mutex> lock(generators_mutex);
  generators().insert(*generator);
  return CURAND_STATUS_SUCCESS;
}

std::shared_ptr<SharedSequence> begun(curandGenerator_t g) {
  if (g->sequence == nullptr) {
    g->sequence.reset(
        g->is_philox
            ? new SharedSequence{{}, Sequence(cudasim::PhiloxSequence(g->seed, g->offset))}
            : new SharedSequence{{}, Sequence(cudasim::XorwowSequence(g->seed, g->offset))});
  }
  return g->sequence;
}

// Fills out[0,n) with finish(number): at once for a host generator, else in the generator's stream.
template <class To, class F>
curandStatus_t generate(curandGenerator_t g, typename To::Out* out, size_t n, F finish) {
  if (!known(g)) return CURAND_STATUS_NOT_INITIALIZED;
  if (out == nullptr && n != 0) return CURAND_STATUS_LAUNCH_FAILURE;
  if (n % To::outs != 0 && !g->is_philox) return CURAND_STATUS_LENGTH_NOT_MULTIPLE;
  const auto work = [sequence = begun(g), out, n, finish] {
    const std::lock_guard<std::mutex> lock(sequence->mutex);
    std::visit([&](auto& numbers) { numbers.template fill<To>(out, n); }, sequence->numbers);
    for (size_t i = 0; i < n; ++i) out[i] = finish(out[i]);
  };
  if (g->on_host) {
    work();
    return CURAND_STATUS_SUCCESS;
  }
  cudasim::mark_allocation_written(out);
  cudasim::Device& device = cudasim::Device::get();
  if (device.sticky() != cudaSuccess) return CURAND_STATUS_PREEXISTING_FAILURE;
  const cudasim::StreamPtr stream = device.find_stream(g->stream);
  if (stream == nullptr || cudasim::capture_error(stream) != cudaSuccess) {
    return CURAND_STATUS_LAUNCH_FAILURE;
  }
  auto task = std::make_shared<cudasim::Task>();
  task->kind = cudasim::Task::Kind::work;
  task->work = work;
  device.enqueue(stream, task);
  return CURAND_STATUS_SUCCESS;
}

constexpr auto as_it_is = [](auto x) { return x; };

template <class F>
curandStatus_t with_generator(curandGenerator_t g, F body) {
  if (!known(g)) return CURAND_STATUS_NOT_INITIALIZED;
  return body();
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
  return with_generator(g, [&] {
    const std::lock_guard<std::mutex> lock(generators_mutex);
    generators().erase(g);
    delete g;
    return CURAND_STATUS_SUCCESS;
  });
}
curandStatus_t curandGetVersion(int* version) {
  if (version == nullptr) return CURAND_STATUS_OUT_OF_RANGE;
  *version = CURAND_VERSION;
  return CURAND_STATUS_SUCCESS;
}
curandStatus_t curandGetProperty(libraryPropertyType type, int* value) {
  if (value == nullptr || type < MAJOR_VERSION || type > PATCH_LEVEL) {
    return CURAND_STATUS_OUT_OF_RANGE;
  }
  const int parts[] = {CURAND_VER_MAJOR, CURAND_VER_MINOR, CURAND_VER_PATCH};
  *value = parts[type];
  return CURAND_STATUS_SUCCESS;
}
curandStatus_t curandSetStream(curandGenerator_t g, cudaStream_t stream) {
  return with_generator(g, [&] {
    g->stream = stream;
    return CURAND_STATUS_SUCCESS;
  });
}
curandStatus_t curandSetPseudoRandomGeneratorSeed(curandGenerator_t g, unsigned long long seed) {
  return with_generator(g, [&] {
    g->seed = seed;
    g->offset = 0;
    g->sequence = nullptr;
    return CURAND_STATUS_SUCCESS;
  });
}
curandStatus_t curandSetGeneratorOffset(curandGenerator_t g, unsigned long long offset) {
  return with_generator(g, [&] {
    g->offset = offset;
    g->sequence = nullptr;
    return CURAND_STATUS_SUCCESS;
  });
}
curandStatus_t curandSetGeneratorOrdering(curandGenerator_t g, curandOrdering_t order) {
  return with_generator(g, [&] {
    const bool one_of_ours = order == CURAND_ORDERING_PSEUDO_BEST ||
                             order == CURAND_ORDERING_PSEUDO_DEFAULT ||
                             order == CURAND_ORDERING_PSEUDO_LEGACY;
    return one_of_ours ? CURAND_STATUS_SUCCESS : CURAND_STATUS_OUT_OF_RANGE;
  });
}
curandStatus_t curandGenerateSeeds(curandGenerator_t g) {
  return with_generator(g, [&] {
    begun(g);
    return CURAND_STATUS_SUCCESS;
  });
}
curandStatus_t curandGenerate(curandGenerator_t g, unsigned int* out, size_t n) {
  return generate<cudasim::ToWord>(g, out, n, as_it_is);
}
curandStatus_t curandGenerateUniform(curandGenerator_t g, float* out, size_t n) {
  return generate<cudasim::ToUniform>(g, out, n, as_it_is);
}
curandStatus_t curandGenerateUniformDouble(curandGenerator_t g, double* out, size_t n) {
  return generate<cudasim::ToUniformDouble>(g, out, n, as_it_is);
}
curandStatus_t curandGenerateNormal(curandGenerator_t g, float* out, size_t n, float mean,
                                    float deviation) {
  return generate<cudasim::ToNormal>(g, out, n, [=](float z) { return mean + deviation * z; });
}
curandStatus_t curandGenerateLogNormal(curandGenerator_t g, float* out, size_t n, float mean,
                                       float deviation) {
  return generate<cudasim::ToNormal>(g, out, n,
                                     [=](float z) { return std::exp(mean + deviation * z); });
}
curandStatus_t curandGenerateNormalDouble(curandGenerator_t g, double* out, size_t n, double mean,
                                          double deviation) {
  return generate<cudasim::ToNormalDouble>(g, out, n,
                                           [=](double z) { return mean + deviation * z; });
}
curandStatus_t curandGenerateLogNormalDouble(curandGenerator_t g, double* out, size_t n,
                                             double mean, double deviation) {
  return generate<cudasim::ToNormalDouble>(
      g, out, n, [=](double z) { return std::exp(mean + deviation * z); });
}

}  // extern "C"
