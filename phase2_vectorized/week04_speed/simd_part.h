// Part: the first lanes of a vector, where a row ends within it. Used with simd.h, once for each set
// of instructions.
#if defined(NN_SIMD_PART_TOGGLE) == defined(HWY_TARGET_TOGGLE)  // as Highway guards its headers
#ifdef NN_SIMD_PART_TOGGLE
#undef NN_SIMD_PART_TOGGLE
#else
#define NN_SIMD_PART_TOGGLE
#endif

#include <cstring>

HWY_BEFORE_NAMESPACE();
namespace nn::cpu::HWY_NAMESPACE {

// Loads and stores that touch only the first `count` lanes' memory. AVX2 and AVX-512 have
// instructions for that; elsewhere a part goes through a copy.
template <class D>
class Part {
 public:
  using Vec = hwy::HWY_NAMESPACE::Vec<D>;
  static constexpr bool kMasks = HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX2;

  explicit HWY_INLINE Part(int count)
      : count_(count), mask_(hwy::HWY_NAMESPACE::FirstN(D(), static_cast<std::size_t>(count))) {}

  HWY_INLINE Vec load(const float* from) const {  // 0 in the other lanes
    namespace hn = hwy::HWY_NAMESPACE;
    if constexpr (kMasks) return hn::MaskedLoad(mask_, D(), from);
    if (count_ == static_cast<int>(hn::Lanes(D()))) return hn::LoadU(D(), from);
    HWY_ALIGN float lanes[hn::MaxLanes(D())] = {};
    std::memcpy(lanes, from, static_cast<std::size_t>(count_) * sizeof(float));
    return hn::Load(D(), lanes);
  }
  HWY_INLINE void store(Vec value, float* to) const {
    namespace hn = hwy::HWY_NAMESPACE;
    if constexpr (kMasks) {
      hn::BlendedStore(value, mask_, D(), to);
    } else {
      HWY_ALIGN float lanes[hn::MaxLanes(D())];
      hn::Store(value, D(), lanes);
      std::memcpy(to, lanes, static_cast<std::size_t>(count_) * sizeof(float));
    }
  }

 private:
  int count_;
  hwy::HWY_NAMESPACE::Mask<D> mask_;
};

}  // namespace nn::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
