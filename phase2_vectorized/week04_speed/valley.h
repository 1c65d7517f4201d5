// A valley to walk down: a function of two numbers on which each optimiser shows how it moves.
//
//   f(x, y) = (1 - x)^2 + 5 (y - x^2)^2
//
// A bent trough along y = x^2, steep across and nearly flat along, with its one minimum, 0, at (1, 1).
// Not convex: between the arms of the parabola the ground rises. Source: [Rosenbrock60], with 5 in
// place of 100, so that a hundred steps show something.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "phase2_vectorized/week04_speed/optimizer.h"

namespace nn::cpu {

struct Point {
  double x = 0, y = 0;
};

inline constexpr Point kValleyStart{-1.6, 2.0};
inline constexpr int kValleySteps = 100;

double valley(Point p);
Point valley_gradient(Point p);

// Where the optimiser is before its first step and after each of `steps`.
std::vector<Point> walk(Optimizer& optimizer, float learning_rate, int steps);

// The pictures of README.md, as SVG.
std::string draw_walks();      // a panel for each optimiser: where it went
std::string draw_losses();     // f after each step
std::string draw_schedules();  // the rate after each step

}  // namespace nn::cpu
