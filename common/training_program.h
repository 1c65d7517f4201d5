// What the programs that train, and use what was trained, have in common: how they begin and end,
// Ctrl-C, saying things at once, and run folders.
#pragma once

#include <fmt/format.h>

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "common/options.h"
#include "common/run_folder.h"

namespace nn {

// Exit status, beside 0 and 1 (an error, one line).
inline constexpr int kExitUsage = 2;
inline constexpr int kExitInterrupted = 130;  // 128 + SIGINT, as shells report it

// From now on a first SIGINT or SIGTERM makes stop_asked() true, and a second one ends the program at
// once. What was ignored when we began stays so: a shell starts background jobs that way. Writing to
// who has left, or past a limit on file sizes, is an error of the write and no signal.
void set_up_signals();
bool stop_asked();

// Says it at once. Never throws: whether standard output took it is asked at the end, and where
// standard error does not, there is nobody to tell.
template <class... Parts>
void say(std::FILE* to, fmt::format_string<Parts...> format, Parts&&... parts) {
  const std::string text = fmt::format(format, std::forward<Parts>(parts)...);
  std::fwrite(text.data(), 1, text.size(), to);
  std::fflush(to);
}

// A message may quote a damaged file or an odd path; it must stay one line, and not steer a terminal.
std::string one_line(std::string message);

// The frame of such a program: what `run` returns; else, with one line on standard error that begins
// with what make calls it ("train"), kExitUsage for a UsageError, and 1 for any other. where_short:
// what to try where memory is short.
int run_user_program(int argc, const char* const* argv, const ProgramName& program,
                     const char* where_short, const std::function<int()>& run);

// The options of a training program that say where its run is kept.
struct RunOptions {
  std::string out;       // a folder; empty: runs/<dataset>-<date and time>
  std::string resume;    // a run's folder; empty: a new run
  int save_every = 500;  // steps between checkpoints within an epoch; [1, 1000000000]
};

// --out, --resume and --save-every: adds them to a program's options; reads them. UsageError also
// where --resume is given with an option that is not among with_resume.
void add_run_options(OptionParser& parser);
RunOptions read_run_options(const OptionParser& parser,
                            const std::vector<std::string>& with_resume);

inline constexpr const char* kRuns = "runs";
inline constexpr const char* kCheckpoint = "checkpoint.safetensors";  // in a run's folder

// A new run's folder: `out` as a user names it, or where that is empty runs/<dataset>-<date>.
RunFolder new_run_folder(const std::string& out, std::string dataset);

// Takes up the run in the folder that --resume names. nn::Error if it holds no checkpoint, or one
// of another phase's trainer, with the command that goes on with it.
RunFolder resumed_run_folder(const std::string& resume, const std::string& called,
                             const ProgramName& program);

// Says where a run's results go, or in which epoch, after which step, it is taken up.
void say_where_it_stands(const RunFolder& folder, bool resumed, int epoch, int step, int epochs);

// A tenth of a learning rate, to three digits: as advice, 0.0012 and not 0.0012000000000000001.
double tenth_of(double rate);

// nn::Error if standard output did not take all that was said; the results are in the folder.
void check_was_heard(const RunFolder& folder);

// The phase whose trainer wrote a model or checkpoint, 1 or 2; 0 if the file does not say.
int phase_of_file(const std::filesystem::path& path);

// A run's folder anywhere, as a user names it: "runs/wide", "/tmp/run/", or "runs/latest", which leads to
// another. Else as open_run_folder.
RunFolder open_named_run_folder(const std::string& given, Resume resume);

}  // namespace nn
