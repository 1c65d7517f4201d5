#include "common/diff_table.h"

#include <gtest/gtest.h>

#include <limits>

#include "common/file.h"
#include "common/npy.h"
#include "common/refuses.h"
#include "common/test_files.h"

namespace nn {
namespace {

namespace fs = std::filesystem;
using Doubles = std::vector<double>;

const Doubles kP{0.5, 0.25, 0.25, 0.125, 0.75, 0.125};  // (2,3)

GoldenTensor output(const std::string& case_name, const std::string& tensor, double roundoffs,
                    int first_phase = 1) {
  GoldenTensor t;
  t.case_name = case_name;
  t.tensor = tensor;
  t.is_output = true;
  t.first_phase = first_phase;
  t.rel_roundoffs = roundoffs;
  return t;
}

GoldenTensor input(const std::string& case_name, const std::string& tensor) {
  GoldenTensor t;
  t.case_name = case_name;
  t.tensor = tensor;
  return t;
}

// A golden folder of two cases and a later phase's third, and a folder that agrees with it.
class Diff : public testing::Test {
 protected:
  Diff() {
    for (const char* one : {"softmax", "argmax", "dropout"}) fs::create_directories(golden_ / one);
    write_npy(golden_ / "softmax/z.npy", Doubles{3, 1, 2, 0.1, 5, 0.2}, {2, 3});
    write_npy(golden_ / "softmax/p.npy", kP, {2, 3});
    write_npy(golden_ / "softmax/grad_z.npy", Doubles{1, -2, 3, -4, 5, -6}, {2, 3});
    write_npy(golden_ / "argmax/label.npy", std::vector<std::int64_t>{0, 1}, {2});
    write_npy(golden_ / "dropout/y.npy", Doubles{1, 2}, {2});
    write_file_atomically(golden_ / "cases.json", std::string_view("{}\n"));
    fs::copy(golden_, got_, fs::copy_options::recursive);
  }

  fs::path got(const std::string& file) const { return got_ / file; }
  std::vector<DiffRow> rows(const std::string& only_case = "") const {
    return diff_phase(cases_, {.got = got_,
                               .golden = golden_,
                               .only_case = only_case,
                               .exercises = {{"score", {"softmax/p", "argmax"}}}});
  }
  DiffRow row(const std::string& tensor) const { return row_of(rows(), tensor); }
  std::vector<DiffRow> regenerated() const { return diff_regenerated(cases_, got_, golden_); }

  static DiffRow row_of(const std::vector<DiffRow>& rows, const std::string& tensor) {
    for (const DiffRow& one : rows) {
      if (one.name == tensor) return one;
    }
    throw Error("no row " + tensor);
  }
  static std::string text(const std::vector<DiffRow>& rows) { return diff_table(rows, {}); }

