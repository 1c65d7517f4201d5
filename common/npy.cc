#include "common/npy.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <limits>
#include <string_view>

#include "common/check.h"
#include "common/file.h"

namespace nn {
namespace {

static_assert(std::endian::native == std::endian::little, "the files hold little-endian numbers");

constexpr std::array kDtypes = {Dtype::f4, Dtype::f8, Dtype::i4, Dtype::i8, Dtype::u1};
constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::size_t kMaxRank = 32;    // what every version of NumPy can hold
constexpr std::size_t kAlignment = 64;  // the data begin at a multiple of this [NumPyFormat]

template <class... Parts>
[[noreturn]] void refuse(const std::string& file, const Parts&... parts) {
  throw Error(detail::cat(file, ": not a .npy file we can read: ", parts...));
}

struct Header {
  Dtype dtype = Dtype::f8;
  bool fortran_order = false;
  Shape shape;
};

// The header is a Python dictionary: {'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }
// Its three keys may come in any order, with either kind of quotes and any white space.
class HeaderParser {
 public:
  HeaderParser(std::string_view text, const std::string& file) : rest_(text), file_(file) {}

  Header parse() {
    std::optional<Dtype> dtype;
    std::optional<bool> fortran_order;
    std::optional<Shape> shape;
    const auto set = [&](auto& value, const std::string& key, auto read) {
      if (value) refuse(file_, "the header has the key '", key, "' twice");
      value = read;
    };
    expect('{');
    while (!accept('}')) {
      const std::string key = string();
      expect(':');
      if (key == "descr") {
        set(dtype, key, this->dtype());
      } else if (key == "fortran_order") {
        set(fortran_order, key, boolean());
      } else if (key == "shape") {
        set(shape, key, tuple());
      } else {
        refuse(file_, "the header has the key ", printable(key),
               "; it may have 'descr', 'fortran_order' and 'shape'");
      }
      if (!accept(',') && !next_is('}')) refuse_here("',' or '}'");
    }
    skip_space();
    if (!rest_.empty()) refuse_here("nothing more");
    if (!dtype) refuse(file_, "the header has no key 'descr'");
    if (!fortran_order) refuse(file_, "the header has no key 'fortran_order'");
    if (!shape) refuse(file_, "the header has no key 'shape'");
    return {*dtype, *fortran_order, *shape};
  }

 private:
  [[noreturn]] void refuse_here(std::string_view expected) const {
    const std::string found = rest_.empty() ? "its end" : printable(rest_);
    refuse(file_, "in the header, ", expected, " should stand where ", found, " is");
  }
  // The beginning of a text, for a message.
  static std::string printable(std::string_view text) {
    constexpr std::size_t kEnough = 24;
    std::string out = "\"";
    for (const char c : text.substr(0, kEnough)) out += c >= ' ' && c <= '~' ? c : '?';
    return out + (text.size() > kEnough ? "\"..." : "\"");
  }

