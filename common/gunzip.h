// Files compressed by gzip, through zlib's inflate [RFC1952].
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace nn {

// What a gzip file holds; of several members, one after the other, all of it. nn::Error that
// names `file` where it is empty, cut short, damaged (zlib checks CRC-32 and length), followed by
// anything else, or where the content is larger than max_bytes: a file of 1 MB can hold 1 GB.
std::vector<std::byte> gunzip(std::span<const std::byte> bytes, const std::string& file,
                              std::uint64_t max_bytes);

// Reads a file, and decompresses it if it begins as a gzip file does. The content may have
// max_bytes, compressed or not.
std::vector<std::byte> read_maybe_gzipped(const std::filesystem::path& path,
                                          std::uint64_t max_bytes);

}  // namespace nn
