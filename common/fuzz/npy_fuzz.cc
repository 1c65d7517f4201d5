// Whatever bytes a file holds, parse_npy returns an array or throws nn::Error; and an array it
// returns is the same after being written and read again. Anything else ends the program, which
// is what the fuzzer looks for.
#include <cstdint>
#include <cstdlib>

#include "common/check.h"
#include "common/npy.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  nn::NpyArray array;
  try {
    array = nn::parse_npy(std::as_bytes(std::span(data, size)), "fuzz.npy");
  } catch (const nn::Error&) {
    return 0;
  }
  if (array.bytes.size() > size) std::abort();
  if (!(nn::parse_npy(nn::format_npy(array), "again.npy") == array)) std::abort();
  const auto count = static_cast<std::size_t>(array.size());
  if (array.is_integer() && array.as_integers().size() != count) std::abort();
  if (!array.is_integer() && array.as_doubles().size() != count) std::abort();
  return 0;
}
