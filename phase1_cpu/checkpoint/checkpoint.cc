// phase1_checkpoint --out DIR: can phase 1's code learn? A line for each task, pictures in DIR.
// Exit status 1 if a task falls short of what it must reach.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <numbers>
#include <string>
#include <utility>
#include <vector>

#include "common/file.h"
#include "common/image.h"
#include "common/picture.h"
#include "common/program.h"
#include "common/rng.h"
#include "phase1_cpu/checkpoint/mlp.h"
#include "phase1_cpu/checkpoint/points.h"
#include "phase1_cpu/week01_matrix/reduce.h"
#include "phase1_cpu/week02_losses/accuracy.h"
#include "phase1_cpu/week02_losses/softmax.h"
#include "phase1_cpu/week03_learning/perceptron.h"
#include "phase1_cpu/week03_learning/value_backward.h"
#include "phase1_cpu/week03_learning/value_graph_svg.h"
#include "phase1_cpu/week03_learning/value_mlp.h"
#include "phase1_cpu/week03_learning/value_ops.h"
#include "phase1_cpu/week03_learning/xor.h"

namespace nn::basic {
namespace {

namespace fs = std::filesystem;

// What a task came to.
struct Outcome {
  bool reached = false;
  std::string said;  // the numbers, for the screen
};

constexpr int kGrid = 240;  // cells of a decision-boundary picture, each way

Matrix grid_matrix(const PlaneView& view) {
  const std::vector<double> grid = plane_grid(view, kGrid, kGrid);
  Matrix x(kGrid * kGrid, 2);
  std::ranges::copy(grid, x.data());
  return x;
}

std::vector<PlanePoint> plane_points(const LabelledPoints& points) {
  std::vector<PlanePoint> drawn;
  for (int b = 0; b < points.x.rows(); ++b) {
    drawn.push_back({points.x(b, 0), points.x(b, 1), points.t[static_cast<std::size_t>(b)]});
  }
  return drawn;
}

// p (kGrid * kGrid, L) at the grid's points, as a picture with the points on top.
void draw_boundary(const fs::path& path, const Matrix& p, const PlaneView& view,
                   const LabelledPoints& points, const std::vector<std::string>& class_names,
                   const std::string& title) {
  write_png(path, draw_decision_boundary(p.values(), kGrid, kGrid, view, plane_points(points),
                                         class_names, title));
}

// XOR, from 20 different first weights: all must end up right.
Outcome xor_task(const fs::path& out) {
  constexpr int kSeeds = 20;
  const Matrix x = xor_points(), t = xor_targets();
  int solved = 0;
  for (int seed = 1; seed <= kSeeds; ++seed) {
    const Matrix p = two_layer_predict(train_xor(static_cast<std::uint64_t>(seed)), x);
    bool right = true;
    for (int b = 0; b < x.rows(); ++b) right = right && std::abs(p(b, 0) - t(b, 0)) < 0.5;
    solved += right ? 1 : 0;
  }
  const PlaneView view{-0.5, 1.5, -0.5, 1.5};
  LabelledPoints points{x, {}};
  for (int b = 0; b < x.rows(); ++b) points.t.push_back(static_cast<int>(t(b, 0)));
  draw_boundary(out / "xor.png", two_layer_predict(train_xor(1), grid_matrix(view)), view, points,
                {"0", "1"}, fmt::format("XOR: 2-{}-1, {} steps", kXorHidden, kXorSteps));
  return {solved == kSeeds, fmt::format("{} of {} seeds solved by 2-{}-1 in {} steps", solved,
                                        kSeeds, kXorHidden, kXorSteps)};
}

// Two clouds with a gap between them: the perceptron must stop, and within Novikoff's bound.
Outcome perceptron_task(const fs::path& out) {
  constexpr int kPoints = 200;
  constexpr double kMargin = 0.1;  // of the known line (1, 1) . x / sqrt 2 = 0
  Philox rng(3);
  LabelledPoints points{Matrix(kPoints, 2), {}};
  std::vector<int> t;
  double longest = 0;
  for (int b = 0; b < kPoints;) {
    const double x = 2 * rng.uniform() - 1, y = 2 * rng.uniform() - 1;
    const double distance = (x + y) / std::numbers::sqrt2;
    if (std::abs(distance) < kMargin) continue;
    points.x(b, 0) = x;
    points.x(b, 1) = y;
    points.t.push_back(distance > 0 ? 1 : 0);
    t.push_back(distance > 0 ? 1 : -1);
    longest = std::max(longest, std::hypot(x, y, 1.0));
    ++b;
  }
  const PerceptronRun run = train_perceptron(points.x, t, 1000);
  const double bound = std::pow(longest / kMargin, 2);
  const PlaneView view;
  const Matrix grid = grid_matrix(view);
  Matrix p(grid.rows(), 1);
  const std::vector<int> side = perceptron_predict(run.perceptron, grid);
  for (int b = 0; b < p.rows(); ++b) p(b, 0) = side[static_cast<std::size_t>(b)] > 0 ? 1 : 0;
  draw_boundary(out / "perceptron.png", p, view, points, {"-1", "+1"}, "Perceptron");
  return {run.separated && static_cast<double>(run.mistakes) <= bound,
          fmt::format("{} points separated after {} mistakes in {} epochs (at most {:.0f} can be)",
                      kPoints, run.mistakes, run.epochs, bound)};
}

// A network with one hidden layer on points of the plane, by gradient descent on all of them.
struct PlaneTask {
  const char* name;
  LabelledPoints points;
  int hidden;
  int steps;
  double learning_rate;
  double at_least;  // share of points that must end up on their side
  PlaneView view;
  std::vector<std::string> class_names;
};

Outcome plane_task(const fs::path& out, const PlaneTask& task) {
  const int L = static_cast<int>(task.class_names.size());
  Mlp mlp = make_mlp({2, task.hidden, L}, 1);
  for (int step = 0; step < task.steps; ++step) {
    train_step(mlp, task.points.x, task.points.t, task.learning_rate);
  }
  const double accuracy = categorical_accuracy(mlp_forward(mlp, task.points.x), task.points.t);
  const std::string network = fmt::format("2-{}-{}", task.hidden, L);
  draw_boundary(out / fmt::format("{}.png", task.name),
                softmax(mlp_forward(mlp, grid_matrix(task.view))), task.view, task.points,
                task.class_names,
                fmt::format("{}, {} steps: {:.1f} %", network, task.steps, 100 * accuracy));
  return {accuracy >= task.at_least,
          fmt::format("{:.1f} % of {} points right by {} in {} steps", 100 * accuracy,
                      task.points.t.size(), network, task.steps)};
}

Outcome moons_task(const fs::path& out) {
  Philox rng(1);
  return plane_task(out, {.name = "two_moons",
                          .points = two_moons(300, 0.1, rng),
                          .hidden = 16,
                          .steps = 2000,
                          .learning_rate = 0.5,
                          .at_least = 0.99,
                          .view = {-1.6, 2.6, -1.35, 1.85},
                          .class_names = {"upper", "lower"}});
}

Outcome spiral_task(const fs::path& out) {
  Philox rng(2);
  return plane_task(out, {.name = "spiral",
                          .points = spiral(3, 100, 0.12, rng),
                          .hidden = 64,
                          .steps = 4000,
                          .learning_rate = 0.5,
                          .at_least = 0.97,
                          .view = {-1.2, 1.2, -1.2, 1.2},
                          .class_names = {"arm 1", "arm 2", "arm 3"}});
}

// The same kind of network, made of single numbers that differentiate themselves: it must learn, and
// its first gradient must be that of the dense layers.
Outcome autograd_task(const fs::path& out) {
  constexpr int kSteps = 200;
  constexpr double kLearningRate = 0.5;
  Philox rng(1);
  const LabelledPoints points = two_moons(40, 0.1, rng);
  const Mlp mlp = make_mlp({2, 8, 2}, 1);
  std::vector<std::pair<Matrix, Matrix>> layers;
  for (const DenseLayer& layer : mlp.layers) layers.emplace_back(layer.w, layer.bias);
  const ValueMlp values = make_value_mlp(layers, relu);
  const std::vector<Value> parameters = value_mlp_parameters(values);

  StepResult result;
  const std::vector<DenseLayer> want = mlp_gradients(result, mlp, points.x, points.t);
  double furthest = 0;
  for (int step = 0; step < kSteps; ++step) {
    const Value loss = value_mlp_loss(values, points.x, points.t);
    backward(loss);
    if (step == 0) {
      std::size_t i = 0;
      for (const DenseLayer& layer : want) {
        for (const Matrix* gradient : {&layer.w, &layer.bias}) {
          for (const double wanted : gradient->values()) {
            furthest = std::max(furthest, std::abs(parameters[i++].grad() - wanted));
          }
        }
      }
    }
    value_sgd_step(parameters, kLearningRate);
  }
  int right = 0;
  for (int b = 0; b < points.x.rows(); ++b) {
    const std::vector<Value> z = value_mlp_forward(values, {points.x(b, 0), points.x(b, 1)});
    const int said = z[1].data() > z[0].data() ? 1 : 0;
    right += said == points.t[static_cast<std::size_t>(b)] ? 1 : 0;
  }
  const Value a(2, "a"), b(-3, "b"), c(10, "c");
  Value y = tanh(0.1 * (a * b + c));
  y.set_label("y");
  backward(y);
  write_file_atomically(out / "value_graph.svg", value_graph_svg(y));
  const int count = points.x.rows();
  return {right >= 0.95 * count && furthest < 1e-14,
          fmt::format("{} of {} points right by a 2-8-2 of Values in {} steps; its gradient is the "
                      "dense layers' to {:.0e}",
                      right, count, kSteps, furthest)};
}

struct Task {
  const char* name;
  std::function<Outcome(const fs::path& out)> run;
};

int run_tasks(const fs::path& out) {
  fs::create_directories(out);
  const std::vector<Task> tasks{{"xor", xor_task},
                                {"perceptron", perceptron_task},
                                {"two moons", moons_task},
                                {"spiral", spiral_task},
                                {"autograd", autograd_task}};
  int missed = 0;
  for (const Task& task : tasks) {
    const Outcome outcome = task.run(out);
    fmt::print("  {:<11}{}{}\n", task.name, outcome.said, outcome.reached ? "" : "  NOT REACHED");
    std::fflush(stdout);
    missed += outcome.reached ? 0 : 1;
  }
  return missed == 0 ? 0 : 1;
}

}  // namespace
}  // namespace nn::basic

int main(int argc, char** argv) {
  CLI::App app{"Trains phase 1's small networks and draws what they learnt."};
  std::string out;
  app.add_option("--out", out, "folder for the pictures")->required();
  return nn::run_program("phase1_checkpoint", app, argc, argv,
                         [&] { return nn::basic::run_tasks(out); });
}
