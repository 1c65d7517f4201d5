#include "phase1_cpu/checkpoint/training_file.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <vector>

#include "common/check.h"
#include "common/json.h"

namespace nn::basic {
namespace {

using nlohmann::json;

constexpr int kHistoryFields = 5;

template <class... Parts>
[[noreturn]] void refuse(const std::string& file, const Parts&... parts) {
  throw Error(detail::cat(file, ": ", parts...));
}

// A count in a JSON object: json's own conversion would wrap what does not fit an int.
int count_at(const json& object, const char* key, const std::string& file) {
  const json& value = object.at(key);
  if (!value.is_number_integer() || value < 0 || value > std::numeric_limits<int>::max()) {
    refuse(file, "\"", key, "\" is ", value.dump(), ", not a count");
  }
  return value.get<int>();
}

// ---- the network

std::string layer_name(std::size_t i, const char* part) {
  return fmt::format("layers.{}.{}", i, part);
}

// A dense layer with ReLU after it, but for the last.
json architecture_of(const Mlp& mlp) {
  json layers = json::array();
  for (std::size_t i = 0; i < mlp.layers.size(); ++i) {
    layers.push_back({{"type", "dense"},
                      {"inputs", mlp.layers[i].w.rows()},
                      {"outputs", mlp.layers[i].w.cols()},
                      {"activation", i + 1 < mlp.layers.size() ? "relu" : "identity"}});
  }
  return {{"layers", layers}};
}

Safetensors content_of(const Mlp& mlp) {
  Safetensors content;
  content.metadata["format"] = "groundup model 1";
  content.metadata["architecture"] = architecture_of(mlp).dump();
  for (std::size_t i = 0; i < mlp.layers.size(); ++i) {
    const DenseLayer& layer = mlp.layers[i];
    content.tensors[layer_name(i, "w")] =
        to_array(layer.w.values(), {layer.w.rows(), layer.w.cols()});
    content.tensors[layer_name(i, "bias")] = to_array(layer.bias.values(), {layer.bias.cols()});
  }
  return content;
}

// The array of this name, which must be F64 and of this shape; -1 stands for any extent.
std::vector<double> doubles(const Safetensors& content, const std::string& name, const Shape& shape,
                            const std::string& file) {
  if (!content.tensors.contains(name)) refuse(file, "has no array ", name);
  const NpyArray& array = content.tensor(name);
  bool fits = array.dtype == Dtype::f8 && array.shape.size() == shape.size();
  for (std::size_t i = 0; fits && i < shape.size(); ++i) {
    fits = shape[i] == -1 || shape[i] == array.shape[i];
  }
  if (!fits) {
    refuse(file, name, " is ", nn::name(array.dtype), " of shape ", to_string(array.shape),
           "; phase 1 needs <f8 of shape ", to_string(shape));
  }
  return array.as_doubles();
}

Matrix matrix(const Safetensors& content, const std::string& name, const Shape& shape, int rows,
              int cols, const std::string& file) {
  const std::vector<double> values = doubles(content, name, shape, file);
  Matrix m(rows, cols);  // only now: a damaged file may claim any extents
  std::ranges::copy(values, m.data());
  return m;
}

// The metadata's text under this key.
const std::string& text(const Safetensors& content, const std::string& key,
                        const std::string& file) {
  if (!content.metadata.contains(key)) refuse(file, "has no \"", key, "\" in its metadata");
  return content.metadata_value(key);
}

Mlp network_of(const Safetensors& content, const std::string& file) {
  const json architecture = parse_json(text(content, "architecture", file), file);
  Mlp mlp;
  try {
    for (const json& layer : architecture.at("layers")) {
      const int C = count_at(layer, "inputs", file), OC = count_at(layer, "outputs", file);
      const std::size_t i = mlp.layers.size();
      if (layer.at("type") != "dense") refuse(file, "layer ", i, " is no dense layer");
      if (C < 1 || OC < 1) refuse(file, "layer ", i, " has extents (", C, ", ", OC, ")");
      if (i > 0 && mlp.layers[i - 1].w.cols() != C) {
        refuse(file, "layer ", i, " has ", C, " inputs, and the layer before it ",
               mlp.layers[i - 1].w.cols(), " outputs");
      }
      mlp.layers.push_back({matrix(content, layer_name(i, "w"), {C, OC}, C, OC, file),
                            matrix(content, layer_name(i, "bias"), {OC}, 1, OC, file)});
    }
  } catch (const json::exception& error) {
    refuse(file, "its architecture is not what this program writes: ", error.what());
  }
  if (mlp.layers.empty()) refuse(file, "its architecture has no layers");
  if (architecture != architecture_of(mlp)) {
    refuse(file, "its architecture is not dense layers with ReLU between them");
  }
  return mlp;
}

// ---- the training

std::vector<double> history_values(const std::vector<EpochMetrics>& history) {
  std::vector<double> values;
  for (const EpochMetrics& m : history) {
    values.insert(values.end(),
                  {m.train_loss, m.train_accuracy, m.test_loss, m.test_accuracy, m.seconds});
  }
  return values;
}

std::vector<EpochMetrics> history_of(const std::vector<double>& values) {
  std::vector<EpochMetrics> history;
  for (std::size_t i = 0; i + kHistoryFields <= values.size(); i += kHistoryFields) {
    history.push_back({values[i], values[i + 1], values[i + 2], values[i + 3], values[i + 4]});
  }
  return history;
}

json training_of(const Checkpoint& checkpoint) {
  const TrainingOptions& o = checkpoint.options;
  const TrainingState& s = checkpoint.state;
  return {{"dataset", o.dataset}, {"epochs", o.epochs},
          {"batch", o.batch},     {"lr", o.learning_rate},
          {"hidden", o.hidden},   {"seed", o.seed},
          {"epoch", s.epoch},     {"step", s.step},
          {"correct", s.correct}, {"data", checkpoint.data_fingerprint}};
}

std::uint32_t crc_of(std::uint32_t crc, std::span<const std::uint8_t> bytes) {
  return static_cast<std::uint32_t>(crc32_z(crc, bytes.data(), bytes.size()));
}

std::uint32_t crc_of(const ImageSet& set) {
  std::uint32_t crc = crc_of(0, set.labels());
  for (int i = 0; i < set.size(); ++i) crc = crc_of(crc, set.image(i));
  return crc;
}

}  // namespace

void write_model(const std::filesystem::path& path, const Mlp& mlp) {
  write_safetensors(path, content_of(mlp));
}

Mlp read_model(const std::filesystem::path& path) {
  const Safetensors content = read_safetensors(path);
  Mlp mlp = network_of(content, path.string());
  if (content.tensors.size() != 2 * mlp.layers.size()) {
    refuse(path.string(), "has ", content.tensors.size(), " arrays; ", mlp.layers.size(),
           " layers have ", 2 * mlp.layers.size());
  }
  return mlp;
}

void write_checkpoint(const std::filesystem::path& path, const Checkpoint& checkpoint) {
  const TrainingState& state = checkpoint.state;
  Safetensors content = content_of(state.mlp);
  content.metadata["format"] = "groundup checkpoint 1";
  try {
    content.metadata["training"] = training_of(checkpoint).dump();
  } catch (const json::exception& error) {
    refuse(path.string(), "the path of the data set is not UTF-8: ", error.what());
  }
  const std::vector<double> sums{state.loss_sum, state.seconds};
  content.tensors["training.sums"] = to_array(sums, {2});
  content.tensors["training.history"] =
      to_array(history_values(state.history),
               {static_cast<std::int64_t>(state.history.size()), kHistoryFields});
  content.metadata[kChecksumKey] = checksum(content);
  write_safetensors(path, content);
}

Checkpoint read_checkpoint(const std::filesystem::path& path) {
  const std::string file = path.string();
  const Safetensors content = read_safetensors(path);
  const std::string& format = text(content, "format", file);
  if (format != "groundup checkpoint 1") {
    refuse(file, "is \"", format, "\", not a checkpoint of this program");
  }
  if (text(content, kChecksumKey, file) != checksum(content)) {
    refuse(file, "is damaged: its checksum is wrong. Resume from a copy, or train anew");
  }
  Checkpoint checkpoint;
  TrainingOptions& options = checkpoint.options;
  TrainingState& state = checkpoint.state;
  const json training = parse_json(text(content, "training", file), file);
  try {
    training.at("dataset").get_to(options.dataset);
    options.epochs = count_at(training, "epochs", file);
    options.batch = count_at(training, "batch", file);
    training.at("lr").get_to(options.learning_rate);
    training.at("hidden").get_to(options.hidden);
    training.at("seed").get_to(options.seed);
    state.epoch = count_at(training, "epoch", file);
    state.step = count_at(training, "step", file);
    state.correct = count_at(training, "correct", file);
    training.at("data").get_to(checkpoint.data_fingerprint);
  } catch (const json::exception& error) {
    refuse(file, "its training state is not what this program writes: ", error.what());
  }
  state.mlp = network_of(content, file);
  const std::vector<double> sums = doubles(content, "training.sums", {2}, file);
  state.loss_sum = sums[0];
  state.seconds = sums[1];
  state.history = history_of(doubles(content, "training.history", {-1, kHistoryFields}, file));
  if (std::ssize(state.history) != state.epoch) {
    refuse(file, "is at epoch ", state.epoch, ", step ", state.step, " with a history of ",
           state.history.size(), " epochs");
  }
  return checkpoint;
}

void check_checkpoint(const Checkpoint& checkpoint, const Dataset& data, const std::string& file) {
  const TrainingOptions& options = checkpoint.options;
  const TrainingState& state = checkpoint.state;
  if (const std::string now = fingerprint(data); checkpoint.data_fingerprint != now) {
    refuse(file, "was trained on other data than ", options.dataset, " holds now. It had ",
           checkpoint.data_fingerprint, ", there is ", now, " (images and checksums)");
  }
  try {
    check_options(options, data);
  } catch (const Error& error) {
    refuse(file, error.what());
  }
  if (state.mlp.widths() != network_widths(options, data)) {
    refuse(file, "has a network of ", fmt::format("{}", fmt::join(state.mlp.widths(), "-")),
           "; its options ask for ",
           fmt::format("{}", fmt::join(network_widths(options, data), "-")));
  }
  const int steps = steps_per_epoch(options, data);
  if (state.step > steps || state.epoch > options.epochs ||
      (state.epoch == options.epochs && state.step > 0)) {
    refuse(file, "is at epoch ", state.epoch, ", step ", state.step, " of ", options.epochs,
           " epochs of ", steps, " steps");
  }
}

std::string fingerprint(const Dataset& data) {
  return fmt::format("{}:{:08x} {}:{:08x}", data.train.size(), crc_of(data.train), data.test.size(),
                     crc_of(data.test));
}

}  // namespace nn::basic
