#include "common/progress.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "common/check.h"
#include "common/timing.h"

namespace nn {

namespace {

constexpr double kRedrawSeconds = 0.1;
constexpr int kLongestBar = 30, kShortestBar = 8;  // columns, brackets included
constexpr const char* kWipe = "\r\x1b[K";  // to the first column, then erase to the line's end

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// 950/s, 12.3k/s, 1.25M/s: three digits.
std::string rate_text(double a_second) {
  if (a_second < 999.5) return fmt::format("{:.3g}/s", a_second);
  if (a_second < 999.5e3) return fmt::format("{:.3g}k/s", a_second / 1e3);
  return fmt::format("{:.3g}M/s", a_second / 1e6);
}

// 0:42, 12:05, 1:02:03
std::string clock_text(double seconds) {
  const auto whole = static_cast<std::int64_t>(std::ceil(std::min(seconds, 359999.0)));
  if (whole < 3600) return fmt::format("{}:{:02}", whole / 60, whole % 60);
  return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
}

// Four decimals, so that the line keeps its width while the loss falls; powers of ten where those
// would show nothing, or too much.
std::string loss_text(double loss) {
  const double size = std::abs(loss);
  const bool plain = size == 0 || (size >= 1e-3 && size < 1e3) || !std::isfinite(size);
  return plain ? fmt::format("loss {:.4f}", loss) : fmt::format("loss {:.2e}", loss);
}

std::string accuracy_text(double accuracy) {
  return std::isnan(accuracy) ? "" : fmt::format("acc {:.1f} %", 100 * accuracy);
}

// The whole part of done / total * of, in integers: 58 of 100 is 58 %, not 57.99.
int part_of(std::int64_t done, std::int64_t total, int of) {
  return total > 0 ? static_cast<int>(std::clamp<std::int64_t>(done * of / total, 0, of)) : 0;
}

std::string bar_text(const ProgressState& state, int width) {
  const int inside = width - 2, full = part_of(state.done, state.total, inside);
  return fmt::format("[{:#>{}}{:->{}}]", "", full, "", inside - full);
}

}  // namespace

ProgressTarget progress_target(int file_descriptor) {
  ProgressTarget target;
  target.is_terminal = isatty(file_descriptor) == 1 && environment("TERM") != "dumb";
  target.colour = target.is_terminal && environment("NO_COLOR").empty();
  target.width = [file_descriptor] {
    winsize size{};
    const bool known = ioctl(file_descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    return known ? static_cast<int>(size.ws_col) : 80;
  };
  target.clock = steady_seconds;
  return target;
}

std::string progress_line(const ProgressState& state, int width) {
  enum Part : std::size_t { kEpoch, kBar, kPercent, kLoss, kAccuracy, kRate, kLeft, kPartCount };
  std::array<std::string, kPartCount> parts;
  parts[kEpoch] = fmt::format("epoch {}/{}", state.epoch, state.epochs);
  parts[kPercent] = fmt::format("{:3d} %", part_of(state.done, state.total, 100));
  parts[kLoss] = loss_text(state.loss);
  parts[kAccuracy] = accuracy_text(state.accuracy);
  if (state.examples_a_second > 0) parts[kRate] = rate_text(state.examples_a_second);
  if (state.seconds_left >= 0) parts[kLeft] = "ETA " + clock_text(state.seconds_left);

  const auto separator = [](std::size_t part) {
    return std::string_view(part == kBar || part == kPercent ? " " : "  ");
  };
  // The parts that fit, the most important first; the bar takes what columns are left.
  std::array<bool, kPartCount> shown{};
  int used = static_cast<int>(parts[kEpoch].size());
  shown[kEpoch] = true;
  const auto try_to_show = [&](Part part) {
    const int needed = static_cast<int>(separator(part).size() + parts[part].size());
    if (parts[part].empty() || used + needed > width) return false;
    used += needed;
    return shown[part] = true;
  };
  for (const Part part : {kPercent, kLoss, kLeft, kAccuracy}) {
    if (!parts[part].empty() && !try_to_show(part)) break;
  }
  parts[kBar] = bar_text(state, kShortestBar);
  if (try_to_show(kBar)) {
    try_to_show(kRate);
    parts[kBar] = bar_text(state, std::min(kLongestBar, kShortestBar + width - used));
  }

  std::string line;
  for (std::size_t part = 0; part < kPartCount; ++part) {
    if (!shown[part]) continue;
    if (!line.empty()) line += separator(part);
    line += parts[part];
  }
  return line.substr(0, static_cast<std::size_t>(std::max(width, 0)));
}

Progress::Progress(std::ostream& out, ProgressTarget target, int epochs, std::int64_t total)
    : out_(out), target_(std::move(target)), epochs_(epochs), total_(total) {
  NN_CHECK(epochs >= 1 && total >= 1, epochs, " epochs of ", total,
           " examples; there is 1 or more of each");
  started_at_ = epoch_started_at_ = target_.clock();
}

Progress::~Progress() {
  // A stream may be set to throw; while another error is on its way that would end the program.
  try {
    if (line_is_open_) out_ << '\n' << std::flush;
  } catch (...) {
  }
}

void Progress::begin(int epoch) {
  NN_CHECK(epoch >= 1 && epoch <= epochs_, "epoch ", epoch, " of ", epochs_);
  if (first_epoch_ == 0) first_epoch_ = epoch;
}

std::int64_t Progress::examples_before(int epoch) const { return (epoch - first_epoch_) * total_; }

void Progress::update(int epoch, std::int64_t done, double loss, double accuracy) {
  NN_CHECK(done >= 0 && done <= total_, done, " of ", total_, " examples");
  begin(epoch);
  if (!target_.is_terminal) return;
  const double now = target_.clock();
  if (line_is_open_ && now - drawn_at_ < kRedrawSeconds) return;
  drawn_at_ = now;

  ProgressState state{epoch, epochs_, done, total_, loss, accuracy, 0, -1};
  if (now > epoch_started_at_) {
    state.examples_a_second = static_cast<double>(done) / (now - epoch_started_at_);
  }
  // The time left goes by the whole run, which also counts what happens between epochs.
  const std::int64_t seen = examples_before(epoch) + done;
  if (seen > 0) {
    const double remaining = static_cast<double>((epochs_ - epoch) * total_ + (total_ - done));
    state.seconds_left = (now - started_at_) / static_cast<double>(seen) * remaining;
  }
  draw(progress_line(state, target_.width() - 1));
}

void Progress::finish_epoch(int epoch, double loss, double accuracy, const std::string& note) {
  begin(epoch);
  const double now = target_.clock(), seconds = now - epoch_started_at_;
  std::string line = fmt::format("epoch {}/{}  {}", epoch, epochs_, loss_text(loss));
  if (!std::isnan(accuracy)) line += "  " + accuracy_text(accuracy);
  if (!note.empty()) line += "  " + note;
  line += fmt::format("  {:.1f} s", seconds);
  if (seconds > 0) line += "  " + rate_text(static_cast<double>(total_) / seconds);
  if (target_.is_terminal) {
    clear();
    line.resize(std::min(line.size(), static_cast<std::size_t>(std::max(target_.width() - 1, 0))));
  }
  out_ << line << '\n' << std::flush;
  epoch_started_at_ = now;
}

void Progress::clear() {
  if (!line_is_open_) return;
  out_ << kWipe << std::flush;
  line_is_open_ = false;
}

void Progress::draw(const std::string& line) {
  out_ << kWipe;
  const std::size_t bar = line.find('#'), bar_end = line.rfind('#') + 1;
  if (target_.colour && bar != std::string::npos) {
    out_ << line.substr(0, bar) << "\x1b[32m" << line.substr(bar, bar_end - bar) << "\x1b[0m"
         << line.substr(bar_end);
  } else {
    out_ << line;
  }
  out_ << std::flush;
  line_is_open_ = true;
}

}  // namespace nn
