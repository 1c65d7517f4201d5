// phase1_outputs --out DIR: computes every golden case of the reference with phase 1's code and
// writes DIR/<case>/<tensor>.npy, for `make diff` to compare with reference/golden.
#include "common/outputs.h"

#include <fmt/format.h>

#include <functional>
#include <string>
#include <vector>

#include "common/rng.h"
#include "phase1_cpu/checkpoint/mlp.h"
#include "phase1_cpu/week01_matrix/broadcast.h"
#include "phase1_cpu/week01_matrix/elementwise.h"
#include "phase1_cpu/week01_matrix/matmul.h"
#include "phase1_cpu/week01_matrix/reduce.h"
#include "phase1_cpu/week01_matrix/transpose.h"
#include "phase1_cpu/week02_losses/accuracy.h"
#include "phase1_cpu/week02_losses/binary_cross_entropy.h"
#include "phase1_cpu/week02_losses/cross_entropy.h"
#include "phase1_cpu/week02_losses/focal_loss.h"
#include "phase1_cpu/week02_losses/hinge.h"
#include "phase1_cpu/week02_losses/log_sum_exp.h"
#include "phase1_cpu/week02_losses/one_hot.h"
#include "phase1_cpu/week02_losses/regression_losses.h"
#include "phase1_cpu/week02_losses/relu_family.h"
#include "phase1_cpu/week02_losses/sigmoid.h"
#include "phase1_cpu/week02_losses/smooth_activations.h"
#include "phase1_cpu/week02_losses/softmax.h"
#include "phase1_cpu/week02_losses/softmax_cross_entropy.h"
#include "phase1_cpu/week02_losses/softmax_jacobian.h"
#include "phase1_cpu/week03_learning/dense.h"
#include "phase1_cpu/week03_learning/init.h"
#include "phase1_cpu/week03_learning/value.h"
#include "phase1_cpu/week03_learning/value_backward.h"
#include "phase1_cpu/week03_learning/value_ops.h"

