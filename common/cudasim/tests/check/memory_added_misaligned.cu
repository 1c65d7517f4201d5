// A float read as two: at an odd index the address is no multiple of eight.
__global__ void pairs(float* out, const float* in, int first) {
  const float2 pair = *reinterpret_cast<const float2*>(in + first);  // expect: memory error
  out[0] = pair.x + pair.y;
}

int main() {
  float *in = nullptr, *out = nullptr;
  cudaMalloc(&in, 8 * sizeof(float));
  cudaMalloc(&out, sizeof(float));
  cudaMemset(in, 0, 8 * sizeof(float));
  pairs<<<1, 1>>>(out, in, 3);
  cudaDeviceSynchronize();
  cudaFree(in);
  cudaFree(out);
}
