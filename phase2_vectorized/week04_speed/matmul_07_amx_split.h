// Rung 07: floats as sums of three bf16, on a matrix engine.    prev: 06_threads
#pragma once

#include "phase2_vectorized/week04_speed/bf16_tile.h"
#include "phase2_vectorized/week04_speed/product.h"

namespace nn::cpu {

// x as three bf16 whose sum is x: parts[0] is x rounded, parts[1] what is left of x, rounded, and
// parts[2] what is left then. splits(x) must hold.
void split(Bf16 parts[3], float x);

// Are the parts of x, and the products of the parts of two such numbers, normal floats? For 0 and
// for 2^-50 <= |x| <= 2^60; not for infinities and NaN.
bool splits(float x);

// c = alpha * a . b + beta * c, as product.h says, with six products of parts for each product:
//   a b = (a0 + a1 + a2)(b0 + b1 + b2) ~ a0 b0 + (a0 b1 + a1 b0) + (a0 b2 + a1 b1 + a2 b0)
// The other three are below 2^-23 of |a b|, two roundoffs. a0 b0 is summed apart from the rest, so that the sum's
// rounding errors are those of a float product. Where an element does not split, the product is
// matmul_06_threads's.
void matmul_07_amx_split(MatrixView c, ConstMatrixView a, ConstMatrixView b, Scale scale = {});

// The same on a given engine; matmul_07_amx_split takes the processor's, else the software one.
void matmul_07_amx_split_on(const Bf16Tile& tile, MatrixView c, ConstMatrixView a,
                            ConstMatrixView b, Scale scale = {});

}  // namespace nn::cpu
