// A std::vector's memory is the host's.
#include <vector>

__global__ void twice(float* x) {
  x[threadIdx.x] *= 2.0f;  // expect: memory error
}

int main() {
  std::vector<float> x(32, 1.0f);
  twice<<<1, 32>>>(x.data());
  cudaDeviceSynchronize();
}
