// Weights: named arrays and strings in one file, readable by every framework.
// Source: the format's description, "Format" in the README of safetensors [Safetensors].
//
//   8 bytes                     N bytes                             the rest
//   +-------------------------+-----------------------------------+-----------------------+
//   | N, little-endian        | {"layers.0.w":{"dtype":"F64",     | the arrays, row-major |
//   |                         |  "shape":[2,3],                   | one after the other   |
//   |                         |  "data_offsets":[0,48]}, ...}     |                       |
//   +-------------------------+-----------------------------------+-----------------------+
//
// A model has layers.N.w (C,OC) and layers.N.bias (OC), F64 in phase 1 and F32 after, and its
// architecture as JSON in the metadata. A checkpoint adds arrays and metadata of its own.
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "common/npy.h"

namespace nn {

struct Safetensors {
  std::map<std::string, std::string> metadata;
  std::map<std::string, NpyArray> tensors;  // F32 F64 I32 I64 U8

  // The array or string of this name; nn::Error that lists what there is if it is missing.
  // Whether its shape and dtype are the wanted ones is the caller's to check.
  const NpyArray& tensor(const std::string& name) const;
  const std::string& metadata_value(const std::string& key) const;

  bool operator==(const Safetensors&) const = default;
};

// Malformed (header longer than the file or 100 MB, JSON, a name twice, an unknown dtype, offsets
// out of order or range, with gaps, overlaps or bytes left over, or not as many as the shape
// needs): nn::Error that names the file, the array and what is wrong.
Safetensors parse_safetensors(std::span<const std::byte> bytes, const std::string& file);
Safetensors read_safetensors(const std::filesystem::path& path);

// The metadata's key for checksum().
inline constexpr const char* kChecksumKey = "crc32";

// A CRC-32, as eight hexadecimal digits, over every name, type, shape, byte and metadata text, but for the
// one under kChecksumKey: to tell a flipped bit, which among weights nothing else would show.
std::string checksum(const Safetensors& content);

// Equal content gives equal bytes: arrays by the size of their elements, the larger first, so that
// each is aligned; then by name. nn::Error if a name or a string is not UTF-8.
std::vector<std::byte> format_safetensors(const Safetensors& content);
void write_safetensors(const std::filesystem::path& path, const Safetensors& content);

}  // namespace nn
