#include "common/bench.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "common/check.h"
#include "common/json.h"

namespace nn {
namespace {

using std::string;

// Time passes only while a contender runs.
struct FakeTime {
  double now = 1000;  // seconds
  string order;       // one letter a run

  Contender contender(const string& name, double seconds) {
    return {name, [this, name, seconds] {
              now += seconds;
              order += name[0];
            }};
  }
  BenchOptions options(int rounds = 15) {
    return {.rounds = rounds, .min_sample_seconds = 1e-3, .clock = [this] { return now; }};
  }
};

TEST(RunBench, TakesTurnsAndRotatesWhoIsFirst) {
  FakeTime time;
  run_bench(
      {.name = "turns",
       .contenders = {time.contender("A", 1), time.contender("B", 2), time.contender("C", 3)}},
      time.options(16));
  // Twice each to warm up and to see that one run is a long enough sample; then the rounds.
  string want = "AABBCC";
  for (int i = 0; i < 5; ++i) want += "ABCBCACAB";
  want += "ABC";
  EXPECT_EQ(time.order, want);
}

TEST(RunBench, ComparesMinimaWithTheYardstick) {
  FakeTime time;
  const BenchResult result =
      run_bench({.name = "speed",
                 .work = 6e9,
                 .work_unit = "flop",
                 .contenders = {time.contender("yardstick", 3), time.contender("twice", 1.5),
                                time.contender("half", 6)}},
                time.options(31));
  ASSERT_EQ(result.contenders.size(), 3u);
  for (const ContenderResult& c : result.contenders) EXPECT_EQ(c.seconds.size(), 31u);
  // The fake clock stands near 1000, where doubles lie 1.1e-13 apart.
  EXPECT_NEAR(result.contenders[0].ratio, 1, 1e-12);
  EXPECT_NEAR(result.contenders[1].ratio, 2, 1e-12);
  EXPECT_NEAR(result.contenders[2].ratio, 0.5, 1e-12);
  EXPECT_NEAR(result.contenders[1].min_seconds, 1.5, 1e-12);
  EXPECT_NEAR(result.contenders[1].median_seconds, 1.5, 1e-12);
}

TEST(RunBench, IgnoresNoiseInTheRatioAndShowsItInTheSpread) {
  FakeTime time;
  int run = 0;
  // The yardstick takes 1 s; the other 2 s, but 4 s every fourth time.
  const Contender noisy{"noisy", [&] { time.now += run++ % 4 == 3 ? 4 : 2; }};
  const BenchResult result = run_bench(
      {.name = "noise", .contenders = {time.contender("steady", 1), noisy}}, time.options(40));
  const ContenderResult& c = result.contenders[1];
  EXPECT_NEAR(c.ratio, 0.5, 1e-12);
  EXPECT_NEAR(c.min_seconds, 2, 1e-12);
  EXPECT_NEAR(c.median_seconds, 2, 1e-12);
  EXPECT_NEAR(c.ratio_low, 0.25, 1e-12) << "a quarter of the rounds is as slow as that";
  EXPECT_NEAR(c.ratio_high, 0.5, 1e-12);
}

TEST(RunBench, RepeatsAQuickContenderUntilTheClockCanTell) {
  FakeTime time;
  const BenchResult result = run_bench(
      {.name = "quick", .contenders = {time.contender("slow", 0.1), time.contender("quick", 1e-5)}},
      time.options());
  EXPECT_EQ(result.contenders[0].repeats, 1);
  EXPECT_EQ(result.contenders[1].repeats, 128) << "the first power of two past 100 runs";
  // 128 additions near 1000 s, each off by 0.6e-13 s at most, in a sample of 1.28 ms: 6e-9.
  EXPECT_NEAR(result.contenders[1].ratio, 1e4, 1e4 * 6e-9);
}

TEST(RunBench, RefusesWhatWouldNotMeasure) {
  FakeTime time;
  const Contender a = time.contender("a", 1);
  EXPECT_THROW(run_bench({.name = "none"}, time.options()), Error);
  EXPECT_THROW(run_bench({.name = "few", .contenders = {a}}, time.options(14)), Error);
  EXPECT_THROW(run_bench({.name = "twins", .contenders = {a, a}}, time.options()), Error);
  EXPECT_THROW(run_bench({.name = "empty", .contenders = {a, {"b", nullptr}}}, time.options()),
               Error);
}

// A clock that stands still would give a ratio of 0 / 0.
TEST(RunBench, RefusesAClockThatStandsStill) {
  FakeTime time;
  BenchOptions options = time.options();
  options.min_sample_seconds = 0;
  EXPECT_THROW(run_bench({.name = "still", .contenders = {time.contender("a", 0)}}, options),
               Error);
}

BenchReport small_report() {
  FakeTime time;
  BenchReport report("matmul", {"Some CPU", 2, "Linux 6.1 x86_64", "g++ 12.2.0", "Release: -O3"});
  report.add(run_bench({.name = "1x31x33",
                        .work = 3e9,
                        .work_unit = "flop",
                        .contenders = {time.contender("ijk", 3), time.contender("ikj", 0.25)}},
                       time.options()));
  return report;
}

TEST(BenchReport, PrintsATable) {
  const string table = small_report().table();
  EXPECT_NE(table.find("matmul: 1x31x33, 15 rounds\n"), string::npos) << table;
  EXPECT_NE(table.find("1 Gflop/s"), string::npos) << table;
  EXPECT_NE(table.find("250 ms"), string::npos) << table;
  EXPECT_NE(table.find("12.00"), string::npos) << table;
  EXPECT_NE(table.find("may lie outside the rounds' range"), string::npos) << table;
  EXPECT_NE(table.find("Some CPU, 2 cores, Linux 6.1 x86_64"), string::npos) << table;
}

TEST(BenchReport, WritesEverythingAsJson) {
  const nlohmann::json document = parse_json(small_report().json(), "bench");
  EXPECT_EQ(document["subject"], "matmul");
  EXPECT_EQ(document["machine"]["compiler"], "g++ 12.2.0");
  EXPECT_EQ(document["machine"]["cores"], 2);
  const nlohmann::json& ikj = document["cases"][0]["contenders"][1];
  EXPECT_EQ(ikj["name"], "ikj");
  EXPECT_EQ(ikj["seconds"].size(), 15u);
  EXPECT_NEAR(ikj["ratio"].get<double>(), 12, 1e-9);
  EXPECT_EQ(document["cases"][0]["work_unit"], "flop");
}

TEST(BenchReport, SurvivesACpuNameThatIsNoUtf8) {
  const BenchReport report("x", {"CPU\xFF", 1, "", "", ""});
  EXPECT_EQ(parse_json(report.json(), "bench")["machine"]["cpu"], "CPU\uFFFD");
}

TEST(ThisMachine, IsDescribed) {
  const Machine machine = this_machine();
  EXPECT_FALSE(machine.cpu.empty());
  EXPECT_GE(machine.cores, 1);
  EXPECT_NE(machine.system.find("Linux"), string::npos);
  EXPECT_NE(machine.compiler.find("++ "), string::npos);
  EXPECT_NE(machine.flags.find("-ffp-contract=off"), string::npos) << machine.flags;
}

}  // namespace
}  // namespace nn
