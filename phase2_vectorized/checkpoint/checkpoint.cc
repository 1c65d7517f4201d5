// phase2_checkpoint --out DIR: can phase 2's Model learn? A line for each task, pictures in DIR. Exit status 1
// if a task falls short of what it must reach.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <numbers>
#include <string>
#include <vector>

#include "common/chart.h"
#include "common/file.h"
#include "common/image.h"
#include "common/picture.h"
#include "common/program.h"
#include "common/timing.h"
#include "phase2_vectorized/checkpoint/recipes.h"
#include "phase2_vectorized/week04_speed/thread_pool.h"
#include "phase2_vectorized/week05_data/dataset.h"
#include "phase2_vectorized/week05_data/generators.h"

namespace nn::cpu {
namespace {

namespace fs = std::filesystem;

// What a task came to.
struct Outcome {
  bool reached = false;
  std::string said;  // the numbers, for the screen
};

std::vector<double> doubles(std::span<const float> values) {
  return {values.begin(), values.end()};
}

// Three spiral arms, the network's regions drawn around them.
Outcome spiral_task(const fs::path& out) {
  constexpr int kGrid = 240;  // cells of the picture, each way
  constexpr int kEpochs = 300, kBatch = 50;
  constexpr double kAtLeast = 0.99;
  const Dataset data = make_spiral(3, 100, 0.1, 2);
  const int batches = batch_count(data.size(), kBatch, LastBatch::keep);
  Model model = make_plane_model(data.classes(), 1, std::int64_t{kEpochs} * batches);
  model.train(data.x, data.labels, {.epochs = kEpochs, .batch_size = kBatch});
  const double accuracy = model.evaluate(data.x, data.labels).accuracy;

  const PlaneView view{-1.2, 1.2, -1.2, 1.2};
  const std::vector<double> grid = plane_grid(view, kGrid, kGrid);
  Matrix x(kGrid * kGrid, 2);
  std::ranges::transform(grid, x.data(), [](double value) { return static_cast<float>(value); });
  const Matrix p = model.predict(x);
  std::vector<PlanePoint> points;
  for (int n = 0; n < data.size(); ++n) {
    points.push_back({data.x(n, 0), data.x(n, 1), data.labels[static_cast<std::size_t>(n)]});
  }
  write_png(out / "spiral.png",
            draw_decision_boundary(
                doubles(p.values()), kGrid, kGrid, view, points, data.class_names,
                fmt::format("2-64-64-3, {} epochs: {:.1f} %", kEpochs, 100 * accuracy)));
  return {accuracy >= kAtLeast,
          fmt::format("{:.1f} % of {} points right by 2-64-64-3 in {} epochs (at least {:.0f} %)",
                      100 * accuracy, data.size(), kEpochs, 100 * kAtLeast)};
}

// A curve, judged between the places that it was learnt at.
Outcome sine_task(const fs::path& out) {
  constexpr int kEpochs = 200, kBatch = 50, kPlaces = 1000, kBetween = 777;
  constexpr double kAtMost = 0.02;
  const Dataset data = make_sine(kPlaces, 0, 1), between = make_sine(kBetween, 0, 1);
  const int batches = batch_count(data.size(), kBatch, LastBatch::keep);
  Model model = make_curve_model(1, std::int64_t{kEpochs} * batches);
  model.train(data.x, data.targets, {.epochs = kEpochs, .batch_size = kBatch});
  const double rmse = std::sqrt(model.evaluate(between.x, between.targets).loss);
  const Matrix y = model.predict(between.x);
  Chart chart;
  chart.title = "A network that follows a sine";
  chart.description = fmt::format("The sine and what 1-64-64-1 makes of it; RMSE {:.4f}.", rmse);
  chart.x_label = "x";
  chart.y_label = "y";
  chart.series.push_back({.name = "sin 2 pi x",
                          .x = doubles(between.x.values()),
                          .y = doubles(between.targets.values())});
  chart.series.push_back(
      {.name = "network", .x = doubles(between.x.values()), .y = doubles(y.values())});
  write_file_atomically(out / "sine.svg", line_chart_svg(chart));
  return {rmse < kAtMost, fmt::format("RMSE {:.4f} at {} places between those learnt (under {})",
                                      rmse, kBetween, kAtMost)};
}

// Trainings of its recipe from different seeds, and their mean test accuracy.
Outcome image_task(const char* name, int seeds, double at_least) {
  const basic::Dataset pictures = basic::load_dataset(name);
  const ImageRecipe recipe = recipe_for(name, pictures.train.size());
  const Dataset test = as_floats(pictures.test, pictures.name, pictures.class_names);
  double sum = 0, worst = 1, seconds = 0;
  for (int seed = 1; seed <= seeds; ++seed) {
    const auto s = static_cast<std::uint64_t>(seed);
    Model model =
        make_image_model(recipe, test.features(), test.classes(), pictures.train.size(), s);
    PictureBatches batches(pictures.train, recipe.batch, s);
    const Stopwatch watch;
    model.train(batches, {.epochs = recipe.epochs});
    seconds += watch.seconds();
    const double accuracy = model.evaluate(test.x, test.labels).accuracy;
    sum += accuracy;
    worst = std::min(worst, accuracy);
  }
  const double mean = sum / seeds;
  return {
      mean >= at_least,
      fmt::format("{:.2f} % of {} test images right, mean of {} {} (worst {:.2f} %); {:.2f} s "
                  "of training each, {} (at least {:.0f} %)",
                  100 * mean, test.size(), seeds, seeds == 1 ? "seed" : "seeds", 100 * worst,
                  seconds / seeds,
                  threads() == 1 ? std::string("1 thread") : fmt::format("{} threads", threads()),
                  100 * at_least)};
}

struct Task {
  const char* name;
  std::function<Outcome()> run;
};

int run_tasks(const fs::path& out, int seeds) {
  fs::create_directories(out);
  const std::vector<Task> tasks{{"spiral", [&] { return spiral_task(out); }},
                                {"sine", [&] { return sine_task(out); }},
                                {"mnist", [&] { return image_task("mnist", seeds, 0.98); }},
                                {"fashion", [&] { return image_task("fashion", 1, 0.89); }}};
  int missed = 0;
  for (const Task& task : tasks) {
    const Outcome outcome = task.run();
    fmt::print("  {:<11}{}{}\n", task.name, outcome.said, outcome.reached ? "" : "  NOT REACHED");
    std::fflush(stdout);
    missed += outcome.reached ? 0 : 1;
  }
  return missed == 0 ? 0 : 1;
}

}  // namespace
}  // namespace nn::cpu

int main(int argc, char** argv) {
  CLI::App app{"Trains phase 2's checkpoint networks and draws what they learnt."};
  std::string out;
  int seeds = 20;
  app.add_option("--out", out, "folder for the pictures")->required();
  app.add_option("--seeds", seeds, "how many trainings MNIST's mean is of (default: 20)")
      ->check(CLI::Range(1, 1000));
  return nn::run_program("phase2_checkpoint", app, argc, argv,
                         [&] { return nn::cpu::run_tasks(out, seeds); });
}
