// Images in memory, the few shapes our pictures are made of, and PNG files.
//
// PNG itself is libpng's business. The bytes written depend on the image alone (no time stamp, a
// fixed filter and compression level), so the same picture is the same file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "common/palette.h"

namespace nn {

// samples (height, width, channels), row-major, row 0 on top; 0 dark, 255 bright.
struct Image {
  int width = 0;
  int height = 0;
  int channels = 3;  // 1 grey, 3 red green blue, 4 red green blue opacity
  std::vector<std::uint8_t> samples;

  bool operator==(const Image&) const = default;
};

// An RGB image of one colour. width or height < 1: nn::Error.
Image make_image(int width, int height, Rgb background = kPaper);

// The drawing functions take RGB images and leave alone what lies outside the image.
Rgb pixel(const Image& image, int x, int y);  // outside: nn::Error
void set_pixel(Image& image, int x, int y, Rgb colour);
// width x height pixels, the top left one at (x, y). Not positive: draws nothing.
void fill_rectangle(Image& image, int x, int y, int width, int height, Rgb colour);
// A frame one pixel wide, just inside that rectangle.
void draw_frame(Image& image, int x, int y, int width, int height, Rgb colour);
// A disc around the point (x, y), where (0, 0) is the corner of the top left pixel. Pixels on the
// rim are mixed by how far the rim runs from their middle, so the edge looks smooth.
void fill_disc(Image& image, double x, double y, double radius, Rgb colour);

// 8 bits a sample, grey or RGB; not with opacity. An image whose samples do not fit its extents: nn::Error.
std::vector<std::byte> encode_png(const Image& image);
void write_png(const std::filesystem::path& path, const Image& image);  // write_file_atomically

// Reads 8-bit grey and RGB without transparency, which is what we write; any other kind, and a
// damaged or truncated file, is nn::Error. `name` is what messages call the bytes.
Image decode_png(std::span<const std::byte> file, const std::string& name);
Image read_png(const std::filesystem::path& path);

// Any kind of PNG as 8-bit red, green, blue and opacity (0 transparent .. 255), for pictures that
// others made: grey levels repeated, palettes looked up, a transparent colour as opacity 0, 16-bit
// samples rounded. Without a note on its colour space, of whatever depth, a file is taken to be sRGB;
// with one it is converted. Damaged, or of more than 2^26 pixels: nn::Error.
Image decode_png_as_rgba(std::span<const std::byte> file, const std::string& name);

}  // namespace nn
