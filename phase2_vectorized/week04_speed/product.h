// What every rung of the ladder computes, and what all of them refuse.
//
//   c (M,N) = alpha * a (M,K) . b (K,N) + beta * c
//
// Where beta is 0, c is not read: NaN that stood there does not come through. Where K is 0 the sum
// is empty, and c becomes beta * c. alpha is an ordinary factor: 0 times NaN is NaN.
// transposed(a) as an operand gives the product of the transposed; nothing is moved for it.
#pragma once

#include "phase2_vectorized/week04_speed/matrix.h"

namespace nn::cpu {

struct Scale {
  float alpha = 1;
  float beta = 0;
};

// nn::Error, naming the shapes, unless a has as many columns as b has rows and c is (rows of a,
// columns of b); and unless the memory of c is apart from that of a and b, which are still read
// while c is written.
void check_product(MatrixView c, ConstMatrixView a, ConstMatrixView b);

// How large the pieces of `extent` are if none is larger than `most`, there are as few as possible,
// and all are of about one size: 16 in pieces of at most 14 are 8 and 8, not 14 and 2. At least 1.
int even_step(int extent, int most);

// c = beta * c; zero where beta is 0, whatever c holds.
void scale_rows(MatrixView c, float beta);

}  // namespace nn::cpu
