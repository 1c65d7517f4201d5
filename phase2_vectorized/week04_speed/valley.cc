#include "phase2_vectorized/week04_speed/valley.h"

#include <fmt/format.h>

#include <cmath>
#include <memory>
#include <numbers>

#include "common/chart.h"
#include "common/palette.h"
#include "phase2_vectorized/week04_speed/optimizers.h"
#include "phase2_vectorized/week04_speed/schedules.h"

namespace nn::cpu {
namespace {

constexpr double kSteepness = 5;

// An optimiser with the rate at which it does well here, tried in steps of 1, 2, 3, 5, 10.
struct Walker {
  std::string name;
  std::string rate_text;
  float rate;
  std::unique_ptr<Optimizer> optimizer;
};

std::vector<Walker> walkers() {
  std::vector<Walker> list;
  const auto add = [&](const char* name, const char* text, float rate,
                       std::unique_ptr<Optimizer> o) {
    list.push_back({name, text, rate, std::move(o)});
  };
  add("SGD", "0.02", 0.02F, make_optimizer("sgd"));
  add("momentum", "0.01", 0.01F, make_optimizer("momentum"));
  add("Nesterov", "0.01", 0.01F, make_optimizer("nesterov"));
  add("Adagrad", "0.3", 0.3F, make_optimizer("adagrad"));
  add("RMSprop", "0.05", 0.05F, std::make_unique<RmsProp>(RmsPropOptions{.decay = 0.9}));
  add("Adam", "0.1", 0.1F, make_optimizer("adam"));
  return list;
}

std::string hex(Rgb colour) {
  return fmt::format("#{:02x}{:02x}{:02x}", colour.r, colour.g, colour.b);
}

// The panels, in pixels.
constexpr int kPanelWidth = 260, kPanelHeight = 220, kGap = 14, kTop = 44, kAcross = 3;
constexpr double kLeftX = -1.9, kRightX = 1.7, kBottomY = -0.45, kTopY = 2.75;

double pixel_x(double x) { return (x - kLeftX) / (kRightX - kLeftX) * kPanelWidth; }
double pixel_y(double y) { return (kTopY - y) / (kTopY - kBottomY) * kPanelHeight; }

// The line f = level: (1 - x)^2 and 5 (y - x^2)^2 are the squares of the sides of a right triangle, so
// one angle goes all the way round it.
std::string level_path(double level) {
  constexpr int kCorners = 120;
  std::string path;
  for (int i = 0; i < kCorners; ++i) {
    const double angle = 2 * std::numbers::pi * i / kCorners;
    const double x = 1 + std::sqrt(level) * std::cos(angle);
    const double y = x * x + std::sqrt(level / kSteepness) * std::sin(angle);
    path += fmt::format("{}{:.1f},{:.1f}", i == 0 ? "M" : "L", pixel_x(x), pixel_y(y));
  }
  return path + "Z";
}

std::string style() {
  const auto theme = [](Rgb paper, Rgb ink, Rgb faint, Rgb level, double towards_white) {
    std::string css = fmt::format(
        ".nn-walks .paper{{fill:{}}}.nn-walks text{{fill:{}}}.nn-walks .faint{{fill:{}}}"
        ".nn-walks .level{{stroke:{}}}.nn-walks .mark{{stroke:{}}}",
        hex(paper), hex(ink), hex(faint), hex(level), hex(ink));
    for (std::size_t i = 0; i < 6; ++i) {
      const std::string colour = hex(mix(class_colour(i), kPaper, towards_white));
      css += fmt::format(".nn-walks .s{0}{{stroke:{1}}}.nn-walks .d{0}{{fill:{1}}}", i, colour);
    }
    return css;
  };
  return ".nn-walks{font-family:system-ui,-apple-system,'Segoe "
         "UI',Roboto,sans-serif;font-size:12px}"
         ".nn-walks .title{font-size:16px;font-weight:600}.nn-walks .name{font-weight:600}"
         ".nn-walks .level,.nn-walks .mark,.nn-walks .line{fill:none}"
         ".nn-walks .line{stroke-width:1.5;stroke-linejoin:round}.nn-walks "
         ".mark{stroke-width:1.5}" +
         theme(kPaper, kInk, kFaintInk, {178, 186, 195}, 0) +
         "@media (prefers-color-scheme:dark){" +
         theme({22, 27, 34}, {230, 237, 243}, {154, 164, 175}, {76, 84, 94}, 0.33) + "}";
}

std::string panel(Walker& walker, std::size_t index) {
  const int left = kGap + static_cast<int>(index % kAcross) * (kPanelWidth + kGap);
  const int top = kTop + static_cast<int>(index / kAcross) * (kPanelHeight + kGap + 22);
  const std::vector<Point> path = walk(*walker.optimizer, walker.rate, kValleySteps);
  std::string points, dots;
  for (const Point& p : path) {
    const double x = pixel_x(p.x), y = pixel_y(p.y);
    points += fmt::format("{}{:.1f},{:.1f}", points.empty() ? "" : " ", x, y);
    dots += fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"1.8\"/>", x, y);
  }
  return fmt::format(
      "<g transform=\"translate({},{})\">\n"
      "<text class=\"name\" x=\"0\" y=\"14\">{}</text>\n"
      "<text class=\"faint\" x=\"{}\" y=\"14\" text-anchor=\"end\">rate {}, f = {:.1e}</text>\n"
      "<g transform=\"translate(0,22)\" clip-path=\"url(#panel)\">"
      "<use class=\"level\" href=\"#levels\"/><use class=\"mark\" href=\"#ends\"/>\n"
      "<polyline class=\"line s{}\" points=\"{}\"/>\n<g class=\"d{}\">{}</g></g>\n</g>\n",
      left, top, walker.name, kPanelWidth, walker.rate_text, valley(path.back()), index, points,
      index, dots);
}

}  // namespace