namespace nn::basic {
namespace {

using Case = OutputCase<Matrix>;

void reduce_case(const Case& c) {
  const Matrix a = c.in("a");
  c.write("row_sums", row_sums(a));
  c.write("column_sums", column_sums(a));
  c.write("sum", sum(a));
  c.write("argmax", argmax_rows(a));
}

void elementwise_case(const Case& c) {
  const Matrix a = c.in("a"), b = c.in("b");
  c.write("add", a + b);
  c.write("subtract", a - b);
  c.write("hadamard", hadamard(a, b));
  c.write("scale", c.number("s") * a);
}

using Activation = Matrix (*)(const Matrix& x);
using ActivationBackward = Matrix (*)(const Matrix& grad_y, const Matrix& x);
std::function<void(const Case&)> activation_case(Activation f, ActivationBackward backward) {
  return [=](const Case& c) {
    c.write("y", f(c.in("x")));
    c.write("grad_x", backward(c.in("grad_y"), c.in("x")));
  };
}

// A loss of predictions by targets of the same shape.
using Loss = double (*)(const Matrix& y, const Matrix& t);
using LossBackward = Matrix (*)(const Matrix& y, const Matrix& t);
std::function<void(const Case&)> loss_case(const char* input, Loss loss, LossBackward backward) {
  return [=](const Case& c) {
    c.write("loss", loss(c.in(input), c.in("t")));
    c.write("grad", backward(c.in(input), c.in("t")));
  };
}

// A loss of probabilities or logits by labels.
using LabelLoss = double (*)(const Matrix& p, const std::vector<int>& t);
using LabelLossBackward = Matrix (*)(const Matrix& p, const std::vector<int>& t);
std::function<void(const Case&)> label_loss_case(const char* input, const char* gradient,
                                                 LabelLoss loss, LabelLossBackward backward) {
  return [=](const Case& c) {
    c.write("loss", loss(c.in(input), c.labels("t")));
    c.write(gradient, backward(c.in(input), c.labels("t")));
  };
}

void softmax_case(const Case& c) {
  const Matrix z = c.in("z"), p = softmax(z);
  c.write("p", p);
  c.write("grad_z", softmax_backward(c.in("grad_p"), p));
  c.write("log_sum_exp", log_sum_exp(z));
}

void dense_case(const Case& c) {
  const Matrix x = c.in("x"), w = c.in("w"), grad_y = c.in("grad_y");
  Matrix grad_x, grad_w(w.rows(), w.cols()), grad_bias(1, w.cols());
  dense_backward(&grad_x, grad_w, grad_bias, grad_y, x, w);
  c.write("y", dense_forward(x, w, c.in("bias")));
  c.write("grad_x", grad_x);
  c.write("grad_w", grad_w);
  c.write("grad_bias", grad_bias);
}

template <Matrix init(int C, int OC, Philox& rng)>
void init_case(const Case& c) {
  Philox rng = c.rng();
  const Matrix want = c.in("w");  // for its extents
  c.write("w", init(want.rows(), want.cols(), rng));
}

// Each from the start of the stream, as many as the reference wrote.
void philox_case(const Case& c) {
  const auto count = [&](const char* tensor) { return c.in(tensor).cols(); };
  Philox rng = c.rng();
  std::vector<std::int64_t> words;
  for (int i = 0; i < count("words"); ++i) words.push_back(rng.next_u32());
  c.write("words", words);
  Matrix uniform(1, count("uniform")), normal(1, count("normal"));
  rng = c.rng();
  fill_uniform(uniform.values(), 0, 1, rng);
  c.write("uniform", uniform);
  rng = c.rng();
  fill_normal(normal.values(), 0, 1, rng);
  c.write("normal", normal);
  rng = c.rng();
  c.write("permutation", permutation(count("permutation"), rng));
}

void mlp_case(const Case& c) {
  constexpr int kSteps = 20;
  constexpr double kLearningRate = 0.1;
  Mlp mlp;
  for (const char* layer : {"1", "2", "3"}) {
    mlp.layers.push_back({c.in(std::string("w") + layer), c.in(std::string("bias") + layer)});
  }
  const Matrix x = c.in("x");
  const std::vector<int> t = c.labels("t");
  const auto write_layers = [&](const std::string& prefix, const std::vector<DenseLayer>& layers) {
    for (std::size_t i = 0; i < layers.size(); ++i) {
      c.write(fmt::format("{}_w{}", prefix, i + 1), layers[i].w);
      c.write(fmt::format("{}_bias{}", prefix, i + 1), layers[i].bias);
    }
  };
  StepResult result;
  const std::vector<DenseLayer> gradients = mlp_gradients(result, mlp, x, t);
  c.write("logits", mlp_forward(mlp, x));
  c.write("loss", result.loss);
  write_layers("grad", gradients);
  for (int step = 0; step < kSteps; ++step) train_step(mlp, x, t, kLearningRate);
  write_layers("trained", mlp.layers);
}

void value_expression_case(const Case& c) {
  std::vector<Value> inputs;
  for (const char* name : {"a", "b", "c", "d", "e", "f", "g"}) {
    inputs.emplace_back(c.number(name), name);
  }
  const Value &a = inputs[0], &b = inputs[1], &d = inputs[3], &e = inputs[4], &f = inputs[5];
  const Value y = tanh(a * b + inputs[2]) * relu(d) + exp(e) / f - log(inputs[6]) * pow(a, 3);
  backward(y);
  c.write("value", y.data());
  for (const Value& input : inputs) c.write("grad_" + input.label(), input.grad());
}

const std::vector<CaseFunction<Matrix>>& case_functions() {
  static const std::vector<CaseFunction<Matrix>> functions{
      {"matmul", [](const Case& c) { c.write("c", matmul(c.in("a"), c.in("b"))); }},
      {"transpose", [](const Case& c) { c.write("t", transpose(c.in("a"))); }},
      {"elementwise", elementwise_case},
      {"add_row", [](const Case& c) { c.write("c", add_row(c.in("a"), c.in("row"))); }},
      {"reduce", reduce_case},
      {"argmax", [](const Case& c) { c.write("argmax", argmax_rows(c.in("a"))); }},
      {"identity", activation_case(identity, identity_backward)},
      {"sigmoid", activation_case(sigmoid, sigmoid_backward)},
      {"tanh", activation_case(tanh, tanh_backward)},
      {"relu", activation_case(relu, relu_backward)},
      {"leaky_relu", activation_case(leaky_relu, leaky_relu_backward)},
      {"elu", activation_case(elu, elu_backward)},
      {"silu", activation_case(silu, silu_backward)},
      {"softmax", softmax_case},
      {"softmax_jacobian", [](const Case& c) { c.write("J", softmax_jacobian(c.in("p"))); }},
      {"mse", loss_case("y", mse, mse_backward)},
      {"mae", loss_case("y", mae, mae_backward)},
      {"binary_cross_entropy", loss_case("p", binary_cross_entropy, binary_cross_entropy_backward)},
      {"hinge", loss_case("y", hinge, hinge_backward)},
      {"cross_entropy", label_loss_case("p", "grad", cross_entropy, cross_entropy_backward)},
      {"focal_loss", label_loss_case("p", "grad", focal_loss, focal_loss_backward)},
      {"softmax_cross_entropy",
       label_loss_case("z", "grad_z", softmax_cross_entropy, softmax_cross_entropy_backward)},
      {"one_hot", [](const Case& c) { c.write("h", one_hot(c.labels("t"), c.in("h").cols())); }},
      {"categorical_accuracy",
       [](const Case& c) { c.write("accuracy", categorical_accuracy(c.in("y"), c.labels("t"))); }},
      {"regression_accuracy",
       [](const Case& c) {
         c.write("accuracy", regression_accuracy(c.in("y"), c.in("t"), c.number("precision")));
       }},
      {"dense", dense_case},
      {"xavier_uniform", init_case<xavier_uniform>},
      {"he_normal", init_case<he_normal>},
      {"philox", philox_case},
      {"mlp", mlp_case},
      {"value_expression", value_expression_case},
  };
  return functions;
}

}  // namespace
}  // namespace nn::basic

int main(int argc, char** argv) {
  return nn::outputs_program("phase1_outputs", 1, nn::basic::case_functions(), argc, argv);
}
