#include "phase2_vectorized/week04_speed/matmul.h"

#include <cstdint>

#include "phase2_vectorized/week04_speed/matmul_04_register_tile.h"
#include "phase2_vectorized/week04_speed/matmul_05_packed.h"
#include "phase2_vectorized/week04_speed/matmul_06_threads.h"
#include "phase2_vectorized/week04_speed/thread_pool.h"

namespace nn::cpu {
namespace {

// Up to here b stays in the second cache, and reading it where it is costs less than copying it:
// 512 x 512, 1 MiB. With few rows of a, a copy of b would not be used often enough to pay either.
constexpr std::int64_t kUnpackedB = 512 * 512;
constexpr int kFewRows = 64;
// Waking a thread takes some 10 us, in which one core does a million multiply-adds.
constexpr std::int64_t kThreadedTerms = std::int64_t{1} << 23;

}  // namespace

void matmul(MatrixView c, ConstMatrixView a, ConstMatrixView b, Scale scale) {
  check_product(c, a, b);  // here, so that a refusal does not depend on the way taken
  const std::int64_t b_size = std::int64_t{b.rows} * b.cols;
  // By the shape of the whole: 04 and 05 add a sum's terms in another order where K is cut, so the
  // shape of a thread's piece may not decide.
  const bool in_place = b_size <= kUnpackedB || a.rows <= kFewRows;
  const Product product = in_place ? &matmul_04_register_tile : &matmul_05_packed;
  if (threads() > 1 && b_size * a.rows >= kThreadedTerms) {
    matmul_in_pieces(product, c, a, b, scale);
  } else {
    product(c, a, b, scale);
  }
}

}  // namespace nn::cpu
