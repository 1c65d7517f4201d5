#include "common/bench.h"

#include <fmt/format.h>
#include <sched.h>
#include <sys/utsname.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>
#include <utility>

#include "common/check.h"

namespace nn {

namespace {

constexpr int kLeastRounds = 15;
constexpr int kMostRepeats = 1 << 20;

// Seconds of one run, from `repeats` runs in a row.
double sample(const Contender& contender, int repeats, const std::function<double()>& clock) {
  const double start = clock();
  for (int i = 0; i < repeats; ++i) contender.run();
  return (clock() - start) / repeats;
}

// How many runs last for min_seconds. Doubles from 1, so that one slow first run (cold caches,
// pages not yet there) does not decide.
int repeats_for(const Contender& contender, double min_seconds,
                const std::function<double()>& clock) {
  for (int repeats = 1; repeats < kMostRepeats; repeats *= 2) {
    if (sample(contender, repeats, clock) * repeats >= min_seconds) return repeats;
  }
  return kMostRepeats;
}

// The value below which `share` of the values lie, between neighbours by linear interpolation.
double quantile(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  const double at = share * static_cast<double>(values.size() - 1);
  const auto low = static_cast<std::size_t>(at);
  const std::size_t high = std::min(low + 1, values.size() - 1);
  return std::lerp(values[low], values[high], at - static_cast<double>(low));
}

void summarise(ContenderResult& result, const ContenderResult& yardstick) {
  result.min_seconds = *std::min_element(result.seconds.begin(), result.seconds.end());
  result.median_seconds = quantile(result.seconds, 0.5);
  result.ratio = yardstick.min_seconds / result.min_seconds;
  std::vector<double> ratios;
  for (std::size_t round = 0; round < result.seconds.size(); ++round) {
    ratios.push_back(yardstick.seconds[round] / result.seconds[round]);
  }
  result.ratio_low = quantile(ratios, 0.1);
  result.ratio_high = quantile(ratios, 0.9);
}

// Three digits and a unit prefix: "1.23 ms", "45.6 Gflop/s".
std::string with_prefix(double value, const std::string& unit) {
  constexpr std::pair<double, const char*> kPrefixes[] = {
      {1e12, "T"}, {1e9, "G"}, {1e6, "M"}, {1e3, "k"}, {1, ""}, {1e-3, "m"}, {1e-6, "\u00b5"}};
  for (const auto& [size, prefix] : kPrefixes) {
    // From 0.9995 on, three digits read 1.
    if (value >= 0.9995 * size) return fmt::format("{:.3g} {}{}", value / size, prefix, unit);
  }
  return fmt::format("{:.3g} n{}", value * 1e9, unit);
}

std::string cpu_model() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    const auto colon = line.find(": ");
    if (line.starts_with("model name") && colon != std::string::npos) return line.substr(colon + 2);
  }
  return "unknown";
}

int available_cores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set);
  return static_cast<int>(std::thread::hardware_concurrency());
}

std::string compiler_name() {
#ifdef __clang__
  return fmt::format("clang++ {}.{}.{}", __clang_major__, __clang_minor__, __clang_patchlevel__);
#else
  return fmt::format("g++ {}.{}.{}", __GNUC__, __GNUC_MINOR__, __GNUC_PATCHLEVEL__);
#endif
}

}  // namespace

BenchResult run_bench(const BenchCase& bench_case, const BenchOptions& options) {
  const std::vector<Contender>& contenders = bench_case.contenders;
  NN_CHECK(!contenders.empty(), "bench \"", bench_case.name, "\" has no contender");
  NN_CHECK(options.rounds >= kLeastRounds, options.rounds, " rounds; a ratio takes ", kLeastRounds,
           " or more");
  std::set<std::string> names;
  for (const Contender& contender : contenders) {
    NN_CHECK(contender.run != nullptr, "contender \"", contender.name, "\" has no function");
    NN_CHECK(names.insert(contender.name).second, "two contenders are called \"", contender.name,
             "\"");
  }

  BenchResult result{bench_case.name, bench_case.work, bench_case.work_unit, {}};
  for (const Contender& contender : contenders) {
    contender.run();
    const int repeats = repeats_for(contender, options.min_sample_seconds, options.clock);
    result.contenders.push_back({.name = contender.name, .repeats = repeats});
  }
  const std::size_t n = contenders.size();
  for (int round = 0; round < options.rounds; ++round) {
    for (std::size_t i = 0; i < n; ++i) {
      // Each round starts with the next contender, so that none is always the first.
      const std::size_t turn = (i + static_cast<std::size_t>(round)) % n;
      ContenderResult& mine = result.contenders[turn];
      mine.seconds.push_back(sample(contenders[turn], mine.repeats, options.clock));
      NN_CHECK(mine.seconds.back() > 0, "the clock did not move while \"", mine.name, "\" ran ",
               mine.repeats, " times");
    }
  }
  for (ContenderResult& contender : result.contenders) {
    summarise(contender, result.contenders.front());
  }
  return result;
}

