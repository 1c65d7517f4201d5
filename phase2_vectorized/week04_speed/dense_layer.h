// The dense layer on batches: y = x . w + bias, and its three gradients, on matmul.
// Source    [Goodfellow16 sec. 6.5.6]; phase1_cpu/week03_learning/dense.h.
#pragma once

#include "phase2_vectorized/week04_speed/matrix.h"

namespace nn::cpu {

// y (B,OC) = x (B,C) . w (C,OC) + bias (1,OC), overwritten; the bias is added to every row. x and w may
// be transposed views. nn::Error, naming shapes, if they do not chain, or if y shares memory with an
// input. Any extent may be 0.
void dense_forward(MatrixView y, ConstMatrixView x, ConstMatrixView w, ConstMatrixView bias);

// The chain rule through dense_forward. Parameters' gradients become beta times what they were, plus
// this batch's: beta 1 accumulates; beta 0 overwrites them, whatever they hold, and spares a training
// step the walk that sets them to zero. nn::Error if shapes disagree or an output shares memory with an
// input, before anything is written. Sums are never cut between threads.
void dense_backward(MatrixView* grad_x,      // (B,C)   overwritten; null: not wanted (x is data)
                    MatrixView grad_w,       // (C,OC)  accumulated into: beta
                    MatrixView grad_bias,    // (1,OC)  accumulated into: beta
                    ConstMatrixView grad_y,  // (B,OC)
                    ConstMatrixView x,       // (B,C)   as given to dense_forward
                    ConstMatrixView w,       // (C,OC)  as given to dense_forward
                    float beta = 1);

}  // namespace nn::cpu