  void skip_space() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\r\n"), rest_.size()));
  }
  bool next_is(char c) {
    skip_space();
    return rest_.starts_with(c);
  }
  bool accept(char c) {
    if (!next_is(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void expect(char c) {
    if (!accept(c)) refuse_here(std::string{'\'', c, '\''});
  }

  std::string string() {
    if (!next_is('\'') && !next_is('"')) refuse_here("a quoted string");
    const char quote = rest_.front();
    const std::size_t end = rest_.find(quote, 1);
    const std::string_view content = rest_.substr(1, end - 1);
    if (end == std::string_view::npos || content.find('\\') != std::string_view::npos) {
      refuse_here("a quoted string without '\\'");
    }
    rest_.remove_prefix(end + 1);
    return std::string(content);
  }

  Dtype dtype() {
    if (next_is('[')) refuse(file_, "it holds records; one number an element is supported");
    const std::string descr = string();
    std::string supported;
    for (const Dtype dtype : kDtypes) {
      if (descr == name(dtype)) return dtype;
      supported += detail::cat(supported.empty() ? "" : ", ", name(dtype));
    }
    refuse(file_, "its dtype ", printable(descr), " is not supported",
           descr.starts_with('>') ? " (big-endian)" : "", "; supported are ", supported);
  }

  bool boolean() {
    skip_space();
    for (const bool value : {true, false}) {
      const std::string_view word = value ? "True" : "False";
      if (rest_.starts_with(word)) {
        rest_.remove_prefix(word.size());
        return value;
      }
    }
    refuse_here("True or False");
  }

  Shape tuple() {
    Shape shape;
    expect('(');
    while (!accept(')')) {
      if (shape.size() == kMaxRank) refuse(file_, "its shape has more than ", kMaxRank, " extents");
      shape.push_back(extent());
      const bool comma = accept(',');
      // (3) is a number in Python; the tuple is (3,).
      if (!comma && (!next_is(')') || shape.size() == 1)) refuse_here("','");
    }
    return shape;
  }

  std::int64_t extent() {
    if (next_is('-')) refuse(file_, "its shape has a negative extent");
    constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
    std::int64_t value = 0;
    std::size_t digits = 0;
    for (; digits < rest_.size() && rest_[digits] >= '0' && rest_[digits] <= '9'; ++digits) {
      const int digit = rest_[digits] - '0';
      if (value > (kMax - digit) / 10) refuse(file_, "its shape has an extent past 2^63 - 1");
      value = 10 * value + digit;
    }
    if (digits == 0) refuse_here("an extent or ')'");
    rest_.remove_prefix(digits);
    return value;
  }

  std::string_view rest_;  // what is not parsed yet
  const std::string& file_;
};

// In Fortran order the first index runs fastest. Walks the row-major positions in order, keeping
// the index of each and the place it has in the file:
//   shape (2,3), strides (1,2):  to   (0,0) (0,1) (0,2) (1,0) (1,1) (1,2)
//                                from   0     2     4     1     3     5
std::vector<std::byte> from_fortran_order(std::span<const std::byte> data, const Shape& shape,
                                          std::size_t item) {
  std::vector<std::byte> out(data.size());
  std::vector<std::size_t> strides;  // in items
  std::size_t count = 1;
  for (const std::int64_t extent : shape) {
    strides.push_back(count);
    count *= static_cast<std::size_t>(extent);
  }
  Shape index(shape.size(), 0);
  std::size_t from = 0;
  for (std::size_t to = 0; to < count; ++to) {
    std::memcpy(out.data() + to * item, data.data() + from * item, item);
    for (std::size_t d = shape.size(); d-- > 0;) {  // count up, the last index first
      from += strides[d];
      if (++index[d] < shape[d]) break;
      from -= strides[d] * static_cast<std::size_t>(shape[d]);
      index[d] = 0;
    }
  }
  return out;
}

// The elements of an array whose dtype is that of T.
template <class T>
std::vector<T> elements(const NpyArray& array) {
  std::vector<T> values(array.bytes.size() / sizeof(T));
  if (!values.empty()) std::memcpy(values.data(), array.bytes.data(), array.bytes.size());
  return values;
}

template <class T>
NpyArray copy_of(Dtype dtype, std::span<const T> values, const Shape& shape) {
  NN_CHECK_EQ(static_cast<std::uint64_t>(element_count(shape)), values.size(),
              "there must be as many values as shape ", to_string(shape), " has elements");
  const auto bytes = std::as_bytes(values);
  return {dtype, shape, {bytes.begin(), bytes.end()}};
}

template <class To, class From>
std::vector<To> convert(const std::vector<From>& values) {
  return {values.begin(), values.end()};
}

}  // namespace

const char* name(Dtype dtype) {
  switch (dtype) {
    case Dtype::f4:
      return "<f4";
    case Dtype::f8:
      return "<f8";
    case Dtype::i4:
      return "<i4";
    case Dtype::i8:
      return "<i8";
    case Dtype::u1:
      return "|u1";
  }
  return "?";
}

// The digit in its name.
std::size_t size_of(Dtype dtype) { return static_cast<std::size_t>(name(dtype)[2] - '0'); }

std::optional<std::uint64_t> byte_count(Dtype dtype, const Shape& shape) {
  constexpr auto kMax = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  std::uint64_t bytes = size_of(dtype);
  for (const std::int64_t extent : shape) {
    const auto factor = static_cast<std::uint64_t>(extent);
    if (factor != 0 && bytes > kMax / factor) return std::nullopt;
    bytes *= factor;
  }
  return bytes;
}

std::vector<double> NpyArray::as_doubles() const {
  switch (dtype) {
    case Dtype::f4:
      return convert<double>(elements<float>(*this));
    case Dtype::f8:
      return elements<double>(*this);
    case Dtype::i4:
      return convert<double>(elements<std::int32_t>(*this));
    case Dtype::u1:
      return convert<double>(elements<std::uint8_t>(*this));
    case Dtype::i8:
      break;
  }
  std::vector<double> values;
  constexpr std::int64_t kExact = std::int64_t{1} << 53;  // up to here every integer is a double
  for (const std::int64_t value : elements<std::int64_t>(*this)) {
    NN_CHECK(-kExact <= value && value <= kExact, value, " may not be exact as a double");
    values.push_back(static_cast<double>(value));
  }
  return values;
}

std::vector<std::int64_t> NpyArray::as_integers() const {
  NN_CHECK(is_integer(), "the array holds ", nn::name(dtype), ", which are no integers");
  if (dtype == Dtype::i4) return convert<std::int64_t>(elements<std::int32_t>(*this));
  if (dtype == Dtype::u1) return convert<std::int64_t>(elements<std::uint8_t>(*this));
  return elements<std::int64_t>(*this);
}

// The file: magic, major and minor version, length of the header (2 bytes in version 1, 4 in 2),
// the header, the data.
NpyArray parse_npy(std::span<const std::byte> file, const std::string& name) {
  const std::string_view text(reinterpret_cast<const char*>(file.data()), file.size());
  if (!text.starts_with(kMagic)) {
    refuse(name, file.empty() ? "it is empty" : "it does not begin with \\x93NUMPY");
  }
  const auto byte_at = [&](std::size_t i) {
    if (i >= file.size()) refuse(name, "it ends after ", file.size(), " bytes, before its header");
    return std::to_integer<std::size_t>(file[i]);
  };
  const std::size_t major = byte_at(6), minor = byte_at(7);
  if ((major != 1 && major != 2) || minor != 0) {
    refuse(name, "its version is ", major, ".", minor, "; supported are 1.0 and 2.0");
  }
  const std::size_t length_bytes = major == 1 ? 2 : 4;
  std::size_t header_size = 0;
  for (std::size_t i = 0; i < length_bytes; ++i) header_size |= byte_at(8 + i) << (8 * i);
  const std::size_t header_begin = 8 + length_bytes;
  if (header_size > file.size() - header_begin) {
    refuse(name, "its header should have ", header_size, " bytes, but only ",
           file.size() - header_begin, " follow");
  }
  const Header header = HeaderParser(text.substr(header_begin, header_size), name).parse();

  const std::span<const std::byte> data = file.subspan(header_begin + header_size);
  const std::optional<std::uint64_t> announced = byte_count(header.dtype, header.shape);
  if (announced != data.size()) {
    refuse(name, "an array of shape ", to_string(header.shape), " and dtype ",
           nn::name(header.dtype), " has ",
           announced ? detail::cat(*announced, " bytes") : "more than 2^63 - 1 bytes", ", but ",
           data.size(), " follow");
  }
  NpyArray array{header.dtype, header.shape, {}};
  array.bytes = header.fortran_order ? from_fortran_order(data, header.shape, size_of(header.dtype))
                                     : std::vector<std::byte>(data.begin(), data.end());
  return array;
}

NpyArray read_npy(const std::filesystem::path& path) {
  return parse_npy(read_file(path), path.string());
}

std::vector<std::byte> format_npy(const NpyArray& array) {
  NN_CHECK(byte_count(array.dtype, array.shape) == array.bytes.size(), "shape ",
           to_string(array.shape), " of ", name(array.dtype), ", but ", array.bytes.size(),
           " bytes");
  NN_CHECK(array.shape.size() <= kMaxRank, "shape ", to_string(array.shape), " has more than ",
           kMaxRank, " extents");
  std::string header =
      detail::cat("{'descr': '", name(array.dtype),
                  "', 'fortran_order': False, 'shape': ", to_string(array.shape), ", }");
  // NumPy leaves room for the first extent to grow to 21 digits, so that a file can be appended to.
  if (!array.shape.empty()) header.append(21 - std::to_string(array.shape[0]).size(), ' ');
  const std::size_t used = kMagic.size() + 4 + header.size() + 1;  // version, length; the newline
  header.append(kAlignment - used % kAlignment, ' ');  // a whole 64 where none is needed, as NumPy
  header += '\n';
  const std::array<char, 4> version_and_length = {1, 0, static_cast<char>(header.size() & 0xff),
                                                  static_cast<char>(header.size() >> 8)};
  header.insert(0, version_and_length.data(), version_and_length.size());
  header.insert(0, kMagic);

  const std::span<const std::byte> head = std::as_bytes(std::span(header));
  std::vector<std::byte> file(head.begin(), head.end());
  file.insert(file.end(), array.bytes.begin(), array.bytes.end());
  return file;
}

NpyArray to_array(std::span<const double> values, const Shape& shape) {
  return copy_of(Dtype::f8, values, shape);
}
NpyArray to_array(std::span<const float> values, const Shape& shape) {
  return copy_of(Dtype::f4, values, shape);
}
NpyArray to_array(std::span<const std::int32_t> values, const Shape& shape) {
  return copy_of(Dtype::i4, values, shape);
}
NpyArray to_array(std::span<const std::int64_t> values, const Shape& shape) {
  return copy_of(Dtype::i8, values, shape);
}
NpyArray to_array(std::span<const std::uint8_t> values, const Shape& shape) {
  return copy_of(Dtype::u1, values, shape);
}

void write_npy(const std::filesystem::path& path, std::span<const double> values,
               const Shape& shape) {
  write_file_atomically(path, format_npy(to_array(values, shape)));
}
void write_npy(const std::filesystem::path& path, std::span<const float> values,
               const Shape& shape) {
  write_file_atomically(path, format_npy(to_array(values, shape)));
}
void write_npy(const std::filesystem::path& path, std::span<const std::int32_t> values,
               const Shape& shape) {
  write_file_atomically(path, format_npy(to_array(values, shape)));
}
void write_npy(const std::filesystem::path& path, std::span<const std::int64_t> values,
               const Shape& shape) {
  write_file_atomically(path, format_npy(to_array(values, shape)));
}
void write_npy(const std::filesystem::path& path, std::span<const std::uint8_t> values,
               const Shape& shape) {
  write_file_atomically(path, format_npy(to_array(values, shape)));
}

}  // namespace nn
