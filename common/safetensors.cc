#include "common/safetensors.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <zlib.h>

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "common/check.h"
#include "common/file.h"
#include "common/json.h"

namespace nn {
namespace {

using nlohmann::json;

constexpr std::size_t kLengthBytes = 8;                 // the number before the header
constexpr std::uint64_t kMaxHeaderBytes = 100'000'000;  // the reference implementation's limit
constexpr std::size_t kAlignment = 8;                   // of the first array in the file
constexpr const char* kMetadata = "__metadata__";

// In the order in which the reference implementation writes them.
constexpr std::pair<Dtype, const char*> kDtypes[] = {{Dtype::i8, "I64"},
                                                     {Dtype::f8, "F64"},
                                                     {Dtype::f4, "F32"},
                                                     {Dtype::i4, "I32"},
                                                     {Dtype::u1, "U8"}};

template <class... Parts>
[[noreturn]] void refuse(const std::string& file, const Parts&... parts) {
  throw Error(detail::cat(file, ": not a safetensors file we can read: ", parts...));
}

// A part of the header, for a message: in quotes and with escapes if it is a string.
std::string shown(const json& value) {
  constexpr std::size_t kEnough = 80;
  const std::string text = value.dump();
  return text.size() <= kEnough ? text : text.substr(0, kEnough) + "...";
}

// What the header says of one array, which takes the bytes [begin, end) of the data.
struct Entry {
  std::uint64_t begin, end;
  std::string name;
  Dtype dtype;
  Shape shape;
};

std::map<std::string, std::string> read_metadata(const json& object, const std::string& file) {
  if (!object.is_object()) refuse(file, kMetadata, " should be an object");
  std::map<std::string, std::string> strings;
  for (const auto& [key, value] : object.items()) {
    if (!value.is_string()) refuse(file, kMetadata, ": ", shown(key), " should be a string");
    strings[key] = value.get<std::string>();
  }
  return strings;
}

Dtype read_dtype(const json& value, const std::string& file, const std::string& name) {
  std::vector<std::string> supported;
  for (const auto& [dtype, word] : kDtypes) {
    if (value == word) return dtype;
    supported.push_back(word);
  }
  refuse(file, name, " has dtype ", shown(value), "; supported are ",
         fmt::format("{}", fmt::join(supported, ", ")));
}

// A list of integers from 0 to 2^63 - 1.
Shape read_integers(const json& list, const std::string& file, const std::string& name) {
  if (!list.is_array()) refuse(file, name, " has ", shown(list), " for a list of integers");
  Shape integers;
  for (const json& value : list) {
    constexpr auto kMax = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (!value.is_number_unsigned() || value.get<std::uint64_t>() > kMax) {
      refuse(file, name, " has ", shown(value), " for an integer from 0 to 2^63 - 1");
    }
    integers.push_back(value.get<std::int64_t>());
  }
  return integers;
}

Entry read_entry(const std::string& key, const json& object, std::uint64_t data_bytes,
                 const std::string& file) {
  const std::string name = shown(key);
  if (!object.is_object()) refuse(file, name, " should be an object");
  for (const char* field : {"dtype", "shape", "data_offsets"}) {
    if (!object.contains(field)) refuse(file, name, " has no \"", field, "\"");
  }
  if (object.size() != 3) {
    refuse(file, name, " has more than \"dtype\", \"shape\" and \"data_offsets\"");
  }
  const Dtype dtype = read_dtype(object["dtype"], file, name);
  const Shape shape = read_integers(object["shape"], file, name);
  const Shape offsets = read_integers(object["data_offsets"], file, name);
  if (offsets.size() != 2 || offsets[0] > offsets[1]) {
    refuse(file, name, " has data_offsets ", shown(object["data_offsets"]),
           ", which are not a begin and an end");
  }
  const auto begin = static_cast<std::uint64_t>(offsets[0]);
  const auto end = static_cast<std::uint64_t>(offsets[1]);
  if (end > data_bytes) {
    refuse(file, name, " ends at byte ", end, " of the data, which are only ", data_bytes);
  }
  const std::optional<std::uint64_t> needed = byte_count(dtype, shape);
  if (needed != end - begin) {
    refuse(file, name, " of shape ", to_string(shape), " needs ",
           needed ? std::to_string(*needed) : "more than 2^63 - 1", " bytes, but has ",
           end - begin);
  }
  return {begin, end, key, dtype, shape};
}

// Every byte must belong to exactly one array: else a file could hide something, or change two
// arrays at once. Also keeps the memory that arrays take to the size of the file.
void check_places(std::vector<Entry>& entries, std::uint64_t data_bytes, const std::string& file) {
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
  });
  std::uint64_t end = 0;
  for (const Entry& entry : entries) {
    if (entry.begin < end) refuse(file, shown(entry.name), " overlaps the array before it");
    if (entry.begin > end) refuse(file, "no array holds the bytes ", end, " to ", entry.begin);
    end = entry.end;
  }
  if (end != data_bytes) refuse(file, "no array holds the last ", data_bytes - end, " bytes");
}

// "a, b, c": the keys of a map, for a message.
template <class Map>
std::string keys_of(const Map& map) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : map) keys.push_back(key);
  return keys.empty() ? "nothing" : fmt::format("{}", fmt::join(keys, ", "));
}

}  // namespace

