#include "common/golden.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <set>

#include "common/check.h"
#include "common/file.h"
#include "common/json.h"

namespace nn {
namespace {

using nlohmann::json;

// Reads cases.json; `where` says which case and tensor is being read, for messages.
class CasesReader {
 public:
  explicit CasesReader(const std::filesystem::path& path) : path_(path) {}

  std::vector<GoldenTensor> read() {
    const json root = parse();
    for (const json& entry : member(root, "cases", &json::is_array, "a list", "the whole")) {
      read_case(entry);
    }
    return std::move(tensors_);
  }

  GoldenExercises read_exercises() const {
    const json root = parse();
    GoldenExercises exercises;
    const json& found = member(root, "exercises", &json::is_object, "an object", "the whole");
    for (const auto& [exercise, names] : found.items()) {
      if (!names.is_array()) refuse("exercise ", exercise, " should be a list");
      for (const json& name : names) {
        if (!name.is_string()) refuse("exercise ", exercise, " should be a list of strings");
        exercises[exercise].push_back(name.get<std::string>());
      }
    }
    return exercises;
  }

 private:
  using Is = bool (json::*)() const noexcept;

  json parse() const {
    const std::vector<std::byte> bytes = read_file(path_, std::uint64_t{1} << 24);
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return parse_json(text, path_.string());
  }

  template <class... Parts>
  [[noreturn]] void refuse(const Parts&... parts) const {
    throw Error(detail::cat(path_.string(), ": ", parts...));
  }

  const json& member(const json& object, const char* key, Is is_wanted, const char* wanted,
                     const std::string& where) const {
    if (!object.is_object()) refuse(where, " should be an object");
    const auto found = object.find(key);
    if (found == object.end()) refuse(where, " has no \"", key, "\"");
    if (!((*found).*is_wanted)()) refuse("\"", key, "\" of ", where, " should be ", wanted);
    return *found;
  }

  std::string text(const json& object, const char* key, const std::string& where) const {
    return member(object, key, &json::is_string, "a string", where).get<std::string>();
  }

  // Becomes part of a path, so it must not lead anywhere else.
  std::string plain_name(const json& object, const char* key, const std::string& where) const {
    const std::string name = text(object, key, where);
    const bool plain = !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
      return ('a' <= c && c <= 'z') || ('A' <= c && c <= 'Z') || ('0' <= c && c <= '9') || c == '_';
    });
    if (!plain) refuse("\"", name, "\" of ", where, " is no name: letters, 0-9 and _ make one");
    return name;
  }

  double roundoffs(const json& object, const char* key, const std::string& where) const {
    const double value = member(object, key, &json::is_number, "a number", where).get<double>();
    if (!(value >= 0) || std::isinf(value)) refuse("\"", key, "\" of ", where, " should be >= 0");
    return value;
  }

  void read_case(const json& entry) {
    const std::string case_name = plain_name(entry, "case", "a case");
    const std::string where = "case " + case_name;
    const json& phase =
        member(entry, "first_phase", &json::is_number_unsigned, "a number from 1 to 6", where);
    if (phase < 1 || phase > 6) refuse("\"first_phase\" of ", where, " should be from 1 to 6");
    const json& not_in = member(entry, "not_in", &json::is_array, "a list of phases", where);
    for (const json& later : not_in) {
      if (!later.is_number_unsigned() || later <= phase || later > 6) {
        refuse("\"not_in\" of ", where, " should list phases after its first, ", phase.get<int>());
      }
    }
    for (const json& tensor : member(entry, "tensors", &json::is_array, "a list", where)) {
      tensors_.push_back(read_tensor(tensor, case_name));
      tensors_.back().first_phase = phase.get<int>();
      tensors_.back().not_in = not_in.get<std::vector<int>>();
    }
  }

  GoldenTensor read_tensor(const json& entry, const std::string& case_name) {
    GoldenTensor tensor;
    tensor.case_name = case_name;
    tensor.tensor = plain_name(entry, "name", "a tensor of case " + case_name);
    const std::string where = "tensor " + tensor.name();
    if (!names_.insert(tensor.name()).second) refuse(where, " is listed twice");
    const std::string role = text(entry, "role", where);
    if (role != "input" && role != "output") {
      refuse("\"role\" of ", where, " is \"", role, "\"; it may be \"input\" or \"output\"");
    }
    tensor.is_output = role == "output";
    if (tensor.is_output) {  // never a bound by default
      tensor.abs_roundoffs = roundoffs(entry, "abs_roundoffs", where);
      tensor.rel_roundoffs = roundoffs(entry, "rel_roundoffs", where);
      tensor.why = text(entry, "why", where);
    }
    return tensor;
  }

  std::filesystem::path path_;
  std::vector<GoldenTensor> tensors_;
  std::set<std::string> names_;  // of tensors_
};

}  // namespace

Bound GoldenTensor::bound(Precision precision) const {
  const double u = precision == Precision::f32 ? kUnitRoundoff32 : kUnitRoundoff64;
  return {.abs = abs_roundoffs * u, .rel = rel_roundoffs * u};
}

bool GoldenTensor::computed_in(int phase) const {
  return first_phase <= phase && std::ranges::find(not_in, phase) == not_in.end();
}

std::filesystem::path golden_dir() {
  const char* chosen = std::getenv("NN_REFERENCE_DIR");
  const bool is_set = chosen != nullptr && *chosen != '\0';
  // The macro is this repository's reference/; CMake defines it.
  return std::filesystem::path(is_set ? chosen : NN_REFERENCE_DIR) / "golden";
}

std::vector<GoldenTensor> read_golden_cases(const std::filesystem::path& cases_json) {
  return CasesReader(cases_json).read();
}

GoldenExercises read_golden_exercises(const std::filesystem::path& cases_json) {
  return CasesReader(cases_json).read_exercises();
}

const std::vector<GoldenTensor>& golden_cases() {
  static const std::vector<GoldenTensor> cases = read_golden_cases(golden_dir() / "cases.json");
  return cases;
}

const GoldenTensor& golden_tensor(const std::string& name) {
  std::set<std::string> tensors_of_case, cases;  // what to offer in their place
  for (const GoldenTensor& tensor : golden_cases()) {
    if (tensor.name() == name) return tensor;
    cases.insert(tensor.case_name);
    if (name.starts_with(tensor.case_name + "/")) tensors_of_case.insert(tensor.name());
  }
  const auto& near = tensors_of_case.empty() ? cases : tensors_of_case;
  std::string list;
  for (const std::string& one : near) list += (list.empty() ? "" : ", ") + one;
  throw Error(detail::cat("there is no golden tensor ", name, " in ", golden_dir().string(), "; ",
                          tensors_of_case.empty() ? "its cases are " : "that case has ", list));
}

NpyArray read_golden(const std::string& name) {
  return read_npy(golden_dir() / (golden_tensor(name).name() + ".npy"));
}

}  // namespace nn
