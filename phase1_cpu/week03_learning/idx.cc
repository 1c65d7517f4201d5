#include "phase1_cpu/week03_learning/idx.h"

#include <algorithm>
#include <limits>

#include "common/check.h"
#include "common/gunzip.h"

namespace nn::basic {
namespace {

constexpr std::uint32_t kImagesMagic = 0x00000803;               // unsigned bytes, three extents
constexpr std::uint32_t kLabelsMagic = 0x00000801;               // unsigned bytes, one extent
constexpr std::uint64_t kMaxFileBytes = std::uint64_t{1} << 30;  // MNIST has 47 million
constexpr std::size_t kImagesHeaderBytes = 16;
constexpr std::size_t kLabelsHeaderBytes = 8;

// The 32-bit integer at `offset`, most significant byte first. offset + 4 <= file.size().
std::uint32_t big_endian_u32(std::span<const std::byte> file, std::size_t offset) {
  std::uint32_t value = 0;
  // >>> about 3 lines. README.md, "IDX files".
  for (std::size_t i = 0; i < 4; ++i) {
    value = value << 8 | std::to_integer<std::uint32_t>(file[offset + i]);
  }
  // <<< NN_TODO("big_endian_u32");
  return value;
}

const char* what_it_is(std::uint32_t magic) {
  if (magic == kImagesMagic) return "an IDX file of images";
  if (magic == kLabelsMagic) return "an IDX file of labels";
  return "no IDX file of bytes";
}

void check_magic(std::uint32_t magic, std::uint32_t want, const std::string& name) {
  NN_CHECK(magic == want, name, " is ", what_it_is(magic), " (it begins with ", magic, "); ",
           what_it_is(want), " begins with ", want);
}

void check_header_is_there(std::span<const std::byte> file, std::size_t header_bytes,
                           const std::string& name) {
  NN_CHECK(file.size() >= header_bytes, name, " has ", file.size(), " bytes; its header alone has ",
           header_bytes);
}

// The file must hold exactly the bytes its header promises.
void check_payload(std::uint64_t there, std::uint64_t promised, const std::string& name) {
  NN_CHECK(there >= promised, name, " ends early: its header promises ", promised,
           " bytes, and it is followed by ", there);
  NN_CHECK(there <= promised, name, " goes on too long: its header promises ", promised,
           " bytes, and it is followed by ", there);
}

// An extent of the header as an int in [lowest, 2^31).
int checked_extent(std::uint32_t extent, int lowest, const char* what, const std::string& name) {
  NN_CHECK(extent >= static_cast<std::uint32_t>(lowest) &&
               extent <= static_cast<std::uint32_t>(std::numeric_limits<int>::max()),
           name, " claims ", extent, " ", what, "; that lies in [", lowest, ", 2^31)");
  return static_cast<int>(extent);
}

std::vector<std::uint8_t> as_u8(std::span<const std::byte> bytes) {
  std::vector<std::uint8_t> values(bytes.size());
  std::ranges::transform(bytes, values.begin(),
                         [](std::byte b) { return std::to_integer<std::uint8_t>(b); });
  return values;
}

std::vector<std::byte> read(const std::filesystem::path& path) {
  NN_CHECK(
      std::filesystem::exists(path), path.string(),
      " is not there. The repository has MNIST in reference/datasets/mnist (git checkout restores "
      "it); Fashion-MNIST is in the package dataset-fashion-mnist (apt-get install)");
  return read_maybe_gzipped(path, kMaxFileBytes);
}

}  // namespace

IdxImages parse_idx_images(std::span<const std::byte> file, const std::string& name) {
  check_header_is_there(file, kImagesHeaderBytes, name);
  IdxImages images;
  // >>> about 10 lines. README.md, "IDX files".
  check_magic(big_endian_u32(file, 0), kImagesMagic, name);
  images.count = checked_extent(big_endian_u32(file, 4), 0, "images", name);
  images.rows = checked_extent(big_endian_u32(file, 8), 1, "rows", name);
  images.cols = checked_extent(big_endian_u32(file, 12), 1, "columns", name);
  // Two numbers below 2^31 multiply within 64 bits, three might not; hence the check in between.
  const std::uint64_t image_bytes = std::uint64_t{1} * images.rows * images.cols;
  NN_CHECK(image_bytes <= kMaxFileBytes, name, " claims images of ", image_bytes, " pixels");
  check_payload(file.size() - kImagesHeaderBytes, image_bytes * images.count, name);
  images.pixels = as_u8(file.subspan(kImagesHeaderBytes));
  // <<< NN_TODO("parse_idx_images");
  return images;
}

std::vector<std::uint8_t> parse_idx_labels(std::span<const std::byte> file,
                                           const std::string& name) {
  check_header_is_there(file, kLabelsHeaderBytes, name);
  // >>> about 4 lines. README.md, "IDX files".
  check_magic(big_endian_u32(file, 0), kLabelsMagic, name);
  const int count = checked_extent(big_endian_u32(file, 4), 0, "labels", name);
  check_payload(file.size() - kLabelsHeaderBytes, static_cast<std::uint64_t>(count), name);
  return as_u8(file.subspan(kLabelsHeaderBytes));
  // <<< NN_TODO("parse_idx_labels");
}

IdxImages read_idx_images(const std::filesystem::path& path) {
  return parse_idx_images(read(path), path.string());
}

std::vector<std::uint8_t> read_idx_labels(const std::filesystem::path& path) {
  return parse_idx_labels(read(path), path.string());
}

}  // namespace nn::basic
