#include "common/image.h"

#include <gtest/gtest.h>
#include <png.h>
#include <zlib.h>

#include <cmath>
#include <filesystem>
#include <numbers>

#include "common/check.h"

namespace nn {
namespace {

// No two neighbouring samples alike, no symmetry.
Image patterned_image(int width, int height, int channels) {
  Image image{width, height, channels, {}};
  for (int i = 0; i < width * height * channels; ++i) {
    image.samples.push_back(static_cast<std::uint8_t>((i * 37 + i / 7) % 251));
  }
  return image;
}

TEST(Png, GivesBackWhatWasWritten) {
  for (const int channels : {1, 3}) {
    for (const auto& [width, height] :
         std::vector<std::pair<int, int>>{{1, 1}, {31, 3}, {3, 33}, {129, 127}}) {
      const Image image = patterned_image(width, height, channels);
      EXPECT_EQ(decode_png(encode_png(image), "memory"), image) << width << " x " << height;
    }
  }
}

TEST(Png, IsTheSameFileEachTime) {
  EXPECT_EQ(encode_png(patterned_image(31, 33, 3)), encode_png(patterned_image(31, 33, 3)));
}

TEST(Png, GoesThroughAFile) {
  const std::filesystem::path path =
      std::filesystem::path(testing::TempDir()) / "groundup_image_test.png";
  write_png(path, patterned_image(32, 5, 3));
  EXPECT_EQ(read_png(path), patterned_image(32, 5, 3));
  std::filesystem::remove(path);
  EXPECT_THROW(read_png(path), Error);
  EXPECT_THROW(write_png(path / "no_such_folder" / "x.png", patterned_image(1, 1, 1)), Error);
}

std::string refusal(std::span<const std::byte> file) {
  try {
    decode_png(file, "the file");
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(Png, RefusesEveryTruncation) {
  const std::vector<std::byte> png = encode_png(patterned_image(33, 7, 3));
  // The last 12 bytes are the empty end chunk; without it the picture is whole.
  for (std::size_t size = 0; size + 12 < png.size(); ++size) {
    EXPECT_NE(refusal(std::span(png).first(size)).find("the file"), std::string::npos) << size;
  }
}

TEST(Png, NeverGivesADamagedPicture) {
  const Image image = patterned_image(33, 7, 3);
  const std::vector<std::byte> png = encode_png(image);
  int refused = 0;
  for (std::size_t i = 0; i < png.size(); ++i) {
    std::vector<std::byte> damaged = png;
    damaged[i] ^= std::byte{0x10};
    try {
      EXPECT_EQ(decode_png(damaged, "damaged"), image) << "byte " << i;
    } catch (const Error&) {
      ++refused;
    }
  }
  // What may pass is damage outside the pixels: the note on colour space, the end chunk.
  EXPECT_GE(refused, static_cast<int>(png.size()) - 40);
}

TEST(Png, RefusesAHeaderThatAsksForTooMuchMemory) {
  std::vector<std::byte> png = encode_png(patterned_image(1, 1, 1));
  // Bytes 16 .. 23 are width and height, big end first; 29 .. 32 the check sum of 12 .. 28.
  for (const std::size_t i : {18, 19, 22, 23}) png[i] = std::byte{0xFF};  // 65535 x 65535
  const auto sum =
      static_cast<std::uint32_t>(crc32(0, reinterpret_cast<const Bytef*>(png.data()) + 12, 17));
  for (std::size_t i = 0; i < 4; ++i) png[29 + i] = static_cast<std::byte>(sum >> (24 - 8 * i));
  EXPECT_NE(refusal(png).find("65535 x 65535"), std::string::npos) << refusal(png);
}

TEST(Png, RefusesKindsItWouldHaveToConvert) {
  for (const png_uint_32 format :
       {PNG_FORMAT_RGBA, PNG_FORMAT_GA, PNG_FORMAT_LINEAR_RGB, PNG_FORMAT_RGB_COLORMAP}) {
    png_image png{};
    png.version = PNG_IMAGE_VERSION;
    png.width = png.height = 2;
    png.format = format;
    png.colormap_entries = 2;
    const std::uint16_t samples[16] = {};
    const std::uint8_t colours[6] = {1, 2, 3, 4, 5, 6};
    std::vector<std::byte> file(4096);
    png_alloc_size_t size = file.size();
    ASSERT_NE(png_image_write_to_memory(&png, file.data(), &size, 0, samples, 0, colours), 0)
        << png.message;
    file.resize(size);
    EXPECT_NE(refusal(file).find("only 8-bit grey and RGB"), std::string::npos) << format;
  }
}

TEST(Png, ReadsAnyKindAsRgba) {
  const Image grey = decode_png_as_rgba(encode_png(patterned_image(5, 3, 1)), "grey");
  const Image colour = decode_png_as_rgba(encode_png(patterned_image(5, 3, 3)), "colour");
  ASSERT_EQ(grey.channels, 4);
  ASSERT_EQ(colour.samples.size(), 60U);
  for (std::size_t i = 0; i < 15; ++i) {
    const std::uint8_t level = patterned_image(5, 3, 1).samples[i];
    const Image rgb = patterned_image(5, 3, 3);
    const std::uint8_t* from = &rgb.samples[3 * i];
    const auto pixel_of = [i](const Image& image) {
      return std::vector(image.samples.begin() + 4 * static_cast<std::ptrdiff_t>(i),
                         image.samples.begin() + 4 * static_cast<std::ptrdiff_t>(i) + 4);
    };
    EXPECT_EQ(pixel_of(grey), (std::vector<std::uint8_t>{level, level, level, 255}));
    EXPECT_EQ(pixel_of(colour), (std::vector<std::uint8_t>{from[0], from[1], from[2], 255}));
  }
  png_image png{};
  png.version = PNG_IMAGE_VERSION;
  png.width = 2;
  png.height = 1;
  png.format = PNG_FORMAT_RGBA;
  const std::vector<std::uint8_t> samples{10, 20, 30, 40, 50, 60, 70, 255};
  std::vector<std::byte> file(4096);
  png_alloc_size_t size = file.size();
  ASSERT_NE(png_image_write_to_memory(&png, file.data(), &size, 0, samples.data(), 0, nullptr), 0);
  file.resize(size);
  EXPECT_EQ(decode_png_as_rgba(file, "with opacity").samples, samples);
  EXPECT_THROW(decode_png_as_rgba(std::span(file).first(size / 2), "half a file"), Error);
}

TEST(Png, RefusesAnImageThatContradictsItself) {
  Image image = patterned_image(3, 5, 3);
  image.samples.pop_back();
  EXPECT_THROW(encode_png(image), Error);
  image = patterned_image(3, 5, 2);
  EXPECT_THROW(encode_png(image), Error);
  EXPECT_THROW(make_image(0, 5), Error);
  EXPECT_THROW(make_image(5, -1), Error);
  EXPECT_THROW(make_image(1 << 15, 1 << 15), Error);
}

TEST(Drawing, FillsARectangleAndNothingElse) {
  Image image = make_image(7, 5, {1, 2, 3});
  fill_rectangle(image, 2, 1, 3, 2, {9, 8, 7});
  for (int y = 0; y < 5; ++y) {
    for (int x = 0; x < 7; ++x) {
      const bool inside = x >= 2 && x < 5 && y >= 1 && y < 3;
      EXPECT_EQ(pixel(image, x, y), (inside ? Rgb{9, 8, 7} : Rgb{1, 2, 3})) << x << ", " << y;
    }
  }
}

TEST(Drawing, CutsOffWhatLiesOutside) {
  Image image = make_image(3, 2, kPaper);
  set_pixel(image, -1, 0, kInk);
  set_pixel(image, 3, 0, kInk);
  set_pixel(image, 0, 2, kInk);
  fill_rectangle(image, 5, 5, 9, 9, kInk);
  fill_rectangle(image, 1, 1, -3, 2, kInk);
  fill_disc(image, -1e9, 1e12, 3, kInk);
  EXPECT_EQ(image, make_image(3, 2, kPaper));
  fill_rectangle(image, -10, -10, 100, 100, kInk);
  EXPECT_EQ(image, make_image(3, 2, kInk));
  EXPECT_THROW(pixel(image, 3, 0), Error);
  EXPECT_THROW(fill_disc(image, std::nan(""), 0, 1, kInk), Error);
  Image grey = patterned_image(3, 2, 1);
  EXPECT_THROW(set_pixel(grey, 0, 0, kInk), Error);
}

TEST(Drawing, DiscHasItsAreaAndCentre) {
  for (const double radius : {1.0, 4.0, 10.5}) {
    Image image = make_image(33, 31, {0, 0, 0});
    fill_disc(image, 16.25, 15.5, radius, {255, 255, 255});
    double area = 0, sum_x = 0, sum_y = 0;
    for (int y = 0; y < 31; ++y) {
      for (int x = 0; x < 33; ++x) {
        const double share = pixel(image, x, y).r / 255.0;
        area += share;
        sum_x += share * (x + 0.5);
        sum_y += share * (y + 0.5);
      }
    }
    // A rim one pixel wide and linear across adds pi / 12 to pi r^2. What is left is the error of
    // summing over pixels: 1.2 % measured at r = 1, less above.
    const double want = std::numbers::pi * (radius * radius + 1.0 / 12);
    EXPECT_NEAR(area, want, 0.02 * want);
    EXPECT_NEAR(sum_x / area, 16.25, 0.05);
    EXPECT_NEAR(sum_y / area, 15.5, 0.05);
  }
}

TEST(Mix, GoesFromOneColourToTheOther) {
  constexpr Rgb a = {0, 100, 200}, b = {100, 0, 201};
  static_assert(mix(a, b, 0) == a && mix(a, b, 1) == b);
  EXPECT_EQ(mix(a, b, 0.5), (Rgb{50, 50, 201}));
  EXPECT_EQ(mix(a, b, -7), a);
  EXPECT_EQ(mix(a, b, 7), b);
  EXPECT_EQ(mix(a, b, std::nan("")), a);
}

}  // namespace
}  // namespace nn
