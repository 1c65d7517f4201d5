#include "common/golden.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>

#include "common/check.h"
#include "common/file.h"
#include "common/test_files.h"

namespace nn {
namespace {

constexpr const char* kCases = R"({"cases": [
  {"case": "softmax", "first_phase": 1, "not_in": [2, 4], "tensors": [
    {"name": "z", "role": "input"},
    {"name": "p", "role": "output", "abs_roundoffs": 2, "rel_roundoffs": 12.5,
     "why": "[Higham02]"}]},
  {"case": "one_hot", "first_phase": 2, "not_in": [], "tensors": [
    {"name": "t", "role": "input"},
    {"name": "h", "role": "output", "abs_roundoffs": 0, "rel_roundoffs": 0, "why": "copies"}]}
], "exercises": {"labels": ["one_hot", "softmax/p"]}})";

// NN_REFERENCE_DIR leads to `folder` for as long as this object lives.
class ReferenceDir {
 public:
  explicit ReferenceDir(const std::filesystem::path& folder) {
    ::setenv("NN_REFERENCE_DIR", folder.c_str(), 1);
  }
  ReferenceDir(const ReferenceDir&) = delete;
  ReferenceDir& operator=(const ReferenceDir&) = delete;
  ~ReferenceDir() { ::unsetenv("NN_REFERENCE_DIR"); }
};

// The message for a cases.json in which `find` is replaced.
std::string refusal(const std::string& find, const std::string& replacement) {
  std::string text = kCases;
  const std::size_t at = text.find(find);
  NN_CHECK(at != std::string::npos, find);
  text.replace(at, find.size(), replacement);
  const TemporaryFolder folder;
  write_file_atomically(folder.path() / "cases.json", text);
  const std::string message = message_of([&] { read_golden_cases(folder.path() / "cases.json"); });
  EXPECT_TRUE(says(message, (folder.path() / "cases.json").string() + ": "));
  return message;
}

TEST(Golden, ReadsWhatAnExerciseComputes) {
  const TemporaryFolder folder;
  const std::filesystem::path path = folder.path() / "cases.json";
  write_file_atomically(path, std::string_view(kCases));
  const GoldenExercises want{{"labels", {"one_hot", "softmax/p"}}};
  EXPECT_EQ(read_golden_exercises(path), want);
  for (const char* damaged : {R"({})", R"({"exercises": {"a": "b"}})", R"({"exercises": [[]]})",
                              R"({"exercises": {"a": [3]}})"}) {
    write_file_atomically(path, std::string_view(damaged));
    EXPECT_TRUE(says(message_of([&] { read_golden_exercises(path); }), "exercise")) << damaged;
  }
}

TEST(Golden, ReadsTheListOfCases) {
  const TemporaryFolder folder;
  write_file_atomically(folder.path() / "cases.json", kCases);
  const std::vector<GoldenTensor> cases = read_golden_cases(folder.path() / "cases.json");
  ASSERT_EQ(cases.size(), 4u);
  EXPECT_EQ(cases[0].name(), "softmax/z");
  EXPECT_FALSE(cases[0].is_output);
  EXPECT_EQ(cases[1].name(), "softmax/p");
  EXPECT_TRUE(cases[1].is_output);
  EXPECT_EQ(cases[1].first_phase, 1);
  EXPECT_EQ(cases[1].why, "[Higham02]");
  EXPECT_EQ(cases[3].first_phase, 2);
  EXPECT_TRUE(cases[1].computed_in(1) && cases[1].computed_in(3));
  EXPECT_FALSE(cases[1].computed_in(2) || cases[1].computed_in(4));
  EXPECT_FALSE(cases[3].computed_in(1));
  EXPECT_TRUE(cases[3].computed_in(2));
}

TEST(Golden, BoundsCountUnitRoundoffs) {
  GoldenTensor tensor;
  tensor.abs_roundoffs = 2;
  tensor.rel_roundoffs = 12.5;
  EXPECT_EQ(tensor.bound(Precision::f64).abs, 2 * 0x1p-53);
  EXPECT_EQ(tensor.bound(Precision::f64).rel, 12.5 * 0x1p-53);
  EXPECT_EQ(tensor.bound(Precision::f32).abs, 2 * 0x1p-24);
  EXPECT_EQ(tensor.bound(Precision::f32).rel, 12.5 * 0x1p-24);
}

