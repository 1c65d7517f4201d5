// phase2_outputs --out DIR: computes the golden cases of the reference that phase 2 has, and writes
// DIR/<case>/<tensor>.npy in float, for `make diff` to compare with reference/golden or with phase 1.
#include "common/outputs.h"

#include <fmt/format.h>

#include <array>
#include <string>
#include <vector>

#include "phase2_vectorized/optimizer_outputs.h"
#include "phase2_vectorized/week04_speed/activations.h"
#include "phase2_vectorized/week04_speed/dense_layer.h"
#include "phase2_vectorized/week04_speed/dropout.h"
#include "phase2_vectorized/week04_speed/losses.h"
#include "phase2_vectorized/week04_speed/matmul.h"
#include "phase2_vectorized/week04_speed/penalties.h"
#include "phase2_vectorized/week04_speed/softmax_loss.h"
#include "phase2_vectorized/week04_speed/softmax_rows.h"

namespace nn::cpu {
namespace {

using Case = OutputCase<Matrix>;
using Run = std::function<void(const Case&)>;

// What an element-by-element function writes to: NaN, so that what it leaves out shows.
Matrix like(const Matrix& m) {
  return {m.rows(), m.cols(), std::numeric_limits<float>::quiet_NaN()};
}

void matmul_case(const Case& c) {
  const Matrix a = c.in("a"), b = c.in("b");
  Matrix product(a.rows(), b.cols());
  matmul(product, a, b);
  c.write("c", product);
}

using Activation = void (*)(MatrixView y, ConstMatrixView x);
using ActivationBackward = void (*)(MatrixView grad_x, ConstMatrixView grad_y, ConstMatrixView x);
Run activation_case(Activation f, ActivationBackward backward) {
  return [=](const Case& c) {
    const Matrix x = c.in("x");
    Matrix y = like(x), grad_x = like(x);
    f(y, x);
    backward(grad_x, c.in("grad_y"), x);
    c.write("y", y);
    c.write("grad_x", grad_x);
  };
}

// A loss of predictions by targets of the same shape.
using Loss = float (*)(ConstMatrixView y, ConstMatrixView t);
using LossBackward = void (*)(MatrixView grad_y, ConstMatrixView y, ConstMatrixView t);
Run loss_case(const char* input, Loss loss, LossBackward backward) {
  return [=](const Case& c) {
    const Matrix y = c.in(input), t = c.in("t");
    Matrix grad = like(y);
    backward(grad, y, t);
    c.write("loss", loss(y, t));
    c.write("grad", grad);
  };
}

void focal_loss_case(const Case& c) {
  const Matrix p = c.in("p");
  Matrix grad = like(p);
  focal_loss_backward(grad, p, c.labels("t"));
  c.write("loss", focal_loss(p, c.labels("t")));
  c.write("grad", grad);
}

void softmax_cross_entropy_case(const Case& c) {
  const Matrix z = c.in("z");
  Matrix grad_z = like(z);
  c.write("loss", softmax_cross_entropy(grad_z, z, c.labels("t")));
  c.write("grad_z", grad_z);
}

void softmax_case(const Case& c) {
  const Matrix z = c.in("z");
  Matrix p = like(z), grad_z = like(z), of_rows(z.rows(), 1);
  softmax(p, z);
  softmax_backward(grad_z, c.in("grad_p"), p);
  log_sum_exp(of_rows, z);
  c.write("p", p);
  c.write("grad_z", grad_z);
  c.write("log_sum_exp", of_rows);
}

void dense_case(const Case& c) {
  const Matrix x = c.in("x"), w = c.in("w"), grad_y = c.in("grad_y");
  Matrix y = like(grad_y), grad_x = like(x);
  Matrix grad_w(w.rows(), w.cols()), grad_bias(1, w.cols());
  dense_forward(y, x, w, c.in("bias"));
  MatrixView grad_x_view = grad_x;
  dense_backward(&grad_x_view, grad_w, grad_bias, grad_y, x, w);
  c.write("y", y);
  c.write("grad_x", grad_x);
  c.write("grad_w", grad_w);
  c.write("grad_bias", grad_bias);
}

void dropout_case(const Case& c) {
  const Matrix x = c.in("x");
  Matrix y = like(x), mask = like(x), grad_x = like(x);
  Philox rng = c.rng();
  dropout(y, mask, x, c.number("rate"), rng);
  dropout_backward(grad_x, c.in("grad_y"), mask);
  c.write("mask", mask);
  c.write("y", y);
  c.write("grad_x", grad_x);
}

using Penalty = float (*)(ConstMatrixView w, float lambda);
using PenaltyBackward = void (*)(MatrixView grad_w, ConstMatrixView w, float lambda);
Run penalty_case(Penalty penalty, PenaltyBackward backward) {
  return [=](const Case& c) {
    const Matrix w = c.in("w");
    Matrix grad_w(w.rows(), w.cols());
    backward(grad_w, w, c.number("rate"));
    c.write("penalty", penalty(w, c.number("rate")));
    c.write("grad_w", grad_w);
  };
}

// Three dense layers with relu between them, trained on one batch by plain gradient descent.
class SmallMlp {
 public:
  static constexpr int kLayers = 3;

