#include "phase1_cpu/checkpoint/training_outputs.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <vector>

#include "common/chart.h"
#include "common/csv.h"
#include "common/file.h"
#include "common/html_report.h"
#include "common/picture.h"
#include "phase1_cpu/checkpoint/training_file.h"
#include "phase1_cpu/week01_matrix/reduce.h"
#include "phase1_cpu/week02_losses/softmax.h"

namespace nn::basic {
namespace {

constexpr int kImageSide = 28;  // of every data set that load_dataset reads
constexpr int kMistakesShown = 24;
constexpr int kUnitsShown = 128;

// What the network says of the test set.
struct Verdict {
  Matrix p;                          // (count,L)
  std::vector<int> predicted;        // [count]
  std::vector<std::int64_t> counts;  // (L,L) row true, column predicted
  int correct = 0;
};

Verdict judge(const Mlp& mlp, const ImageSet& set, int L) {
  Verdict verdict;
  verdict.p = softmax(predict(mlp, set));
  verdict.predicted = argmax_rows(verdict.p);
  verdict.counts.assign(static_cast<std::size_t>(L) * static_cast<std::size_t>(L), 0);
  for (std::size_t i = 0; i < set.labels().size(); ++i) {
    const int truth = set.labels()[i], said = verdict.predicted[i];
    ++verdict.counts[static_cast<std::size_t>(truth) * static_cast<std::size_t>(L) +
                     static_cast<std::size_t>(said)];
    verdict.correct += truth == said ? 1 : 0;
  }
  return verdict;
}

// The indices of the wrong answers, the one given with the most certainty first.
std::vector<int> worst_mistakes(const Verdict& verdict, const ImageSet& set) {
  std::vector<int> wrong;
  for (int i = 0; i < set.size(); ++i) {
    const auto at = static_cast<std::size_t>(i);
    if (verdict.predicted[at] != set.labels()[at]) wrong.push_back(i);
  }
  const auto certainty = [&](int i) {
    return verdict.p(i, verdict.predicted[static_cast<std::size_t>(i)]);
  };
  std::ranges::stable_sort(wrong, [&](int a, int b) { return certainty(a) > certainty(b); });
  if (std::ssize(wrong) > kMistakesShown) wrong.resize(kMistakesShown);
  return wrong;
}

Image mistakes_picture(const Verdict& verdict, const Dataset& data) {
  const std::vector<int> wrong = worst_mistakes(verdict, data.test);
  const Matrix pixels = data.test.minibatch(wrong);
  std::vector<Mistake> mistakes;
  for (std::size_t k = 0; k < wrong.size(); ++k) {
    const auto i = static_cast<std::size_t>(wrong[k]);
    mistakes.push_back({.pixels = pixels.row(static_cast<int>(k)),
                        .truth = data.test.labels()[i],
                        .predicted = verdict.predicted[i],
                        .probability = verdict.p(wrong[k], verdict.predicted[i])});
  }
  return draw_mistakes(mistakes, kImageSide, kImageSide, data.class_names,
                       "Wrong, and most certain of it");
}

// The first units of the first layer; a picture of thousands would show nothing.
Image weights_picture(const Mlp& mlp) {
  const Matrix& w = mlp.layers[0].w;  // (C,OC)
  const int shown = std::min(w.cols(), kUnitsShown);
  Matrix first(w.rows(), shown);
  for (int c = 0; c < w.rows(); ++c) {
    std::ranges::copy(w.row(c).first(static_cast<std::size_t>(shown)), first.row(c).data());
  }
  return draw_weight_grid(first.values(), kImageSide, kImageSide,
                          fmt::format("First-layer weights, {} of {} units", shown, w.cols()));
}

std::vector<double> column(const TrainingState& state, double EpochMetrics::*field) {
  std::vector<double> values;
  for (const EpochMetrics& metrics : state.history) values.push_back(metrics.*field);
  return values;
}

Chart curve(const TrainingState& state, const std::string& title, const std::string& unit,
            double EpochMetrics::*train, double EpochMetrics::*test, double factor) {
  std::vector<double> epochs(state.history.size());
  std::iota(epochs.begin(), epochs.end(), 1.0);
  Chart chart;
  chart.title = title;
  chart.x_label = "epoch";
  chart.y_label = unit;
  for (const auto& [name, field] : {std::pair{"training", train}, std::pair{"test", test}}) {
    std::vector<double> y = column(state, field);
    for (double& value : y) value *= factor;
    chart.series.push_back({.name = name, .x = epochs, .y = y});
  }
  chart.description = fmt::format(
      "{} for training and test data over {} epochs; the last test "
      "value is {:.4g}.",
      title, epochs.size(), chart.series.back().y.empty() ? 0.0 : chart.series.back().y.back());
  return chart;
}

// Precision: of those called l, how many are. Recall: of those that are l, how many were called so.
std::vector<std::vector<std::string>> class_rows(const Verdict& verdict, const Dataset& data) {
  const std::size_t L = data.class_names.size();
  const auto share = [](std::int64_t part, std::int64_t whole) {
    return whole == 0 ? std::string("-")
                      : fmt::format("{:.2f} %",
                                    100.0 * static_cast<double>(part) / static_cast<double>(whole));
  };
  std::vector<std::vector<std::string>> rows;
  for (std::size_t l = 0; l < L; ++l) {
    std::int64_t called = 0, are = 0;
    for (std::size_t k = 0; k < L; ++k) {
      called += verdict.counts[k * L + l];
      are += verdict.counts[l * L + k];
    }
    const std::int64_t right = verdict.counts[l * L + l];
    rows.push_back(
        {data.class_names[l], fmt::format("{}", are), share(right, called), share(right, are)});
  }
  return rows;
}

std::int64_t parameter_count(const Mlp& mlp) {
  std::int64_t count = 0;
  for (const DenseLayer& layer : mlp.layers) count += layer.w.size() + layer.bias.size();
  return count;
}

// "784-128-10"
std::string describe(const Mlp& mlp) { return fmt::format("{}", fmt::join(mlp.widths(), "-")); }

double total_seconds(const TrainingState& state) {
  const std::vector<double> seconds = column(state, &EpochMetrics::seconds);
  return std::accumulate(seconds.begin(), seconds.end(), 0.0);
}

std::string introduction(const TrainingOptions& options, const Dataset& data) {
  return fmt::format(
      "A network of dense layers with ReLU between them, trained on {} images of {} by stochastic "
      "gradient descent: {} epochs, batches of {}, learning rate {}, seed {}. Every line that "
      "computed this is phase 1's own code, in double precision, on one core.",
      data.train.size(), data.name, options.epochs, options.batch, options.learning_rate,
      options.seed);
}

std::vector<std::vector<std::string>> epoch_rows(const TrainingState& state) {
  std::vector<std::vector<std::string>> rows;
  for (std::size_t e = 0; e < state.history.size(); ++e) {
    const EpochMetrics& m = state.history[e];
    rows.push_back(
        {fmt::format("{}", e + 1), fmt::format("{:.4f}", m.train_loss),
         fmt::format("{:.2f} %", 100 * m.train_accuracy), fmt::format("{:.4f}", m.test_loss),
         fmt::format("{:.2f} %", 100 * m.test_accuracy), fmt::format("{:.1f} s", m.seconds)});
  }
  return rows;
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
  const int L = static_cast<int>(data.class_names.size());
  const Verdict verdict = judge(state.mlp, data.test, L);

  write_model(folder / "model.safetensors", state.mlp);
  write_metrics(folder / "metrics.csv", state);
  const std::string loss_svg =
      line_chart_svg(curve(state, "Cross-entropy", "loss (nats)", &EpochMetrics::train_loss,
                           &EpochMetrics::test_loss, 1));
  const std::string accuracy_svg =
      line_chart_svg(curve(state, "Accuracy", "accuracy (%)", &EpochMetrics::train_accuracy,
                           &EpochMetrics::test_accuracy, 100));
  write_file_atomically(folder / "learning_curve.svg", loss_svg);
  write_file_atomically(folder / "accuracy_curve.svg", accuracy_svg);
  const Image confusion =
      draw_confusion_matrix(verdict.counts, data.class_names, data.name + " test set");
  const Image weights = weights_picture(state.mlp);
  const Image mistakes = mistakes_picture(verdict, data);
  write_png(folder / "confusion_matrix.png", confusion);
  write_png(folder / "first_layer.png", weights);
  write_png(folder / "mistakes.png", mistakes);

  HtmlReport report(fmt::format("{}: {}", data.name, describe(state.mlp)),
                    introduction(options, data));
  const EpochMetrics& last = state.history.back();
  report.add_number(fmt::format("{:.2f} %", 100 * last.test_accuracy), "test accuracy",
                    fmt::format("{} of {} right", verdict.correct, data.test.size()));
  report.add_number(fmt::format("{:.4f}", last.test_loss), "test loss", "mean cross-entropy, nats");
  report.add_number(fmt::format("{:.0f} s", total_seconds(state)), "training time", "one core");
  report.add_number(fmt::format("{}", parameter_count(state.mlp)), "weights and biases");
  report.begin_section("Learning");
  report.add_text(
      "Each epoch shows the network every training image once, in a new order. The "
      "training lines are means over the epoch, while the weights still moved; the "
      "test lines are measured after it, on images that were never trained on. "
      "Where the training loss goes on falling and the test loss turns up, the network "
      "has begun to learn its examples by heart.");
  report.add_chart(loss_svg, "Loss by epoch: how surprised the network is by the right answer.");
  report.add_chart(accuracy_svg, "Share of right answers by epoch.");
  report.add_table({"epoch", "train loss", "train accuracy", "test loss", "test accuracy", "time"},
                   epoch_rows(state));
  report.begin_section("Where it errs");
  report.add_picture(
      confusion, "True classes down, answers across.",
      "Confusion matrix of the test set; the table below has each class in numbers.");
  report.add_table({"class", "test images", "precision", "recall"}, class_rows(verdict, data),
                   "Precision: of the images called so, the share that is. Recall: of the images "
                   "that are, the share called so.");
  report.add_picture(mistakes, "The wrong answers it was most certain of.",
                     "Test images with their true class and the network's answer.");
  report.begin_section("What the first layer looks for");
  report.add_picture(weights, "One tile a hidden unit: its weight for each pixel.",
                     "First-layer weights as images.");
  report.begin_section("This run again");
  report.add_text(command);
  write_file_atomically(folder / "report.html", report.html());
}

}  // namespace nn::basic
