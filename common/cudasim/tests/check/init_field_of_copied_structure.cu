// A point without its z is copied whole: more is missing than a hole could hold.
#include "results.h"

struct Point {
  float x, y, z;
};

__global__ void move(Point* out) {
  __shared__ Point s_points[32];
  const unsigned t = threadIdx.x;
  s_points[t].x = s_points[t].y = 1.0f;
  __syncthreads();
  out[t] = s_points[31 - t];  // expect: init error count=32
}

int main() {
  Array<Point> out(32);
  move<<<1, 32>>>(out);
  cudaDeviceSynchronize();
}
