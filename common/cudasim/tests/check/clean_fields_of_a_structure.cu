// Two warps write two fields of the same structures, two fields even of one word.
#include "results.h"

struct Pixel {
  unsigned char r, g;
  unsigned short depth;
};

__global__ void draw(int* out) {
  __shared__ Pixel s_pixels[32];
  const unsigned t = threadIdx.x % 32;
  if (threadIdx.x < 32) {
    s_pixels[t].r = static_cast<unsigned char>(t);
    s_pixels[t].depth = static_cast<unsigned short>(10 * t);
  } else {
    s_pixels[t].g = static_cast<unsigned char>(2 * t);
  }
  __syncthreads();
  if (threadIdx.x < 32) {
    const Pixel p = s_pixels[31 - t];
    out[t] = p.r + p.g + p.depth;
  }
}

int main() {
  Array<int> out(32);
  draw<<<1, 64>>>(out);
  std::vector<int> want;
  for (int i = 0; i < 32; ++i) want.push_back(13 * (31 - i));
  return compare(out.host(), want);
}
