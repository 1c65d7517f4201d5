// Draws the pictures of README.md that are of optimisers and schedules, into the folder it is given:
//   draw_optimizers phase2_vectorized/week04_speed
#include <cstdio>
#include <exception>
#include <filesystem>

#include "common/file.h"
#include "phase2_vectorized/week04_speed/valley.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "draw_optimizers: give the folder to write into, and nothing else\n");
    return 2;
  }
  try {
    const std::filesystem::path folder = argv[1];
    nn::write_file_atomically(folder / "optimizer_walks.svg", nn::cpu::draw_walks());
    nn::write_file_atomically(folder / "optimizer_losses.svg", nn::cpu::draw_losses());
    nn::write_file_atomically(folder / "schedules.svg", nn::cpu::draw_schedules());
  } catch (const std::exception& error) {
    std::fprintf(stderr, "draw_optimizers: %s\n", error.what());
    return 1;
  }
}
