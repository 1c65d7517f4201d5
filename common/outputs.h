// What the programs phaseN_outputs share: each computes golden cases of the reference with its phase's
// code and writes DIR/<case>/<tensor>.npy, for `make diff` to compare with reference/golden.
//
//   const std::vector<CaseFunction<Matrix>> functions{{"softmax", [](const Case& c) {
//     c.write("p", softmax(c.in("z")));
//   }}};
//   return outputs_program<Matrix>("phase1_outputs", 1, functions, argc, argv);
//
// M is a phase's matrix: see common/golden_matrix.h. What it holds, double or float, is what the files
// hold.
#pragma once

#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "common/check.h"
#include "common/golden_matrix.h"
#include "common/npy.h"
#include "common/program.h"
#include "common/rng.h"

namespace nn {

// One case on its way from golden inputs to written outputs.
template <class M>
class OutputCase {
 public:
  using Element = std::remove_cvref_t<decltype(*std::declval<M>().data())>;

  OutputCase(std::filesystem::path out, std::string name)
      : out_(std::move(out)), name_(std::move(name)) {}

  M in(const std::string& tensor) const { return golden_matrix_as<M>(path(tensor)); }
  std::vector<int> labels(const std::string& tensor) const { return golden_labels(path(tensor)); }
  Element number(const std::string& tensor) const {
    return static_cast<Element>(golden_number(path(tensor)));
  }
  // A stream whose seed and number are golden inputs.
  Philox rng() const { return Philox(integer("seed"), integer("stream")); }

  void write(const std::string& tensor, const M& value) const {
    write_npy(file(tensor), value.values(), array_shape(value, read_golden(path(tensor)).shape));
  }
  void write(const std::string& tensor, Element value) const { write(tensor, M(1, 1, value)); }
  void write(const std::string& tensor, const std::vector<std::int64_t>& value) const {
    write_npy(file(tensor), value, {static_cast<std::int64_t>(value.size())});
  }
  void write(const std::string& tensor, const std::vector<int>& value) const {
    write(tensor, std::vector<std::int64_t>(value.begin(), value.end()));
  }

 private:
  // As integers: a 64-bit seed does not fit a double.
  std::uint64_t integer(const std::string& tensor) const {
    return static_cast<std::uint64_t>(read_golden(path(tensor)).as_integers().at(0));
  }
  std::string path(const std::string& tensor) const { return name_ + "/" + tensor; }
  std::filesystem::path file(const std::string& tensor) const {
    return out_ / name_ / (tensor + ".npy");
  }

  std::filesystem::path out_;
  std::string name_;
};

// A golden case and who computes it. Cases that differ only in their inputs share a function; their
// names begin with the function's operation: relu, relu_extreme.
template <class M>
struct CaseFunction {
  std::string operation;
  std::function<void(const OutputCase<M>&)> run;
};

// The function of a case: of those whose operation begins the case's name, the longest.
template <class M>
const CaseFunction<M>& function_of(const std::string& case_name, int phase,
                                   std::span<const CaseFunction<M>> functions) {
  const CaseFunction<M>* best = nullptr;
  for (const CaseFunction<M>& function : functions) {
    const bool begins =
        case_name == function.operation || case_name.starts_with(function.operation + "_");
    if (begins && (best == nullptr || function.operation.size() > best->operation.size())) {
      best = &function;
    }
  }
  NN_CHECK(best != nullptr, "no function of phase ", phase, " computes the golden case ",
           case_name);
  return *best;
}

// Computes every case that cases.json lists for the phase; one that nobody here computes is an error.
template <class M>
void write_outputs(const std::filesystem::path& out, int phase,
                   std::span<const CaseFunction<M>> functions) {
  std::string done;
  for (const GoldenTensor& tensor : golden_cases()) {
    if (!tensor.computed_in(phase) || tensor.case_name == done) continue;
    done = tensor.case_name;
    const CaseFunction<M>& function = function_of<M>(done, phase, functions);
    std::filesystem::create_directories(out / done);
    function.run(OutputCase<M>(out, done));
  }
}

// main() of phaseN_outputs.
template <class M>
int outputs_program(const char* name, int phase, const std::vector<CaseFunction<M>>& functions,
                    int argc, char** argv) {
  CLI::App app{
      detail::cat("Computes every golden case of the reference with phase ", phase, "'s code.")};
  std::string out;
  app.add_option("--out", out, "folder to write <case>/<tensor>.npy into")->required();
  return run_program(name, app, argc, argv, [&] {
    write_outputs<M>(out, phase, functions);
    return 0;
  });
}

}  // namespace nn
