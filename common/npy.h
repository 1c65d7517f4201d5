// NumPy's .npy files, versions 1.0 and 2.0, dtypes <f4 <f8 <i4 <i8 |u1, in C or Fortran order.
// Source: the format's own page, numpy.lib.format [NumPyFormat].
//
// A malformed file (magic, version, header syntax, unknown dtype, a shape whose size overflows,
// too few or too many bytes) throws nn::Error that names the file and what is wrong. Nothing is
// allocated before the header's claim has been checked against the file's size.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "common/compare.h"

namespace nn {

enum class Dtype { f4, f8, i4, i8, u1 };
const char* name(Dtype dtype);     // "<f8", as the header spells it
std::size_t size_of(Dtype dtype);  // bytes an element
// Bytes of an array; nothing if they are more than 2^63 - 1. Extents are 0 or more.
std::optional<std::uint64_t> byte_count(Dtype dtype, const Shape& shape);

// An array as files hold it: row-major bytes, whatever order the file had.
struct NpyArray {
  Dtype dtype = Dtype::f8;
  Shape shape;
  std::vector<std::byte> bytes;  // element_count(shape) * size_of(dtype)

  std::int64_t size() const { return element_count(shape); }
  bool is_integer() const { return dtype != Dtype::f4 && dtype != Dtype::f8; }
  std::vector<double> as_doubles() const;         // exact for every dtype but large i8 (checked)
  std::vector<std::int64_t> as_integers() const;  // throws nn::Error for f4 and f8

  bool operator==(const NpyArray&) const = default;  // bit for bit, so NaN equals the same NaN
};

// A copy of these values, of the dtype that holds them exactly. nn::Error if there are not as many
// as the shape asks for.
NpyArray to_array(std::span<const double> values, const Shape& shape);
NpyArray to_array(std::span<const float> values, const Shape& shape);
NpyArray to_array(std::span<const std::int32_t> values, const Shape& shape);
NpyArray to_array(std::span<const std::int64_t> values, const Shape& shape);
NpyArray to_array(std::span<const std::uint8_t> values, const Shape& shape);

NpyArray read_npy(const std::filesystem::path& path);
// The same from memory; `name` is what messages call it. (What the fuzzer calls.)
NpyArray parse_npy(std::span<const std::byte> file, const std::string& name);

// A file of version 1.0 in C order, byte for byte as numpy.save writes it. At most 32 extents.
std::vector<std::byte> format_npy(const NpyArray& array);

// The same, through write_file_atomically (common/file.h).
void write_npy(const std::filesystem::path& path, std::span<const double> values,
               const Shape& shape);
void write_npy(const std::filesystem::path& path, std::span<const float> values,
               const Shape& shape);
void write_npy(const std::filesystem::path& path, std::span<const std::int32_t> values,
               const Shape& shape);
void write_npy(const std::filesystem::path& path, std::span<const std::int64_t> values,
               const Shape& shape);
void write_npy(const std::filesystem::path& path, std::span<const std::uint8_t> values,
               const Shape& shape);

}  // namespace nn