  explicit SmallMlp(const Case& c) : x_(c.in("x")), t_(c.labels("t")) {
    for (int i = 0; i < kLayers; ++i) {
      w_[i] = c.in(fmt::format("w{}", i + 1));
      bias_[i] = c.in(fmt::format("bias{}", i + 1));
      grad_w_[i] = Matrix(w_[i].rows(), w_[i].cols());
      grad_bias_[i] = Matrix(1, w_[i].cols());
    }
  }

  // The loss; logits() and the gradients are of the same weights.
  float gradients() {
    ConstMatrixView input = x_;
    for (int i = 0; i < kLayers; ++i) {
      y_[i] = Matrix(x_.rows(), w_[i].cols());
      dense_forward(y_[i], input, w_[i], bias_[i]);
      h_[i] = y_[i];
      if (i + 1 < kLayers) relu(h_[i], y_[i]);
      input = h_[i];
    }
    Matrix grad = like(logits());
    const float loss = softmax_cross_entropy(grad, logits(), t_);
    for (int i = kLayers - 1; i >= 0; --i) {
      if (i + 1 < kLayers) relu_backward(grad, grad, y_[i]);
      Matrix grad_input(x_.rows(), w_[i].rows());
      MatrixView grad_input_view = grad_input;
      dense_backward(&grad_input_view, grad_w_[i], grad_bias_[i], grad,
                     i == 0 ? x_.view() : h_[i - 1].view(), w_[i]);
      grad = grad_input;
    }
    return loss;
  }

  // Against the gradients, which then begin anew.
  void step(float learning_rate) {
    const auto descend = [&](Matrix& parameter, Matrix& grad) {
      for (int i = 0; i < grad.size(); ++i) {
        parameter.values()[i] -= learning_rate * grad.values()[i];
        grad.values()[i] = 0;
      }
    };
    for (int i = 0; i < kLayers; ++i) {
      descend(w_[i], grad_w_[i]);
      descend(bias_[i], grad_bias_[i]);
    }
  }

  const Matrix& logits() const { return y_.back(); }
  void write_gradients(const Case& c) const { write(c, "grad", grad_w_, grad_bias_); }
  void write_parameters(const Case& c) const { write(c, "trained", w_, bias_); }

 private:
  using Layers = std::array<Matrix, kLayers>;

  static void write(const Case& c, const char* prefix, const Layers& w, const Layers& bias) {
    for (int i = 0; i < kLayers; ++i) {
      c.write(fmt::format("{}_w{}", prefix, i + 1), w[i]);
      c.write(fmt::format("{}_bias{}", prefix, i + 1), bias[i]);
    }
  }

  Matrix x_;
  std::vector<int> t_;
  Layers w_, bias_, grad_w_, grad_bias_;
  Layers y_, h_;  // before and after relu; the last has none
};

void mlp_case(const Case& c) {
  SmallMlp mlp(c);
  const int steps = static_cast<int>(c.number("steps"));
  for (int step = 0; step < steps; ++step) {
    const float loss = mlp.gradients();
    if (step == 0) {
      c.write("logits", mlp.logits());
      c.write("loss", loss);
      mlp.write_gradients(c);
    }
    mlp.step(c.number("learning_rate"));
  }
  mlp.write_parameters(c);
}

const std::vector<CaseFunction<Matrix>>& case_functions() {
  static const std::vector<CaseFunction<Matrix>> functions{
      {"matmul", matmul_case},
      {"identity", activation_case(identity, identity_backward)},
      {"relu", activation_case(relu, relu_backward)},
      {"leaky_relu", activation_case(leaky_relu, leaky_relu_backward)},
      {"elu", activation_case(elu, elu_backward)},
      {"silu", activation_case(silu, silu_backward)},
      {"sigmoid", activation_case(sigmoid, sigmoid_backward)},
      {"tanh", activation_case(tanh, tanh_backward)},
      {"softmax", softmax_case},
      {"mse", loss_case("y", mse, mse_backward)},
      {"mae", loss_case("y", mae, mae_backward)},
      {"hinge", loss_case("y", hinge, hinge_backward)},
      {"binary_cross_entropy", loss_case("p", binary_cross_entropy, binary_cross_entropy_backward)},
      {"focal_loss", focal_loss_case},
      {"softmax_cross_entropy", softmax_cross_entropy_case},
      {"dense", dense_case},
      {"dropout", dropout_case},
      {"l1_penalty", penalty_case(l1_penalty, l1_backward)},
      {"l2_penalty", penalty_case(l2_penalty, l2_backward)},
      {"mlp", mlp_case},
  };
  return functions;
}

}  // namespace
}  // namespace nn::cpu

int main(int argc, char** argv) {
  std::vector<nn::CaseFunction<nn::cpu::Matrix>> functions = nn::cpu::case_functions();
  for (auto& more : nn::cpu::optimizer_case_functions()) functions.push_back(std::move(more));
  return nn::outputs_program("phase2_outputs", 2, functions, argc, argv);
}
