// An index that leaves one shared array must not be taken for an access to its neighbour.
__shared__ int s_wide[32];
__shared__ int s_last[32];

__global__ void past_end(int* out, int n) {
  __shared__ float s_a[32];
  __shared__ float s_b[32];
  s_a[threadIdx.x] = 1.0f;
  s_b[threadIdx.x] = 2.0f;
  __syncthreads();
  const int i = static_cast<int>(threadIdx.x) + n;
  // expect: memory error thread=(31,0,0)
  out[threadIdx.x] = static_cast<int>(s_a[i] + s_b[threadIdx.x]);
}

__global__ void before_begin(int* out, int n) {
  __shared__ float s_c[32];
  __shared__ float s_d[32];
  s_c[threadIdx.x] = 1.0f;
  s_d[threadIdx.x] = 2.0f;
  __syncthreads();
  const int i = static_cast<int>(threadIdx.x) - n;
  out[threadIdx.x] = static_cast<int>(s_c[i] + 0.5f);  // expect: memory error thread=(0,0,0)
  __syncthreads();
  out[threadIdx.x] += static_cast<int>(s_d[i]);  // expect: memory error thread=(0,0,0)
}

template <class T>
__global__ void in_template(int* out, int n) {
  __shared__ T s_e[8][8];
  __shared__ T s_f[8][8];
  const int row = static_cast<int>(threadIdx.x) / 8, column = static_cast<int>(threadIdx.x) % 8;
  s_e[row][column] = T(1);
  s_f[row][column] = T(2);
  __syncthreads();
  // A row past the last.
  out[threadIdx.x % 32] = static_cast<int>(s_e[row + n][column]);  // expect: memory error
}

__global__ void at_file_scope(int* out, int n) {
  s_wide[threadIdx.x] = s_last[threadIdx.x] = 3;
  __syncthreads();
  const int i = static_cast<int>(threadIdx.x) + n;
  out[threadIdx.x] = s_wide[i];  // expect: memory error thread=(31,0,0)
  __syncthreads();
  out[threadIdx.x] += s_last[i];  // expect: memory error thread=(31,0,0)
}

int main() {
  int* out = nullptr;
  cudaMalloc(&out, 32 * sizeof(int));
  past_end<<<1, 32>>>(out, 1);
  before_begin<<<1, 32>>>(out, 1);
  in_template<double><<<1, 64>>>(out, 1);
  at_file_scope<<<1, 32>>>(out, 1);
  cudaDeviceSynchronize();
  cudaFree(out);
}
