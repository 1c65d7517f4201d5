#include "phase2_vectorized/week05_data/model.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

#include "common/check.h"

namespace nn::cpu {
namespace {

constexpr int kEvaluationBatch = 256;  // rows at a time where nothing is trained

std::string layer_text(std::size_t i, const Layer& layer) {
  return fmt::format("layer {}, {}", i, layer.describe());
}

}  // namespace

Model::Model() = default;
Model::~Model() = default;
Model::Model(Model&&) noexcept = default;
Model& Model::operator=(Model&&) noexcept = default;

// ---- building

Model& Model::add(std::unique_ptr<Layer> layer) {
  NN_CHECK(layer != nullptr, "add: there is no layer");
  if (finalized_) throw Error(detail::cat("add: the model is finalized; layers are added before"));
  layers_.push_back(std::move(layer));
  return *this;
}

void Model::set(std::unique_ptr<Loss> loss, std::unique_ptr<Optimizer> optimizer,
                std::unique_ptr<Accuracy> accuracy, std::unique_ptr<Schedule> schedule) {
  NN_CHECK(loss != nullptr && optimizer != nullptr && schedule != nullptr,
           "set: a training has a loss, an optimizer and a schedule");
  loss_ = std::move(loss);
  optimizer_ = std::move(optimizer);
  accuracy_ = std::move(accuracy);
  schedule_ = std::move(schedule);
  state_ = {};
  callback_states_.clear();
}

void Model::finalize(std::uint64_t seed) {
  if (finalized_) throw Error("finalize: the model is finalized already");
  if (layers_.empty()) throw Error("finalize: the model has no layers; add() one");
  // What comes before the first layer that asks for a number of features lets through what comes.
  int width = 0;
  for (const std::unique_ptr<Layer>& layer : layers_) {
    if (width == 0) width = layer->inputs();
  }
  if (width == 0) throw Error("finalize: no layer has anything to learn; add a dense one");
  std::vector<int> widths{width};
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    const Layer& layer = *layers_[i];
    if (layer.inputs() != 0 && layer.inputs() != widths.back()) {
      throw Error(fmt::format(
          "finalize: the layers do not chain: {}, gives {} features, and {}, "
          "takes {}",
          layer_text(i - 1, *layers_[i - 1]), widths.back(), layer_text(i, layer), layer.inputs()));
    }
    widths.push_back(layer.outputs(widths.back()));
  }

  widths_ = std::move(widths);
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    for (Parameter& parameter : layers_[i]->make_parameters(seed, i)) {
      parameter.name = fmt::format("layers.{}.{}", i, parameter.name);
      parameters_.push_back(std::move(parameter));
    }
  }
  make_links();
  finalized_ = true;
}

void Model::make_links() {
  std::size_t next = 0;
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    const std::string prefix = fmt::format("layers.{}.", i);
    const std::size_t first = next;
    while (next < parameters_.size() && parameters_[next].name.starts_with(prefix)) ++next;
    links_.push_back({layers_[i].get(), std::span(parameters_).subspan(first, next - first)});
  }
  y_.resize(layers_.size());
  grad_.resize(layers_.size());
  y_views_.resize(layers_.size());
  grad_views_.resize(layers_.size());
}

// ---- use

void Model::check_finalized(const char* who) const {
  if (!finalized_) throw Error(detail::cat(who, ": the model is not finalized; call finalize()"));
}

void Model::check_features(const char* who, int C) const {
  check_finalized(who);
  if (C != inputs()) {
    throw Error(
        detail::cat(who, ": x has ", C, " features an example, and the network takes ", inputs()));
  }
}

void Model::set_batch(int B) {
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    y_[i].resize(B, widths_[i + 1]);
    grad_[i].resize(B, widths_[i + 1]);
    y_views_[i] = y_[i];
    grad_views_[i] = grad_[i];
  }
}

ConstMatrixView Model::forward(ConstMatrixView x, const Moment& moment) {
  set_batch(x.rows);
  forward_chain(y_views_, x, links_, moment);
  return y_views_.back();
}

Tally Model::tally(ConstMatrixView z, const Targets& t) {
  if (accuracy_ == nullptr) return {};
  if (accuracy_->takes_outputs()) return accuracy_->tally(z, t);
  predictions_.resize(z.rows, z.cols);
  loss_->predictions(predictions_, z);
  return accuracy_->tally(predictions_, t);
}

