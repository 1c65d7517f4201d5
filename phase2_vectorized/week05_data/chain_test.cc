#include "phase2_vectorized/week05_data/chain.h"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "phase2_vectorized/testing.h"
#include "phase2_vectorized/week04_speed/activations.h"
#include "phase2_vectorized/week04_speed/dense_layer.h"
#include "phase2_vectorized/week05_data/layers.h"

namespace nn::cpu {
namespace {

// Layers with their parameters, of He's initialisation.
class Network {
 public:
  explicit Network(std::vector<std::unique_ptr<Layer>> layers) : layers_(std::move(layers)) {
    for (std::size_t i = 0; i < layers_.size(); ++i) {
      parameters_.push_back(layers_[i]->make_parameters(7, i));
      // A bias of 0 would not tell whether it is added.
      for (Parameter& parameter : parameters_.back()) {
        if (parameter.name == "bias") {
          Philox rng(11, i);
          parameter.value = random_matrix(1, parameter.value.cols(), rng);
        }
      }
    }
    for (std::size_t i = 0; i < layers_.size(); ++i) {
      links_.push_back({layers_[i].get(), parameters_[i]});
    }
  }
  std::span<const Link> links() const { return links_; }
  Parameter& parameter(std::size_t layer, std::size_t index) { return parameters_[layer][index]; }

 private:
  std::vector<std::unique_ptr<Layer>> layers_;
  std::vector<std::vector<Parameter>> parameters_;
  std::vector<Link> links_;
};

Network dense_tanh_dense() {
  std::vector<std::unique_ptr<Layer>> layers;
  layers.push_back(std::make_unique<Dense>(7, 5));
  layers.push_back(std::make_unique<Activation>("tanh"));
  layers.push_back(std::make_unique<Dense>(5, 3));
  return Network(std::move(layers));
}

// A layer that multiplies by a whole number, and writes down how it was called.
class Recorder : public Layer {
 public:
  Recorder(float factor, std::vector<std::string>& calls) : factor_(factor), calls_(calls) {}
  std::string type() const override { return "recorder"; }
  std::string describe() const override { return type(); }
  nlohmann::json config() const override { return {}; }
  void forward(MatrixView y, ConstMatrixView x, std::span<const Parameter> /*parameters*/,
               const Moment& moment) override {
    calls_.push_back(detail::cat("forward ", moment.layer, " at step ", moment.step));
    for (int b = 0; b < x.rows; ++b) {
      for (int c = 0; c < x.cols; ++c) y(b, c) = factor_ * x(b, c);
    }
    x_ = x.data;
  }
  void backward(MatrixView* grad_x, ConstMatrixView grad_y, ConstMatrixView x,
                std::span<Parameter> /*parameters*/, float /*beta*/) override {
    calls_.push_back(detail::cat("backward of x", factor_, grad_x == nullptr ? ", no grad_x" : "",
                                 x.data == x_ ? "" : ", of another x than forward's"));
    for (int b = 0; grad_x != nullptr && b < x.rows; ++b) {
      for (int c = 0; c < x.cols; ++c) (*grad_x)(b, c) = factor_ * grad_y(b, c);
    }
  }

