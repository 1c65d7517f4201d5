// Stream compaction: ballots number the lanes, a scan of the warps' counts numbers the warps.
#include "results.h"

__global__ void keep_odd(int* out, int* n, const int* x) {
  __shared__ int s_first[4];
  const unsigned t = threadIdx.x, warp = t / 32, lane = t % 32;
  const bool keep = x[t] % 2 != 0;
  const unsigned kept = __ballot_sync(0xffffffffu, keep);
  if (lane == 0) s_first[warp] = __popc(kept);
  __syncthreads();
  if (t == 0) {
    int first = 0;
    for (int w = 0; w < 4; ++w) {
      const int count = s_first[w];
      s_first[w] = first;
      first += count;
    }
    *n = first;
  }
  __syncthreads();
  if (keep) out[s_first[warp] + __popc(kept & ((1u << lane) - 1))] = x[t];
}

int main() {
  std::vector<int> host, want;
  for (int i = 0; i < 128; ++i) host.push_back(i * i / 3);
  for (const int v : host) {
    if (v % 2 != 0) want.push_back(v);
  }
  Array<int> x(host), out(128), n(1);
  keep_odd<<<1, 128>>>(out, n, x);
  std::vector<int> got(want.size());
  cudaMemcpy(got.data(), out, got.size() * sizeof(int), cudaMemcpyDeviceToHost);
  return compare(n.host(), {static_cast<int>(want.size())}) | compare(got, want);
}
