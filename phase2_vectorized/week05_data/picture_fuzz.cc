// Whatever bytes a file holds, decode_grey_picture returns brightness in [0, 1] or throws nn::Error; and
// what it returned, prepare_picture makes a digit of, or says that there is nothing in it.
//
// A fuzzer does not guess the checksums of a PNG file's chunks: the file is read once as it is, and once
// with them made right.
#include <zlib.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>
#include <vector>

#include "common/check.h"
#include "phase2_vectorized/week05_data/picture_file.h"
#include "phase2_vectorized/week05_data/prepare_picture.h"

namespace {

using nn::cpu::Matrix;

constexpr std::size_t kSignature = 8;  // bytes before the first chunk

std::uint32_t big_endian(std::span<const std::byte> four) {
  std::uint32_t value = 0;
  for (const std::byte byte : four) value = value << 8 | static_cast<std::uint32_t>(byte);
  return value;
}

// Each chunk is its length, its name and data, and a CRC-32 of these two.
std::vector<std::byte> with_checksums(std::span<const std::byte> file) {
  std::vector<std::byte> fixed(file.begin(), file.end());
  std::size_t place = kSignature;
  while (place + 12 <= fixed.size()) {
    const std::size_t length = big_endian(std::span(fixed).subspan(place, 4));
    if (length > fixed.size() - place - 12) break;
    const auto* named = reinterpret_cast<const Bytef*>(&fixed[place + 4]);
    const auto crc = static_cast<std::uint32_t>(crc32_z(0, named, length + 4));
    for (std::size_t i = 0; i < 4; ++i) {
      fixed[place + 8 + length + i] = static_cast<std::byte>(crc >> (24 - 8 * i) & 0xff);
    }
    place += 12 + length;
  }
  return fixed;
}

void read(std::span<const std::byte> file) {
  Matrix grey;
  try {
    grey = nn::cpu::decode_grey_picture(file, "fuzz.png");
  } catch (const nn::Error&) {
    return;
  }
  if (grey.rows() < 1 || grey.cols() < 1) std::abort();
  for (const float value : grey.values()) {
    if (!(value >= 0 && value <= 1)) std::abort();
  }
  Matrix digit(nn::cpu::kDigitSide, nn::cpu::kDigitSide);
  try {
    nn::cpu::prepare_picture(digit, grey);
  } catch (const nn::Error&) {
    return;  // empty
  }
  float most = 0;
  for (const float value : digit.values()) {
    if (!(value >= 0 && value <= 1)) std::abort();
    if (value > most) most = value;
  }
  if (most != 1) std::abort();
}

// A header may honestly ask for a quarter of a gigabyte; a fuzzer has better things to wait for.
bool asks_for_much(std::span<const std::byte> file) {
  if (file.size() < kSignature + 16) return false;
  const std::uint64_t width = big_endian(file.subspan(kSignature + 8, 4));
  const std::uint64_t height = big_endian(file.subspan(kSignature + 12, 4));
  return width < 1U << 20 && height < 1U << 20 && width * height > 1 << 18;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span<const std::byte> file = std::as_bytes(std::span(data, size));
  if (asks_for_much(file)) return 0;
  read(file);
  read(with_checksums(file));
  return 0;
}