TEST(Golden, RefusesAMalformedList) {
  EXPECT_TRUE(says(refusal("{\"cases\"", "\"cases\""), "not valid JSON"));
  EXPECT_TRUE(says(refusal("\"cases\"", "\"Cases\""), "has no \"cases\""));
  EXPECT_TRUE(says(refusal(R"("case": "softmax")", R"("kase": "softmax")"), "no \"case\""));
  EXPECT_TRUE(says(refusal(R"("case": "softmax")", R"("case": 3)"), "should be a string"));
  EXPECT_TRUE(says(refusal(R"("softmax")", R"("../softmax")"), "is no name"));
  EXPECT_TRUE(says(refusal(R"("name": "z")", R"("name": "")"), "is no name"));
  EXPECT_TRUE(says(refusal(R"("name": "z")", R"("name": "p")"), "softmax/p is listed twice"));
  EXPECT_TRUE(says(refusal("\"first_phase\": 1", "\"first_phase\": 0"), "from 1 to 6"));
  EXPECT_TRUE(says(refusal("\"first_phase\": 1", "\"first_phase\": 7"), "from 1 to 6"));
  EXPECT_TRUE(says(refusal("\"first_phase\": 1", "\"first_phase\": -1"), "from 1 to 6"));
  EXPECT_TRUE(says(refusal("\"first_phase\": 1", "\"first_phase\": 1.5"), "from 1 to 6"));
  EXPECT_TRUE(says(refusal("\"not_in\": [2, 4], ", ""), "no \"not_in\""));
  for (const char* list : {"[1]", "[7]", "[2.5]", "[\"2\"]"}) {
    EXPECT_TRUE(says(refusal("[2, 4]", list), "should list phases after its first, 1"));
  }
  EXPECT_TRUE(says(refusal("\"input\"", "\"output\""), "softmax/z has no \"abs_roundoffs\""));
  EXPECT_TRUE(says(refusal("\"input\"", "\"in\""), "is \"in\"; it may be"));
  EXPECT_TRUE(says(refusal("\"rel_roundoffs\": 12.5", "\"rel_roundofs\": 12.5"),
                   "tensor softmax/p has no \"rel_roundoffs\""));
  EXPECT_TRUE(says(refusal("\"rel_roundoffs\": 12.5", "\"rel_roundoffs\": -1"), "should be >= 0"));
  EXPECT_TRUE(says(refusal("\"rel_roundoffs\": 12.5", "\"rel_roundoffs\": \"12\""), "a number"));
  EXPECT_TRUE(says(refusal("\"tensors\"", "\"tensor\""), "case softmax has no \"tensors\""));
}

TEST(Golden, RefusesEveryTruncation) {
  const std::string text = kCases;
  const TemporaryFolder folder;
  const std::filesystem::path path = folder.path() / "cases.json";
  for (std::size_t size = 0; size < text.size(); ++size) {
    std::ofstream(path) << text.substr(0, size);
    EXPECT_THROW(read_golden_cases(path), Error) << size;
  }
}

TEST(Golden, LiesWhereTheVariableSays) {
  EXPECT_TRUE(says(golden_dir().string(), "reference/golden"));
  const ReferenceDir elsewhere("/some/folder");
  EXPECT_EQ(golden_dir(), "/some/folder/golden");
}

// golden_cases() keeps what it read first, so this is the one test that may call it.
TEST(Golden, FindsTensorsByName) {
  const TemporaryFolder folder;
  const ReferenceDir reference(folder.path());
  EXPECT_TRUE(says(message_of([] { golden_tensor("softmax/p"); }), "no such file"));

  std::filesystem::create_directories(folder.path() / "golden" / "softmax");
  write_file_atomically(folder.path() / "golden" / "cases.json", kCases);
  write_npy(folder.path() / "golden" / "softmax" / "p.npy", std::vector<double>{0.25, 0.75, 1},
            {3, 1});
  EXPECT_EQ(golden_tensor("softmax/p").rel_roundoffs, 12.5);
  EXPECT_EQ(read_golden("softmax/p").as_doubles(), (std::vector<double>{0.25, 0.75, 1}));
  EXPECT_TRUE(
      says(message_of([] { read_golden("softmax/q"); }), "that case has softmax/p, softmax/z"));
  EXPECT_TRUE(says(message_of([] { read_golden("sofmax/p"); }), "its cases are one_hot, softmax"));
  EXPECT_TRUE(says(message_of([] { read_golden("../etc/passwd"); }), "no golden tensor"));
  EXPECT_TRUE(says(message_of([] { read_golden("softmax/z"); }), "no such file"));  // not written
}

}  // namespace
}  // namespace nn
