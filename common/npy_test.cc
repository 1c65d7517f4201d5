#include "common/npy.h"

#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <limits>

#include "common/check.h"
#include "common/file.h"
#include "common/test_files.h"

namespace nn {
namespace {

template <class T>
std::string text_of(const std::vector<T>& values) {
  return to_text(std::as_bytes(std::span(values)));
}

// A file with this header and these data, in version 1.0 or 2.0.
std::string npy_file(const std::string& header, const std::string& data, int version = 1) {
  std::string file = "\x93NUMPY";
  file += static_cast<char>(version);
  file += '\0';
  for (int i = 0; i < (version == 1 ? 2 : 4); ++i) {
    file += static_cast<char>((header.size() >> (8 * i)) & 0xff);
  }
  return file + header + data;
}

NpyArray parse(const std::string& file) { return parse_npy(to_bytes(file), "x.npy"); }

std::string refusal(const std::string& file) {
  return message_of([&] { parse(file); });
}

// The message for a file whose header is this and which has eight bytes of data.
std::string refusal_of_header(const std::string& header) {
  return refusal(npy_file(header, std::string(8, '\0')));
}

// What numpy.save wrote (NumPy 2.4.6) for np.array([[1.5, -2, 0], [3, 4.25, 1e300]]): its header
// is padded with spaces to 118 characters, so that the data begin at byte 128.
std::string numpy_f8() {
  std::string header = "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }";
  header.resize(117, ' ');
  return std::string("\x93NUMPY\x01\x00v\x00", 10) + header + "\n" +
         std::string(
             "\x00\x00\x00\x00\x00\x00\xf8?\x00\x00\x00\x00\x00\x00\x00\xc0\x00\x00\x00\x00\x00\x00"
             "\x00\x00\x00\x00\x00\x00\x00\x00\x08@\x00\x00\x00\x00\x00\x00\x11@\x9cu\x00\x88<\xe4"
             "7~",
             48);
}

TEST(Npy, ReadsWhatNumpyWrote) {
  const NpyArray array = parse(numpy_f8());
  EXPECT_EQ(array.dtype, Dtype::f8);
  EXPECT_EQ(array.shape, (Shape{2, 3}));
  EXPECT_EQ(array.size(), 6);
  EXPECT_FALSE(array.is_integer());
  EXPECT_EQ(array.as_doubles(), (std::vector<double>{1.5, -2, 0, 3, 4.25, 1e300}));
}

// np.save of np.asfortranarray(np.arange(6, dtype='<f4').reshape(2, 3)): column after column.
TEST(Npy, ReadsFortranOrderAsRowMajor) {
  const std::vector<float> columns = {0, 3, 1, 4, 2, 5};
  const NpyArray array = parse(
      npy_file("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3), }\n", text_of(columns)));
  EXPECT_EQ(array.as_doubles(), (std::vector<double>{0, 1, 2, 3, 4, 5}));
}

// Element (i, j, k) of shape (3, 1, 5) holds 100 i + 10 j + k, written first index fastest.
TEST(Npy, ReadsFortranOrderOfHigherRank) {
  std::vector<std::int32_t> written, want;
  for (int k = 0; k < 5; ++k) {
    for (int i = 0; i < 3; ++i) written.push_back(100 * i + k);
  }
  for (int i = 0; i < 3; ++i) {
    for (int k = 0; k < 5; ++k) want.push_back(100 * i + k);
  }
  const NpyArray array = parse(npy_file(
      "{'descr': '<i4', 'fortran_order': True, 'shape': (3, 1, 5), }\n", text_of(written)));
  EXPECT_EQ(array.as_integers(), std::vector<std::int64_t>(want.begin(), want.end()));
}

TEST(Npy, ReadsVersion2) {
  const std::string header = "{'descr': '<i8', 'fortran_order': False, 'shape': (2,), }\n";
  const std::string data = text_of(std::vector<std::int64_t>{-1, 1LL << 60});
  EXPECT_EQ(parse(npy_file(header, data, 2)).as_integers(),
            (std::vector<std::int64_t>{-1, 1LL << 60}));
  // 70000 spaces are more than version 1 can count.
  const std::string wide = std::string(70000, ' ') + header;
  EXPECT_EQ(parse(npy_file(wide, data, 2)).shape, Shape{2});
}

TEST(Npy, ReadsAnyOrderQuotesAndSpace) {
  for (const char* header : {
           "{'shape': (2,), 'descr': '|u1', 'fortran_order': False}",
           "{\"fortran_order\":False,\"shape\":(2,),\"descr\":\"|u1\",}",
           "  {\n'descr'\t:\r\n'|u1' , 'fortran_order' : False , 'shape' : ( 2 , ) , }  \n\n",
           "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 1), }",
           "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 1,), }",
       }) {
    EXPECT_EQ(parse(npy_file(header, "\x07\xff")).as_integers(),
              (std::vector<std::int64_t>{7, 255}))
        << header;
  }
}

TEST(Npy, ReadsScalarsAndEmptyArrays) {
  const NpyArray scalar = parse(
      npy_file("{'descr': '<i4', 'fortran_order': False, 'shape': (), }\n", "\xf9\xff\xff\xff"));
  EXPECT_EQ(scalar.as_integers(), std::vector<std::int64_t>{-7});
  EXPECT_EQ(scalar.shape, Shape{});
  for (const char* order : {"True", "False"}) {
    const NpyArray empty = parse(npy_file(
        detail::cat("{'descr': '<f8', 'fortran_order': ", order, ", 'shape': (3, 0, 2)}"), ""));
    EXPECT_EQ(empty.shape, (Shape{3, 0, 2}));
    EXPECT_TRUE(empty.as_doubles().empty());
  }
}

TEST(Npy, ConvertsEveryDtypeExactlyOrNotAtAll) {
  const auto array = []<class T>(const std::vector<T>& values) {
    return to_array(values, {std::ssize(values)});
  };
  const std::int64_t exact = std::int64_t{1} << 53;
  EXPECT_EQ(array(std::vector<float>{0.1f, -3}).as_doubles(), (std::vector<double>{0.1f, -3}));
  EXPECT_EQ(array(std::vector<std::int32_t>{-5, 7}).as_doubles(), (std::vector<double>{-5, 7}));
  EXPECT_EQ(array(std::vector<std::uint8_t>{200, 0}).as_doubles(), (std::vector<double>{200, 0}));
  EXPECT_EQ(array(std::vector<std::int64_t>{exact, -exact}).as_doubles(),
            (std::vector<double>{0x1p53, -0x1p53}));
  EXPECT_TRUE(says(message_of([&] { array(std::vector<std::int64_t>{exact + 1}).as_doubles(); }),
                   "9007199254740993 may not be exact"));
  EXPECT_TRUE(says(message_of([&] { array(std::vector<double>{1}).as_integers(); }), "<f8"));
  EXPECT_TRUE(array(std::vector<std::uint8_t>{1}).is_integer());
  EXPECT_FALSE(array(std::vector<float>{1}).is_integer());
}

TEST(Npy, NamesFileAndFault) {
  EXPECT_TRUE(says(refusal(""), "x.npy: not a .npy file we can read: it is empty"));
  EXPECT_TRUE(says(refusal("PK\x03\x04 a zip file"), "does not begin with \\x93NUMPY"));
  EXPECT_TRUE(says(refusal(npy_file("{}", "", 3)), "version is 3.0; supported are 1.0 and 2.0"));
  EXPECT_TRUE(says(refusal(std::string("\x93NUMPY\x01\x01\x00\x00", 10)), "version is 1.1"));
  EXPECT_TRUE(says(refusal(std::string("\x93NUMPY\x01\x00\xff\xff{}", 12)),
                   "header should have 65535 bytes, but only 2 follow"));
  EXPECT_TRUE(says(refusal(std::string("\x93NUMPY\x02\x00\xff\xff\xff\xff{}", 14)),
                   "header should have 4294967295 bytes, but only 2 follow"));
}

TEST(Npy, RefusesMalformedHeaders) {
  const auto header = refusal_of_header;
  EXPECT_TRUE(says(header(""), "'{' should stand where its end is"));
  EXPECT_TRUE(says(header("{'descr': '<f8', 'shape': (1,)}"), "no key 'fortran_order'"));
  EXPECT_TRUE(says(header("{'descr': '<f8', 'fortran_order': False}"), "no key 'shape'"));
  EXPECT_TRUE(says(header("{'shape': (1,), 'fortran_order': False}"), "no key 'descr'"));
  EXPECT_TRUE(says(header("{'descr': '<f8', 'descr': '<f8'}"), "the key 'descr' twice"));
  EXPECT_TRUE(says(header("{'shape': (1,), 'shape': (1,)}"), "the key 'shape' twice"));
  EXPECT_TRUE(says(header("{'colour': 'red'}"), "has the key \"colour\"; it may have"));
  EXPECT_TRUE(says(header("{'descr': '<f8' 'shape': (1,)}"), "',' or '}' should stand where"));
  EXPECT_TRUE(says(header("{'descr' '<f8'}"), "':' should stand where \"'<f8'}\""));
  EXPECT_TRUE(says(header("{,}"), "a quoted string should stand where \",}\" is"));
  EXPECT_TRUE(says(header("{descr: '<f8'}"), "a quoted string"));
  EXPECT_TRUE(says(header("{'descr"), "a quoted string"));
  EXPECT_TRUE(says(header("{'de\\scr': '<f8'}"), "without '\\'"));
  EXPECT_TRUE(says(header("{'fortran_order': true}"), "True or False should stand"));
  const std::string whole = "{'descr': '<f8', 'fortran_order': False, 'shape': (1,)}";
  EXPECT_TRUE(says(header(whole + " 1"), "nothing more should stand where \"1\" is"));
  EXPECT_TRUE(says(header(whole + '\0'), "nothing more should stand where \"?\" is"));
}

TEST(Npy, NamesTheDtypesItSupports) {
  for (const char* descr : {">f8", "<f2", "<c16", "|b1", "<u4", "|O", "=f8", "f8", ""}) {
    const std::string message = refusal_of_header(
        detail::cat("{'descr': '", descr, "', 'fortran_order': False, 'shape': (1,)}"));
    EXPECT_TRUE(says(message, detail::cat("its dtype \"", descr, "\" is not supported")));
    EXPECT_TRUE(says(message, "supported are <f4, <f8, <i4, <i8, |u1"));
    EXPECT_EQ(message.find("big-endian") != std::string::npos, descr[0] == '>');
  }
  EXPECT_TRUE(says(refusal_of_header("{'descr': [('a', '<f8')]}"), "it holds records"));
}

TEST(Npy, RefusesMalformedShapes) {
  const auto shape = [](const std::string& text) {
    return refusal_of_header("{'descr': '<f8', 'fortran_order': False, 'shape': " + text + "}");
  };
  EXPECT_TRUE(says(shape("(-1,)"), "a negative extent"));
  EXPECT_TRUE(says(shape("(1)"), "',' should stand where \")}\" is"));
  EXPECT_TRUE(says(shape("1"), "'(' should stand"));
  EXPECT_TRUE(says(shape("[1]"), "'(' should stand"));
  EXPECT_TRUE(says(shape("(,)"), "an extent or ')' should stand"));
  EXPECT_TRUE(says(shape("(1 1)"), "',' should stand"));
  EXPECT_TRUE(says(shape("(1,"), "an extent or ')' should stand where \"}\" is"));
  EXPECT_TRUE(says(shape("(1.0,)"), "',' should stand"));
  EXPECT_TRUE(says(shape("(0x1,)"), "',' should stand"));
  EXPECT_TRUE(says(shape("(9223372036854775808,)"), "an extent past 2^63 - 1"));
  EXPECT_TRUE(says(shape("(99999999999999999999999,)"), "an extent past 2^63 - 1"));
  // 8 bytes each: 2^61 of them are 2^64, which is 0 in 64 bits.
  EXPECT_TRUE(says(shape("(2305843009213693952,)"), "more than 2^63 - 1 bytes"));
  EXPECT_TRUE(says(shape("(4294967296, 4294967296)"), "more than 2^63 - 1 bytes"));
  EXPECT_TRUE(says(shape("(9223372036854775807, 2, 0)"), "more than 2^63 - 1 bytes"));
  std::string many = "(";
  for (int i = 0; i < 33; ++i) many += "1, ";
  EXPECT_TRUE(says(shape(many + ")"), "more than 32 extents"));
}

TEST(Npy, RefusesTooFewAndTooManyBytes) {
  EXPECT_TRUE(
      says(refusal(numpy_f8() + "x"), "shape (2, 3) and dtype <f8 has 48 bytes, but 49 follow"));
  EXPECT_TRUE(says(refusal_of_header("{'descr': '<f8', 'fortran_order': True, 'shape': (3, 1)}"),
                   "has 24 bytes, but 8 follow"));
  // A claim of 2^53 bytes: refused before anything of that size is asked for.
  EXPECT_TRUE(says(
      refusal_of_header("{'descr': '<f8', 'fortran_order': False, 'shape': (1125899906842624,)}"),
      "has 9007199254740992 bytes, but 8 follow"));
}

TEST(Npy, RefusesEveryTruncation) {
  const std::string file = numpy_f8();
  for (std::size_t size = 0; size < file.size(); ++size) {
    EXPECT_THROW(parse(file.substr(0, size)), Error) << size;
  }
}

TEST(Npy, WritesWhatNumpyWrites) {
  const TemporaryFolder folder;
  const std::filesystem::path path = folder.path() / "a.npy";
  write_npy(path, std::vector<double>{1.5, -2, 0, 3, 4.25, 1e300}, {2, 3});
  EXPECT_EQ(to_text(read_file(path)), numpy_f8());
}

// np.save of np.zeros((1,) * 15 + (0,) * 3, '<i8'): its header is 107 characters, and grows to 192.
TEST(Npy, WritesWhatNumpyWritesForLongHeaders) {
  const TemporaryFolder folder;
  const std::filesystem::path path = folder.path() / "a.npy";
  Shape shape(18, 1);
  shape[15] = shape[16] = shape[17] = 0;
  write_npy(path, std::vector<std::int64_t>{}, shape);
  std::string want =
      "{'descr': '<i8', 'fortran_order': False, 'shape': "
      "(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0), }";
  want.resize(181, ' ');
  EXPECT_EQ(to_text(read_file(path)), std::string("\x93NUMPY\x01\x00\xb6\x00", 10) + want + "\n");
}

template <class T>
void round_trip(Dtype dtype, const std::vector<T>& values, const Shape& shape) {
  const TemporaryFolder folder;
  const std::filesystem::path path = folder.path() / "a.npy";
  write_npy(path, values, shape);
  const NpyArray array = read_npy(path);
  EXPECT_EQ(array.dtype, dtype);
  EXPECT_EQ(array.shape, shape);
  EXPECT_EQ(to_text(array.bytes), text_of(values));  // as bytes, so that NaN and -0 count too
  EXPECT_EQ(read_file(path).size() % 64, values.size() * sizeof(T) % 64);
}

TEST(Npy, ReadsBackWhatItWrites) {
  using Double = std::numeric_limits<double>;
  round_trip(Dtype::f8,
             std::vector<double>{-0.0, Double::quiet_NaN(), Double::infinity(),
                                 Double::denorm_min(), Double::max(), 0.1},
             {3, 1, 2});
  round_trip(Dtype::f4, std::vector<float>{0.1f, -2}, {2});
  round_trip(Dtype::i4, std::vector<std::int32_t>{1 << 30, -5, 0}, {1, 3});
  round_trip(Dtype::i8, std::vector<std::int64_t>{1LL << 62}, {});
  round_trip(Dtype::u1, std::vector<std::uint8_t>{0, 255, 1}, {3, 1});
  round_trip(Dtype::f8, std::vector<double>{}, {0, 129});
  round_trip(Dtype::u1, std::vector<std::uint8_t>{9}, Shape(32, 1));
}

TEST(Npy, WritesNothingWhereShapeAndValuesDisagree) {
  const TemporaryFolder folder;
  const std::filesystem::path path = folder.path() / "a.npy";
  const std::vector<double> values = {1, 2, 3};
  EXPECT_TRUE(says(message_of([&] { write_npy(path, values, {2, 2}); }), "shape (2, 2)"));
  EXPECT_THROW(write_npy(path, values, {-1, -3}), Error);
  EXPECT_THROW(write_npy(path, std::vector<double>{1}, Shape(33, 1)), Error);
  EXPECT_TRUE(folder.names().empty());
}

TEST(Npy, NamesTheFileItRefuses) {
  const TemporaryFolder folder;
  const std::filesystem::path path = folder.path() / "broken.npy";
  write_file_atomically(path, "PK");
  EXPECT_TRUE(says(message_of([&] { read_npy(path); }), path.string()));
}

}  // namespace
}  // namespace nn
