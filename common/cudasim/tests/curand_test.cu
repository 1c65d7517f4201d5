// Random numbers: XORWOW and Philox as the toolkit's generators give them, on the host and in kernels;
// moments of the distributions.
#include <curand.h>
#include <curand_kernel.h>
#include <dlfcn.h>
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "common/cudasim/tests/device_array.h"

namespace {

template <class State>
__global__ void draw(unsigned* out, unsigned long long seed, unsigned long long offset, int n) {
  State state;
  curand_init(seed, threadIdx.x, offset, &state);
  for (int i = 0; i < n; ++i) out[static_cast<int>(threadIdx.x) * n + i] = curand(&state);
}

std::vector<unsigned> host_numbers(curandRngType_t type, unsigned long long seed,
                                   unsigned long long offset, std::size_t n) {
  curandGenerator_t g = nullptr;
  EXPECT_EQ(curandCreateGeneratorHost(&g, type), CURAND_STATUS_SUCCESS);
  EXPECT_EQ(curandSetPseudoRandomGeneratorSeed(g, seed), CURAND_STATUS_SUCCESS);
  EXPECT_EQ(curandSetGeneratorOffset(g, offset), CURAND_STATUS_SUCCESS);
  std::vector<unsigned> out(n);
  EXPECT_EQ(curandGenerate(g, out.data(), n), CURAND_STATUS_SUCCESS);
  EXPECT_EQ(curandDestroyGenerator(g), CURAND_STATUS_SUCCESS);
  return out;
}

// The first known-answer vector of Random123 for philox4x32-10: counter 0, key 0.
TEST(Philox, KnownAnswer) {
  EXPECT_EQ(host_numbers(CURAND_RNG_PSEUDO_PHILOX4_32_10, 0, 0, 4),
            (std::vector<unsigned>{0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u}));
}

// Number `at` of subsequence t stands in the host's array at the place that runtime/curand/sequence.h
// tells.
TEST(Philox, DeviceSubsequencesAreTheHostsColumns) {
  const int threads = 8, n = 11;
  DeviceArray<unsigned> out(threads * n);
  for (const unsigned long long offset : {0ull, 1ull, 4ull, 6ull}) {
    draw<curandStatePhilox4_32_10_t><<<1, threads>>>(out.data(), 1234567890123ull, offset, n);
    const std::vector<unsigned> got = out.host();
    for (std::size_t t = 0; t < threads; ++t) {
      for (std::size_t i = 0; i < n; ++i) {
        const unsigned long long at = offset + i, place = (at / 4 * 65536 + t) * 4 + at % 4;
        EXPECT_EQ(got[t * n + i],
                  host_numbers(CURAND_RNG_PSEUDO_PHILOX4_32_10, 1234567890123ull, place, 1)[0])
            << t << " " << at;
      }
    }
  }
}

TEST(Xorwow, DeviceSubsequencesAreTheHostsColumns) {
  const int threads = 8, n = 5;
  DeviceArray<unsigned> out(threads * n);
  draw<curandState><<<1, threads>>>(out.data(), 99, 2, n);
  const std::vector<unsigned> got = out.host(),
                              host = host_numbers(CURAND_RNG_PSEUDO_XORWOW, 99, 0, 4096 * (n + 2));
  for (std::size_t t = 0; t < threads; ++t) {
    for (std::size_t i = 0; i < n; ++i) EXPECT_EQ(got[t * n + i], host[(i + 2) * 4096 + t]);
  }
}

// What the toolkit's curand_kernel.h, compiled for the host, draws from one state in this order.
struct Drawn {
  unsigned long long seed, subsequence, offset;
  unsigned bits[2];
  float uniform;
  double uniform_double;
  float normal;
  double normal_double;
  float log_normal;
  double log_normal_double;
  float normal2;
  double normal2_double;
  unsigned poisson;
};
template <class State>
__global__ void draw_all(Drawn* drawn) {
  Drawn& d = drawn[threadIdx.x];
  State s;
  curand_init(d.seed, d.subsequence, d.offset, &s);
  d.bits[0] = curand(&s);
  d.bits[1] = curand(&s);
  d.uniform = curand_uniform(&s);
  d.uniform_double = curand_uniform_double(&s);
  d.normal = curand_normal(&s);
  d.normal_double = curand_normal_double(&s);
  d.log_normal = curand_log_normal(&s, 0.5f, 2.0f);
  d.log_normal_double = curand_log_normal_double(&s, 0.5, 2.0);
  d.normal2 = curand_normal2(&s).y;
  d.normal2_double = curand_normal2_double(&s).y;
  d.poisson = curand_poisson(&s, 3.5);
}
template <class State>
void expect_drawn(const std::vector<Drawn>& want) {
  std::vector<Drawn> start = want;
  for (Drawn& d : start) {
    d = {d.seed, d.subsequence, d.offset, {0, 0}, 0, 0, 0, 0, 0, 0, 0, 0, 0};
  }
  DeviceArray<Drawn> drawn(start);
  draw_all<State><<<1, static_cast<unsigned>(want.size())>>>(drawn.data());
  const std::vector<Drawn> all = drawn.host();
  for (std::size_t i = 0; i < want.size(); ++i) {
    const Drawn &got = all[i], &w = want[i];
    EXPECT_EQ(got.bits[0], w.bits[0]) << i;
    EXPECT_EQ(got.bits[1], w.bits[1]) << i;
    EXPECT_EQ(got.uniform, w.uniform) << i;
    EXPECT_EQ(got.uniform_double, w.uniform_double) << i;
    // Logarithm, sine and exponential may differ in the last places of float and of double.
    EXPECT_NEAR(got.normal, w.normal, 2e-6f * (1 + std::fabs(w.normal))) << i;
    EXPECT_NEAR(got.normal_double, w.normal_double, 2e-14) << i;
    EXPECT_NEAR(got.log_normal / w.log_normal, 1.0f, 4e-6f) << i;
    EXPECT_NEAR(got.log_normal_double / w.log_normal_double, 1.0, 4e-14) << i;
    EXPECT_NEAR(got.normal2, w.normal2, 2e-6f * (1 + std::fabs(w.normal2))) << i;
    EXPECT_NEAR(got.normal2_double, w.normal2_double, 2e-14) << i;
    EXPECT_EQ(got.poisson, w.poisson) << i;
  }
}

// clang-format off
TEST(Xorwow, DrawsWhatTheToolkitDraws) {
  expect_drawn<curandState>({
      {0ull, 0ull, 0ull, {0xbd7f03b6u, 0x703e556du}, 0.517012656f, 0.071367583822620595,
       1.22961378f, -0.997959958636089, 1.15959656f, 7.8903378838708997, -0.708184123f, -1.6666374883915756, 3},
      {0ull, 0ull, 3ull, {0x283067fdu, 0x1245241fu}, 0.46250838f, 0.32935856264397007,
       1.82006598f, -0.32615644621255829, 10.2956257f, 1.2535550692022368, 1.66631377f, 0.090242312802247898, 5},
      {0ull, 0ull, 8589934597ull, {0xe2cb38e7u, 0x7e08a454u}, 0.127766937f, 0.9668876393957464,
       0.0936382189f, -0.64072558266579882, 0.07078439f, 51.985991029251586, 0.508486032f, 1.0716231757144732, 3},
      {0ull, 1ull, 0ull, {0xebc63fb7u, 0x75da7152u}, 0.333464056f, 0.489602352474305,
       0.512427449f, 0.048953902334290637, 1.38110077f, 11.402363982273259, 0.649756372f, -0.7953001344212931, 1},
      {0ull, 1ull, 3ull, {0x5f5d7f6cu, 0x7d569691u}, 0.567270935f, 0.23336819760666444,
       0.616066992f, -0.27314582645063201, 0.629983604f, 2.1221221912223731, -0.630352318f, 1.8721776792687046, 2},
      {0ull, 1ull, 8589934597ull, {0xa1fbb8f1u, 0x195ae8d0u}, 0.717966557f, 0.77673618928777688,
       0.21612598f, -0.9760228973672761, 1.03627312f, 0.025772194890848227, -0.721250594f, -0.42962622647433085, 2},
      {0ull, 70000ull, 0ull, {0x9a793074u, 0xb37d44c5u}, 0.35939005f, 0.016160484870312686,
       0.088802442f, 0.87136137166353378, 10.8857279f, 0.37565925179933113, -0.340798944f, 0.2588235823628115, 2},
      {0ull, 70000ull, 3ull, {0xb8a02d05u, 0x04231237u}, 0.984173656f, 0.69489881871359538,
       -1.4798826f, -0.5113356190712659, 0.869728982f, 1.8560769277010924, 0.261499226f, -1.2363504070842213, 3},
      {0ull, 70000ull, 8589934597ull, {0x790b7ca2u, 0x625675dbu}, 0.925398409f, 0.16790605586792834,
       -0.300232559f, 0.2446570969309079, 1.77111483f, 5.1606603620935338, 1.26473391f, -0.28245806029489501, 4},
      {0ull, 1099511627776ull, 0ull, {0x349079f7u, 0xbbd23a65u}, 0.538981259f, 0.5725029177483989,
       0.467876941f, 0.38253898469245995, 19.7229633f, 1.7460151672819035, 0.153921247f, -0.27817563365010606, 1},
      {0ull, 1099511627776ull, 3ull, {0xdc7301a6u, 0x928f8bffu}, 0.167594075f, 0.11495107401489318,
       0.61435014f, -1.2942215731644129, 1.99732053f, 1.084413904447519, 0.0190194752f, 1.0542409969143078, 3},
      {0ull, 1099511627776ull, 8589934597ull, {0xe3a0c21au, 0x6c0f037du}, 0.928868294f, 0.19928127087479847,
       0.427391291f, 1.7563312555650217, 0.170915931f, 0.22559848809071947, -0.671832383f, -0.85804413988529926, 2},
      {1234ull, 1ull, 3ull, {0x899fbaf4u, 0xcf2ac63bu}, 0.0175236296f, 0.79934943473044484,
       1.3900193f, -0.72429929289220507, 1.28415155f, 3.6220351637222525, -1.7108494f, -1.2514436798172603, 1},
      {1234ull, 70000ull, 8589934597ull, {0xdcc97251u, 0xff398354u}, 0.578850329f, 0.2446304764260045,
       -1.09479845f, 1.4919829059821081, 0.61357069f, 1.3927603634914028, -0.209660783f, 0.78639612552101201, 2},
      {81985529216486895ull, 1ull, 3ull, {0x467aa12au, 0x8690abcdu}, 0.388293862f, 0.495458550308924,
       1.19309378f, -0.086262159970502336, 5.23653841f, 48.586464882927885, -1.85333586f, 0.18699338040430766, 5},
      {81985529216486895ull, 70000ull, 8589934597ull, {0x7af6b8a9u, 0x7dce4351u}, 0.545246661f, 0.61963828149753319,
       0.196692571f, 0.73609070073917571, 0.520940781f, 0.16865796314104034, -1.74944901f, -0.25625084116488345, 3},
  });
}
// clang-format on
// clang-format off
TEST(Philox, DrawsWhatTheToolkitDraws) {
  expect_drawn<curandStatePhilox4_32_10_t>({
      {0ull, 0ull, 0ull, {0x6627e8d5u, 0xe169c58du}, 0.735712767f, 0.60548185394145548,
       0.1808258f, 2.3263279808487716, 83.2845535f, 5.3526195358981683, -0.12755166f, 0.41003674532547529, 5},
      {0ull, 0ull, 3ull, {0x9b00dbd8u, 0xf8e4cca4u}, 0.362091124f, 0.69393091928213835,
       0.312897086f, -1.9252709937181016, 0.326072127f, 1.269030207952424, -0.396234125f, -0.20273336883257834, 2},
      {0ull, 70000ull, 0ull, {0xda4b8cc7u, 0x01bb651fu}, 0.804720402f, 0.85270912945270538,
       0.593743503f, -0.26799823200162842, 6.00352526f, 7.0311566214904753, 2.10466886f, 1.1752922480365064, 7},
      {0ull, 70000ull, 3ull, {0xda4b253fu, 0xc6a5aedfu}, 0.156868264f, 0.27386908722110093,
       1.85480249f, 1.0133464057472643, 198.601212f, 0.05319166522337819, 1.2329638f, -0.30975756152489753, 4},
      {81985529216486895ull, 0ull, 0ull, {0xb850222eu, 0xc58cb04bu}, 0.080682762f, 0.47859191754832864,
       0.793394804f, -0.046576359465863228, 10.5002842f, 1.4750579541978064, 0.416236371f, 0.35897255031785286, 6},
      {81985529216486895ull, 0ull, 3ull, {0x7a84fff9u, 0xadca1466u}, 0.32125935f, 0.39550901344045997,
       -0.16951941f, -1.3489077276615749, 2.65440679f, 0.2670102513801057, -0.480743438f, -0.50251968989789986, 6},
      {81985529216486895ull, 70000ull, 0ull, {0x4b1f4b53u, 0x7ac0204fu}, 0.74942261f, 0.78002961585298181,
       -0.764326274f, 0.8464619534128397, 2.26554155f, 0.3173974185065474, -2.05089021f, 0.92874760865215622, 4},
      {81985529216486895ull, 70000ull, 3ull, {0xc7b00559u, 0x28298992u}, 0.564993918f, 0.91567305219359696,
       -0.725453556f, -0.5752455707793277, 8.16604805f, 0.080132021043495066, 0.904007137f, -0.22021971059526682, 3},
  });
}
// clang-format on

#ifdef CUDASIM
// The toolkit's own generator on the host runs without a GPU.
class Toolkit : public testing::TestWithParam<curandRngType_t> {
 protected:
  void SetUp() override {
    library_ = dlopen("libcurand.so.10", RTLD_NOW);
    if (library_ == nullptr) library_ = dlopen("/usr/local/cuda/lib64/libcurand.so.10", RTLD_NOW);
    if (library_ == nullptr) GTEST_SKIP() << "the CUDA toolkit's libcurand is not installed";
  }
  template <class F>
  F* find(F*, const char* name) {
    return reinterpret_cast<F*>(dlsym(library_, name));
  }
  void* library_ = nullptr;
};
INSTANTIATE_TEST_SUITE_P(Generators, Toolkit,
                         testing::Values(CURAND_RNG_PSEUDO_DEFAULT,
                                         CURAND_RNG_PSEUDO_PHILOX4_32_10),
                         [](const auto& of) {
                           return of.param == CURAND_RNG_PSEUDO_DEFAULT ? "xorwow" : "philox";
                         });

// One generator of each, asked for numbers of every type in turn, whole rows of columns and parts.
TEST_P(Toolkit, GivesTheSameNumbers) {
#define FIND(name) const auto theirs_##name = find(&curand##name, "curand" #name)
  FIND(CreateGeneratorHost);
  FIND(DestroyGenerator);
  FIND(SetPseudoRandomGeneratorSeed);
  FIND(SetGeneratorOffset);
  FIND(Generate);
  FIND(GenerateUniform);
  FIND(GenerateUniformDouble);
  FIND(GenerateNormal);
  FIND(GenerateNormalDouble);
  FIND(GenerateLogNormal);
  FIND(GenerateLogNormalDouble);
#undef FIND
  for (const unsigned long long seed : {0ull, 1234ull, 0x123456789abcdefull}) {
    for (const unsigned long long offset : {0ull, 3ull, 300001ull}) {
      curandGenerator_t theirs = nullptr, ours = nullptr;
      ASSERT_EQ(theirs_CreateGeneratorHost(&theirs, GetParam()), CURAND_STATUS_SUCCESS);
      ASSERT_EQ(curandCreateGeneratorHost(&ours, GetParam()), CURAND_STATUS_SUCCESS);
      ASSERT_EQ(theirs_SetPseudoRandomGeneratorSeed(theirs, seed), CURAND_STATUS_SUCCESS);
      ASSERT_EQ(curandSetPseudoRandomGeneratorSeed(ours, seed), CURAND_STATUS_SUCCESS);
      ASSERT_EQ(theirs_SetGeneratorOffset(theirs, offset), CURAND_STATUS_SUCCESS);
      ASSERT_EQ(curandSetGeneratorOffset(ours, offset), CURAND_STATUS_SUCCESS);
      const auto both = [&](auto zero, auto theirs_call, auto our_call, std::size_t n,
                            auto... args) {
        std::vector<decltype(zero)> want(n), got(n);
        ASSERT_EQ(theirs_call(theirs, want.data(), n, args...), CURAND_STATUS_SUCCESS);
        ASSERT_EQ(our_call(ours, got.data(), n, args...), CURAND_STATUS_SUCCESS);
        if (sizeof...(args) == 0) {
          EXPECT_EQ(want, got);
          return;
        }
        const double allowed = sizeof(zero) == 4 ? 1e-5 : 1e-13;
        for (std::size_t i = 0; i < n; ++i) {
          const double w = static_cast<double>(want[i]);
          ASSERT_LE(std::fabs(static_cast<double>(got[i]) - w), allowed * (1 + std::fabs(w))) << i;
        }
      };
      both(0u, theirs_Generate, curandGenerate, 300000);  // past one number a column
      both(0.0f, theirs_GenerateUniform, curandGenerateUniform, 10001);
      both(0.0, theirs_GenerateUniformDouble, curandGenerateUniformDouble, 270000);
      both(0.0f, theirs_GenerateNormal, curandGenerateNormal, 30000, 1.0f, 2.0f);
      both(0.0, theirs_GenerateNormalDouble, curandGenerateNormalDouble, 20000, 1.0, 2.0);
      both(0.0f, theirs_GenerateLogNormal, curandGenerateLogNormal, 2000, 0.0f, 0.5f);
      both(0.0, theirs_GenerateLogNormalDouble, curandGenerateLogNormalDouble, 2000, 0.0, 0.5);
      both(0u, theirs_Generate, curandGenerate, 1000);
      EXPECT_EQ(theirs_DestroyGenerator(theirs), CURAND_STATUS_SUCCESS);
      EXPECT_EQ(curandDestroyGenerator(ours), CURAND_STATUS_SUCCESS);
    }
  }
}
#endif

template <class State>
__global__ void moments(float* uniform, float* normal, int n) {
  State state;
  curand_init(42, blockIdx.x * blockDim.x + threadIdx.x, 0, &state);
  float* u = uniform + static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x) * n;
  float* z = normal + static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x) * n;
  for (int i = 0; i < n; ++i) {
    u[i] = curand_uniform(&state);
    z[i] = curand_normal(&state);
  }
}

