#include "common/safetensors.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "common/check.h"
#include "common/file.h"
#include "common/test_files.h"

namespace nn {
namespace {

// A file with this header and these data.
std::string file_of(const std::string& header, const std::string& data) {
  std::string file;
  for (int i = 0; i < 8; ++i) file += static_cast<char>((header.size() >> (8 * i)) & 0xff);
  return file + header + data;
}

Safetensors parse(const std::string& file) {
  return parse_safetensors(to_bytes(file), "x.safetensors");
}

std::string refusal(const std::string& file) {
  return message_of([&] { parse(file); });
}

// The message for a file of one array, `entry`, with eight bytes of data.
std::string refusal_of_entry(const std::string& entry) {
  return refusal(file_of("{\"a\":" + entry + "}", std::string(8, '\0')));
}

Safetensors one_of_each() {
  Safetensors content;
  content.metadata = {{"architecture", "{\"a\": \"é\n\x1f\x7f/\"}"}};
  content.tensors = {
      {"layers.0.w", to_array(std::vector<double>{1.5, -2, 0}, {1, 3})},
      {"layers.0.bias", to_array(std::vector<double>{0.25, 1, 2}, {3})},
      {"step", to_array(std::vector<std::int64_t>{7}, {1})},
      {"scalar", to_array(std::vector<float>{3}, {})},
      {"bytes", to_array(std::vector<std::uint8_t>{1, 2, 3}, {3})},
      {"int", to_array(std::vector<std::int32_t>{5}, {1, 1})},
      {"empty", to_array(std::vector<double>{}, {0, 3})},
  };
  return content;
}

// What save() of Python's safetensors 0.8.0 wrote for the same content, byte for byte.
std::string written_by_python() {
  std::string header = R"({"__metadata__":{"architecture":"{\"a\": \"é\n\u001f)"
                       "\x7f"
                       R"(/\"}"},)"
                       R"("step":{"dtype":"I64","shape":[1],"data_offsets":[0,8]},)"
                       R"("empty":{"dtype":"F64","shape":[0,3],"data_offsets":[8,8]},)"
                       R"("layers.0.bias":{"dtype":"F64","shape":[3],"data_offsets":[8,32]},)"
                       R"("layers.0.w":{"dtype":"F64","shape":[1,3],"data_offsets":[32,56]},)"
                       R"("scalar":{"dtype":"F32","shape":[],"data_offsets":[56,60]},)"
                       R"("int":{"dtype":"I32","shape":[1,1],"data_offsets":[60,64]},)"
                       R"("bytes":{"dtype":"U8","shape":[3],"data_offsets":[64,67]}}    )";
  return file_of(header, std::string("\x07\x00\x00\x00\x00\x00\x00\x00"
                                     "\x00\x00\x00\x00\x00\x00\xd0\x3f\x00\x00\x00\x00\x00\x00\xf0"
                                     "\x3f\x00\x00\x00\x00\x00\x00\x00\x40"
                                     "\x00\x00\x00\x00\x00\x00\xf8\x3f\x00\x00\x00\x00\x00\x00\x00"
                                     "\xc0\x00\x00\x00\x00\x00\x00\x00\x00"
                                     "\x00\x00\x40\x40"
                                     "\x05\x00\x00\x00"
                                     "\x01\x02\x03",
                                     67));
}

TEST(Safetensors, ReadsWhatPythonWrote) {
  EXPECT_TRUE(parse(written_by_python()) == one_of_each());
}

TEST(Safetensors, WritesWhatPythonWrites) {
  EXPECT_EQ(to_text(format_safetensors(one_of_each())), written_by_python());
  EXPECT_EQ(to_text(format_safetensors({})), file_of("{}      ", ""));
}

TEST(Safetensors, ReadsBackWhatItWrites) {
  const TemporaryFolder folder;
  const std::filesystem::path path = folder.path() / "model.safetensors";
  Safetensors content = one_of_each();
  content.metadata = {{"b", "1"}, {"", "empty key"}, {"a", ""}};
  content.tensors["\"quoted\" / ünï \\"] = to_array(std::vector<double>(31 * 33, 0.1), {31, 33});
  write_safetensors(path, content);
  EXPECT_TRUE(read_safetensors(path) == content);
  for (const Safetensors& other : {Safetensors{}, Safetensors{{{"only", "metadata"}}, {}}}) {
    EXPECT_TRUE(parse(to_text(format_safetensors(other))) == other);
  }
}

// Of each kind of change that a file could suffer and still be well-formed.
TEST(Safetensors, ChecksumTellsEveryChange) {
  Safetensors content;
  content.metadata = {{"a", "b"}, {kChecksumKey, "anything"}};
  content.tensors["z.empty"] = to_array(std::vector<double>{}, {0, 5});
  content.tensors["w"] = to_array(std::vector<float>{1, 2, 3, 4, 5, 6}, {2, 3});
  const std::string whole = checksum(content);
  EXPECT_EQ(whole.size(), 8U);
  std::vector<std::string> seen{whole};
  const auto changed = [&](const std::function<void(Safetensors&)>& change) {
    Safetensors other = content;
    change(other);
    seen.push_back(checksum(other));
  };
  changed([](Safetensors& c) { c.metadata["a"] = "d"; });
  changed([](Safetensors& c) { c.metadata = {{"ab", ""}}; });
  changed([](Safetensors& c) { c.tensors["w"].shape = {3, 2}; });
  changed([](Safetensors& c) { c.tensors["w"].bytes[23] ^= std::byte{1}; });
  changed([](Safetensors& c) { c.tensors["z.empty"].shape = {0, 4}; });
  changed([](Safetensors& c) { c.tensors.erase("w"); });
  std::ranges::sort(seen);
  EXPECT_EQ(std::ranges::adjacent_find(seen), seen.end());
  content.metadata[kChecksumKey] = whole;
  EXPECT_EQ(checksum(content), whole);
}

TEST(Safetensors, AlignsEveryArray) {
  Safetensors content = one_of_each();
  for (int i = 0; i < 9; ++i) {  // names of every length modulo 8
    content.tensors["u" + std::string(static_cast<std::size_t>(i), 'u')] =
        to_array(std::vector<std::uint8_t>(7), {7});
    const std::string file = to_text(format_safetensors(content));
    // step is written first, 7 as eight bytes.
    EXPECT_EQ(file.find(std::string("\7\0\0\0\0\0\0\0", 8)) % 8, 0u) << i;
  }
}

TEST(Safetensors, KnowsOrSaysWhatThereIs) {
  const Safetensors content = one_of_each();
  EXPECT_EQ(content.tensor("layers.0.bias").as_doubles(), (std::vector<double>{0.25, 1, 2}));
  EXPECT_EQ(content.tensor("scalar").as_doubles(), std::vector<double>{3});
  EXPECT_TRUE(says(message_of([&] { content.tensor("layers.1.w"); }),
                   "there is no array layers.1.w; there are bytes, empty, int, layers.0.bias, "
                   "layers.0.w, scalar, step"));
  EXPECT_TRUE(says(message_of([&] { content.metadata_value("step"); }),
                   "there is no metadata step; there are architecture"));
  EXPECT_TRUE(says(message_of([] { Safetensors().tensor("x"); }), "there are nothing"));
}

TEST(Safetensors, RefusesAMalformedBeginning) {
  EXPECT_TRUE(says(refusal(""), "x.safetensors: not a safetensors file we can read: it has 0"));
  EXPECT_TRUE(says(refusal("1234567"), "it has 7 bytes"));
  EXPECT_TRUE(says(refusal("# groundup, a text"), "its header does not begin with '{'"));
  EXPECT_TRUE(says(refusal(std::string(8, '\xff')), "should have 18446744073709551615 bytes; at"));
  EXPECT_TRUE(says(refusal(std::string("\x01\xe1\xf5\x05\0\0\0\0", 8)),
                   "should have 100000001 bytes; at most 100 MB"));
  EXPECT_TRUE(says(refusal(std::string("\x00\xe1\xf5\x05\0\0\0\0{}", 10)),
                   "should have 100000000 bytes, but only 2 follow"));
  EXPECT_TRUE(says(refusal(file_of("", "")), "its header is empty"));
  EXPECT_TRUE(says(refusal(file_of(" {}", "")), "does not begin with '{'"));
  EXPECT_TRUE(says(refusal(file_of("[]", "")), "does not begin with '{'"));
  EXPECT_TRUE(says(refusal(file_of("{]", "")), "x.safetensors: not valid JSON"));
  EXPECT_TRUE(says(refusal(file_of("{} {}", "")), "not valid JSON"));
  EXPECT_TRUE(says(refusal(file_of("{\"\xff\":1}", "")), "not valid JSON"));
}

TEST(Safetensors, RefusesMalformedMetadata) {
  EXPECT_TRUE(says(refusal(file_of(R"({"__metadata__":[]})", "")), "should be an object"));
  EXPECT_TRUE(says(refusal(file_of(R"({"__metadata__":null})", "")), "should be an object"));
  EXPECT_TRUE(says(refusal(file_of(R"({"__metadata__":{"epoch":3}})", "")),
                   "__metadata__: \"epoch\" should be a string"));
}

TEST(Safetensors, RefusesAnythingTwice) {
  const std::string entry = R"({"dtype":"U8","shape":[0],"data_offsets":[0,0]})";
  EXPECT_TRUE(says(refusal(file_of("{\"a\":" + entry + ",\"a\":" + entry + "}", "")),
                   "the key \"a\" twice"));
  EXPECT_TRUE(
      says(refusal_of_entry(R"({"dtype":"U8","dtype":"U8","shape":[8],"data_offsets":[0,8]})"),
           "the key \"dtype\" twice"));
  EXPECT_TRUE(
      says(refusal(file_of(R"({"__metadata__":{"k":"1","k":"2"}})", "")), "the key \"k\" twice"));
}

TEST(Safetensors, RefusesMalformedEntries) {
  const auto entry = refusal_of_entry;
  EXPECT_TRUE(says(entry("3"), "\"a\" should be an object"));
  EXPECT_TRUE(says(entry(R"({"shape":[8],"data_offsets":[0,8]})"), "\"a\" has no \"dtype\""));
  EXPECT_TRUE(says(entry(R"({"dtype":"U8","data_offsets":[0,8]})"), "no \"shape\""));
  EXPECT_TRUE(says(entry(R"({"dtype":"U8","shape":[8]})"), "no \"data_offsets\""));
  EXPECT_TRUE(says(entry(R"({"dtype":"U8","shape":[8],"data_offsets":[0,8],"x":1})"), "more than"));
  for (const char* dtype : {"\"BF16\"", "\"f64\"", "64", "null", "[\"U8\"]"}) {
    const std::string message =
        entry(detail::cat("{\"dtype\":", dtype, R"(,"shape":[8],"data_offsets":[0,8]})"));
    EXPECT_TRUE(says(message, detail::cat("\"a\" has dtype ", dtype)));
    EXPECT_TRUE(says(message, "supported are I64, F64, F32, I32, U8"));
  }
  for (const char* shape :
       {"[-8]", "[8.0]", "[\"8\"]", "[[8]]", "[18446744073709551615]", "[true]"}) {
    EXPECT_TRUE(
        says(entry(detail::cat(R"({"dtype":"U8","shape":)", shape, R"(,"data_offsets":[0,8]})")),
             "for an integer from 0 to 2^63 - 1"));
  }
  EXPECT_TRUE(
      says(entry(R"({"dtype":"U8","shape":8,"data_offsets":[0,8]})"), "a list of integers"));
}

TEST(Safetensors, RefusesSizesThatDisagree) {
  const auto entry = [](const std::string& dtype, const std::string& shape,
                        const std::string& offsets) {
    return refusal_of_entry("{\"dtype\":\"" + dtype + "\",\"shape\":" + shape +
                            ",\"data_offsets\":" + offsets + "}");
  };
  EXPECT_EQ(entry("F64", "[1]", "[0,8]"), "(nothing was thrown)");
  EXPECT_TRUE(says(entry("F64", "[1]", "[0,9]"), "ends at byte 9 of the data, which are only 8"));
  EXPECT_TRUE(says(entry("F64", "[1]", "[0,9223372036854775807]"), "which are only 8"));
  EXPECT_TRUE(says(entry("F64", "[1]", "[8,0]"), "not a begin and an end"));
  EXPECT_TRUE(says(entry("F64", "[1]", "[0]"), "not a begin and an end"));
  EXPECT_TRUE(says(entry("F64", "[1]", "[0,8,8]"), "not a begin and an end"));
  EXPECT_TRUE(says(entry("F64", "[2]", "[0,8]"), "\"a\" of shape (2,) needs 16 bytes, but has 8"));
  EXPECT_TRUE(says(entry("F32", "[1]", "[0,8]"), "needs 4 bytes, but has 8"));
  EXPECT_TRUE(says(entry("F64", "[0]", "[0,8]"), "needs 0 bytes, but has 8"));
  EXPECT_TRUE(says(entry("F64", "[4294967296,4294967296]", "[0,8]"), "needs more than 2^63 - 1"));
  // 2^61 numbers of 8 bytes are 2^64, which is 0 in 64 bits.
  EXPECT_TRUE(says(entry("F64", "[2305843009213693952]", "[0,0]"), "needs more than 2^63 - 1"));
}

TEST(Safetensors, RefusesGapsAndOverlaps) {
  const auto two = [](const std::string& a, const std::string& b, std::size_t data_bytes) {
    return refusal(file_of(R"({"a":{"dtype":"U8","shape":[4],"data_offsets":)" + a +
                               R"(},"b":{"dtype":"U8","shape":[4],"data_offsets":)" + b + "}}",
                           std::string(data_bytes, '\0')));
  };
  EXPECT_EQ(two("[0,4]", "[4,8]", 8), "(nothing was thrown)");
  EXPECT_EQ(two("[4,8]", "[0,4]", 8), "(nothing was thrown)");
  EXPECT_TRUE(says(two("[0,4]", "[3,7]", 7), "\"b\" overlaps the array before it"));
  EXPECT_TRUE(says(two("[0,4]", "[0,4]", 4), "overlaps"));
  EXPECT_TRUE(says(two("[0,4]", "[5,9]", 9), "no array holds the bytes 4 to 5"));
  EXPECT_TRUE(says(two("[1,5]", "[5,9]", 9), "no array holds the bytes 0 to 1"));
  EXPECT_TRUE(says(two("[0,4]", "[4,8]", 9), "no array holds the last 1 bytes"));
  EXPECT_TRUE(says(refusal(file_of("{}", "x")), "no array holds the last 1 bytes"));
  EXPECT_TRUE(says(refusal(file_of(R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},)"
                                   R"("e":{"dtype":"U8","shape":[0],"data_offsets":[2,2]}})",
                                   "1234")),
                   "\"e\" overlaps"));
}

TEST(Safetensors, RefusesEveryTruncation) {
  const std::string file = written_by_python();
  for (std::size_t size = 0; size < file.size(); ++size) {
    EXPECT_THROW(parse(file.substr(0, size)), Error) << size;
  }
}

TEST(Safetensors, RefusesToWriteWhatItCouldNotRead) {
  const NpyArray array = to_array(std::vector<double>{1}, {1});
  const auto formatting = [](const Safetensors& content) {
    return message_of([&] { format_safetensors(content); });
  };
  EXPECT_TRUE(says(formatting({{}, {{"__metadata__", array}}}), "no array may have this name"));
  EXPECT_TRUE(says(formatting({{}, {{"\xff", array}}}), "not UTF-8"));
  EXPECT_TRUE(says(formatting({{{"key", "\xff"}}, {}}), "not UTF-8"));
  EXPECT_TRUE(says(formatting({{}, {{"a", NpyArray{Dtype::f8, {2}, array.bytes}}}}),
                   "\"a\" of shape (2,) and F64 has 8 bytes"));
}

}  // namespace
}  // namespace nn
