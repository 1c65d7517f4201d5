#include "common/event_file.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <optional>
#include <utility>

#include "common/check.h"
#include "common/file.h"

namespace nn {
namespace {

constexpr const char* kVersion = "brain.Event:2";
constexpr std::size_t kLengthBytes = 8, kCrcBytes = 4;

// Field numbers, from event.proto and summary.proto.
constexpr std::uint32_t kWallTime = 1, kStep = 2, kFileVersion = 3, kSummary = 5;  // of Event
constexpr std::uint32_t kValue = 1;                                                // of Summary
constexpr std::uint32_t kTag = 1, kSimpleValue = 2;                                // of Value

// How a field's bytes are to be read; the low three bits of its key.
enum class Wire : std::uint32_t { varint = 0, bits64 = 1, bytes = 2, bits32 = 5 };

// The CRC of each byte alone, for the loop that takes a byte at a time.
constexpr std::array<std::uint32_t, 256> crc_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78U : 0);
    table[byte] = crc;
  }
  return table;
}

// ---- writing

// The bytes of a number, the least significant first.
template <class T>
std::string little_endian(T value) {
  std::string bytes(sizeof(T), '\0');
  for (char& byte : bytes) {
    byte = static_cast<char>(value & 0xff);
    value = static_cast<T>(value >> 8);
  }
  return bytes;
}

// Seven bits a byte, the least significant first; the high bit says that more follow.
std::string varint(std::uint64_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7) bytes += static_cast<char>(value | 0x80);
  return bytes + static_cast<char>(value);
}

std::string key(std::uint32_t field, Wire wire) {
  return varint(field << 3 | static_cast<std::uint32_t>(wire));
}

std::string bytes_field(std::uint32_t field, std::string_view bytes) {
  return key(field, Wire::bytes) + varint(bytes.size()) + std::string(bytes);
}

std::string double_field(std::uint32_t field, double value) {
  return key(field, Wire::bits64) + little_endian(std::bit_cast<std::uint64_t>(value));
}

std::string float_field(std::uint32_t field, float value) {
  return key(field, Wire::bits32) + little_endian(std::bit_cast<std::uint32_t>(value));
}

std::string record(const std::string& message) {
  const std::string length = little_endian(std::uint64_t{message.size()});
  return length + little_endian(masked_crc32c(length)) + message +
         little_endian(masked_crc32c(message));
}

// ---- reading

template <class T>
T from_little_endian(std::string_view bytes) {
  T value = 0;
  for (std::size_t i = sizeof(T); i-- > 0;) {
    value = static_cast<T>(value << 8 | static_cast<unsigned char>(bytes[i]));
  }
  return value;
}

// The record at the front of `bytes`; nothing if it is not all there, or damaged.
std::optional<std::string_view> whole_record(std::string_view bytes) {
  if (bytes.size() < kLengthBytes + 2 * kCrcBytes) return {};
  const std::string_view length = bytes.substr(0, kLengthBytes);
  const auto crc_at = [&](std::size_t place) {
    return from_little_endian<std::uint32_t>(bytes.substr(place, kCrcBytes));
  };
  const auto size = from_little_endian<std::uint64_t>(length);
  if (crc_at(kLengthBytes) != masked_crc32c(length)) return {};
  if (size > bytes.size() - (kLengthBytes + 2 * kCrcBytes)) return {};
  const std::string_view message =
      bytes.substr(kLengthBytes + kCrcBytes, static_cast<std::size_t>(size));
  if (crc_at(kLengthBytes + kCrcBytes + message.size()) != masked_crc32c(message)) return {};
  return message;
}

// One field of a message: its number, and what it holds, as a number or as bytes.
struct Field {
  std::uint32_t number = 0;
  Wire wire = Wire::varint;
  std::uint64_t value = 0;
  std::string_view bytes;
};

// Takes messages apart. Whatever cannot be read ends the program's belief in the file: nn::Error.
class FieldReader {
 public:
  FieldReader(std::string_view message, const std::string& file) : rest_(message), file_(file) {}

  bool done() const { return rest_.empty(); }

  Field next() {
    const std::uint64_t key = read_varint();
    Field field;
    field.number = static_cast<std::uint32_t>(key >> 3);
    field.wire = static_cast<Wire>(key & 7);
    switch (field.wire) {
      case Wire::varint:
        field.value = read_varint();
        return field;
      case Wire::bits64:
        field.value = from_little_endian<std::uint64_t>(take(8));
        return field;
      case Wire::bits32:
        field.value = from_little_endian<std::uint32_t>(take(4));
        return field;
      case Wire::bytes:
        field.bytes = take(read_varint());
        return field;
    }
    throw Error(detail::cat(file_, ": an event has a field of unknown kind ", key & 7));
  }

