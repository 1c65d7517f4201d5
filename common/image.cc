#include "common/image.h"

#include <png.h>

#include <algorithm>
#include <cmath>

#include "common/check.h"
#include "common/file.h"

namespace nn {

namespace {

// 16,384 x 16,384 grey: more than any picture of ours, and the most memory that a damaged header
// can make us ask for.
constexpr std::int64_t kMaxSamples = (std::int64_t{1} << 28) - 1;

std::size_t sample_count(int width, int height, int channels) {
  NN_CHECK(width >= 1 && height >= 1, "an image of ", width, " x ", height,
           " pixels; both are 1 or more");
  const std::int64_t pixels = std::int64_t{width} * height;  // < 2^62
  NN_CHECK(pixels <= kMaxSamples / channels, "an image of ", width, " x ", height, " pixels with ",
           channels, " channels; 2^28 - 1 samples are the most");
  return static_cast<std::size_t>(pixels * channels);
}

bool is_inside(const Image& image, int x, int y) {
  return x >= 0 && x < image.width && y >= 0 && y < image.height;
}

std::size_t first_sample(const Image& image, int x, int y) {
  return (static_cast<std::size_t>(y) * static_cast<std::size_t>(image.width) +
          static_cast<std::size_t>(x)) *
         3;
}

// libpng's one-call interface: it catches libpng's own errors and reports them in `message`.
class PngHandle {
 public:
  PngHandle() { image.version = PNG_IMAGE_VERSION; }
  ~PngHandle() { png_image_free(&image); }
  PngHandle(const PngHandle&) = delete;
  PngHandle& operator=(const PngHandle&) = delete;

