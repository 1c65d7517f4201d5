// Models and their trainings as safetensors files (common/safetensors.h).
//
// model        layers.N.w (C,OC) and layers.N.bias (OC), F32, N the layer's place among all layers. In the
//              metadata: format "groundup model 2"; architecture, JSON: the layers' config(), the
//              loss's name, the accuracy's config(); notes, JSON: texts by name.
// parameters   the same arrays; format "groundup parameters 2", and nothing else.
// checkpoint   a model, and all that decides how training goes on: optimizer.* (what it remembers),
//              schedule.*, callbacks.*, training.sums and training.history (F64), and in the metadata
//              training, JSON: counts, seed, and how optimiser and schedule describe themselves. There is no
//              random state to keep: Philox's numbers are a function of seed, epoch, step and place. A
//              CRC-32 of all of it tells a flipped bit.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "common/check.h"
#include "common/json.h"
#include "common/safetensors.h"
#include "phase2_vectorized/week05_data/layers.h"
#include "phase2_vectorized/week05_data/model.h"
#include "phase2_vectorized/week05_data/parameter_file.h"

namespace nn::cpu {
namespace {

using nlohmann::json;

constexpr const char* kModelFormat = "groundup model 2";
constexpr const char* kParametersFormat = "groundup parameters 2";
constexpr std::int64_t kMostMissing = 1 << 24;  // parameters that a file may lack to be looked at
constexpr const char* kCheckpointFormat = "groundup checkpoint 2";

template <class... Parts>
[[noreturn]] void refuse(const std::string& file, const Parts&... parts) {
  throw Error(detail::cat(file, ": ", parts...));
}

// The metadata's text under this key.
const std::string& text(const Safetensors& content, const std::string& key,
                        const std::string& file) {
  if (!content.metadata.contains(key)) refuse(file, "has no \"", key, "\" in its metadata");
  return content.metadata_value(key);
}

void check_format(const Safetensors& content, const char* format, const char* what,
                  const std::string& file) {
  if (const std::string& found = text(content, "format", file); found != format) {
    refuse(file, "is \"", found, "\", and not ", what, " of this program, which is \"", format,
           "\"");
  }
}

// Does what reads JSON; what json objects to is an error of the file.
template <class Read>
auto reading(const std::string& file, const char* part, Read read) {
  try {
    return read();
  } catch (const json::exception& error) {
    refuse(file, "its ", part, " is not what this program writes: ", error.what());
  }
}

// A count in a JSON object: json's own conversion would wrap what does not fit.
template <class Integer>
Integer count_at(const json& object, const char* key, const std::string& file) {
  const json& value = object.at(key);
  const bool fits =
      value.is_number_unsigned() &&
      value.get<std::uint64_t>() <= static_cast<std::uint64_t>(std::numeric_limits<Integer>::max());
  if (!fits) refuse(file, "\"", key, "\" is ", value.dump(), ", not a count");
  return value.get<Integer>();
}

// The arrays whose names begin with `prefix`, which is taken away from them.
NamedArrays with_prefix(const NamedArrays& arrays, const std::string& prefix) {
  NamedArrays found;
  for (const auto& [name, array] : arrays) {
    if (name.starts_with(prefix)) found[name.substr(prefix.size())] = array;
  }
  return found;
}

void add_with_prefix(NamedArrays& arrays, const NamedArrays& more, const std::string& prefix) {
  for (const auto& [name, array] : more) arrays[prefix + name] = array;
}

std::vector<double> numbers(const NamedArrays& arrays, const std::string& name, const Shape& shape,
                            const std::string& file) {
  const auto found = arrays.find(name);
  if (found == arrays.end()) refuse(file, "has no array ", name);
  const NpyArray& array = found->second;
  if (array.dtype != Dtype::f8 || array.shape != shape) {
    refuse(file, name, " is ", nn::name(array.dtype), " of shape ", to_string(array.shape),
           "; it should be <f8 of shape ", to_string(shape));
  }
  return array.as_doubles();
}

json layers_config(std::span<const std::unique_ptr<Layer>> layers) {
  json all = json::array();
  for (const std::unique_ptr<Layer>& layer : layers) all.push_back(layer->config());
  return all;
}

json architecture_of(const Model& model, const Loss& loss, const Accuracy* accuracy) {
  return {{"layers", layers_config(model.layers())},
          {"loss", loss.name()},
          {"accuracy", accuracy == nullptr ? json() : accuracy->config()}};
}

// nn::Error that names the first layer in which the file's network is another than this one.
void check_same_layers(const json& found, std::span<const std::unique_ptr<Layer>> layers,
                       const std::string& file) {
  const json own = layers_config(layers);
  if (!found.is_array()) refuse(file, "its architecture is not what this program writes");
  for (std::size_t i = 0; i < std::min(found.size(), own.size()); ++i) {
    if (found[i] == own[i]) continue;
    refuse(file, "is of another network: its layer ", i, " is ", found[i].dump(), ", here it is ",
           own[i].dump());
  }
  if (found.size() != own.size()) {
    refuse(file, "is of another network: it has ", found.size(), " layers, here are ", own.size());
  }
}

void check_described(const json& training, const char* what, const std::string& own,
                     const std::string& file) {
  const auto found = training.at(what).get<std::string>();
  if (found != own) {
    refuse(file, "was trained with the ", what, " ", found, ", and this model has ", own);
  }
}

// A matrix from an F32 array of two extents.
Matrix matrix_of(const NpyArray& array, const std::string& name, const std::string& file) {
  constexpr std::int64_t kMost = std::numeric_limits<int>::max();
  if (array.dtype != Dtype::f4 || array.shape.size() != 2 || array.shape[0] > kMost ||
      array.shape[1] > kMost) {
    refuse(file, name, " is ", nn::name(array.dtype), " of shape ", to_string(array.shape),
           "; it should be a matrix of <f4");
  }
  Matrix matrix(static_cast<int>(array.shape[0]), static_cast<int>(array.shape[1]));
  if (!array.bytes.empty()) std::memcpy(matrix.data(), array.bytes.data(), array.bytes.size());
  return matrix;
}

std::vector<double> history_values(const std::vector<EpochMetrics>& history) {
  std::vector<double> values;
  for (const EpochMetrics& metrics : history) {
    const std::vector<double> row = metric_values(metrics);
    values.insert(values.end(), row.begin(), row.end());
  }
  return values;
}

std::vector<EpochMetrics> history_of(const std::vector<double>& values) {
  const auto fields = static_cast<std::ptrdiff_t>(metric_names().size());
  std::vector<EpochMetrics> history;
  for (auto at = values.begin(); at != values.end(); at += fields) {
    history.push_back(metrics_of({at, at + fields}));
  }
  return history;
}

// A prefix of an array's name that belongs to no part of a checkpoint.
void check_families(const NamedArrays& arrays, const std::string& file) {
  for (const auto& [key, array] : arrays) {
    const std::string& name = key;
    const bool known = std::ranges::any_of(
        std::initializer_list<const char*>{"layers.", "optimizer.", "schedule.", "callbacks."},
        [&](const char* family) { return name.starts_with(family); });
    if (!known && name != "training.sums" && name != "training.history") {
      refuse(file, "has an array ", name, ", which is no part of a checkpoint");
    }
  }
}

std::map<std::string, std::string> notes_of(const Safetensors& content, const std::string& file) {
  return reading(file, "notes", [&] {
    return parse_json(text(content, "notes", file), file).get<std::map<std::string, std::string>>();
  });
}

}  // namespace

// ---- models

void Model::save(const std::filesystem::path& path) const {
  check_finalized("save");
  if (loss_ == nullptr) throw Error("save: the model has no loss; call set()");
  Safetensors content;
  content.metadata["format"] = kModelFormat;
  content.metadata["architecture"] = architecture_of(*this, *loss_, accuracy_.get()).dump();
  content.metadata["notes"] = json(notes_).dump();
  content.tensors = to_arrays(parameters_);
  write_safetensors(path, content);
}

Model Model::load(const std::filesystem::path& path) {
  const std::string file = path.string();
  const Safetensors content = read_safetensors(path);
  check_format(content, kModelFormat, "a model", file);
  Model model;
  reading(file, "architecture", [&] {
    const json architecture = parse_json(text(content, "architecture", file), file);
    const json& layers = architecture.at("layers");
    if (!layers.is_array()) refuse(file, "its architecture is not what this program writes");
    for (const json& config : layers) model.add(make_layer(config, file));
    const auto loss = architecture.at("loss").get<std::string>();
    try {
      model.loss_ = make_loss(loss);
    } catch (const Error& error) {
      refuse(file, error.what());
    }
    const json& accuracy = architecture.at("accuracy");
    if (!accuracy.is_null()) model.accuracy_ = make_accuracy(accuracy, file);
  });
  // A damaged file may claim any extents. What is a little too much, from_arrays names.
  std::int64_t elements = 0;
  for (const auto& [name, array] : content.tensors) elements += array.size();
  std::int64_t claimed = 0;
  for (const std::unique_ptr<Layer>& layer : model.layers_) {
    const int C = layer->inputs();
    if (C > 0) claimed += (C + std::int64_t{1}) * layer->outputs(C);
  }
  if (claimed > elements + kMostMissing) {
    refuse(file, "its layers have ", claimed, " parameters, and its arrays only ", elements);
  }
  try {
    model.finalize();
  } catch (const Error& error) {
    refuse(file, error.what());
  }
  from_arrays(model.parameters_, content.tensors, file);
  model.notes_ = notes_of(content, file);
  return model;
}

std::map<std::string, std::string> Model::read_notes(const std::filesystem::path& path) {
  return notes_of(read_safetensors(path), path.string());
}

void Model::save_parameters(const std::filesystem::path& path) const {
  check_finalized("save_parameters");
  Safetensors content;
  content.metadata["format"] = kParametersFormat;
  content.tensors = to_arrays(parameters_);
  write_safetensors(path, content);
}

void Model::load_parameters(const std::filesystem::path& path) {
  check_finalized("load_parameters");
  from_arrays(parameters_, read_safetensors(path).tensors, path.string());
}

// ---- checkpoints

void Model::save_checkpoint(const std::filesystem::path& path) const {
  check_finalized("save_checkpoint");
  if (optimizer_ == nullptr) throw Error("save_checkpoint: the model has no optimizer; call set()");
  const OptimizerState optimizer = optimizer_->state();
  const TrainingState& s = state_;
  Safetensors content;
  content.metadata["format"] = kCheckpointFormat;
  content.metadata["architecture"] = architecture_of(*this, *loss_, accuracy_.get()).dump();
  content.metadata["notes"] = json(notes_).dump();
  content.metadata["training"] = json{
      {"optimizer", optimizer_->describe()},
      {"schedule", schedule_->describe()},
      {"optimizer_steps", optimizer.steps},
      {"epoch", s.epoch},
      {"step", s.step},
      {"steps", s.steps},
      {"seen", s.seen},
      {"right", s.tally.right},
      {"of", s.tally.of},
      {"seed", s.seed},
      {"batch_size", s.batch_size},
      {"examples", s.examples}}.dump();
  content.tensors = to_arrays(parameters_);
  for (const auto& [name, matrix] : optimizer.tensors) {
    content.tensors["optimizer." + name] =
        to_array(matrix.values(), {matrix.rows(), matrix.cols()});
  }
  for (const auto& [name, value] : schedule_->state()) {
    content.tensors["schedule." + name] = to_array(std::vector<double>{value}, {1});
  }
  std::map<std::string, CallbackState> states = callback_states_;
  for (const Callback* callback : callbacks_) states[callback->name()] = callback->state();
  for (const auto& [name, state] : states) {
    add_with_prefix(content.tensors, state, fmt::format("callbacks.{}.", name));
  }
  content.tensors["training.sums"] =
      to_array(std::vector<double>{s.loss_sum, s.penalty_sum, s.seconds, s.rate}, {4});
  content.tensors["training.history"] =
      to_array(history_values(s.history), {std::ssize(s.history), std::ssize(metric_names())});
  content.metadata[kChecksumKey] = checksum(content);
  write_safetensors(path, content);
}

void Model::load_checkpoint(const std::filesystem::path& path) {
  check_finalized("load_checkpoint");
  if (optimizer_ == nullptr) throw Error("load_checkpoint: the model has no optimizer; call set()");
  const std::string file = path.string();
  const Safetensors content = read_safetensors(path);
  check_format(content, kCheckpointFormat, "a checkpoint", file);
  if (text(content, kChecksumKey, file) != checksum(content)) {
    refuse(file, "is damaged: its checksum is wrong. Resume from a copy, or train anew");
  }
  // All is read before anything is changed.
  TrainingState state;
  OptimizerState optimizer{.optimizer = optimizer_->name(), .steps = 0, .tensors = {}};
  reading(file, "architecture", [&] {
    const json architecture = parse_json(text(content, "architecture", file), file);
    check_same_layers(architecture.at("layers"), layers_, file);
    const auto loss = architecture.at("loss").get<std::string>();
    if (loss != loss_->name()) {
      refuse(file, "was trained with the loss ", loss, ", and this model has ", loss_->name());
    }
  });
  reading(file, "training state", [&] {
    const json training = parse_json(text(content, "training", file), file);
    check_described(training, "optimizer", optimizer_->describe(), file);
    check_described(training, "schedule", schedule_->describe(), file);
    optimizer.steps = count_at<std::int64_t>(training, "optimizer_steps", file);
    state.epoch = count_at<int>(training, "epoch", file);
    state.step = count_at<int>(training, "step", file);
    state.steps = count_at<std::int64_t>(training, "steps", file);
    state.seen = count_at<std::int64_t>(training, "seen", file);
    state.tally.right = count_at<std::int64_t>(training, "right", file);
    state.tally.of = count_at<std::int64_t>(training, "of", file);
    state.seed = count_at<std::uint64_t>(training, "seed", file);
    state.batch_size = count_at<int>(training, "batch_size", file);
    state.examples = count_at<int>(training, "examples", file);
  });
  check_families(content.tensors, file);
  const std::vector<double> sums = numbers(content.tensors, "training.sums", {4}, file);
  state.loss_sum = sums[0];
  state.penalty_sum = sums[1];
  state.seconds = sums[2];
  state.rate = sums[3];
  state.history = history_of(numbers(content.tensors, "training.history",
                                     {state.epoch, std::ssize(metric_names())}, file));
  for (const auto& [name, array] : with_prefix(content.tensors, "optimizer.")) {
    optimizer.tensors[name] = matrix_of(array, "optimizer." + name, file);
  }
  ScheduleState schedule;
  const NamedArrays schedule_arrays = with_prefix(content.tensors, "schedule.");
  for (const auto& [name, value] : schedule_->state()) {
    schedule[name] = numbers(schedule_arrays, name, {1}, file)[0];
  }
  if (schedule_arrays.size() != schedule.size()) refuse(file, "has a state of another schedule");
  std::map<std::string, CallbackState> callbacks;
  for (const auto& [name, array] : with_prefix(content.tensors, "callbacks.")) {
    const std::size_t dot = name.find('.');
    if (dot == std::string::npos) refuse(file, "callbacks.", name, " is of no callback");
    callbacks[name.substr(0, dot)][name.substr(dot + 1)] = array;
  }
  std::vector<Parameter> parameters = parameters_;
  NamedArrays parameter_arrays;
  add_with_prefix(parameter_arrays, with_prefix(content.tensors, "layers."), "layers.");
  from_arrays(parameters, parameter_arrays, file);
  std::map<std::string, std::string> notes = notes_of(content, file);

  const ScheduleState schedule_before = schedule_->state();
  try {
    schedule_->restore(schedule);
    optimizer_->restore(optimizer, parameters_);
  } catch (const Error& error) {
    schedule_->restore(schedule_before);
    refuse(file, error.what());
  }
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    parameters_[i].value = std::move(parameters[i].value);
  }
  state_ = std::move(state);
  callback_states_ = std::move(callbacks);
  notes_ = std::move(notes);
}

}  // namespace nn::cpu