 private:
  std::string_view take(std::uint64_t count) {
    if (count > rest_.size()) throw Error(detail::cat(file_, ": an event's field is cut short"));
    const std::string_view taken = rest_.substr(0, static_cast<std::size_t>(count));
    rest_.remove_prefix(taken.size());
    return taken;
  }

  std::uint64_t read_varint() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const auto byte = static_cast<unsigned char>(take(1)[0]);
      value |= std::uint64_t{byte & 0x7fU} << shift;
      if (byte < 0x80) return value;
    }
    throw Error(detail::cat(file_, ": an event has a number of more than 64 bits"));
  }

  std::string_view rest_;
  const std::string& file_;
};

EventScalar parse_scalar(std::string_view message, const std::string& file) {
  EventScalar scalar;
  for (FieldReader reader(message, file); !reader.done();) {
    const Field field = reader.next();
    if (field.number == kTag && field.wire == Wire::bytes) scalar.tag = field.bytes;
    if (field.number == kSimpleValue && field.wire == Wire::bits32) {
      scalar.value = std::bit_cast<float>(static_cast<std::uint32_t>(field.value));
    }
  }
  return scalar;
}

Event parse_event(std::string_view message, const std::string& file) {
  Event event;
  for (FieldReader reader(message, file); !reader.done();) {
    const Field field = reader.next();
    if (field.number == kWallTime && field.wire == Wire::bits64) {
      event.wall_time = std::bit_cast<double>(field.value);
    } else if (field.number == kStep && field.wire == Wire::varint) {
      event.step = static_cast<std::int64_t>(field.value);
    } else if (field.number == kSummary && field.wire == Wire::bytes) {
      for (FieldReader values(field.bytes, file); !values.done();) {
        const Field value = values.next();
        if (value.number == kValue && value.wire == Wire::bytes) {
          event.scalars.push_back(parse_scalar(value.bytes, file));
        }
      }
    }
  }
  return event;
}

bool is_version(std::string_view message, const std::string& file) {
  for (FieldReader reader(message, file); !reader.done();) {
    const Field field = reader.next();
    if (field.number == kFileVersion) return field.bytes == kVersion;
  }
  return false;
}

}  // namespace

std::uint32_t crc32c(std::string_view bytes) {
  static constexpr std::array<std::uint32_t, 256> kTable = crc_table();
  std::uint32_t crc = 0xffff'ffff;
  for (const char c : bytes) crc = crc >> 8 ^ kTable[(crc ^ static_cast<unsigned char>(c)) & 0xff];
  return ~crc;
}

std::uint32_t masked_crc32c(std::string_view bytes) {
  return std::rotr(crc32c(bytes), 15) + 0xa282ead8U;
}

std::string event_file_start(double wall_time) {
  return record(double_field(kWallTime, wall_time) + bytes_field(kFileVersion, kVersion));
}

std::string event_record(const Event& event) {
  std::string summary;
  for (const EventScalar& scalar : event.scalars) {
    summary += bytes_field(kValue,
                           bytes_field(kTag, scalar.tag) + float_field(kSimpleValue, scalar.value));
  }
  return record(double_field(kWallTime, event.wall_time) + key(kStep, Wire::varint) +
                varint(static_cast<std::uint64_t>(event.step)) + bytes_field(kSummary, summary));
}

std::vector<Event> parse_events(std::size_t& whole_bytes, std::string_view bytes,
                                const std::string& file) {
  std::vector<Event> events;
  whole_bytes = 0;
  while (const std::optional<std::string_view> message = whole_record(bytes.substr(whole_bytes))) {
    if (whole_bytes > 0) {
      events.push_back(parse_event(*message, file));
    } else if (!is_version(*message, file)) {
      break;
    }
    whole_bytes += kLengthBytes + kCrcBytes + message->size() + kCrcBytes;
  }
  if (whole_bytes == 0) throw Error(detail::cat(file, ": it does not begin as an event file does"));
  return events;
}

EventFile::EventFile(std::filesystem::path path, std::int64_t last_step, double wall_time)
    : path_(std::move(path)) {
  std::error_code error;
  std::string kept = event_file_start(wall_time);
  if (std::filesystem::exists(path_, error)) {
    const std::vector<std::byte> bytes = read_file(path_);
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    std::size_t whole_bytes = 0;
    const std::vector<Event> events = parse_events(whole_bytes, text, path_.string());
    const bool all =
        std::ranges::all_of(events, [&](const Event& event) { return event.step <= last_step; });
    if (all && whole_bytes == bytes.size()) return;
    for (const Event& event : events) {
      if (event.step <= last_step) kept += event_record(event);
    }
  }
  write_file_atomically(path_, kept);
}

void EventFile::append(const Event& event) const { append_to_file(path_, event_record(event)); }

}  // namespace nn
