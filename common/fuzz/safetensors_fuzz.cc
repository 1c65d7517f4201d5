// Whatever bytes a file holds, parse_safetensors returns its content or throws nn::Error; and the
// content is the same after being written and read again.
#include <cstdint>
#include <cstdlib>

#include "common/check.h"
#include "common/safetensors.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  nn::Safetensors content;
  try {
    content = nn::parse_safetensors(std::as_bytes(std::span(data, size)), "fuzz.safetensors");
  } catch (const nn::Error&) {
    return 0;
  }
  const std::vector<std::byte> written = nn::format_safetensors(content);
  const nn::Safetensors again = nn::parse_safetensors(written, "again.safetensors");
  if (!(again == content)) std::abort();
  if (nn::format_safetensors(again) != written) std::abort();
  return 0;
}
