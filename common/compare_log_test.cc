#include "common/compare_log.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>

#include "common/compare_gtest.h"
#include "common/file.h"
#include "common/test_files.h"

namespace nn {
namespace {

using Doubles = std::vector<double>;

// The log goes to a file of this test's own, and back to where it went before.
class CompareLog : public testing::Test {
 protected:
  CompareLog() {
    if (const char* before = ::getenv("NN_COMPARE_LOG")) before_ = before;
    log_to(path());
    ::unsetenv("NN_COMPARE_SCALE");  // a run with looser bounds is no run of this test
  }
  ~CompareLog() override {
    log_to(before_);
    ::unsetenv("NN_COMPARE_SCALE");
  }

  static void log_to(const std::string& file) {
    file.empty() ? ::unsetenv("NN_COMPARE_LOG") : ::setenv("NN_COMPARE_LOG", file.c_str(), 1);
  }
  std::string path() const { return (folder_.path() / "log.jsonl").string(); }

  std::vector<nlohmann::json> lines() const {
    std::vector<nlohmann::json> found;
    std::istringstream text(to_text(read_file(path())));
    for (std::string line; std::getline(text, line);) found.push_back(nlohmann::json::parse(line));
    return found;
  }

 private:
  TemporaryFolder folder_;
  std::string before_;
};

TEST_F(CompareLog, HasALineForEachComparison) {
  (void)close(Doubles{1, 2, 3.5}, Doubles{1, 2, 3}, Bound{.abs = 0.25});
  (void)identical(std::vector<int>{4, 5}, std::vector<int>{4, 5});
  ASSERT_EQ(lines().size(), 2U);
  const nlohmann::json first = lines()[0];
  EXPECT_EQ(first["test"], "CompareLog.HasALineForEachComparison");
  EXPECT_EQ(first["shape"], nlohmann::json({3}));
  EXPECT_EQ(first["count"], 3);
  EXPECT_EQ(first["max_error"], 0.5);
  EXPECT_EQ(first["max_allowed"], 0.25);
  EXPECT_EQ(first["max_ratio"], 2);
  EXPECT_EQ(first["largest_want"], 3);
  EXPECT_EQ(first["roundoff"], 0x1p-53);
  EXPECT_EQ(first["loosened"], 1);
  EXPECT_EQ(first["exact"], false);
  EXPECT_EQ(first["constant"], false);
  EXPECT_EQ(first["symmetric"], false);
  EXPECT_EQ(first["guarded"], false);
  EXPECT_EQ(first["wrong"], 1);
  EXPECT_EQ(first["looks"], "tail");
  const nlohmann::json second = lines()[1];
  EXPECT_EQ(second["exact"], true);
  EXPECT_EQ(second["wrong"], 0);
  EXPECT_EQ(second["looks"], "nothing");
}

TEST_F(CompareLog, TellsWhatWantIsLike) {
  const Doubles same{7, 7, 7, 7}, symmetric{1, 2, 2, 3}, neither{1, 2, 3, 4};
  compare(same, same, {4}, Bound{});
  compare(symmetric, symmetric, {2, 2}, Bound{});
  compare(symmetric, symmetric, {4}, Bound{});
  compare(neither, neither, {2, 2}, Bound{});
  compare(Doubles{7}, Doubles{7}, {1, 1}, Bound{});
  const std::vector<nlohmann::json> all = lines();
  ASSERT_EQ(all.size(), 5U);
  const std::vector<std::pair<bool, bool>> want{
      {true, false}, {false, true}, {false, false}, {false, false}, {false, false}};
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(all[i]["constant"], want[i].first) << i;
    EXPECT_EQ(all[i]["symmetric"], want[i].second) << i;
  }
}

TEST_F(CompareLog, TellsHowLargeAFiniteWantIs) {
  const Doubles want{1, -7, INFINITY, NAN};
  compare(want, want, {4}, Bound{});
  compare(std::vector<float>{2}, Doubles{2}, {1}, Bound{});
  compare(std::vector<std::int64_t>{-5}, std::vector<std::int64_t>{-5}, {1});
  ASSERT_EQ(lines().size(), 3U);
  EXPECT_EQ(lines()[0]["largest_want"], 7);
  EXPECT_EQ(lines()[1]["roundoff"], 0x1p-24);
  EXPECT_EQ(lines()[2]["largest_want"], 5);
}

TEST_F(CompareLog, LoosensBoundsWhereItIsAskedTo) {
  const Doubles got{1.5}, want{1};
  EXPECT_FALSE(compare(got, want, {1}, Bound{.abs = 0.01}).ok());
  ::setenv("NN_COMPARE_SCALE", "100", 1);
  EXPECT_TRUE(compare(got, want, {1}, Bound{.abs = 0.01}).ok());
  EXPECT_FALSE(compare(got, want, {1}, Bound{.abs = 0.001}).ok());
  EXPECT_FALSE(compare(got, want, {1}, Bound{}).ok());  // what must be equal stays so
  EXPECT_FALSE(compare(Doubles{NAN}, want, {1}, Bound{.abs = 1}).ok());
  ASSERT_EQ(lines().size(), 5U);
  EXPECT_EQ(lines()[1]["loosened"], 100);
  EXPECT_EQ(lines()[1]["max_allowed"], 1);
  EXPECT_EQ(lines()[1]["max_ratio"], 0.5);
}

TEST_F(CompareLog, LoosensNothingWithoutALog) {
  ::setenv("NN_COMPARE_SCALE", "100", 1);
  log_to("");
  EXPECT_FALSE(compare(Doubles{1.5}, Doubles{1}, {1}, Bound{.abs = 0.01}).ok());
}

TEST_F(CompareLog, RefusesAScaleThatIsNone) {
  for (const char* scale : {"0.5", "-1", "nan", "inf", "ten", "100 times"}) {
    ::setenv("NN_COMPARE_SCALE", scale, 1);
    const std::string message = message_of([] { compare(Doubles{1}, Doubles{1}, {1}, Bound{}); });
    EXPECT_TRUE(says(message, std::string("NN_COMPARE_SCALE is '") + scale + "'")) << scale;
  }
}

TEST_F(CompareLog, RecordsShapesThatDiffer) {
  (void)close(Doubles{1, 2}, Doubles{1, 2, 3}, Bound{});
  ASSERT_EQ(lines().size(), 1U);
  EXPECT_EQ(lines()[0]["wrong"], 3);
}

TEST_F(CompareLog, RecordsGuards) {
  Guarded<double> out(1);
  out.data()[0] = 2;
  (void)close_guarded(out, Doubles{2}, Bound{});
  ASSERT_EQ(lines().size(), 1U);
  EXPECT_EQ(lines()[0]["guarded"], true);
}

TEST_F(CompareLog, WritesNanAsNull) {
  compare(Doubles{NAN}, Doubles{1}, {1}, Bound{});
  ASSERT_EQ(lines().size(), 1U);
  EXPECT_TRUE(lines()[0]["max_error"].is_null());
}

TEST_F(CompareLog, AFileThatCannotBeWrittenIsNamed) {
  log_to(path() + "/no/such/folder");
  const std::string message = message_of([] { compare(Doubles{1}, Doubles{1}, {1}, Bound{}); });
  EXPECT_TRUE(says(message, "NN_COMPARE_LOG=" + path() + "/no/such/folder cannot be opened"));
}

// /dev/full accepts an open and fails each write with "no space left".
TEST_F(CompareLog, AFullDiskIsNamed) {
  log_to("/dev/full");
  const std::string message = message_of([] { compare(Doubles{1}, Doubles{1}, {1}, Bound{}); });
  EXPECT_TRUE(says(message, "NN_COMPARE_LOG=/dev/full"));
  EXPECT_TRUE(says(message, "No space left"));
}

TEST_F(CompareLog, NothingIsWrittenWithoutTheVariable) {
  log_to("");
  compare(Doubles{1}, Doubles{1}, {1}, Bound{});
  EXPECT_FALSE(std::filesystem::exists(path()));
}

}  // namespace
}  // namespace nn
