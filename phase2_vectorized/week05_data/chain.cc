#include "phase2_vectorized/week05_data/chain.h"

#include <cstddef>

#include "common/check.h"

namespace nn::cpu {

void forward_chain(std::span<const MatrixView> y, ConstMatrixView x, std::span<const Link> chain,
                   Moment moment) {
  NN_CHECK(!chain.empty(), "forward_chain: a chain has at least one layer");
  NN_CHECK_EQ(y.size(), chain.size(), "forward_chain: one output a layer");
  // >>> about 5 lines. README.md, "A chain of layers".
  for (std::size_t i = 0; i < chain.size(); ++i) {
    moment.layer = static_cast<int>(i);
    const ConstMatrixView in = i == 0 ? x : y[i - 1];
    chain[i].layer->forward(y[i], in, chain[i].parameters, moment);
  }
  // <<< NN_TODO("forward_chain");
}

void backward_chain(std::span<const MatrixView> grad, std::span<const MatrixView> y,
                    ConstMatrixView x, std::span<const Link> chain, float beta) {
  NN_CHECK(!chain.empty(), "backward_chain: a chain has at least one layer");
  NN_CHECK_EQ(grad.size(), chain.size(), "backward_chain: one gradient a layer");
  NN_CHECK_EQ(y.size(), chain.size(), "backward_chain: one output a layer");
  // >>> about 6 lines. README.md, "A chain of layers".
  for (std::size_t i = chain.size() - 1; i > 0; --i) {
    MatrixView grad_in = grad[i - 1];
    chain[i].layer->backward(&grad_in, grad[i], y[i - 1], chain[i].parameters, beta);
  }
  chain[0].layer->backward(nullptr, grad[0], x, chain[0].parameters, beta);
  // <<< NN_TODO("backward_chain");
}

}  // namespace nn::cpu