double valley(Point p) {
  const double across = p.y - p.x * p.x;
  return (1 - p.x) * (1 - p.x) + kSteepness * across * across;
}

Point valley_gradient(Point p) {
  const double across = p.y - p.x * p.x;
  return {-2 * (1 - p.x) - 4 * kSteepness * across * p.x, 2 * kSteepness * across};
}

std::vector<Point> walk(Optimizer& optimizer, float learning_rate, int steps) {
  std::vector<Parameter> parameters{
      {"point", Matrix{{static_cast<float>(kValleyStart.x), static_cast<float>(kValleyStart.y)}},
       Matrix(1, 2)}};
  Matrix& at = parameters[0].value;
  std::vector<Point> path{{at(0, 0), at(0, 1)}};
  for (int step = 0; step < steps; ++step) {
    const Point gradient = valley_gradient(path.back());
    parameters[0].grad = Matrix{{static_cast<float>(gradient.x), static_cast<float>(gradient.y)}};
    optimizer.step(parameters, learning_rate);
    path.push_back({at(0, 0), at(0, 1)});
  }
  return path;
}

std::string draw_walks() {
  std::vector<Walker> list = walkers();
  const int rows = static_cast<int>((list.size() + kAcross - 1) / kAcross);
  const int width = kGap + kAcross * (kPanelWidth + kGap);
  const int height = kTop + rows * (kPanelHeight + kGap + 22);
  std::string out = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"nn-walks\" role=\"img\" "
      "viewBox=\"0 0 {0} {1}\" width=\"{0}\" height=\"{1}\">\n<title>A hundred steps in a bent "
      "valley</title>\n<desc>Six optimisers start at the upper left and walk along a bent valley "
      "to its lowest point at the right.</desc>\n<style>{2}</style>\n"
      "<rect class=\"paper\" width=\"{0}\" height=\"{1}\" rx=\"6\"/>\n"
      "<text class=\"title\" x=\"{3}\" y=\"28\">A hundred steps in a bent valley</text>\n",
      width, height, style(), kGap);
  // What every panel shows, once. A <use> hands its own style down; rules of the style sheet for what is
  // inside would have to match there, and browsers differ.
  out += fmt::format(
      "<defs><clipPath id=\"panel\"><rect width=\"{}\" height=\"{}\"/></clipPath>\n"
      "<g id=\"levels\">\n",
      kPanelWidth, kPanelHeight);
  for (const double level : {0.05, 0.3, 1.0, 2.5, 5.0, 10.0, 20.0, 40.0}) {
    out += fmt::format("<path d=\"{}\"/>\n", level_path(level));
  }
  // A ring where they start, a cross at the minimum.
  out += fmt::format(
      "</g>\n<g id=\"ends\"><circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"5\"/>"
      "<path d=\"M{:.1f},{:.1f}l10,10m0,-10l-10,10\"/></g></defs>\n",
      pixel_x(kValleyStart.x), pixel_y(kValleyStart.y), pixel_x(1) - 5, pixel_y(1) - 5);
  for (std::size_t i = 0; i < list.size(); ++i) out += panel(list[i], i);
  return out + "</svg>\n";
}

std::string draw_losses() {
  Chart chart;
  chart.title = "How far down after each step";
  chart.description =
      "f on a logarithmic axis: momentum and Nesterov fall fastest, SGD and Adagrad slowest.";
  chart.x_label = "step";
  chart.y_label = "f";
  chart.log_y = true;
  for (Walker& walker : walkers()) {
    Series& series = chart.series.emplace_back();
    series.name = walker.name;
    for (const Point& p : walk(*walker.optimizer, walker.rate, kValleySteps)) {
      series.x.push_back(static_cast<double>(series.x.size()));
      series.y.push_back(valley(p));
    }
  }
  return line_chart_svg(chart);
}

std::string draw_schedules() {
  constexpr int kSteps = 100;
  Chart chart;
  chart.title = "The rate by the step";
  chart.description =
      "Stairs, a curve through their corners, a hyperbola, half a wave of a cosine, the same after "
      "a "
      "warm-up, and one cycle, over 100 steps.";
  chart.x_label = "step";
  chart.y_label = "rate";
  const auto add = [&](const char* name, const auto& rate) {
    Series& series = chart.series.emplace_back();
    series.name = name;
    for (std::int64_t step = 0; step <= kSteps; ++step) {
      series.x.push_back(static_cast<double>(step));
      series.y.push_back(rate(step));
    }
  };
  add("step_decay", [](std::int64_t step) {
    return step_decay(step, {.initial = 1, .factor = 0.5, .every = 25});
  });
  add("exponential_decay", [](std::int64_t step) {
    return exponential_decay(step, {.initial = 1, .factor = 0.5, .every = 25});
  });
  add("inverse_time_decay", [](std::int64_t step) {
    return inverse_time_decay(step, {.initial = 1, .factor = 1, .every = 25});
  });
  add("cosine_decay",
      [](std::int64_t step) { return cosine_decay(step, {.initial = 1, .steps = kSteps}); });
  add("warm_up, cosine_decay", [](std::int64_t step) {
    const WarmUp warm{.steps = 20, .start = 0.1};
    if (step < warm.steps) return warm_up(step, warm);
    return cosine_decay(step - warm.steps, {.initial = 1, .steps = kSteps - warm.steps});
  });
  add("one_cycle",
      [](std::int64_t step) { return one_cycle(step, {.peak = 1, .steps = kSteps + 1}); });
  return line_chart_svg(chart);
}

}  // namespace nn::cpu
