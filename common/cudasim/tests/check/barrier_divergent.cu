// Two barriers in two branches of one block.
__global__ void two_ways(int* out) {
  if (threadIdx.x < 32) {
    out[threadIdx.x] = 1;
    __syncthreads();
  } else {
    out[threadIdx.x] = 2;
    __syncthreads();  // expect: barrier error
  }
}

int main() {
  int* out = nullptr;
  cudaMalloc(&out, 64 * sizeof(int));
  two_ways<<<1, 64>>>(out);
  cudaDeviceSynchronize();
  cudaFree(out);
}
