// L1 and L2: terms added to the loss that grow with the weights, so that training keeps them small.
//   l1_penalty = lambda sum |w|           gradient lambda sign(w), 0 where w is 0
//   l2_penalty = lambda sum w^2           gradient 2 lambda w
// Shapes    w is (C,OC), any shape, 0 elements too (the penalty is 0); it may be a bias.
// Errors    nn::Error if lambda is negative or not finite, if shapes differ, if w's rows are not of
//           adjacent floats, if the gradient overlaps w.
// Numerics  Sums are double's, rounded once at the end. NaN gives NaN for the penalty.
// Source    [Goodfellow16 sec. 7.1]; there L2 carries 1/2.
#pragma once

#include "phase2_vectorized/week04_speed/matrix.h"

namespace nn::cpu {

float l1_penalty(ConstMatrixView w, float lambda);
void l1_backward(MatrixView grad_w, ConstMatrixView w, float lambda);  // accumulated into

float l2_penalty(ConstMatrixView w, float lambda);
void l2_backward(MatrixView grad_w, ConstMatrixView w, float lambda);  // accumulated into

}  // namespace nn::cpu
