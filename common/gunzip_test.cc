#include "common/gunzip.h"

#include <gtest/gtest.h>
#define ZLIB_CONST  // zlib.h then declares its input const
#include <zlib.h>

#include <array>

#include "common/check.h"
#include "common/file.h"
#include "common/test_files.h"

namespace nn {
namespace {

// `text` as a gzip file of one member, written by zlib's deflate.
std::string gzip(const std::string& text) {
  z_stream stream = {};
  NN_CHECK_EQ(deflateInit2(&stream, 9, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<const Bytef*>(text.data());
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  NN_CHECK_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string unzipped(const std::string& bytes, std::uint64_t max_bytes = 1 << 24) {
  return to_text(gunzip(to_bytes(bytes), "x.gz", max_bytes));
}

std::string refusal(const std::string& bytes, std::uint64_t max_bytes = 1 << 24) {
  return message_of([&] { unzipped(bytes, max_bytes); });
}

// Longer than the 64 KiB that are inflated at a time, and no two lines alike.
std::string long_text() {
  std::string text;
  for (int i = 0; i < 50'000; ++i) text += detail::cat("line ", i, "\n");
  return text;
}

// What Python's gzip.compress(b"four lines\nof text\n" * 2, mtime=0) wrote.
TEST(Gunzip, ReadsWhatGzipWrote) {
  const std::string bytes(
      "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\x4b\xcb\x2f\x2d\x52\xc8\xc9\xcc\x4b\x2d\xe6"
      "\xca\x4f\x53\x28\x49\xad\x28\xe1\x4a\xc3\x14\x02\x00\xe8\x96\x8d\xc9\x26\x00\x00\x00",
      42);
  EXPECT_EQ(unzipped(bytes), "four lines\nof text\nfour lines\nof text\n");
}

TEST(Gunzip, ReadsBackWhatDeflateWrote) {
  for (const std::string& text :
       {std::string(), std::string("one line\n"), std::string(65536, 'a'), std::string(65537, 'a'),
        std::string(1 << 20, '\0'), long_text()}) {
    EXPECT_TRUE(unzipped(gzip(text)) == text) << text.size();
  }
}

// As `cat a.gz b.gz` makes them [RFC1952 §2.2].
TEST(Gunzip, ReadsAllMembers) {
  EXPECT_EQ(unzipped(gzip("first") + gzip("") + gzip("second")), "firstsecond");
  EXPECT_TRUE(unzipped(gzip(long_text()) + gzip(long_text())) == long_text() + long_text());
}

TEST(Gunzip, NamesFileAndFault) {
  const std::string whole = gzip("some text");
  EXPECT_TRUE(says(refusal(""), "cannot decompress x.gz: it is empty"));
  EXPECT_TRUE(says(refusal("PK\x03\x04"), "does not begin with the bytes 1f 8b"));
  EXPECT_TRUE(says(refusal("\x1f"), "does not begin"));
  EXPECT_TRUE(says(refusal(whole + "junk!"), "5 bytes follow its end"));
  EXPECT_TRUE(says(refusal(whole + std::string(1, '\0')), "1 bytes follow its end"));
  EXPECT_TRUE(says(refusal(whole + "\x1f\x8b"), "cut short"));
  EXPECT_TRUE(says(refusal("\x1f\x8b\x07" + whole.substr(3)), "unknown compression method"));
}

// The last eight bytes are CRC-32 and length of the content.
TEST(Gunzip, NoticesChangedBytes) {
  std::string crc = gzip("some text"), length = crc, data = gzip(long_text());
  crc[crc.size() - 8] ^= 1;
  length[length.size() - 4] ^= 1;
  data[data.size() / 2] ^= 1;
  EXPECT_TRUE(says(refusal(crc), "it is damaged: incorrect data check"));
  EXPECT_TRUE(says(refusal(length), "it is damaged: incorrect length check"));
  EXPECT_TRUE(says(refusal(data), "it is damaged: "));
}

TEST(Gunzip, RefusesEveryTruncation) {
  const std::string one = gzip("some text"), two = one + gzip("another");
  for (std::size_t size = 0; size < two.size(); ++size) {
    if (size == one.size()) continue;  // that is a whole file
    EXPECT_THROW(unzipped(two.substr(0, size)), Error) << size;
  }
}

// 16 MiB of zeros are 16 KiB compressed.
TEST(Gunzip, StopsAtTheLimit) {
  EXPECT_EQ(unzipped(gzip("12345678"), 8), "12345678");
  EXPECT_TRUE(says(refusal(gzip("123456789"), 8), "more than the 8 bytes expected here"));
  EXPECT_TRUE(says(refusal(gzip("12345678") + gzip("9"), 8), "more than the 8 bytes"));
  EXPECT_TRUE(says(refusal(gzip("1"), 0), "more than the 0 bytes"));
  const std::string bomb = gzip(std::string(1 << 24, '\0'));
  EXPECT_LT(bomb.size(), 1u << 15);
  EXPECT_TRUE(says(refusal(bomb, 1 << 20), "more than the 1048576 bytes"));
}

TEST(ReadMaybeGzipped, DecompressesOnlyWhatIsCompressed) {
  const TemporaryFolder folder;
  const std::filesystem::path path = folder.path() / "file";
  const auto read = [&](std::uint64_t max_bytes) {
    return to_text(read_maybe_gzipped(path, max_bytes));
  };
  write_file_atomically(path, gzip("some text"));
  EXPECT_EQ(read(9), "some text");
  EXPECT_TRUE(says(message_of([&] { read(8); }), "cannot decompress " + path.string()));
  write_file_atomically(path, "some text");
  EXPECT_EQ(read(9), "some text");
  EXPECT_TRUE(says(message_of([&] { read(8); }), "at most 8 are expected"));
  write_file_atomically(path, "");
  EXPECT_EQ(read(9), "");
}

}  // namespace
}  // namespace nn
