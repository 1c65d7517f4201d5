// Whatever bytes a file holds, parse_idx_images and parse_idx_labels return just what the bytes after
// the header are, or throw nn::Error, as they are and unpacked. Anything else ends the program, which is
// what the fuzzer looks for.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <vector>

#include "common/check.h"
#include "common/gunzip.h"
#include "phase1_cpu/week03_learning/idx.h"

namespace {

void parse(std::span<const std::byte> file) {
  try {
    const nn::basic::IdxImages images = nn::basic::parse_idx_images(file, "images");
    const auto pixels = std::uint64_t{1} * images.count * images.rows * images.cols;
    if (images.pixels.size() != pixels || file.size() != 16 + pixels) std::abort();
  } catch (const nn::Error&) {
  }
  try {
    if (8 + nn::basic::parse_idx_labels(file, "labels").size() != file.size()) std::abort();
  } catch (const nn::Error&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span<const std::byte> file = std::as_bytes(std::span(data, size));
  parse(file);
  try {
    parse(nn::gunzip(file, "packed", 1 << 20));
  } catch (const nn::Error&) {
  }
  return 0;
}