 private:
  float factor_;
  std::vector<std::string>& calls_;
  const float* x_ = nullptr;
};

// The worked example of README.md, "A chain of layers": two layers without bias, in whole numbers.
TEST(Chain, WorkedExample) {
  std::vector<std::unique_ptr<Layer>> layers;
  layers.push_back(std::make_unique<Dense>(2, 3));
  layers.push_back(std::make_unique<Activation>("relu"));
  layers.push_back(std::make_unique<Dense>(3, 1));
  Network network(std::move(layers));
  network.parameter(0, 0).value = Matrix{{1, 0, 2}, {0, 1, -1}};
  network.parameter(0, 1).value = Matrix{{0, 0, -1}};
  network.parameter(2, 0).value = Matrix{{1}, {2}, {3}};
  network.parameter(2, 1).value = Matrix{{5}};
  const Matrix x{{1, 3}, {4, 2}};
  Matrix h(2, 3), a(2, 3), z(2, 1), grad_h(2, 3), grad_a(2, 3), grad_z{{1}, {10}};
  const MatrixView y[] = {h, a, z}, grad[] = {grad_h, grad_a, grad_z};
  forward_chain(y, x, network.links(), {});
  EXPECT_TRUE(identical(h, Matrix{{1, 3, -2}, {4, 2, 5}}));
  EXPECT_TRUE(identical(a, Matrix{{1, 3, 0}, {4, 2, 5}}));
  EXPECT_TRUE(identical(z, Matrix{{12}, {28}}));
  backward_chain(grad, y, x, network.links());
  EXPECT_TRUE(identical(grad_a, Matrix{{1, 2, 3}, {10, 20, 30}}));
  EXPECT_TRUE(identical(grad_h, Matrix{{1, 2, 0}, {10, 20, 30}}));
  EXPECT_TRUE(identical(network.parameter(2, 0).grad, Matrix{{41}, {23}, {50}}));
  EXPECT_TRUE(identical(network.parameter(2, 1).grad, Matrix{{11}}));
  EXPECT_TRUE(identical(network.parameter(0, 0).grad, Matrix{{41, 82, 120}, {23, 46, 60}}));
  EXPECT_TRUE(identical(network.parameter(0, 1).grad, Matrix{{11, 22, 30}}));
}

// The same bits as the functions of week 4 called one after the other; and only what it should write.
TEST(Chain, IsTheFunctionsOneAfterTheOther) {
  for (const int B : {1, 31, 33, 127}) {
    Network network = dense_tanh_dense();
    Philox rng(3);
    const Matrix x = random_matrix(B, 7, rng), grad_z = random_matrix(B, 3, rng);
    const Matrix &w0 = network.parameter(0, 0).value, &bias0 = network.parameter(0, 1).value;
    const Matrix &w2 = network.parameter(2, 0).value, &bias2 = network.parameter(2, 1).value;

    Matrix h(B, 5), a(B, 5), z(B, 3);
    dense_forward(h, x, w0, bias0);
    nn::cpu::tanh(a, h);
    dense_forward(z, a, w2, bias2);
    Matrix grad_a(B, 5), grad_h(B, 5);
    Matrix grad_w2(5, 3), grad_bias2(1, 3), grad_w0(7, 5), grad_bias0(1, 5);
    MatrixView to_a = grad_a;
    dense_backward(&to_a, grad_w2, grad_bias2, grad_z, a, w2);
    tanh_backward(grad_h, grad_a, h);
    dense_backward(nullptr, grad_w0, grad_bias0, grad_h, x, w0);

    Guarded<float> y0({B, 5}), y1({B, 5}), y2({B, 3}), g0({B, 5}), g1({B, 5}), g2({B, 3});
    std::ranges::copy(grad_z.values(), g2.data());
    const MatrixView y[] = {{y0.data(), B, 5, 5}, {y1.data(), B, 5, 5}, {y2.data(), B, 3, 3}};
    const MatrixView grad[] = {{g0.data(), B, 5, 5}, {g1.data(), B, 5, 5}, {g2.data(), B, 3, 3}};
    forward_chain(y, x, network.links(), {});
    EXPECT_TRUE(close_guarded(y0, wanted(h), Bound{}));
    EXPECT_TRUE(close_guarded(y1, wanted(a), Bound{}));
    EXPECT_TRUE(close_guarded(y2, wanted(z), Bound{}));
    backward_chain(grad, y, x, network.links());
    EXPECT_TRUE(close_guarded(g1, wanted(grad_a), Bound{}));
    EXPECT_TRUE(close_guarded(g0, wanted(grad_h), Bound{}));
    EXPECT_TRUE(close_guarded(g2, wanted(grad_z), Bound{})) << "the last gradient is given";
    EXPECT_TRUE(identical(network.parameter(0, 0).grad, grad_w0));
    EXPECT_TRUE(identical(network.parameter(0, 1).grad, grad_bias0));
    EXPECT_TRUE(identical(network.parameter(2, 0).grad, grad_w2));
    EXPECT_TRUE(identical(network.parameter(2, 1).grad, grad_bias2));
  }
}

// Every layer is told beta: 0 writes over gradients that are NaN, and 2 then makes three times them. Of one
// example, so that 2 g + g is rounded once.
TEST(Chain, ScalesEveryGradientByBeta) {
  Network network = dense_tanh_dense();
  Philox rng(3);
  const Matrix x = random_matrix(1, 7, rng);
  Matrix h(1, 5), a(1, 5), z(1, 3), grad_h(1, 5), grad_a(1, 5), grad_z = random_matrix(1, 3, rng);
  const MatrixView y[] = {h, a, z}, grad[] = {grad_h, grad_a, grad_z};
  forward_chain(y, x, network.links(), {});
  constexpr std::pair<std::size_t, std::size_t> kAll[] = {{0, 0}, {0, 1}, {2, 0}, {2, 1}};
  std::vector<Matrix> once;
  backward_chain(grad, y, x, network.links());
  for (const auto& [layer, index] : kAll) {
    Matrix& values = network.parameter(layer, index).grad;
    once.push_back(values);
    std::ranges::fill(values.values(), std::numeric_limits<float>::quiet_NaN());
  }
  backward_chain(grad, y, x, network.links(), 0);
  for (std::size_t i = 0; i < once.size(); ++i) {
    EXPECT_TRUE(identical(network.parameter(kAll[i].first, kAll[i].second).grad, once[i])) << i;
  }
  backward_chain(grad, y, x, network.links(), 2);
  for (std::size_t i = 0; i < once.size(); ++i) {
    Matrix thrice = once[i];
    for (float& value : thrice.values()) value *= 3;
    EXPECT_TRUE(identical(network.parameter(kAll[i].first, kAll[i].second).grad, thrice)) << i;
  }
}

TEST(Chain, CallsEachLayerOnceInOrderAndBack) {
  std::vector<std::string> calls;
  std::vector<std::unique_ptr<Layer>> layers;
  for (const float factor : {2.0F, 3.0F, 5.0F}) {
    layers.push_back(std::make_unique<Recorder>(factor, calls));
  }
  const Network network(std::move(layers));
  const Matrix x{{1, -1, 4}};
  Matrix y0(1, 3), y1(1, 3), y2(1, 3), g0(1, 3), g1(1, 3), g2{{1, 0, -7}};
  const MatrixView y[] = {y0, y1, y2}, grad[] = {g0, g1, g2};
  forward_chain(y, x, network.links(), {.mode = Mode::training, .seed = 1, .step = 9, .layer = 0});
  backward_chain(grad, y, x, network.links());
  EXPECT_EQ(calls, (std::vector<std::string>{"forward 0 at step 9", "forward 1 at step 9",
                                             "forward 2 at step 9", "backward of x5",
                                             "backward of x3", "backward of x2, no grad_x"}));
  EXPECT_TRUE(identical(y2, Matrix{{30, -30, 120}}));
  EXPECT_TRUE(identical(g0, Matrix{{15, 0, -105}}));
}

TEST(Chain, OfOneLayer) {
  std::vector<std::string> calls;
  std::vector<std::unique_ptr<Layer>> layers;
  layers.push_back(std::make_unique<Recorder>(4.0F, calls));
  const Network network(std::move(layers));
  const Matrix x{{1, -1, 4}};
  Matrix y0(1, 3), g0{{1, 2, 3}};
  const MatrixView y[] = {y0}, grad[] = {g0};
  forward_chain(y, x, network.links(), {});
  backward_chain(grad, y, x, network.links());
  EXPECT_TRUE(identical(y0, Matrix{{4, -4, 16}}));
  EXPECT_EQ(calls, (std::vector<std::string>{"forward 0 at step 0", "backward of x4, no grad_x"}));
}

TEST(Chain, RefusesWhatDoesNotFit) {
  Network network = dense_tanh_dense();
  const Matrix x(2, 7);
  Matrix h(2, 5), a(2, 5), z(2, 3);
  const MatrixView two[] = {h, a}, three[] = {h, a, z};
  EXPECT_TRUE(refuses([&] { forward_chain(two, x, network.links(), {}); }, {"one output a layer"}));
  EXPECT_TRUE(
      refuses([&] { backward_chain(two, three, x, network.links()); }, {"one gradient a layer"}));
  EXPECT_TRUE(
      refuses([&] { backward_chain(three, two, x, network.links()); }, {"one output a layer"}));
  EXPECT_TRUE(refuses([&] { forward_chain({}, x, {}, {}); }, {"at least one layer"}));
  EXPECT_TRUE(refuses([&] { backward_chain({}, {}, x, {}); }, {"at least one layer"}));
}

}  // namespace
}  // namespace nn::cpu
