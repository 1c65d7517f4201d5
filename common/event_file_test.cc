#include "common/event_file.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

#include "common/file.h"
#include "common/test_files.h"

namespace nn {
namespace {

const Event kFirst{.wall_time = 1700000000.25, .step = 1, .scalars = {{"loss", 0.5F}}};
const Event kSecond{.wall_time = 1700000001.5,
                    .step = 300,
                    .scalars = {{"train/loss", -0.25F}, {"train/accuracy", 0.75F}}};

std::string hex(const std::string& bytes) {
  std::string text;
  for (const char c : bytes) text += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return text;
}

std::vector<Event> events_in(const std::filesystem::path& path) {
  std::size_t whole = 0;
  const std::string bytes = to_text(read_file(path));
  std::vector<Event> events = parse_events(whole, bytes, path.string());
  EXPECT_EQ(whole, bytes.size());
  return events;
}

// The values of RFC 3720, appendix B.4, and of the check word of CRC catalogues.
TEST(Crc32c, KnownValues) {
  EXPECT_EQ(crc32c("123456789"), 0xe3069283U);
  EXPECT_EQ(crc32c(""), 0U);
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8a9136aaU);
  EXPECT_EQ(crc32c(std::string(32, '\xff')), 0x62a8ab43U);
  // Rotated: 0x2507c60d.
  EXPECT_EQ(masked_crc32c("123456789"), 0x2507c60dU + 0xa282ead8U);
}

// By hand: key 0x09 is field 1 of 64 bits, 0x10 field 2 a varint, 0x2a field 5 of bytes.
TEST(EventFile, MessageIsAsTheFormatSays) {
  const std::string bytes = event_record({.wall_time = 1, .step = 300, .scalars = {{"a", 1.0F}}});
  EXPECT_EQ(hex(bytes.substr(0, 8)), "1800000000000000");
  EXPECT_EQ(hex(bytes.substr(12, 24)),
            "09000000000000f03f"          // wall_time
            "10ac02"                      // step: 300 is 10 0101100
            "2a0a0a080a0161150000803f");  // summary{value{tag "a", simple_value 1}}
  EXPECT_EQ(bytes.size(), 8U + 4 + 24 + 4);
}

TEST(EventFile, ReadsBackWhatItWrote) {
  const TemporaryFolder folder;
  const std::filesystem::path path = folder.path() / kEventFileName;
  const EventFile file(path, 0, 1700000000);
  EXPECT_EQ(events_in(path), std::vector<Event>{});
  file.append(kFirst);
  file.append(kSecond);
  EXPECT_EQ(events_in(path), (std::vector<Event>{kFirst, kSecond}));
}

TEST(EventFile, ATornEndIsCutOffAndWhatIsWholeStays) {
  const TemporaryFolder folder;
  const std::filesystem::path path = folder.path() / kEventFileName;
  const std::string start = event_file_start(0) + event_record(kFirst);
  const std::string last = event_record(kSecond);
  for (std::size_t cut = 0; cut < last.size(); ++cut) {
    write_file_atomically(path, start + last.substr(0, cut));
    const EventFile file(path, 300, 0);
    EXPECT_EQ(events_in(path), std::vector<Event>{kFirst}) << cut << " bytes of the last record";
    file.append(kSecond);
    EXPECT_EQ(events_in(path), (std::vector<Event>{kFirst, kSecond}));
  }
}

TEST(EventFile, AFlippedBitEndsWhatIsBelieved) {
  const std::string start = event_file_start(0), record = event_record(kSecond);
  for (std::size_t place = 0; place < record.size(); ++place) {
    std::string bytes = start + record;
    bytes[start.size() + place] ^= 4;
    std::size_t whole = 0;
    EXPECT_EQ(parse_events(whole, bytes, "f"), std::vector<Event>{}) << "byte " << place;
    EXPECT_EQ(whole, start.size());
  }
}

// A run resumed from before its last epochs writes those again.
TEST(EventFile, EventsAfterTheLastStepAreDropped) {
  const TemporaryFolder folder;
  const std::filesystem::path path = folder.path() / kEventFileName;
  write_file_atomically(path, event_file_start(0) + event_record(kFirst) + event_record(kSecond));
  const EventFile unchanged(path, 300, 0);
  EXPECT_EQ(events_in(path), (std::vector<Event>{kFirst, kSecond}));
  const EventFile file(path, 299, 0);
  EXPECT_EQ(events_in(path), std::vector<Event>{kFirst});
}

TEST(EventFile, RefusesWhatIsNoEventFile) {
  const TemporaryFolder folder;
  const std::filesystem::path path = folder.path() / "log";
  for (const std::string& content :
       {std::string("text"), std::string(), event_record(kFirst), std::string(100, '\0')}) {
    write_file_atomically(path, content);
    EXPECT_TRUE(
        says(message_of([&] { EventFile(path, 0, 0); }), "does not begin as an event file"));
    EXPECT_EQ(to_text(read_file(path)), content);
  }
  EXPECT_TRUE(says(message_of([&] { EventFile(folder.path() / "no" / "log", 0, 0); }), "no"));
}

}  // namespace
}  // namespace nn
