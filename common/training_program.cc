#include "common/training_program.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "common/check.h"

namespace nn {
namespace {

// Set by the first SIGINT or SIGTERM; a second one ends the program at once.
volatile std::sig_atomic_t g_stop_asked = 0;

extern "C" void ask_to_stop(int) {
  g_stop_asked = 1;
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
}

void ask_to_stop_on(int signal) {
  if (std::signal(signal, ask_to_stop) == SIG_IGN) std::signal(signal, SIG_IGN);
}

}  // namespace

void set_up_signals() {
  ask_to_stop_on(SIGINT);
  ask_to_stop_on(SIGTERM);
  std::signal(SIGPIPE, SIG_IGN);  // who reads our output may leave; the training goes on
  std::signal(SIGXFSZ, SIG_IGN);  // past a limit on file sizes, write() then says so
}

bool stop_asked() { return g_stop_asked != 0; }

std::string one_line(std::string message) {
  std::ranges::replace_if(
      message, [](unsigned char c) { return c < ' ' || c == 0x7f; }, '?');
  return message;
}

RunFolder open_named_run_folder(const std::string& given, Resume resume) {
  std::filesystem::path folder = std::filesystem::path(given).lexically_normal();
  if (folder.filename().empty()) folder = folder.parent_path();  // it ended in a slash
  std::error_code error;
  if (folder.filename() == "." || folder.filename() == "..")
    folder = std::filesystem::canonical(folder, error);
  if (std::filesystem::is_symlink(folder, error)) {
    const std::filesystem::path target = std::filesystem::canonical(folder, error);
    if (error) throw Error(detail::cat(folder, " leads to no folder: ", error.message()));
    folder = std::filesystem::relative(target);
  }
  const std::filesystem::path parent =
      folder.has_parent_path() ? folder.parent_path() : std::filesystem::path(".");
  return open_run_folder(parent, folder.filename().string(), resume);
}

}  // namespace nn