const NpyArray& Safetensors::tensor(const std::string& name) const {
  const auto found = tensors.find(name);
  NN_CHECK(found != tensors.end(), "there is no array ", name, "; there are ", keys_of(tensors));
  return found->second;
}

const std::string& Safetensors::metadata_value(const std::string& key) const {
  const auto found = metadata.find(key);
  NN_CHECK(found != metadata.end(), "there is no metadata ", key, "; there are ",
           keys_of(metadata));
  return found->second;
}

Safetensors parse_safetensors(std::span<const std::byte> bytes, const std::string& file) {
  if (bytes.size() < kLengthBytes) {
    refuse(file, "it has ", bytes.size(), " bytes; the length of its header alone takes 8");
  }
  // First of all, since the length that any other file seems to give tells nobody anything.
  if (bytes.size() > kLengthBytes && bytes[kLengthBytes] != std::byte{'{'}) {
    refuse(file, "its header does not begin with '{'");
  }
  std::uint64_t header_bytes = 0;
  for (std::size_t i = 0; i < kLengthBytes; ++i) {
    header_bytes |= std::to_integer<std::uint64_t>(bytes[i]) << (8 * i);
  }
  if (header_bytes > kMaxHeaderBytes) {
    refuse(file, "its header should have ", header_bytes, " bytes; at most 100 MB are allowed");
  }
  bytes = bytes.subspan(kLengthBytes);
  if (header_bytes > bytes.size()) {
    refuse(file, "its header should have ", header_bytes, " bytes, but only ", bytes.size(),
           " follow");
  }
  if (header_bytes == 0) refuse(file, "its header is empty");
  const std::string_view header(reinterpret_cast<const char*>(bytes.data()), header_bytes);
  const std::span<const std::byte> data = bytes.subspan(header_bytes);

  Safetensors content;
  std::vector<Entry> entries;
  const json objects = parse_json(header, file);
  for (const auto& [key, object] : objects.items()) {
    if (key == kMetadata) {
      content.metadata = read_metadata(object, file);
    } else {
      entries.push_back(read_entry(key, object, data.size(), file));
    }
  }
  check_places(entries, data.size(), file);
  for (const Entry& entry : entries) {
    const auto place = data.subspan(entry.begin, entry.end - entry.begin);
    content.tensors[entry.name] = {entry.dtype, entry.shape, {place.begin(), place.end()}};
  }
  return content;
}

Safetensors read_safetensors(const std::filesystem::path& path) {
  return parse_safetensors(read_file(path), path.string());
}

std::vector<std::byte> format_safetensors(const Safetensors& content) {
  std::string header = "{";
  std::vector<std::byte> data;
  try {
    if (!content.metadata.empty()) {
      header += detail::cat("\"", kMetadata, "\":", json(content.metadata).dump(), ",");
    }
    for (const auto& [dtype, word] : kDtypes) {
      for (const auto& [name, array] : content.tensors) {
        if (array.dtype != dtype) continue;
        NN_CHECK(name != kMetadata, "no array may have this name");
        NN_CHECK(byte_count(dtype, array.shape) == array.bytes.size(), shown(name), " of shape ",
                 to_string(array.shape), " and ", word, " has ", array.bytes.size(), " bytes");
        const std::size_t begin = data.size();
        data.insert(data.end(), array.bytes.begin(), array.bytes.end());
        header +=
            fmt::format(R"({}:{{"dtype":"{}","shape":[{}],"data_offsets":[{},{}]}},)",
                        json(name).dump(), word, fmt::join(array.shape, ","), begin, data.size());
      }
    }
  } catch (const json::exception& e) {
    throw Error(detail::cat("a name or a string of the metadata is not UTF-8: ", e.what()));
  }
  if (header.back() == ',') header.pop_back();
  header += '}';
  header.append((kAlignment - header.size() % kAlignment) % kAlignment, ' ');
  NN_CHECK(header.size() <= kMaxHeaderBytes, "names and metadata take ", header.size(), " bytes");

  std::vector<std::byte> file;
  file.reserve(kLengthBytes + header.size() + data.size());
  for (std::size_t i = 0; i < kLengthBytes; ++i) {
    file.push_back(static_cast<std::byte>((header.size() >> (8 * i)) & 0xff));
  }
  const std::span<const std::byte> text = std::as_bytes(std::span(header));
  file.insert(file.end(), text.begin(), text.end());
  file.insert(file.end(), data.begin(), data.end());
  return file;
}

void write_safetensors(const std::filesystem::path& path, const Safetensors& content) {
  write_file_atomically(path, format_safetensors(content));
}

std::string checksum(const Safetensors& content) {
  uLong crc = 0;
  const auto add = [&](const void* bytes, std::size_t count) {
    if (count > 0) crc = crc32_z(crc, static_cast<const Bytef*>(bytes), count);  // null restarts it
  };
  // With the zero at its end, so that "a", "b" is not "ab".
  const auto add_text = [&](const std::string& text) { add(text.c_str(), text.size() + 1); };
  for (const auto& [key, value] : content.metadata) {
    if (key == kChecksumKey) continue;
    add_text(key);
    add_text(value);
  }
  for (const auto& [name, array] : content.tensors) {
    add_text(fmt::format("{} {} {}", name, nn::name(array.dtype), to_string(array.shape)));
    add(array.bytes.data(), array.bytes.size());
  }
  return fmt::format("{:08x}", crc);
}

}  // namespace nn
