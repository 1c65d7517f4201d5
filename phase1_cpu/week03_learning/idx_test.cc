#include "phase1_cpu/week03_learning/idx.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "common/check.h"
#include "common/compare_gtest.h"
#include "common/file.h"
#include "common/golden.h"
#include "common/test_files.h"

namespace nn::basic {
namespace {

using Bytes = std::vector<std::uint8_t>;

std::vector<std::byte> file_of(const Bytes& values) {
  const auto bytes = std::as_bytes(std::span(values));
  return {bytes.begin(), bytes.end()};
}

// Two images of 2 x 3 pixels: the dump of README.md, "IDX files".
const Bytes kImages = {0, 0, 8, 3,  0,   0,   0,   2, 0, 0, 0, 2, 0, 0,  //
                       0, 3, 0, 64, 128, 192, 255, 1, 2, 3, 4, 5, 6, 7};
// Five labels.
const Bytes kLabels = {0, 0, 8, 1, 0, 0, 0, 5, 9, 0, 4, 1, 9};

// `bytes` with a big-endian 32-bit integer written over offset.
Bytes with_u32(Bytes bytes, std::size_t offset, std::uint32_t value) {
  for (int i = 0; i < 4; ++i) bytes[offset + i] = static_cast<std::uint8_t>(value >> (24 - 8 * i));
  return bytes;
}
Bytes without_last(Bytes bytes) {
  bytes.pop_back();
  return bytes;
}
Bytes with_one_more(Bytes bytes) {
  bytes.push_back(0);
  return bytes;
}

std::string images_refusal(const Bytes& bytes) {
  return message_of([&] { parse_idx_images(file_of(bytes), "x.idx"); });
}
std::string labels_refusal(const Bytes& bytes) {
  return message_of([&] { parse_idx_labels(file_of(bytes), "x.idx"); });
}

TEST(IdxImages, WorkedExample) {
  const IdxImages images = parse_idx_images(file_of(kImages), "x.idx");
  EXPECT_EQ(images.count, 2);
  EXPECT_EQ(images.rows, 2);
  EXPECT_EQ(images.cols, 3);
  EXPECT_EQ(images.pixels, (Bytes{0, 64, 128, 192, 255, 1, 2, 3, 4, 5, 6, 7}));
}

TEST(IdxLabels, WorkedExample) {
  EXPECT_EQ(parse_idx_labels(file_of(kLabels), "x.idx"), (Bytes{9, 0, 4, 1, 9}));
}

// Extents that need two and three of their four bytes, in each place, none of them square.
TEST(IdxImages, ReadsEveryByteOfAnExtent) {
  for (const auto& [count, rows, cols] :
       {std::array{1, 1, 1}, {258, 3, 2}, {2, 258, 1}, {1, 3, 258}, {66051, 1, 2}, {129, 31, 33}}) {
    Bytes bytes = with_u32(Bytes{0, 0, 8, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, 4,
                           static_cast<std::uint32_t>(count));
    bytes = with_u32(bytes, 8, static_cast<std::uint32_t>(rows));
    bytes = with_u32(bytes, 12, static_cast<std::uint32_t>(cols));
    Bytes pixels;
    for (int i = 0; i < count * rows * cols; ++i)
      pixels.push_back(static_cast<std::uint8_t>(i % 251));
    bytes.insert(bytes.end(), pixels.begin(), pixels.end());
    const IdxImages images = parse_idx_images(file_of(bytes), "x.idx");
    EXPECT_EQ(images.count, count);
    EXPECT_EQ(images.rows, rows);
    EXPECT_EQ(images.cols, cols);
    EXPECT_TRUE(identical(images.pixels, pixels));
  }
}

// Two bytes of a count with their high bit set: a shift of a signed byte would go wrong here.
TEST(IdxLabels, ReadsCountsWithHighBits) {
  Bytes bytes = with_u32(Bytes(8 + 0x80ff, 7), 0, 0x00000801);
  bytes = with_u32(bytes, 4, 0x80ff);
  EXPECT_EQ(parse_idx_labels(file_of(bytes), "x.idx").size(), 0x80ffu);
}

TEST(Idx, AFileOfNothingIsNoError) {
  EXPECT_EQ(
      parse_idx_images(file_of({0, 0, 8, 3, 0, 0, 0, 0, 0, 0, 0, 28, 0, 0, 0, 28}), "x").count, 0);
  EXPECT_TRUE(parse_idx_labels(file_of({0, 0, 8, 1, 0, 0, 0, 0}), "x").empty());
}

TEST(Idx, SaysWhenImagesAndLabelsChangedPlaces) {
  EXPECT_TRUE(says(images_refusal(with_u32(kImages, 0, 0x801)), "x.idx is an IDX file of labels"));
  EXPECT_TRUE(says(images_refusal(with_one_more(with_one_more(with_one_more(kLabels)))),
                   "x.idx is an IDX file of labels"));
  EXPECT_TRUE(says(labels_refusal(kImages), "x.idx is an IDX file of images"));
}

TEST(Idx, RefusesOtherMagic) {
  for (const std::uint32_t magic :
       {0x00000000u, 0x03080000u, 0x00000d03u, 0x01000803u, 0x1f8b0800u}) {
    EXPECT_TRUE(says(images_refusal(with_u32(kImages, 0, magic)), "no IDX file of bytes"));
    EXPECT_TRUE(says(labels_refusal(with_u32(kLabels, 0, magic)), "no IDX file of bytes"));
  }
}

// Cut anywhere, a file is refused; at no place does it crash or pass.
TEST(Idx, RefusesEveryTruncation) {
  for (Bytes bytes = without_last(kImages); !bytes.empty(); bytes.pop_back()) {
    EXPECT_TRUE(says(images_refusal(bytes), "x.idx")) << bytes.size() << " bytes";
  }
  for (Bytes bytes = without_last(kLabels); !bytes.empty(); bytes.pop_back()) {
    EXPECT_TRUE(says(labels_refusal(bytes), "x.idx")) << bytes.size() << " bytes";
  }
  EXPECT_TRUE(says(images_refusal({}), "0 bytes"));
  EXPECT_TRUE(says(labels_refusal({}), "0 bytes"));
  EXPECT_TRUE(says(images_refusal(without_last(kImages)), "ends early"));
  EXPECT_TRUE(says(labels_refusal(without_last(kLabels)), "ends early"));
}

TEST(Idx, RefusesTrailingBytes) {
  EXPECT_TRUE(says(images_refusal(with_one_more(kImages)), "goes on too long"));
  EXPECT_TRUE(says(labels_refusal(with_one_more(kLabels)), "goes on too long"));
}

// Products that overflow. Multiplied in 32 bits 65536 * 65536 is 0, and 0x40000003 * 4 is the file's
// own 12; in 64 bits so is 2016807463 * 737524029 * 986871972. None may pass for 12 bytes.
TEST(Idx, RefusesExtentsNoFileCanHold) {
  const auto claim = [](std::uint32_t count, std::uint32_t rows, std::uint32_t cols) {
    return with_u32(with_u32(with_u32(kImages, 4, count), 8, rows), 12, cols);
  };
  const std::uint32_t most = 0x7fffffff;
  for (const Bytes& bytes :
       {claim(0xffffffff, 28, 28), claim(0x80000000, 1, 1), claim(2, 0xffffffff, 3),
        claim(2, 65536, 65536), claim(65536, 256, 256), claim(most, most, most), claim(2, 0, 3),
        claim(2, 2, 0), claim(0, 0, 0), claim(1, most, most), claim(4, 0x40000000, 4),
        claim(1, 0x40000003, 4), claim(2016807463, 737524029, 986871972)}) {
    EXPECT_TRUE(says(images_refusal(bytes), "x.idx"));
  }
  EXPECT_TRUE(says(images_refusal(claim(0xffffffff, 28, 28)), "4294967295 images"));
  for (const std::uint32_t count : {0xffffffffu, 0x80000000u, most, 0x01000005u}) {
    EXPECT_TRUE(says(labels_refusal(with_u32(kLabels, 4, count)), "x.idx"));
  }
}

// Written by Python: gzip.compress(the bytes of kImages, mtime=0).
const Bytes kZipped = {0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0x63,
                       0x60, 0xe0, 0x60, 0x66, 0x60, 0x60, 0x60, 0x82, 0x62, 0x66, 0x06,
                       0x87, 0x86, 0x03, 0xff, 0x19, 0x99, 0x98, 0x59, 0x58, 0xd9, 0xd8,
                       0x01, 0xc4, 0xb3, 0xcf, 0x2e, 0x1c, 0x00, 0x00, 0x00};

TEST(ReadIdx, ReadsAFileAsItIsOrCompressed) {
  const TemporaryFolder folder;
  for (const Bytes& bytes : {kImages, kZipped}) {
    write_file_atomically(folder.path() / "images", file_of(bytes));
    const IdxImages images = read_idx_images(folder.path() / "images");
    EXPECT_EQ(images.count, 2);
    EXPECT_EQ(images.pixels.at(4), 255);
  }
  write_file_atomically(folder.path() / "labels", file_of(kLabels));
  EXPECT_EQ(read_idx_labels(folder.path() / "labels").size(), 5u);
}

TEST(ReadIdx, NamesTheFileThatIsBroken) {
  const TemporaryFolder folder;
  const std::filesystem::path path = folder.path() / "cut.gz";
  write_file_atomically(path, file_of(without_last(kZipped)));
  EXPECT_TRUE(says(message_of([&] { read_idx_images(path); }), "cut.gz"));
  EXPECT_TRUE(says(message_of([&] { read_idx_images(folder.path()); }), folder.path().string()));
}

TEST(ReadIdx, SaysWhereAMissingFileShouldComeFrom) {
  const std::string message = message_of([] { read_idx_labels("nowhere/labels.gz"); });
  EXPECT_TRUE(says(message, "nowhere/labels.gz"));
  EXPECT_TRUE(says(message, "reference/datasets/mnist"));
  EXPECT_TRUE(says(message, "dataset-fashion-mnist"));
}

// How often each digit comes among MNIST's test labels, and its first five, counted by Python.
TEST(ReadIdx, ReadsTheLabelsOfMnist) {
  const Bytes labels =
      read_idx_labels(golden_dir().parent_path() / "datasets/mnist/t10k-labels-idx1-ubyte.gz");
  ASSERT_EQ(labels.size(), 10000u);
  EXPECT_EQ(Bytes(labels.begin(), labels.begin() + 5), (Bytes{7, 2, 1, 0, 4}));
  std::vector<int> counts(10);
  for (const std::uint8_t label : labels) ++counts.at(label);
  EXPECT_EQ(counts, (std::vector{980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009}));
}

}  // namespace
}  // namespace nn::basic