Evaluation Model::evaluate(ConstMatrixView x, const Targets& y) {
  check_features("evaluate", x.cols);
  if (loss_ == nullptr) throw Error("evaluate: the model has no loss; call set()");
  check_examples("evaluate", {x, y});
  loss_->check_targets(y, outputs());
  double loss_sum = 0;
  Tally sum;
  for (int first = 0; first < x.rows; first += kEvaluationBatch) {
    const int B = std::min(kEvaluationBatch, x.rows - first);
    const Targets t = y.rows(first, B);
    const ConstMatrixView z = forward(x.block(first, 0, B, x.cols), {});
    loss_sum += loss_->loss(grad_views_.back(), z, t) * B;
    sum += tally(z, t);
  }
  return {loss_sum / x.rows,
          accuracy_ == nullptr ? std::numeric_limits<double>::quiet_NaN() : sum.share()};
}

Matrix Model::predict(ConstMatrixView x) {
  check_features("predict", x.cols);
  if (loss_ == nullptr) throw Error("predict: the model has no loss; call set()");
  Matrix p(x.rows, outputs());
  for (int first = 0; first < x.rows; first += kEvaluationBatch) {
    const int B = std::min(kEvaluationBatch, x.rows - first);
    const ConstMatrixView z = forward(x.block(first, 0, B, x.cols), {});
    loss_->predictions(MatrixView(p).block(first, 0, B, p.cols()), z);
  }
  return p;
}

std::vector<int> Model::predict_classes(ConstMatrixView x) {
  const Matrix p = predict(x);
  for (int n = 0; n < p.rows(); ++n) {
    for (int l = 0; l < p.cols(); ++l) {
      if (!std::isnan(p(n, l))) continue;
      throw Error(detail::cat("predict_classes: example ", n,
                              " has no class: its prediction is nan. Its features, or the "
                              "network's parameters, are no finite numbers"));
    }
  }
  std::vector<int> said(static_cast<std::size_t>(p.rows()));
  loss_->classes(said, p);
  return said;
}

// ---- looking at it

int Model::inputs() const {
  check_finalized("inputs");
  return widths_.front();
}

int Model::outputs() const {
  check_finalized("outputs");
  return widths_.back();
}

std::string Model::summary() const {
  check_finalized("summary");
  std::string text = fmt::format("{:<7}{:<24}{:>10}{:>14}\n", "layer", "", "outputs", "parameters");
  std::int64_t all = 0;
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    std::int64_t count = 0;
    for (const Parameter& parameter : links_[i].parameters) count += parameter.value.size();
    text +=
        fmt::format("{:<7}{:<24}{:>10}{:>14}\n", i, layers_[i]->describe(), widths_[i + 1], count);
    all += count;
  }
  text += fmt::format("{:<41}{:>14}\n", "all", all);
  if (loss_ != nullptr) text += fmt::format("loss       {}\n", loss_->name());
  if (optimizer_ != nullptr) text += fmt::format("optimizer  {}\n", optimizer_->describe());
  if (schedule_ != nullptr) text += fmt::format("schedule   {}\n", schedule_->describe());
  if (accuracy_ != nullptr) text += fmt::format("accuracy   {}\n", accuracy_->name());
  return text;
}

std::map<std::string, Matrix> Model::get_parameters() const {
  check_finalized("get_parameters");
  std::map<std::string, Matrix> values;
  for (const Parameter& parameter : parameters_) values[parameter.name] = parameter.value;
  return values;
}

void Model::set_parameters(const std::map<std::string, Matrix>& values) {
  check_finalized("set_parameters");
  for (const Parameter& parameter : parameters_) {
    const auto found = values.find(parameter.name);
    if (found == values.end()) {
      throw Error(detail::cat("set_parameters: ", parameter.name, " is missing"));
    }
    if (found->second.rows() != parameter.value.rows() ||
        found->second.cols() != parameter.value.cols()) {
      throw Error(detail::cat("set_parameters: ", parameter.name, " is ", shape_text(found->second),
                              "; this network needs ", shape_text(parameter.value)));
    }
  }
  for (const auto& [key, value] : values) {
    const std::string& name = key;
    const bool known = std::ranges::any_of(
        parameters_, [&](const Parameter& parameter) { return parameter.name == name; });
    if (!known) throw Error(detail::cat("set_parameters: ", name, " is no parameter of it"));
  }
  for (Parameter& parameter : parameters_) parameter.value = values.at(parameter.name);
}

}  // namespace nn::cpu
