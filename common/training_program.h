// What the programs that train have in common: Ctrl-C, saying things at once, and run folders that a
// user names.
#pragma once

#include <fmt/format.h>

#include <csignal>
#include <cstdio>
#include <string>
#include <utility>

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

// A run's folder anywhere, as a user names it: "runs/wide", "/tmp/run/", or "runs/latest", which leads to
// another. Else as open_run_folder.
RunFolder open_named_run_folder(const std::string& given, Resume resume);

}  // namespace nn