  png_image image{};
};

}  // namespace

Image make_image(int width, int height, Rgb background) {
  Image image{width, height, 3, {}};
  image.samples.resize(sample_count(width, height, 3));
  fill_rectangle(image, 0, 0, width, height, background);
  return image;
}

Rgb pixel(const Image& image, int x, int y) {
  NN_CHECK(image.channels == 3 && is_inside(image, x, y), "pixel (", x, ", ", y,
           ") of an image of ", image.width, " x ", image.height, " pixels with ", image.channels,
           " channels");
  const std::uint8_t* sample = &image.samples[first_sample(image, x, y)];
  return {sample[0], sample[1], sample[2]};
}

void set_pixel(Image& image, int x, int y, Rgb colour) {
  NN_CHECK_EQ(image.channels, 3, "drawing is in red, green, blue");
  if (!is_inside(image, x, y)) return;
  std::uint8_t* sample = &image.samples[first_sample(image, x, y)];
  sample[0] = colour.r;
  sample[1] = colour.g;
  sample[2] = colour.b;
}

void fill_rectangle(Image& image, int x, int y, int width, int height, Rgb colour) {
  for (int row = std::max(y, 0); row < std::min(y + height, image.height); ++row) {
    for (int column = std::max(x, 0); column < std::min(x + width, image.width); ++column) {
      set_pixel(image, column, row, colour);
    }
  }
}

void draw_frame(Image& image, int x, int y, int width, int height, Rgb colour) {
  fill_rectangle(image, x, y, width, 1, colour);
  fill_rectangle(image, x, y + height - 1, width, 1, colour);
  fill_rectangle(image, x, y, 1, height, colour);
  fill_rectangle(image, x + width - 1, y, 1, height, colour);
}

void fill_disc(Image& image, double x, double y, double radius, Rgb colour) {
  NN_CHECK(std::isfinite(x) && std::isfinite(y) && radius >= 0 && radius < 1e6, "a disc at (", x,
           ", ", y, ") of radius ", radius);
  // The pixels that the disc can touch, clamped to the image while still double: a disc may lie
  // further away than an int reaches.
  const auto clamp = [](double value, int limit) {
    return static_cast<int>(std::clamp(value, 0.0, static_cast<double>(limit)));
  };
  const int top = clamp(std::floor(y - radius), image.height);
  const int bottom = clamp(std::ceil(y + radius) + 1, image.height);
  const int left = clamp(std::floor(x - radius), image.width);
  const int right = clamp(std::ceil(x + radius) + 1, image.width);
  for (int row = top; row < bottom; ++row) {
    for (int column = left; column < right; ++column) {
      const double distance = std::hypot(column + 0.5 - x, row + 0.5 - y);
      const double share = std::clamp(radius + 0.5 - distance, 0.0, 1.0);
      set_pixel(image, column, row, mix(pixel(image, column, row), colour, share));
    }
  }
}

std::vector<std::byte> encode_png(const Image& image) {
  NN_CHECK(image.channels == 1 || image.channels == 3, image.channels,
           " channels; a picture has 1 (grey) or 3 (red, green, blue)");
  NN_CHECK_EQ(image.samples.size(), sample_count(image.width, image.height, image.channels),
              "samples of an image");
  PngHandle png;
  png.image.width = static_cast<png_uint_32>(image.width);
  png.image.height = static_cast<png_uint_32>(image.height);
  png.image.format = image.channels == 1 ? PNG_FORMAT_GRAY : PNG_FORMAT_RGB;
  png_alloc_size_t byte_count = PNG_IMAGE_PNG_SIZE_MAX(png.image);  // enough for any content
  std::vector<std::byte> bytes(byte_count);
  const int written = png_image_write_to_memory(&png.image, bytes.data(), &byte_count, 0,
                                                image.samples.data(), 0, nullptr);
  NN_CHECK(written != 0, "libpng: ", png.image.message);
  bytes.resize(byte_count);
  return bytes;
}

void write_png(const std::filesystem::path& path, const Image& image) {
  write_file_atomically(path, encode_png(image));
}

namespace {

// Reads the header, which says what kind of PNG it is in png.image.format.
void begin_reading(PngHandle& png, std::span<const std::byte> file, const std::string& name) {
  // Else libpng says of a short text that it ends too early.
  if (png_sig_cmp(reinterpret_cast<png_const_bytep>(file.data()), 0, file.size()) != 0) {
    throw Error(name + " is no readable PNG: Not a PNG file");
  }
  if (png_image_begin_read_from_memory(&png.image, file.data(), file.size()) == 0) {
    throw Error(detail::cat(name, " is no readable PNG: ", png.image.message));
  }
}

// Reads the samples in png.image.format, which has so many channels of 8 bits.
Image finish_reading(PngHandle& png, int channels, const std::string& name) {
  Image image;
  image.channels = channels;
  const std::int64_t most = kMaxSamples / channels;
  const std::int64_t width = png.image.width, height = png.image.height;  // < 2^32
  if (width > most || height > most || width * height > most) {
    throw Error(detail::cat(name, " claims ", width, " x ", height, " pixels; ", most,
                            " pixels are the most"));
  }
  image.width = static_cast<int>(png.image.width);
  image.height = static_cast<int>(png.image.height);
  image.samples.resize(sample_count(image.width, image.height, channels));
  if (png_image_finish_read(&png.image, nullptr, image.samples.data(), 0, nullptr) == 0) {
    throw Error(detail::cat(name, " is a damaged PNG: ", png.image.message));
  }
  return image;
}

}  // namespace

Image decode_png(std::span<const std::byte> file, const std::string& name) {
  PngHandle png;
  begin_reading(png, file, name);
  if (png.image.format != PNG_FORMAT_GRAY && png.image.format != PNG_FORMAT_RGB) {
    throw Error(name +
                " is a PNG with transparency, a palette or 16-bit samples; only 8-bit grey and RGB "
                "are read here");
  }
  return finish_reading(png, png.image.format == PNG_FORMAT_GRAY ? 1 : 3, name);
}

Image decode_png_as_rgba(std::span<const std::byte> file, const std::string& name) {
  PngHandle png;
  begin_reading(png, file, name);
  // Without this, libpng takes 16-bit samples for linear light, and mid-grey comes out bright.
  png.image.flags |= PNG_IMAGE_FLAG_16BIT_sRGB;
  png.image.format = PNG_FORMAT_RGBA;
  return finish_reading(png, 4, name);
}

Image read_png(const std::filesystem::path& path) {
  return decode_png(read_file(path), path.string());
}

}  // namespace nn
