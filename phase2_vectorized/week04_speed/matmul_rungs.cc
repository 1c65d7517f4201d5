#include "phase2_vectorized/week04_speed/matmul_rungs.h"

#include "phase2_vectorized/week04_speed/matmul.h"
#include "phase2_vectorized/week04_speed/matmul_01_ijk.h"
#include "phase2_vectorized/week04_speed/matmul_02_ikj.h"
#include "phase2_vectorized/week04_speed/matmul_03_cache_tiles.h"
#include "phase2_vectorized/week04_speed/matmul_04_register_tile.h"
#include "phase2_vectorized/week04_speed/matmul_05_packed.h"
#include "phase2_vectorized/week04_speed/matmul_06_threads.h"
#include "phase2_vectorized/week04_speed/matmul_07_amx_split.h"

namespace nn::cpu {

const std::vector<MatmulRung>& matmul_rungs() {
  static const std::vector<MatmulRung> rungs{
      {"01_ijk", &matmul_01_ijk},
      {"02_ikj", &matmul_02_ikj},
      {"03_cache_tiles", &matmul_03_cache_tiles},
      {"04_register_tile", &matmul_04_register_tile},
      {"05_packed", &matmul_05_packed},
      {"06_threads", &matmul_06_threads},
      {"07_amx_split", &matmul_07_amx_split},
      {"matmul", &matmul},
  };
  return rungs;
}

}  // namespace nn::cpu
