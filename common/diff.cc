// groundup_diff: a phase's outputs against the reference's, tensor by tensor.
//
//   groundup_diff --got build/out/phase1 --phase 1 [--case softmax] [--brief]
//   groundup_diff --got build/out/phase2 --phase 2 --against build/out/phase1 --against-phase 1
//   groundup_diff --got build/reference --regenerated
//
// Exit status: 0 all within their bounds, 1 something differs or is missing, 2 wrong usage.
#include <sys/ioctl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "common/check.h"
#include "common/diff_table.h"

namespace {

bool terminal_wants_colour() {
  const char* no_colour = std::getenv("NO_COLOR");
  return ::isatty(STDOUT_FILENO) == 1 && (no_colour == nullptr || *no_colour == '\0');
}

int terminal_columns() {
  winsize size{};
  return ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

int run(int argc, char** argv) {
  CLI::App app("Compares a phase's outputs with the reference, tensor by tensor.");
  std::string got, against, precision;
  nn::PhaseDiff options;
  nn::TableStyle style{.colour = terminal_wants_colour(), .columns = terminal_columns()};
  bool regenerated = false;
  int max_rows = 8;
  app.add_option("--got", got, "folder of <case>/<tensor>.npy")->required();
  auto* phase = app.add_option("--phase", options.phase, "the phase that wrote it, 1 to 6")
                    ->check(CLI::Range(1, 6));
  auto* against_phase =
      app.add_option("--against-phase", options.against_phase, "the phase that wrote --against")
          ->check(CLI::Range(1, 6));
  auto* against_folder =
      app.add_option("--against", against, "another phase's outputs, in place of the reference's")
          ->needs(phase)
          ->needs(against_phase);
  against_phase->needs(against_folder);
  auto* one_case =
      app.add_option("--case", options.only_case,
                     "only this case, with both arrays side by side; an exercise's name will do");
  app.add_option("--max-rows", max_rows, "with --case: rows of an array to show")
      ->check(CLI::Range(1, 1000))
      ->needs(one_case)
      ->capture_default_str();
  app.add_option("--precision", precision,
                 "what the phase computes in; phase 1 in f64, the others in f32")
      ->check(CLI::IsMember({"f64", "f32"}));
  app.add_flag("--brief", style.brief, "one entry a case: its worst tensor");
  app.add_flag("--regenerated", regenerated, "--got is the whole reference, written anew")
      ->excludes(phase)
      ->excludes(one_case);
  try {
    app.parse(argc, argv);
    if (!regenerated && phase->empty()) {
      throw CLI::RequiredError("--phase (or --regenerated)");
    }
  } catch (const CLI::CallForHelp& help) {
    return app.exit(help);
  } catch (const CLI::ParseError& error) {
    app.exit(error);
    return 2;
  }

  if (!against.empty() && options.against_phase >= options.phase) {
    throw nn::Error(
        "--against-phase must be a phase before --phase, whose precision it is held to");
  }
  options.got = got;
  options.golden = nn::golden_dir();
  options.against = against;
  if (precision.empty()) precision = options.phase == 1 ? "f64" : "f32";
  options.precision = precision == "f32" ? nn::Precision::f32 : nn::Precision::f64;
  options.exercises = nn::read_golden_exercises(options.golden / "cases.json");
  options.show_rows = options.only_case.empty() ? 0 : max_rows;
  const std::vector<nn::DiffRow> rows =
      regenerated ? nn::diff_regenerated(nn::golden_cases(), options.got, options.golden)
                  : nn::diff_phase(nn::golden_cases(), options);
  if (!against.empty() && !style.brief) {
    std::printf("phase %d against phase %d, held to what the reference allows phase %d:\n\n",
                options.phase, options.against_phase, options.phase);
  }
  std::fputs(nn::diff_table(rows, style).c_str(), stdout);
  if (!against.empty()) std::fputs(nn::phases_agree(rows, options).c_str(), stdout);
  return nn::all_ok(rows) ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {  // nn::Error, or a folder that cannot be listed
    std::fprintf(stderr, "groundup_diff: %s\n", error.what());
    return 2;
  }
}
