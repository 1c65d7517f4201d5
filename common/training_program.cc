#include "common/training_program.h"

#include <algorithm>
#include <array>
#include <ctime>
#include <exception>
#include <new>
#include <string_view>
#include <system_error>

#include "common/check.h"
#include "common/safetensors.h"

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

constexpr const char* kSaveEveryAllowed = "a whole number from 1 to 1000000000";

// By phase, from 1.
constexpr std::array kTrainers{kPhase1Train, kTrain};

}  // namespace

int run_user_program(int argc, const char* const* argv, const ProgramName& program,
                     const char* where_short, const std::function<int()>& run) {
  const std::string_view make = program.make;
  const std::string_view name = make.substr(0, make.find(' '));
  try {
    return run();
  } catch (const UsageError& error) {
    say(stderr, "{}: {}\nSee: {}\n", name, one_line(error.what()),
        one_line(command_for(argc > 0 ? argv[0] : program.file, program, {"--help"})));
    return kExitUsage;
  } catch (const std::bad_alloc&) {
    say(stderr, "{}: there is not enough memory; {}\n", name, where_short);
  } catch (const std::exception& error) {
    say(stderr, "{}: {}\n", name, one_line(error.what()));
  }
  return 1;
}

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

void add_run_options(OptionParser& parser) {
  parser.add("--out", "FOLDER", "for the results (default: runs/NAME-DATE; must be empty)");
  parser.add("--resume", "FOLDER", "go on with the run in FOLDER; runs/latest is the last one");
  parser.add("--save-every", "N",
             fmt::format("steps between two saved states (default: {})", RunOptions().save_every));
}

RunOptions read_run_options(const OptionParser& parser,
                            const std::vector<std::string>& with_resume) {
  parser.check_goes_with("--resume", with_resume, "which goes on exactly as the run began");
  RunOptions options;
  read_option(options.out, parser, "--out", "a folder, new or empty");
  read_option(options.resume, parser, "--resume", "the folder of a run, such as runs/latest");
  read_option(options.save_every, parser, "--save-every", kSaveEveryAllowed);
  if (options.save_every < 1 || options.save_every > 1'000'000'000) {
    refuse_option("--save-every", parser.text("--save-every"), kSaveEveryAllowed);
  }
  return options;
}

RunFolder new_run_folder(const std::string& out, std::string dataset) {
  if (!out.empty()) return open_named_run_folder(out, Resume::no);
  dataset.erase(0, dataset.find_first_not_of('.'));  // a run's name begins with no dot
  return make_dated_run_folder(kRuns, dataset, std::time(nullptr));
}

int phase_of_file(const std::filesystem::path& path) {
  const Safetensors content = read_safetensors(path);
  const auto format = content.metadata.find("format");
  if (format == content.metadata.end()) return 0;
  int phase = 0;
  for (const char* kind : {"groundup model ", "groundup checkpoint "}) {
    if (format->second.starts_with(kind)) {
      read_number(phase, std::string_view(format->second).substr(std::string_view(kind).size()));
    }
  }
  return phase;
}

RunFolder resumed_run_folder(const std::string& resume, const std::string& called,
                             const ProgramName& program) {
  RunFolder folder = open_named_run_folder(resume, Resume::yes);
  const std::filesystem::path checkpoint = folder.path() / kCheckpoint;
  if (!std::filesystem::exists(checkpoint)) {
    throw Error(detail::cat(folder.path(), " holds no ", kCheckpoint,
                            ", so there is nothing to resume. --resume takes the folder of a run"));
  }
  const int phase = phase_of_file(checkpoint);
  if (phase < 1 || phase > std::ssize(kTrainers)) return folder;
  const ProgramName& begun_by = kTrainers[static_cast<std::size_t>(phase - 1)];
  if (begun_by.file != std::string_view(program.file)) {
    throw Error(detail::cat(checkpoint.string(), ": was begun by phase ", phase,
                            "'s trainer, which alone can go on: ",
                            command_for(called, begun_by, {"--resume", folder.path().string()})));
  }
  return folder;
}

void say_where_it_stands(const RunFolder& folder, bool resumed, int epoch, int step, int epochs) {
  const std::string path = folder.path().string();
  if (!resumed) {
    say(stdout, "results go to {}; Ctrl-C saves and stops\n", path);
  } else if (epoch < epochs) {
    say(stdout, "resuming {} in epoch {}, after step {}; Ctrl-C saves and stops\n", path, epoch + 1,
        step);
  } else {
    say(stdout, "resuming {}: its {} epochs are trained; writing the results again\n", path,
        epochs);
  }
}

double tenth_of(double rate) {
  double tenth = 0;
  read_number(tenth, fmt::format("{:.3g}", rate / 10));
  return tenth;
}

void check_was_heard(const RunFolder& folder) {
  if (std::ferror(stdout) == 0) return;
  throw Error(
      detail::cat("standard output could not be written; the results are in ", folder.path()));
}

}  // namespace nn
