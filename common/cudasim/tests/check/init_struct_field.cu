// Particles are created without a mass, and weighed.
#include "results.h"

struct Particle {
  float x, y, mass;
};

__global__ void create(Particle* p) {
  p[threadIdx.x].x = 1.0f;
  p[threadIdx.x].y = 2.0f;
}
__global__ void weigh(float* out, const Particle* p) {
  out[threadIdx.x] = p[threadIdx.x].mass;  // expect: init error count=16
}

int main() {
  Array<Particle> p(16);
  Array<float> out(16);
  create<<<1, 16>>>(p);
  weigh<<<1, 16>>>(out, p);
  cudaDeviceSynchronize();
}
