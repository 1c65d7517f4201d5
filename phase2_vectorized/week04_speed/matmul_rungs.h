// The ladder as a table, which tests and benches iterate over: a rung that is listed is tested.
#pragma once

#include <string>
#include <vector>

#include "phase2_vectorized/week04_speed/product.h"

namespace nn::cpu {

struct MatmulRung {
  std::string name;  // "01_ijk"; also the file's name, after matmul_
  void (*run)(MatrixView c, ConstMatrixView a, ConstMatrixView b, Scale scale);
};

// 01_ijk .. 07_amx_split, and `matmul`, which chooses among them.
const std::vector<MatmulRung>& matmul_rungs();

}  // namespace nn::cpu
