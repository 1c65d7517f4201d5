// One finding of each kind, in which nothing is missing.
__global__ void reads_wrongly(int* out) {
  __shared__ int s_x[32];
  __shared__ int s_y[32];
  s_x[threadIdx.x % 32] = 1;
  __syncthreads();
  out[threadIdx.x] = s_x[threadIdx.x];        // 32 elements for 64 threads
  out[threadIdx.x] += s_y[threadIdx.x % 32];  // never written
}

__global__ void writes_past_the_end(int* out) {
  __shared__ int s_x[32];
  s_x[threadIdx.x] = 1;
  __syncthreads();
  out[threadIdx.x] = s_x[threadIdx.x % 32];
}

__global__ void race(int* out) {
  __shared__ int s_z[64];
  s_z[threadIdx.x] = static_cast<int>(threadIdx.x);
  out[threadIdx.x] = s_z[63 - threadIdx.x];
}

__global__ void two_barriers() {
  if (threadIdx.x < 32) {
    __syncthreads();
  } else {
    __syncthreads();
  }
}

int main() {
  int* out = nullptr;
  cudaMalloc(&out, 64 * sizeof(int));
  reads_wrongly<<<1, 64>>>(out);
  writes_past_the_end<<<1, 64>>>(out);
  race<<<1, 64>>>(out);
  two_barriers<<<1, 64>>>();
  race<<<1, 4096>>>(out);
  cudaDeviceSynchronize();
  cudaFree(out);
}