Machine this_machine() {
  Machine machine;
  machine.cpu = cpu_model();
  machine.cores = available_cores();
  utsname system{};
  if (uname(&system) == 0)
    machine.system = fmt::format("{} {} {}", system.sysname, system.release, system.machine);
  machine.compiler = compiler_name();
  machine.flags = NN_BUILD_FLAGS;
  return machine;
}

BenchReport::BenchReport(std::string subject, Machine machine)
    : subject_(std::move(subject)), machine_(std::move(machine)) {}

void BenchReport::add(BenchResult result) { results_.push_back(std::move(result)); }

std::string BenchReport::table() const {
  std::string text;
  for (const BenchResult& result : results_) {
    std::size_t width = 10;
    for (const ContenderResult& c : result.contenders) width = std::max(width, c.name.size());
    text += fmt::format("{}: {}, {} rounds\n", subject_, result.name,
                        result.contenders.front().seconds.size());
    text += fmt::format("  {:<{}}  {:>10}  {:>10}  {:>14}  {:>7}  {}\n", "", width, "minimum",
                        "median", "rate", "ratio", "10 % .. 90 % of rounds");
    for (const ContenderResult& c : result.contenders) {
      const std::string rate =
          result.work > 0 ? with_prefix(result.work / c.min_seconds, result.work_unit + "/s") : "";
      text +=
          fmt::format("  {:<{}}  {:>10}  {:>10}  {:>14}  {:>7.2f}  {:.2f} .. {:.2f}\n", c.name,
                      width, with_prefix(c.min_seconds, "s"), with_prefix(c.median_seconds, "s"),
                      rate, c.ratio, c.ratio_low, c.ratio_high);
    }
    text += '\n';
  }
  text += fmt::format(
      "ratio: {}'s minimum / this one's; 2 is twice as quick. On its right the same\n"
      "within single rounds. What else the machine does slows most rounds and seldom\n"
      "both minima, so the ratio of the minima may lie outside the rounds' range.\n",
      results_.empty() ? "the yardstick" : "the first row");
  text += fmt::format("{}, {} core{}, {}\n{}, {}\n", machine_.cpu, machine_.cores,
                      machine_.cores == 1 ? "" : "s", machine_.system, machine_.compiler,
                      machine_.flags);
  return text;
}

std::string BenchReport::json() const {
  nlohmann::ordered_json document;
  document["subject"] = subject_;
  document["machine"] = {{"cpu", machine_.cpu},
                         {"cores", machine_.cores},
                         {"system", machine_.system},
                         {"compiler", machine_.compiler},
                         {"flags", machine_.flags}};
  document["cases"] = nlohmann::ordered_json::array();
  for (const BenchResult& result : results_) {
    nlohmann::ordered_json contenders = nlohmann::ordered_json::array();
    for (const ContenderResult& c : result.contenders) {
      contenders.push_back({{"name", c.name},
                            {"repeats", c.repeats},
                            {"min_seconds", c.min_seconds},
                            {"median_seconds", c.median_seconds},
                            {"ratio", c.ratio},
                            {"ratio_low", c.ratio_low},
                            {"ratio_high", c.ratio_high},
                            {"seconds", c.seconds}});
    }
    document["cases"].push_back({{"name", result.name},
                                 {"work", result.work},
                                 {"work_unit", result.work_unit},
                                 {"contenders", contenders}});
  }
  // What is no UTF-8 (a CPU's name is the vendor's) becomes U+FFFD rather than an exception.
  return document.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace nn
