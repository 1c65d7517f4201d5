#include "common/gunzip.h"

#define ZLIB_CONST  // zlib.h then declares its input const
#include <zlib.h>

#include <algorithm>
#include <array>
#include <limits>

#include "common/check.h"
#include "common/file.h"

namespace nn {
namespace {

bool begins_as_gzip(std::span<const std::byte> bytes) {
  return bytes.size() >= 2 && bytes[0] == std::byte{0x1f} && bytes[1] == std::byte{0x8b};
}

// zlib's state, which has memory of its own.
class Inflater {
 public:
  Inflater() {
    constexpr int kGzipOnly = 16;  // added to the window's bits [zlib.h, inflateInit2]
    NN_CHECK_EQ(inflateInit2(&stream_, MAX_WBITS + kGzipOnly), Z_OK, "zlib cannot start");
  }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  ~Inflater() { inflateEnd(&stream_); }

  z_stream* operator->() { return &stream_; }
  z_stream* get() { return &stream_; }

 private:
  z_stream stream_ = {};
};

template <class... Parts>
[[noreturn]] void refuse(const std::string& file, const Parts&... parts) {
  throw Error(detail::cat("cannot decompress ", file, ": ", parts...));
}

}  // namespace

std::vector<std::byte> gunzip(std::span<const std::byte> bytes, const std::string& file,
                              std::uint64_t max_bytes) {
  if (bytes.empty()) refuse(file, "it is empty");
  if (!begins_as_gzip(bytes)) refuse(file, "it does not begin with the bytes 1f 8b");

  std::vector<std::byte> content;
  std::array<std::byte, 1 << 16> part;
  Inflater inflater;
  for (;;) {
    // zlib counts in 32 bits, so a large file goes in piece by piece.
    const std::size_t piece = std::min<std::size_t>(bytes.size(), std::numeric_limits<uInt>::max());
    inflater->next_in = reinterpret_cast<const Bytef*>(bytes.data());
    inflater->avail_in = static_cast<uInt>(piece);
    inflater->next_out = reinterpret_cast<Bytef*>(part.data());
    inflater->avail_out = static_cast<uInt>(part.size());
    const int status = inflate(inflater.get(), Z_NO_FLUSH);
    bytes = bytes.subspan(piece - inflater->avail_in);
    const auto made = std::span(part).first(part.size() - inflater->avail_out);
    if (made.size() > max_bytes - content.size()) {
      refuse(file, "its content has more than the ", max_bytes, " bytes expected here");
    }
    content.insert(content.end(), made.begin(), made.end());

    if (status == Z_BUF_ERROR) refuse(file, "it is cut short");  // no input left, nothing made
    if (status == Z_STREAM_END && bytes.empty()) return content;
    if (status == Z_STREAM_END) {
      if (!begins_as_gzip(bytes)) {
        refuse(file, bytes.size(), " bytes follow its end that are not gzip");
      }
      NN_CHECK_EQ(inflateReset(inflater.get()), Z_OK, "zlib cannot start again");
    } else if (status != Z_OK) {
      refuse(file, "it is damaged: ", inflater->msg != nullptr ? inflater->msg : zError(status));
    }
  }
}

std::vector<std::byte> read_maybe_gzipped(const std::filesystem::path& path,
                                          std::uint64_t max_bytes) {
  // What does not compress grows a little: 5 bytes for each 64 KiB, a header, a name.
  const std::uint64_t max_compressed = max_bytes + max_bytes / 1000 + 4096;
  std::vector<std::byte> bytes = read_file(path, max_compressed);
  if (begins_as_gzip(bytes)) return gunzip(bytes, path.string(), max_bytes);
  if (bytes.size() > max_bytes) {
    throw Error(detail::cat("cannot read ", path, ": it has ", bytes.size(), " bytes; at most ",
                            max_bytes, " are expected here. Is it the right file?"));
  }
  return bytes;
}

}  // namespace nn