  TemporaryFolder folder_;
  fs::path golden_ = folder_.path() / "golden", got_ = folder_.path() / "out";
  std::vector<GoldenTensor> cases_{input("softmax", "z"), output("softmax", "p", 8),
                                   output("softmax", "grad_z", 8), output("argmax", "label", 0),
                                   output("dropout", "y", 8, 2)};
};

TEST_F(Diff, AgreesWithTheOutputsOfThisPhase) {
  ASSERT_EQ(rows().size(), 3U);  // neither the input nor phase 2's case
  EXPECT_TRUE(all_ok(rows()));
  EXPECT_EQ(text(rows()),
            "tensor          shape   max abs  max rel  ULPs   allowed  used  verdict\n"
            "softmax/p       (2, 3)        0        0     0  6.66e-16     0  ok\n"
            "softmax/grad_z  (2, 3)        0        0     0  5.33e-15     0  ok\n"
            "argmax/label    (2,)          0        0     0         0     -  ok\n"
            "used: the largest error as a part of what is allowed; -: equal, as it has to be\n"
            "3 tensors, 3 within their bounds\n");
}

TEST_F(Diff, NamesTheTensorClosestToItsBound) {
  Doubles p = kP;
  p[0] += 2 * kUnitRoundoff64;  // 4 of 8 roundoffs at 0.5
  write_npy(got("softmax/p.npy"), p, {2, 3});
  EXPECT_TRUE(all_ok(rows()));
  EXPECT_TRUE(says(text(rows()), "closest to its bound: softmax/p at 0.5 of allowed\n"));
}

TEST_F(Diff, SaysWhatADifferenceLooksLike) {
  Doubles twice = kP;
  for (double& x : twice) x *= 2;
  write_npy(got("softmax/p.npy"), twice, {2, 3});
  EXPECT_EQ(row("softmax/p").verdict, Verdict::differs);
  EXPECT_FALSE(all_ok(rows()));
  EXPECT_TRUE(says(text(rows()), "DIFFERS\n    out[0, 0] = 1, want 0.5"));
  EXPECT_TRUE(says(text(rows()), "looks like: twice what is wanted"));
  EXPECT_TRUE(says(text(rows()), "softmax: first to differ: softmax/p"));
  EXPECT_TRUE(says(text(rows()), "3 tensors, 2 within their bounds"));
}

TEST_F(Diff, NanDiffersUnlessTheReferenceSaysNan) {
  Doubles p = kP;
  p[4] = std::numeric_limits<double>::quiet_NaN();
  write_npy(got("softmax/p.npy"), p, {2, 3});
  EXPECT_EQ(row("softmax/p").verdict, Verdict::differs);
  EXPECT_EQ(row("softmax/p").comparison.looks, Looks::nan_or_inf);
  write_npy(golden_ / "softmax/p.npy", p, {2, 3});
  EXPECT_EQ(row("softmax/p").verdict, Verdict::ok);
}

TEST_F(Diff, AMissingFileIsARow) {
  fs::remove(got("softmax/p.npy"));
  EXPECT_EQ(row("softmax/p").verdict, Verdict::missing);
  EXPECT_TRUE(says(row("softmax/p").problem, "softmax/p.npy does not exist"));
  EXPECT_TRUE(says(text(rows()), "MISSING"));
  EXPECT_TRUE(says(text(rows()), "3 tensors, 2 within their bounds, 1 missing"));
  EXPECT_FALSE(all_ok(rows()));
}

TEST_F(Diff, AWrongShapeIsNamed) {
  write_npy(got("softmax/p.npy"), kP, {3, 2});
  EXPECT_EQ(row("softmax/p").verdict, Verdict::differs);
  EXPECT_TRUE(says(text(rows()), "shape is (3, 2), want (2, 3)"));
}

TEST_F(Diff, AWrongDtypeIsNamed) {
  write_npy(got("softmax/p.npy"), std::vector<float>(kP.begin(), kP.end()), {2, 3});
  EXPECT_TRUE(says(text(rows()), "dtype is <f4, want <f8"));
  write_npy(got("argmax/label.npy"), Doubles{0, 1}, {2});
  EXPECT_TRUE(says(text(rows()), "dtype is <f8, want an integer type"));
  // Integers of another width hold the same numbers.
  write_npy(got("argmax/label.npy"), std::vector<std::int32_t>{0, 1}, {2});
  EXPECT_EQ(row("argmax/label").verdict, Verdict::ok);
}

TEST_F(Diff, FloatPhasesWriteFloats) {
  const PhaseDiff options{
      .got = got_, .golden = golden_, .only_case = "softmax", .precision = Precision::f32};
  EXPECT_TRUE(says(diff_phase(cases_, options)[0].problem, "dtype is <f8, want <f4"));
  std::vector<float> p(kP.begin(), kP.end());
  p[1] += 0x1p-24f;  // 4 of 8 roundoffs of float at 0.25
  write_npy(got("softmax/p.npy"), p, {2, 3});
  EXPECT_EQ(diff_phase(cases_, options)[0].verdict, Verdict::ok);
  EXPECT_EQ(diff_phase(cases_, options)[0].comparison.max_ratio, 0.5);
}

TEST_F(Diff, ABrokenFileIsARowAndNotTheEnd) {
  write_file_atomically(got("softmax/p.npy"), std::string_view("not an array"));
  EXPECT_EQ(row("softmax/p").verdict, Verdict::differs);
  EXPECT_TRUE(says(row("softmax/p").problem, "p.npy"));
  EXPECT_EQ(row("argmax/label").verdict, Verdict::ok);
}

TEST_F(Diff, OneCaseShowsBothArrays) {
  const PhaseDiff options{.got = got_, .golden = golden_, .only_case = "softmax", .show_rows = 1};
  const std::string shown = text(diff_phase(cases_, options));
  EXPECT_TRUE(says(shown, "yours"));
  EXPECT_TRUE(says(shown, "0.5  0.25  0.25     0.5  0.25  0.25"));
  EXPECT_TRUE(says(shown, "..."));  // the second row
  EXPECT_FALSE(says(shown, "0.75"));
  EXPECT_FALSE(says(shown, "argmax"));
}

TEST_F(Diff, AnUnknownCaseNamesTheNearestAndListsTheKnown) {
  EXPECT_EQ(message_of([&] { rows("nosuch"); }),
            "phase 1 has no case 'nosuch'\n  its cases: argmax, softmax");
  EXPECT_EQ(message_of([&] { rows("sotfmax"); }),
            "phase 1 has no case 'sotfmax'; did you mean softmax?\n  its cases: argmax, softmax");
  EXPECT_TRUE(says(message_of([&] { rows("argmax_by_hand"); }), "did you mean argmax?"));
  EXPECT_TRUE(says(message_of([&] { rows("scor"); }), "did you mean score?"));   // an exercise
  EXPECT_TRUE(says(message_of([&] { rows("dropout"); }), "no case 'dropout'"));  // of phase 2
}

TEST_F(Diff, AListOfManyCasesIsWrapped) {
  std::vector<GoldenTensor> many;
  for (int i = 0; i < 40; ++i) many.push_back(output("operation_" + std::to_string(i), "y", 0));
  const PhaseDiff options{.got = got_, .golden = golden_, .only_case = "nosuch"};
  const std::string message = message_of([&] { diff_phase(many, options); });
  EXPECT_TRUE(says(message, "operation_39"));
  for (std::size_t start = 0, end = 0; end != std::string::npos; start = end + 1) {
    end = message.find('\n', start);
    EXPECT_LE(std::min(end, message.size()) - start, 80U) << message;
  }
}

TEST_F(Diff, ACaseMayBeCalledByWhatALearnerKnows) {
  const auto names = [&](const std::string& typed) {
    std::string all;
    for (const DiffRow& one : rows(typed)) all += one.name + " ";
    return all;
  };
  EXPECT_EQ(names("softmax"), "softmax/p softmax/grad_z ");
  EXPECT_EQ(names("softmax/grad_z"), "softmax/grad_z ");
  EXPECT_EQ(names("softmax_backward"), "softmax/p softmax/grad_z ");
  EXPECT_EQ(names("arg"), "argmax/label ");              // nothing else begins so
  EXPECT_EQ(names("score"), "softmax/p argmax/label ");  // an exercise
}

TEST_F(Diff, OneTensorIsNotWrittenAsMany) {
  EXPECT_TRUE(says(text(rows("argmax")), "\n1 tensor, within its bound\n"));
  write_npy(got("argmax/label.npy"), std::vector<std::int64_t>{0, 2}, {2});
  EXPECT_TRUE(says(text(rows("argmax")), "\n1 tensor, not within its bound\n"));
  fs::remove(got("argmax/label.npy"));
  EXPECT_TRUE(says(text(rows("argmax")), "\n1 tensor, missing\n"));
}

TEST_F(Diff, AMissingFolderSaysWhatWritesIt) {
  const PhaseDiff options{.got = folder_.path() / "none", .golden = golden_};
  EXPECT_TRUE(says(message_of([&] { diff_phase(cases_, options); }), "`make phase1` writes"));
}

TEST_F(Diff, BriefHasOneEntryACaseItsWorst) {
  Doubles p = kP;
  p[0] += 2 * kUnitRoundoff64;
  write_npy(got("softmax/p.npy"), p, {2, 3});
  EXPECT_EQ(
      diff_table(rows(), {.brief = true}),
      "worst of each case    used          worst of each case    used\n"
      "softmax/p              0.5 ok       argmax/label             - ok\n"
      "used: the largest error as a part of what is allowed; -: equal, as it has to be\n"
      "3 tensors, 3 within their bounds; closest to its bound: softmax/p at 0.5 of allowed\n");
  fs::remove(got("softmax/grad_z.npy"));
  EXPECT_TRUE(says(diff_table(rows(), {.brief = true}), "softmax/grad_z             MISSING"));
  // Where a line of two does not fit, each has its own.
  const std::string narrow = diff_table(rows(), {.brief = true, .columns = 60});
  EXPECT_EQ(narrow.find("worst of each case"), narrow.rfind("worst of each case"));
}

TEST_F(Diff, ColoursOnlyTheVerdicts) {
  const std::string coloured = diff_table(rows(), {.colour = true});
  EXPECT_TRUE(says(coloured, "\x1b[32mok\x1b[0m\n"));
  EXPECT_FALSE(says(text(rows()), "\x1b"));
}

// Against another phase's files: only what both compute, held to the later phase's precision.
TEST_F(Diff, AgainstAnotherPhaseNamesTheFirstTensorThatDiffers) {
  const fs::path earlier = folder_.path() / "earlier", later = folder_.path() / "later";
  for (const char* one : {"softmax", "argmax", "dropout"}) fs::create_directories(later / one);
  for (const char* one : {"softmax", "argmax"}) fs::create_directories(earlier / one);
  for (const fs::path& folder : {earlier, later}) {
    write_npy(folder / "argmax/label.npy", std::vector<std::int64_t>{3, 1}, {2});  // as no golden
  }
  write_npy(earlier / "softmax/p.npy", Doubles{1, 2}, {2});
  write_npy(earlier / "softmax/grad_z.npy", Doubles{1, 2}, {2});
  write_npy(later / "softmax/p.npy", std::vector<float>{1, 2 + 0x1p-21F},
            {2});  // 8 roundoffs of 2: 2^-20
  write_npy(later / "softmax/grad_z.npy", std::vector<float>{1, 2}, {2});
  const PhaseDiff options{.got = later,
                          .golden = golden_,
                          .against = earlier,
                          .against_phase = 1,
                          .phase = 2,
                          .precision = Precision::f32};
  std::vector<DiffRow> compared = diff_phase(cases_, options);
  EXPECT_EQ(compared.size(), 3U);  // phase 1 does not compute dropout
  EXPECT_TRUE(all_ok(compared)) << text(compared);
  EXPECT_TRUE(says(phases_agree(compared, options), "phase 2 agrees with phase 1"));

  write_npy(later / "softmax/grad_z.npy", std::vector<float>{1, 2.5F}, {2});
  fs::remove(earlier / "argmax/label.npy");
  compared = diff_phase(cases_, options);
  EXPECT_EQ(phases_agree(compared, options),
            "phase 2 first differs from phase 1 at softmax/grad_z\n");
  EXPECT_EQ(row_of(compared, "argmax/label").verdict, Verdict::missing);
  EXPECT_TRUE(says(row_of(compared, "argmax/label").problem, earlier.string()));

  fs::remove_all(earlier);
  EXPECT_TRUE(refuses([&] { diff_phase(cases_, options); }, {earlier.string(), "make phase1"}));
}

TEST_F(Diff, LeavesOutWhatAPhaseDoesNotCompute) {
  cases_[1].not_in = cases_[2].not_in = {2};
  write_npy(got("dropout/y.npy"), std::vector<float>{1, 2}, {2});
  const std::vector<DiffRow> of_phase_2 =
      diff_phase(cases_, {.got = got_, .golden = golden_, .phase = 2, .precision = Precision::f32});
  ASSERT_EQ(of_phase_2.size(), 2U);
  EXPECT_EQ(of_phase_2[0].name, "argmax/label");
  EXPECT_EQ(of_phase_2[1].name, "dropout/y");
  EXPECT_TRUE(all_ok(of_phase_2)) << text(of_phase_2);
}

TEST_F(Diff, RegeneratedHoldsInputsAndOutputsOfEveryPhase) {
  EXPECT_EQ(regenerated().size(), 6U);  // five arrays and cases.json
  EXPECT_TRUE(all_ok(regenerated())) << text(regenerated());
}

TEST_F(Diff, RegeneratedInputsMayDifferByRoundoffsOnly) {
  write_npy(got("softmax/z.npy"), Doubles{3, 1, 2, 0.1, 5 + 0x1p-50, 0.2}, {2, 3});
  EXPECT_TRUE(all_ok(regenerated()));
  write_npy(got("softmax/z.npy"), Doubles{3, 1, 2, 0.1, 5 + 1e-12, 0.2}, {2, 3});
  EXPECT_EQ(row_of(regenerated(), "softmax/z").verdict, Verdict::differs);
}

TEST_F(Diff, RegeneratedIntegersAndHeadersAreExact) {
  write_npy(got("argmax/label.npy"), std::vector<std::int64_t>{0, 2}, {2});
  EXPECT_EQ(row_of(regenerated(), "argmax/label").verdict, Verdict::differs);
  write_npy(got("argmax/label.npy"), std::vector<std::int32_t>{0, 1}, {2});
  EXPECT_TRUE(says(row_of(regenerated(), "argmax/label").problem, "headers differ: dtype <i4"));
  // The same header with other padding: one space of it becomes a newline.
  std::vector<std::byte> file = read_file(golden_ / "argmax/label.npy");
  const std::size_t data = file.size() - 2 * sizeof(std::int64_t);
  ASSERT_EQ(file[data - 2], std::byte{' '});
  file[data - 2] = std::byte{'\n'};
  write_file_atomically(got("argmax/label.npy"), file);
  EXPECT_EQ(row_of(regenerated(), "argmax/label").verdict, Verdict::differs);
}

// A 64-bit seed is an input, and no double holds it.
TEST_F(Diff, RegeneratedIntegersMayBeLarge) {
  const std::int64_t seed = 0x0123'4567'89ab'cdef;
  for (const fs::path& folder : {golden_, got_}) {
    write_npy(folder / "softmax/z.npy", std::vector<std::int64_t>{seed}, {1});
  }
  EXPECT_TRUE(all_ok(regenerated()));
  write_npy(got("softmax/z.npy"), std::vector<std::int64_t>{seed + 1}, {1});
  EXPECT_EQ(row_of(regenerated(), "softmax/z").verdict, Verdict::differs);
}

TEST_F(Diff, RegeneratedNamesMissingAndExtraFiles) {
  fs::remove(got("dropout/y.npy"));
  write_npy(got("dropout/mask.npy"), Doubles{1}, {1});
  write_file_atomically(got("cases.json"), std::string_view("[]\n"));
  EXPECT_EQ(row_of(regenerated(), "dropout/y").verdict, Verdict::missing);
  EXPECT_EQ(row_of(regenerated(), "dropout/mask").verdict, Verdict::unexpected);
  EXPECT_TRUE(says(row_of(regenerated(), "cases.json").problem, "differs in its bytes"));
}

}  // namespace
}  // namespace nn
