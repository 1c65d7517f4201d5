// Whatever bytes a file holds, gunzip returns its content or throws nn::Error. A limit of the
// content's own size lets it through, one byte less does not, and the file without its last byte
// is cut short.
#include <cstdint>
#include <cstdlib>

#include "common/check.h"
#include "common/gunzip.h"

namespace {

bool refuses(std::span<const std::byte> file, std::uint64_t max_bytes) {
  try {
    nn::gunzip(file, "fuzz.gz", max_bytes);
  } catch (const nn::Error&) {
    return true;
  }
  return false;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::uint64_t kMaxBytes = 1 << 20;
  const std::span<const std::byte> file = std::as_bytes(std::span(data, size));
  std::vector<std::byte> content;
  try {
    content = nn::gunzip(file, "fuzz.gz", kMaxBytes);
  } catch (const nn::Error&) {
    return 0;
  }
  if (content.size() > kMaxBytes) std::abort();
  if (nn::gunzip(file, "fuzz.gz", content.size()) != content) std::abort();
  if (!content.empty() && !refuses(file, content.size() - 1)) std::abort();
  if (!refuses(file.first(file.size() - 1), kMaxBytes)) std::abort();
  return 0;
}