template <class State>
void check_moments() {
  const std::size_t n = 64 * 200;
  DeviceArray<float> u(n), z(n);
  moments<State><<<2, 32>>>(u.data(), z.data(), 200);
  double mean = 0, normal_mean = 0, variance = 0;
  for (const float x : u.host()) {
    EXPECT_GT(x, 0.0f);
    EXPECT_LE(x, 1.0f);
    mean += static_cast<double>(x) / n;
  }
  for (const float x : z.host()) normal_mean += static_cast<double>(x) / n;
  for (const float x : z.host()) variance += (x - normal_mean) * (x - normal_mean) / n;
  // Five standard errors: 0.289, 1 and 1.41 over sqrt(12800).
  EXPECT_NEAR(mean, 0.5, 5 * 0.289 / 113);
  EXPECT_NEAR(normal_mean, 0.0, 5 * 1.0 / 113);
  EXPECT_NEAR(variance, 1.0, 5 * 1.41 / 113);
}
TEST(Distributions, HaveTheirMoments) {
  check_moments<curandState>();
  check_moments<curandStatePhilox4_32_10_t>();
}

__global__ void poisson(unsigned* out, double lambda, int n) {
  curandState state;
  curand_init(7, threadIdx.x, 0, &state);
  for (int i = 0; i < n; ++i) {
    out[static_cast<int>(threadIdx.x) * n + i] = curand_poisson(&state, lambda);
  }
}
// Mean and variance are lambda; the share of numbers up to lambda is the distribution's.
TEST(Distributions, PoissonOfEveryMethod) {
  const int threads = 64, n = 400;
  const double count = threads * n;
  DeviceArray<unsigned> out(threads * n);
  for (const double lambda : {0.7, 20.0, 64.0, 100.5, 1000.0, 5000.0}) {
    poisson<<<1, threads>>>(out.data(), lambda, n);
    double mean = 0, variance = 0, below = 0;
    const std::vector<unsigned> got = out.host();
    for (const unsigned k : got) mean += k / count;
    for (const unsigned k : got) variance += (k - mean) * (k - mean) / count;
    for (const unsigned k : got) below += (k <= lambda) / count;
    double share = 0;
    for (int k = 0; k <= lambda; ++k) {
      share += std::exp(-lambda + k * std::log(lambda) - std::lgamma(k + 1.0));
    }
    EXPECT_NEAR(mean, lambda, 5 * std::sqrt(lambda / count)) << lambda;
    // The fourth central moment is lambda + 3 lambda^2.
    EXPECT_NEAR(variance, lambda, 5 * std::sqrt((lambda + 2 * lambda * lambda) / count)) << lambda;
    EXPECT_NEAR(below, share, 5 * 0.5 / std::sqrt(count)) << lambda;
  }
}

TEST(Generators, VersionOrderingAndMisuse) {
  int version = 0, major = 0;
  EXPECT_EQ(curandGetVersion(&version), CURAND_STATUS_SUCCESS);
  EXPECT_EQ(curandGetProperty(MAJOR_VERSION, &major), CURAND_STATUS_SUCCESS);
  EXPECT_EQ(version / 1000, major);
  curandGenerator_t g = nullptr;
  ASSERT_EQ(curandCreateGeneratorHost(&g, CURAND_RNG_PSEUDO_XORWOW), CURAND_STATUS_SUCCESS);
  float odd[3];
  EXPECT_EQ(curandGenerateNormal(g, odd, 3, 0.0f, 1.0f), CURAND_STATUS_LENGTH_NOT_MULTIPLE);
  EXPECT_EQ(curandSetGeneratorOrdering(g, CURAND_ORDERING_PSEUDO_LEGACY), CURAND_STATUS_SUCCESS);
  EXPECT_EQ(curandDestroyGenerator(g), CURAND_STATUS_SUCCESS);
}

}  // namespace
