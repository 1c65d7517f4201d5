#include "phase1_cpu/week03_learning/value_ops.h"

#include <cmath>
#include <string>

#include "common/check.h"

namespace nn::basic {

Value pow(const Value& x, double exponent) {
  const std::string operation = detail::cat("pow ", exponent);
  // >>> about 4 lines. README.md, "Functions with curves".
  const double y = std::pow(x.data(), exponent);
  // 0 * x^-1 would be NaN at x = 0, where the constant x^0 is as flat as elsewhere.
  const double by_x = exponent == 0 ? 0.0 : exponent * std::pow(x.data(), exponent - 1);
  return Value(y, operation, {{x.node(), by_x}});
  // <<< NN_TODO("pow");
}

Value exp(const Value& x) {
  // >>> about 2 lines. README.md, "Functions with curves".
  const double y = std::exp(x.data());
  return Value(y, "exp", {{x.node(), y}});
  // <<< NN_TODO("exp");
}

Value log(const Value& x) {
  // >>> about 2 lines. README.md, "Functions with curves".
  const double by_x = 1.0 / x.data();
  return Value(std::log(x.data()), "log", {{x.node(), by_x}});
  // <<< NN_TODO("log");
}

Value tanh(const Value& x) {
  // >>> about 3 lines. README.md, "Functions with curves".
  const double y = std::tanh(x.data());
  const double by_x = 1.0 - y * y;
  return Value(y, "tanh", {{x.node(), by_x}});
  // <<< NN_TODO("tanh");
}

Value relu(const Value& x) {
  // >>> about 3 lines. README.md, "Functions with curves".
  const double y = x.data() < 0 ? 0.0 : x.data();  // NaN < 0 is false: NaN stays
  const double by_x = x.data() > 0 ? 1.0 : 0.0;
  return Value(y, "relu", {{x.node(), by_x}});
  // <<< NN_TODO("relu");
}

}  // namespace nn::basic
