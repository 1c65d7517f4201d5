// The line that shows how far a training is:
//
//   epoch 2/5 [#########--------]  58 %  loss 0.1423  acc 96.1 %  12.3k/s  ETA 0:42
//
// On a terminal one line is redrawn, at most 10 times a second; it fits the width by leaving out
// the least important parts and never wraps. Elsewhere (a file, a pipe) one line an epoch.
#pragma once

#include <cstdint>
#include <functional>
#include <ostream>
#include <string>

namespace nn {

// Where a progress line goes and what time it is; a test replaces both.
struct ProgressTarget {
  bool is_terminal = false;
  bool colour = false;            // SGR colour sequences allowed
  std::function<int()> width;     // columns of the terminal, asked at each redraw
  std::function<double()> clock;  // seconds, never running backwards
};
// Describes a file descriptor (2 is stderr): no terminal where isatty says so or TERM is "dumb";
// no colour where NO_COLOR is set and not empty (https://no-color.org); 80 columns if unknown.
ProgressTarget progress_target(int file_descriptor);

// What a progress line says.
struct ProgressState {
  int epoch = 1;  // 1 .. epochs
  int epochs = 1;
  std::int64_t done = 0;   // examples of this epoch so far, 0 .. total
  std::int64_t total = 0;  // examples an epoch
  double loss = 0;
  double accuracy = 0;           // share in [0, 1]; NaN: left out
  double examples_a_second = 0;  // 0: not known yet
  double seconds_left = -1;      // < 0: not known yet
};
// The line, at most `width` columns, without colour or line end. Where not all fits, the rate goes
// first, then the accuracy, the time left, the loss, the percentage; the bar takes what is left.
std::string progress_line(const ProgressState& state, int width);

class Progress {
 public:
  // Keeps a reference to `out`. epochs < 1 or total < 1: nn::Error.
  Progress(std::ostream& out, ProgressTarget target, int epochs, std::int64_t total);
  // Ends an unfinished line, so that what is printed next (an error) starts on a fresh one.
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // After a batch: `done` examples of epoch `epoch` (1, 2, ...) with the loss and accuracy so far.
  // The first call says which epoch this run began with; it may be a resumed one.
  void update(int epoch, std::int64_t done, double loss, double accuracy);
  // After the epoch, with its final numbers: the line stays. `note` ends it: "test acc 97.1 %".
  void finish_epoch(int epoch, double loss, double accuracy, const std::string& note = "");
  // Wipes the line so that something else can be printed; a later update draws it again.
  void clear();

 private:
  void begin(int epoch);                          // checks it; notes the first one
  std::int64_t examples_before(int epoch) const;  // in this run, from its first epoch on
  void draw(const std::string& line);

  std::ostream& out_;
  ProgressTarget target_;
  int epochs_;
  std::int64_t total_;
  double started_at_;  // seconds
  double epoch_started_at_;
  double drawn_at_ = 0;
  int first_epoch_ = 0;  // 0: none yet
  bool line_is_open_ = false;
};

}  // namespace nn
