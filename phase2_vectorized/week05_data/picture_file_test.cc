#include "phase2_vectorized/week05_data/picture_file.h"

#include <gtest/gtest.h>
#include <png.h>
#include <zlib.h>

#include <array>
#include <cmath>
#include <iostream>
#include <vector>

#include "common/file.h"
#include "common/image.h"
#include "common/test_files.h"
#include "phase2_vectorized/testing.h"

namespace nn::cpu {
namespace {

// What libpng is to write: any kind that there is, which common/image.h writes only two of.
struct Kind {
  int bit_depth;  // 1, 2, 4, 8 or 16
  int colour_type;
  bool interlaced = false;
  double gamma = 0;                     // a note on the colour space; 0: none
  std::vector<png_color> palette = {};  // of PNG_COLOR_TYPE_PALETTE
  std::vector<png_byte> palette_opacity = {};
  int transparent_grey = -1;  // a grey level that is transparent; -1: none
};

// A PNG file of these rows, which hold the samples as PNG does: packed, 16 bits big end first.
std::vector<std::byte> png_of(const Kind& kind, int width,
                              std::vector<std::vector<png_byte>> rows) {
  std::vector<std::byte> file;
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png_create_info_struct(png);
  const auto append = [](png_structp p, png_bytep bytes, png_size_t count) {
    auto* to = static_cast<std::vector<std::byte>*>(png_get_io_ptr(p));
    const auto* from = reinterpret_cast<const std::byte*>(bytes);
    to->insert(to->end(), from, from + count);
  };
  png_set_write_fn(png, &file, append, nullptr);
  png_set_IHDR(png, info, static_cast<png_uint_32>(width), static_cast<png_uint_32>(rows.size()),
               kind.bit_depth, kind.colour_type,
               kind.interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  if (kind.gamma > 0) png_set_gAMA(png, info, kind.gamma);
  if (!kind.palette.empty())
    png_set_PLTE(png, info, kind.palette.data(), static_cast<int>(kind.palette.size()));
  png_color_16 grey{};
  grey.gray = static_cast<png_uint_16>(kind.transparent_grey);
  if (!kind.palette_opacity.empty()) {
    png_set_tRNS(png, info, kind.palette_opacity.data(),
                 static_cast<int>(kind.palette_opacity.size()), nullptr);
  } else if (kind.transparent_grey >= 0) {
    png_set_tRNS(png, info, nullptr, 0, &grey);
  }
  std::vector<png_bytep> pointers;
  for (auto& row : rows) pointers.push_back(row.data());
  png_write_info(png, info);
  png_write_image(png, pointers.data());
  png_write_end(png, info);
  png_destroy_write_struct(&png, &info);
  return file;
}

Matrix decoded(const std::vector<std::byte>& file) { return decode_grey_picture(file, "memory"); }

// Bytes as brightness.
Matrix brightness(const std::vector<std::vector<double>>& bytes) {
  Matrix grey(static_cast<int>(bytes.size()), static_cast<int>(bytes[0].size()));
  float* to = grey.data();
  for (const auto& row : bytes) {
    for (const double byte : row) *to++ = static_cast<float>(byte / 255);
  }
  return grey;
}

// Three products, three sums and a division in float; with opacity, some more.
constexpr Bound kRounded{.abs = 12 * kUnitRoundoff32};

TEST(DecodeGreyPicture, Grey) {
  const std::vector<std::byte> file =
      png_of({8, PNG_COLOR_TYPE_GRAY}, 3, {{0, 17, 255}, {200, 1, 128}});
  EXPECT_TRUE(close(decoded(file), brightness({{0, 17, 255}, {200, 1, 128}}), kRounded));
}

TEST(DecodeGreyPicture, ColoursByHowBrightTheyLook) {
  const std::vector<std::byte> file = png_of(
      {8, PNG_COLOR_TYPE_RGB}, 5, {{255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255, 10, 20, 30}});
  const Matrix want{{0.2126F, 0.7152F, 0.0722F, 1,
                     static_cast<float>((0.2126 * 10 + 0.7152 * 20 + 0.0722 * 30) / 255)}};
  EXPECT_TRUE(close(decoded(file), want, kRounded));
}

TEST(DecodeGreyPicture, FewerBitsAreSpreadOverTheWholeRange) {
  EXPECT_TRUE(
      close(decoded(png_of({1, PNG_COLOR_TYPE_GRAY}, 9, {{0b1010'0111, 0}, {0b0110'0000, 0x80}})),
            brightness({{255, 0, 255, 0, 0, 255, 255, 255, 0}, {0, 255, 255, 0, 0, 0, 0, 0, 255}}),
            kRounded));
  EXPECT_TRUE(close(decoded(png_of({2, PNG_COLOR_TYPE_GRAY}, 4, {{0b00'01'10'11}})),
                    brightness({{0, 85, 170, 255}}), kRounded));
  EXPECT_TRUE(close(decoded(png_of({4, PNG_COLOR_TYPE_GRAY}, 3, {{0x0F, 0x80}})),
                    brightness({{0, 255, 136}}), kRounded));
}

// 16 bits are rounded to 8; mid-grey stays mid-grey, and is not taken for linear light.
TEST(DecodeGreyPicture, SixteenBits) {
  const std::vector<std::byte> file =
      png_of({16, PNG_COLOR_TYPE_GRAY}, 3,
             {{0x80, 0x80, 0xFF, 0xFF, 0x00, 0xFF}, {0, 0, 0x40, 0x41, 0x10, 0x90}});
  EXPECT_TRUE(close(decoded(file), brightness({{128, 255, 1}, {0, 64, 16}}), kRounded));
  const std::vector<std::byte> colour =
      png_of({16, PNG_COLOR_TYPE_RGB}, 1, {{0x80, 0x80, 0x40, 0x40, 0x20, 0x20}});
  EXPECT_TRUE(
      close(decoded(colour), brightness({{0.2126 * 128 + 0.7152 * 64 + 0.0722 * 32}}), kRounded));
}

TEST(DecodeGreyPicture, Palette) {
  const Kind kind{.bit_depth = 2,
                  .colour_type = PNG_COLOR_TYPE_PALETTE,
                  .palette = {{255, 255, 255}, {9, 9, 9}, {0, 255, 0}, {1, 2, 3}}};
  EXPECT_TRUE(close(decoded(png_of(kind, 3, {{0b00'01'10'00}, {0b01'00'01'00}})),
                    brightness({{255, 9, 0.7152 * 255}, {9, 255, 9}}), kRounded));
}

// Black ink on nothing is black ink on paper.
TEST(DecodeGreyPicture, WhatIsTransparentIsPaper) {
  const std::vector<std::byte> file =
      png_of({8, PNG_COLOR_TYPE_GRAY_ALPHA}, 4, {{0, 0, 0, 255, 0, 51, 100, 255}});
  EXPECT_TRUE(close(decoded(file), brightness({{255, 0, 204, 100}}), kRounded));
  const std::vector<std::byte> rgba =
      png_of({8, PNG_COLOR_TYPE_RGB_ALPHA}, 2, {{0, 255, 0, 255, 1, 2, 3, 0}});
  EXPECT_TRUE(close(decoded(rgba), brightness({{0.7152 * 255, 255}}), kRounded));
  const Kind palette{.bit_depth = 8,
                     .colour_type = PNG_COLOR_TYPE_PALETTE,
                     .palette = {{0, 0, 0}, {7, 7, 7}},
                     .palette_opacity = {0}};
  EXPECT_TRUE(close(decoded(png_of(palette, 2, {{0, 1}})), brightness({{255, 7}}), kRounded));
  const Kind grey{.bit_depth = 8, .colour_type = PNG_COLOR_TYPE_GRAY, .transparent_grey = 0};
  EXPECT_TRUE(close(decoded(png_of(grey, 2, {{0, 50}})), brightness({{255, 50}}), kRounded));
}

// White ink on nothing would be nothing on white paper, so its paper is black.
TEST(DecodeGreyPicture, WhiteOnNothingIsSeenOnBlack) {
  const std::vector<std::byte> file =
      png_of({8, PNG_COLOR_TYPE_GRAY_ALPHA}, 3, {{255, 0, 255, 255, 255, 128}});
  EXPECT_TRUE(close(decoded(file), brightness({{0, 255, 128}}), kRounded));
  const std::vector<std::byte> blank = png_of({8, PNG_COLOR_TYPE_GRAY}, 2, {{255, 255}});
  EXPECT_TRUE(close(decoded(blank), brightness({{255, 255}}), kRounded))
      << "white paper stays white";
}

TEST(DecodeGreyPicture, Interlaced) {
  std::vector<std::vector<png_byte>> rows;
  std::vector<std::vector<double>> want;
  for (int r = 0; r < 9; ++r) {
    rows.emplace_back();
    want.emplace_back();
    for (int c = 0; c < 13; ++c) {
      rows.back().push_back(static_cast<png_byte>(r * 20 + c));
      want.back().push_back(r * 20 + c);
    }
  }
  const Kind kind{.bit_depth = 8, .colour_type = PNG_COLOR_TYPE_GRAY, .interlaced = true};
  EXPECT_TRUE(close(decoded(png_of(kind, 13, rows)), brightness(want), kRounded));
}

// A file that says its samples are linear light is converted. Half the light is byte 188 of sRGB's
// own curve; libpng reckons with a power of 1 / 2.2, which gives 186.
TEST(DecodeGreyPicture, ObeysTheFilesNoteOnItsColourSpace) {
  const Kind kind{.bit_depth = 8, .colour_type = PNG_COLOR_TYPE_GRAY, .gamma = 1.0};
  EXPECT_TRUE(close(decoded(png_of(kind, 3, {{0, 128, 255}})), brightness({{0, 186, 255}}),
                    Bound{.abs = 1.01 / 255}));
}

testing::AssertionResult is_refused(const std::vector<std::byte>& file,
                                    const std::vector<std::string>& parts) {
  return refuses([&] { decode_grey_picture(file, "the picture"); }, parts);
}

TEST(DecodeGreyPicture, RefusesEveryTruncation) {
  const std::vector<std::byte> file =
      png_of({16, PNG_COLOR_TYPE_RGB_ALPHA}, 3,
             {std::vector<png_byte>(24, 77), std::vector<png_byte>(24, 78)});
  // The last 12 bytes are the empty end chunk; without it the picture is whole.
  for (std::size_t size = 0; size + 12 < file.size(); ++size) {
    EXPECT_TRUE(is_refused({file.begin(), file.begin() + static_cast<std::ptrdiff_t>(size)},
                           {"the picture"}))
        << size;
  }
}

// Every byte of a file of each kind, spoilt in three ways: a picture whose numbers are
// brightnesses, or nn::Error. (What may pass is damage to notes on the side.)
TEST(DecodeGreyPicture, NeverGivesNonsenseForADamagedFile) {
  const std::vector<std::vector<std::byte>> files{
      png_of({8, PNG_COLOR_TYPE_GRAY}, 3, {{0, 17, 255}, {200, 1, 128}}),
      png_of({16, PNG_COLOR_TYPE_RGB_ALPHA}, 1, {{1, 2, 3, 4, 5, 6, 7, 8}}),
      png_of({.bit_depth = 2,
              .colour_type = PNG_COLOR_TYPE_PALETTE,
              .gamma = 0.45,
              .palette = {{255, 255, 255}, {9, 9, 9}},
              .palette_opacity = {7}},
             3, {{0b00'01'00'00}, {0b01'00'01'00}})};
  int refused = 0, spoilt = 0;
  for (const std::vector<std::byte>& file : files) {
    for (std::size_t i = 0; i < file.size(); ++i) {
      for (const int mask : {0x01, 0x80, 0xFF}) {
        std::vector<std::byte> damaged = file;
        damaged[i] ^= static_cast<std::byte>(mask);
        ++spoilt;
        try {
          const Matrix grey = decoded(damaged);
          for (const float value : grey.values()) {
            ASSERT_TRUE(value >= 0 && value <= 1) << value << " with byte " << i << " spoilt";
          }
        } catch (const Error&) {
          ++refused;
        }
      }
    }
  }
  std::cout << refused << " of " << spoilt << " damaged files refused\n";
  EXPECT_GT(refused, spoilt / 2);
}

TEST(DecodeGreyPicture, RefusesWhatIsNoPng) {
  EXPECT_TRUE(is_refused({}, {"the picture"}));
  EXPECT_TRUE(is_refused(to_bytes("GIF89a, says the file"), {"the picture is no readable PNG"}));
}

TEST(DecodeGreyPicture, RefusesMoreThanItsMemoryIsFor) {
  std::vector<std::byte> file = png_of({8, PNG_COLOR_TYPE_GRAY}, 1, {{7}});
  // Bytes 16 .. 23 are width and height, big end first; 29 .. 32 the check sum of 12 .. 28.
  for (const std::size_t i : {18, 19, 22, 23}) file[i] = std::byte{0x7F};  // 32639 x 32639
  const auto sum =
      static_cast<std::uint32_t>(crc32(0, reinterpret_cast<const Bytef*>(file.data()) + 12, 17));
  for (std::size_t i = 0; i < 4; ++i) file[29 + i] = static_cast<std::byte>(sum >> (24 - 8 * i));
  EXPECT_TRUE(is_refused(
      file, {"the picture claims 32639 x 32639 pixels", "67108863 pixels are the most"}));
}

TEST(ReadGreyPicture, NamesTheFile) {
  const TemporaryFolder folder;
  const std::filesystem::path path = folder.path() / "nine.png";
  EXPECT_TRUE(refuses([&] { read_grey_picture(path); }, {path.string()}));
  write_file_atomically(path, std::string_view("no picture"));
  EXPECT_TRUE(refuses([&] { read_grey_picture(path); }, {path.string(), "no readable PNG"}));
  write_png(path, make_image(5, 3, {0, 255, 0}));
  EXPECT_TRUE(close(read_grey_picture(path), Matrix(3, 5, 0.7152F), kRounded));
}

}  // namespace
}  // namespace nn::cpu
