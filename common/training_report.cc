#include "common/training_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <numeric>

#include "common/chart.h"
#include "common/check.h"
#include "common/classification.h"
#include "common/file.h"
#include "common/html_report.h"
#include "common/picture.h"

namespace nn {
namespace {

constexpr int kMistakesShown = 24;
constexpr int kUnitsShown = 128;

// What the network gave to its own answer.
double certainty(const TrainingReport& report, int i) {
  const auto at = static_cast<std::size_t>(i);
  return report.p[at * report.class_names.size() + static_cast<std::size_t>(report.answers[at])];
}

// The indices of the wrong answers, the one given with the most certainty first.
std::vector<int> worst_mistakes(const TrainingReport& report) {
  std::vector<int> wrong;
  for (std::size_t i = 0; i < report.labels.size(); ++i) {
    if (report.answers[i] != report.labels[i]) wrong.push_back(static_cast<int>(i));
  }
  std::ranges::stable_sort(
      wrong, [&](int a, int b) { return certainty(report, a) > certainty(report, b); });
  if (std::ssize(wrong) > kMistakesShown) wrong.resize(kMistakesShown);
  return wrong;
}

Image mistakes_picture(const TrainingReport& report) {
  const std::vector<int> wrong = worst_mistakes(report);
  std::vector<std::vector<double>> pixels;
  for (const int i : wrong) pixels.push_back(report.pixels(i));
  std::vector<Mistake> mistakes;
  for (std::size_t k = 0; k < wrong.size(); ++k) {
    const auto i = static_cast<std::size_t>(wrong[k]);
    mistakes.push_back({.pixels = pixels[k],
                        .truth = report.labels[i],
                        .predicted = report.answers[i],
                        .probability = certainty(report, wrong[k])});
  }
  return draw_mistakes(mistakes, report.image_height, report.image_width, report.class_names,
                       "Wrong, and most certain of it");
}

// The first units of the first layer; a picture of thousands would show nothing.
Image weights_picture(const TrainingReport& report) {
  const auto C = static_cast<std::size_t>(report.image_height * report.image_width);
  NN_CHECK(C > 0 && report.w.size() % C == 0, "first-layer weights of ", report.w.size(),
           " elements for ", C, " pixels");
  const std::size_t units = report.w.size() / C;
  const std::size_t shown = std::min(units, std::size_t{kUnitsShown});
  std::vector<double> first;
  for (std::size_t c = 0; c < C; ++c) {
    const auto row = report.w.begin() + static_cast<std::ptrdiff_t>(c * units);
    first.insert(first.end(), row, row + static_cast<std::ptrdiff_t>(shown));
  }
  return draw_weight_grid(first, report.image_height, report.image_width,
                          fmt::format("First-layer weights, {} of {} units", shown, units));
}

std::vector<double> column(const TrainingReport& report, double ReportEpoch::*field) {
  std::vector<double> values;
  for (const ReportEpoch& epoch : report.history) values.push_back(epoch.*field);
  return values;
}

Chart curve(const TrainingReport& report, const std::string& title, const std::string& unit,
            double ReportEpoch::*train, double ReportEpoch::*test, double factor) {
  std::vector<double> epochs(report.history.size());
  std::iota(epochs.begin(), epochs.end(), 1.0);
  Chart chart;
  chart.title = title;
  chart.x_label = "epoch";
  chart.y_label = unit;
  for (const auto& [name, field] : {std::pair{"training", train}, std::pair{"test", test}}) {
    std::vector<double> y = column(report, field);
    for (double& value : y) value *= factor;
    chart.series.push_back({.name = name, .x = epochs, .y = y});
  }
  chart.description = fmt::format(
      "{} for training and test data over {} epochs; the last test "
      "value is {:.4g}.",
      title, epochs.size(), chart.series.back().y.empty() ? 0.0 : chart.series.back().y.back());
  return chart;
}

std::vector<std::vector<std::string>> epoch_rows(const TrainingReport& report) {
  std::vector<std::vector<std::string>> rows;
  for (std::size_t e = 0; e < report.history.size(); ++e) {
    const ReportEpoch& m = report.history[e];
    rows.push_back(
        {fmt::format("{}", e + 1), fmt::format("{:.4f}", m.train_loss),
         fmt::format("{:.2f} %", 100 * m.train_accuracy), fmt::format("{:.4f}", m.test_loss),
         fmt::format("{:.2f} %", 100 * m.test_accuracy), fmt::format("{:.1f} s", m.seconds)});
  }
  return rows;
}

}  // namespace

void write_training_report(const std::filesystem::path& folder, const TrainingReport& report) {
  NN_CHECK(!report.history.empty(), "a report has at least one epoch");
  const ClassCounts counts =
      count_classes(report.labels, report.answers, static_cast<int>(report.class_names.size()));
  const std::vector<double> each = column(report, &ReportEpoch::seconds);
  const double seconds = std::accumulate(each.begin(), each.end(), 0.0);

  const std::string loss_svg =
      line_chart_svg(curve(report, "Cross-entropy", "loss (nats)", &ReportEpoch::train_loss,
                           &ReportEpoch::test_loss, 1));
  const std::string accuracy_svg =
      line_chart_svg(curve(report, "Accuracy", "accuracy (%)", &ReportEpoch::train_accuracy,
                           &ReportEpoch::test_accuracy, 100));
  write_file_atomically(folder / "learning_curve.svg", loss_svg);
  write_file_atomically(folder / "accuracy_curve.svg", accuracy_svg);
  const Image confusion =
      draw_confusion_matrix(counts.counts, report.class_names, report.dataset + " test set");
  const Image weights = weights_picture(report);
  const Image mistakes = mistakes_picture(report);
  write_png(folder / "confusion_matrix.png", confusion);
  write_png(folder / "first_layer.png", weights);
  write_png(folder / "mistakes.png", mistakes);

  HtmlReport page(fmt::format("{}: {}", report.dataset, report.network), report.introduction);
  const ReportEpoch& last = report.history.back();
  page.add_number(fmt::format("{:.2f} %", 100 * last.test_accuracy), "test accuracy",
                  fmt::format("{} of {} right", counts.right(), counts.examples()));
  page.add_number(fmt::format("{:.4f}", last.test_loss), "test loss", "mean cross-entropy, nats");
  page.add_number(fmt::format("{:.0f} s", seconds), "training time", report.cores);
  page.add_number(fmt::format("{}", report.parameters), "weights and biases");
  page.begin_section("Learning");
  page.add_text(
      "Each epoch shows the network every training image once, in a new order. The "
      "training lines are means over the epoch, while the weights still moved; the "
      "test lines are measured after it, on images that were never trained on. "
      "Where the training loss goes on falling and the test loss turns up, the network "
      "has begun to learn its examples by heart.");
  page.add_chart(loss_svg, "Loss by epoch: how surprised the network is by the right answer.");
  page.add_chart(accuracy_svg, "Share of right answers by epoch.");
  page.add_table({"epoch", "train loss", "train accuracy", "test loss", "test accuracy", "time"},
                 epoch_rows(report));
  page.begin_section("Where it errs");
  page.add_picture(confusion, "True classes down, answers across.",
                   "Confusion matrix of the test set; the table below has each class in numbers.");
  page.add_table({"class", "test images", "precision", "recall"},
                 class_rows(counts, report.class_names),
                 "Precision: of the images called so, the share that is. Recall: of the images "
                 "that are, the share called so.");
  page.add_picture(mistakes, "The wrong answers it was most certain of.",
                   "Test images with their true class and the network's answer.");
  page.begin_section("What the first layer looks for");
  page.add_picture(weights, "One tile a hidden unit: its weight for each pixel.",
                   "First-layer weights as images.");
  page.begin_section("This run again");
  page.add_text(report.command);
  write_file_atomically(folder / "report.html", page.html());
}

}  // namespace nn
