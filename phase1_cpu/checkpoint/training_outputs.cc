#include "phase1_cpu/checkpoint/training_outputs.h"

#include <fmt/format.h>

#include <cstddef>
#include <vector>

#include "common/csv.h"
#include "common/training_report.h"
#include "phase1_cpu/checkpoint/training_file.h"
#include "phase1_cpu/week01_matrix/reduce.h"
#include "phase1_cpu/week02_losses/softmax.h"

namespace nn::basic {
namespace {

constexpr int kImageSide = 28;  // of every data set that load_dataset reads

std::int64_t parameter_count(const Mlp& mlp) {
  std::int64_t count = 0;
  for (const DenseLayer& layer : mlp.layers) count += layer.w.size() + layer.bias.size();
  return count;
}

// "784-128-10"
std::string describe(const Mlp& mlp) { return fmt::format("{}", fmt::join(mlp.widths(), "-")); }

std::string introduction(const TrainingOptions& options, const Dataset& data) {
  return fmt::format(
      "A network of dense layers with ReLU between them, trained on {} images of {} by stochastic "
      "gradient descent: {} epochs, batches of {}, learning rate {}, seed {}. Every line that "
      "computed this is phase 1's own code, in double precision, on one core.",
      data.train.size(), data.name, options.epochs, options.batch, options.learning_rate,
      options.seed);
}

}  // namespace

void write_metrics(const std::filesystem::path& path, const TrainingState& state) {
  CsvLog log({"epoch", "train_loss", "train_accuracy", "test_loss", "test_accuracy", "seconds"});
  for (std::size_t e = 0; e < state.history.size(); ++e) {
    const EpochMetrics& m = state.history[e];
    log.add_row({static_cast<double>(e + 1), m.train_loss, m.train_accuracy, m.test_loss,
                 m.test_accuracy, m.seconds});
  }
  log.write(path);
}

void write_training_outputs(const std::filesystem::path& folder, const TrainingState& state,
                            const TrainingOptions& options, const Dataset& data,
                            const std::string& command) {
  write_model(folder / "model.safetensors", state.mlp);
  write_metrics(folder / "metrics.csv", state);
  const Matrix p = softmax(predict(state.mlp, data.test));
  TrainingReport report;
  report.dataset = data.name;
  report.network = describe(state.mlp);
  report.introduction = introduction(options, data);
  report.command = command;
  report.cores = "one core";
  report.parameters = parameter_count(state.mlp);
  for (const EpochMetrics& m : state.history) {
    report.history.push_back(
        {m.train_loss, m.train_accuracy, m.test_loss, m.test_accuracy, m.seconds});
  }
  report.class_names = data.class_names;
  report.labels.assign(data.test.labels().begin(), data.test.labels().end());
  report.answers = argmax_rows(p);
  report.p.assign(p.values().begin(), p.values().end());
  report.image_height = report.image_width = kImageSide;
  report.pixels = [&](int i) {
    const Matrix pixels = data.test.minibatch(std::vector<int>{i});
    return std::vector<double>(pixels.values().begin(), pixels.values().end());
  };
  const Matrix& w = state.mlp.layers[0].w;
  report.w.assign(w.values().begin(), w.values().end());
  write_training_report(folder, report);
}

}  // namespace nn::basic
