// groundup_diff's work, apart from the command line: a phase's output files against the
// reference's, one row a tensor, as text.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "common/compare.h"
#include "common/golden.h"

namespace nn {

enum class Verdict { ok, differs, missing, unexpected };
const char* name(Verdict verdict);  // "ok", "DIFFERS", "MISSING", "EXTRA"

// One tensor, or one file, and what came of comparing it.
struct DiffRow {
  std::string name;  // "softmax/p"
  Verdict verdict = Verdict::ok;
  Comparison comparison;  // where both files could be read and are of one kind
  std::string problem;    // else why not, in one line

  std::string case_name() const { return name.substr(0, name.find('/')); }
};

struct PhaseDiff {
  std::filesystem::path got{};      // holds <case>/<tensor>.npy
  std::filesystem::path golden{};   // the same, as the reference wrote it
  std::filesystem::path against{};  // if not empty, compare with what another phase wrote here
  int against_phase = 0;            // which; only what both compute is compared
  int phase = 1;                    // outputs of cases that this phase or an earlier one computes
  // "" for all; else a case, "case/tensor", an exercise, a function ("softmax_backward"), or the
  // beginning of one case's name.
  std::string only_case{};
  GoldenExercises exercises{};           // what the name of an exercise stands for
  Precision precision = Precision::f64;  // what the phase computes in; the dtype of its files
  int show_rows = 0;  // if > 0, both arrays are shown, up to so many of their rows
};

// Throws nn::Error if only_case means nothing that this phase computes (and names what is near to
// it, and all there is), or if the folder `got` does not exist (and says what writes it).
std::vector<DiffRow> diff_phase(std::span<const GoldenTensor> cases, const PhaseDiff& options);

// "phase 2 first differs from phase 1 at mlp/grad_w3", or that they agree; rows of a diff against
// another phase.
std::string phases_agree(std::span<const DiffRow> rows, const PhaseDiff& options);

// The reference written anew against the one in the repository. Integers, shapes and headers are
// compared byte by byte, so is cases.json; floats are held to their bound, inputs to a few
// roundoffs, since the exp, log and cos of two processors differ. A row a file.
std::vector<DiffRow> diff_regenerated(std::span<const GoldenTensor> cases,
                                      const std::filesystem::path& got,
                                      const std::filesystem::path& golden);

bool all_ok(std::span<const DiffRow> rows);

struct TableStyle {
  bool brief = false;   // one entry a case, its worst tensor; two entries a line where they fit
  bool colour = false;  // ANSI colours for the verdicts
  int columns = 0;      // of the terminal; 0 for none, where lines may be as long as they are
};
// Ends with a line that counts, and names the tensor closest to its bound.
std::string diff_table(std::span<const DiffRow> rows, TableStyle style);

}  // namespace nn
