// The reference's golden arrays, for tests, phase outputs and diffs.
//
// reference/golden/<case>/<tensor>.npy was written by reference/generate.py; cases.json beside
// them lists each tensor, whether it is an input or an output, and the bound of every output:
//
//   {"cases": [{"case": "softmax", "first_phase": 1, "not_in": [], "tensors": [
//     {"name": "z", "role": "input"},
//     {"name": "p", "role": "output", "abs_roundoffs": 0, "rel_roundoffs": 12, "why": "..."}]}],
//    "exercises": {"log_sum_exp": ["softmax/log_sum_exp"]}}
//
// A missing or malformed field, a name twice, or a file that is not JSON: nn::Error that names the
// file and the case. There is no default bound: a misspelt one would pass for a decision.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "common/compare.h"
#include "common/npy.h"

namespace nn {

// One tensor of one case, as cases.json lists it.
struct GoldenTensor {
  std::string case_name;  // "softmax"
  std::string tensor;     // "p"
  bool is_output = false;
  int first_phase = 1;        // the first phase that computes it
  std::vector<int> not_in{};  // later phases that do not
  // allowed[i] = u * (abs_roundoffs + rel_roundoffs * |want[i]|), u the unit roundoff of the
  // precision it was computed in. 0 and 0: equality (integers, copies).
  double abs_roundoffs = 0;
  double rel_roundoffs = 0;
  std::string why;  // where the bound comes from

  std::string name() const { return case_name + "/" + tensor; }
  bool computed_in(int phase) const;
  Bound bound(Precision precision) const;
};

// What an exercise of the course computes, where its name is no case's: cases ("mse") and single
// tensors ("softmax/p").
using GoldenExercises = std::map<std::string, std::vector<std::string>>;

// $NN_REFERENCE_DIR/golden if the variable is set, else the repository's.
std::filesystem::path golden_dir();
std::vector<GoldenTensor> read_golden_cases(const std::filesystem::path& cases_json);
GoldenExercises read_golden_exercises(const std::filesystem::path& cases_json);
const std::vector<GoldenTensor>& golden_cases();             // of golden_dir(), read once
const GoldenTensor& golden_tensor(const std::string& name);  // "softmax/p"; unknown: nn::Error
NpyArray read_golden(const std::string& name);               // "softmax/p"

}  // namespace nn
