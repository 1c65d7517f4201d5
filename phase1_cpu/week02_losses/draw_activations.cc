// Draws activations.svg, the picture of README.md, with the course's own functions:
//   draw_activations phase1_cpu/week02_losses/activations.svg
#include <cstdio>
#include <exception>
#include <functional>
#include <string>

#include "common/chart.h"
#include "common/file.h"
#include "phase1_cpu/week02_losses/relu_family.h"
#include "phase1_cpu/week02_losses/sigmoid.h"
#include "phase1_cpu/week02_losses/smooth_activations.h"

namespace nn::basic {
namespace {

// f at 161 points of [-4, 4].
Series sample(const std::string& name, const std::function<Matrix(const Matrix&)>& f) {
  constexpr int kPoints = 161;
  Matrix x(1, kPoints);
  for (int i = 0; i < kPoints; ++i) x(0, i) = -4 + 8.0 * i / (kPoints - 1);
  const Matrix y = f(x);
  return {name, {x.values().begin(), x.values().end()}, {y.values().begin(), y.values().end()}};
}

std::string draw() {
  Chart chart;
  chart.title = "Six activations";
  chart.description =
      "ReLU, leaky ReLU, ELU and SiLU rise like x on the right and level off on the left; tanh and "
      "sigmoid level off on both sides.";
  chart.x_label = "x";
  chart.y_label = "f(x)";
  chart.series = {sample("relu", relu), sample("leaky_relu", leaky_relu),
                  sample("elu", elu),   sample("silu", silu),
                  sample("tanh", tanh), sample("sigmoid", sigmoid)};
  return line_chart_svg(chart);
}

}  // namespace
}  // namespace nn::basic

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "draw_activations: give the file to write, and nothing else\n");
    return 2;
  }
  try {
    nn::write_file_atomically(argv[1], nn::basic::draw());
  } catch (const std::exception& error) {
    std::fprintf(stderr, "draw_activations: %s\n", error.what());
    return 1;
  }
}
