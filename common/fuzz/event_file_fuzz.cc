// Whatever bytes a file holds, parse_events returns events and how much of the file they fill, or
// throws nn::Error. What it returned is the same after being written and read again, and where the file
// is cut at any place behind its beginning, the events before the cut are still there.
//
// A fuzzer does not guess checksums: the records are read once as they are, and once with the checksums
// of their lengths and messages made right.
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "common/check.h"
#include "common/event_file.h"

namespace {

using nn::Event;

// Equal in all bits: a fuzzer finds NaN.
bool same(const std::vector<Event>& a, const std::vector<Event>& b) {
  const auto bytes = [](const std::vector<Event>& events) {
    std::string all;
    for (const Event& event : events) all += nn::event_record(event);
    return all;
  };
  return bytes(a) == bytes(b);
}

void put_crc(std::string& bytes, std::size_t place, std::string_view of) {
  const std::uint32_t crc = nn::masked_crc32c(of);
  for (std::size_t i = 0; i < 4; ++i) bytes[place + i] = static_cast<char>(crc >> (8 * i) & 0xff);
}

// The bytes as a chain of records: what says a record's length stays, as far as there is room.
std::string with_checksums(std::string bytes) {
  std::size_t place = 0;
  while (bytes.size() - place >= 16) {
    const std::size_t most = bytes.size() - place - 16;
    const std::size_t length =
        most == 0 ? 0 : static_cast<unsigned char>(bytes[place]) % (most + 1);
    std::memset(&bytes[place], 0, 8);
    bytes[place] = static_cast<char>(length & 0xff);  // at most 255: % of one byte
    const std::string_view all = bytes;
    put_crc(bytes, place + 8, all.substr(place, 8));
    put_crc(bytes, place + 12 + length, all.substr(place + 12, length));
    place += 16 + length;
  }
  return bytes;
}

void read(const std::string& bytes) {
  std::size_t whole = 0;
  std::vector<Event> events;
  try {
    events = nn::parse_events(whole, bytes, "fuzz");
  } catch (const nn::Error&) {
    return;
  }
  if (whole == 0 || whole > bytes.size()) std::abort();
  std::string written = nn::event_file_start(0);
  const std::size_t start = written.size();
  for (const Event& event : events) written += nn::event_record(event);
  std::size_t again_whole = 0;
  if (!same(nn::parse_events(again_whole, written, "again"), events)) std::abort();
  if (again_whole != written.size()) std::abort();
  if (events.empty()) return;
  // Without its last byte the file has lost its last event, and no other.
  std::size_t cut_whole = 0;
  const auto cut =
      nn::parse_events(cut_whole, std::string_view(written).substr(0, written.size() - 1), "cut");
  if (cut.size() + 1 != events.size() || cut_whole < start) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  read(bytes);
  read(with_checksums(bytes));
  read(nn::event_file_start(0) + with_checksums(bytes));
  return 0;
}
