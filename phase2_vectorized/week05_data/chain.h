// A network as a chain of layers: forward from the first to the last, backward from the last to the first.
//
//   x -> layer 0 -> y[0] -> layer 1 -> y[1] -> ... -> y[n-1] -> loss
//        layer 0 <- grad[0] <- layer 1 <- grad[1] <- ... <- grad[n-1] <-
#pragma once

#include <span>

#include "phase2_vectorized/week05_data/layer.h"

namespace nn::cpu {

// A layer and the parameters that are its own.
struct Link {
  Layer* layer;
  std::span<Parameter> parameters;
};

// y[i] (B, outputs of layer i), overwritten: what layer i makes of y[i - 1], the first of x (B,C).
// Each layer is told its index in moment.layer. nn::Error unless there are as many y as layers, at
// least one.
void forward_chain(std::span<const MatrixView> y, ConstMatrixView x, std::span<const Link> chain,
                   Moment moment);

// The chain rule through forward_chain, with the same y, x and chain. grad[i], of the shape of y[i], is
// the derivative of the loss by y[i]: the last is given, the others are overwritten. Every
// parameter's grad becomes beta times what it was, plus this batch's. x is data, whose gradient nobody wants: the first layer is
// given null for it. nn::Error unless there are as many grad and y as layers, at least one.
void backward_chain(std::span<const MatrixView> grad, std::span<const MatrixView> y,
                    ConstMatrixView x, std::span<const Link> chain, float beta = 1);

}  // namespace nn::cpu
