// All threads write the same value to one place: no order of them matters.
__global__ void any_negative(int* out, const int* in) {
  __shared__ int s_found;
  if (threadIdx.x == 0) s_found = 0;
  __syncthreads();
  if (in[threadIdx.x] < 0) s_found = 1;
  __syncthreads();
  if (threadIdx.x == 0) *out = s_found;
}

int main() {
  int host[128], *in = nullptr, *out = nullptr, found = 0;
  for (int i = 0; i < 128; ++i) host[i] = i % 3 - 1;
  cudaMalloc(&in, sizeof host);
  cudaMalloc(&out, sizeof(int));
  cudaMemcpy(in, host, sizeof host, cudaMemcpyHostToDevice);
  any_negative<<<1, 128>>>(out, in);
  cudaMemcpy(&found, out, sizeof(int), cudaMemcpyDeviceToHost);
  cudaFree(in);
  cudaFree(out);
  return found == 1 ? 0 : 3;
}
