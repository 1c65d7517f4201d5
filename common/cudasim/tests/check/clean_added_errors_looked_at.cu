// Errors that the program expects and looks at, in each of the ways there are, are no findings.
#include <cstdio>

__global__ void nothing() {}

static bool works(cudaError_t error) { return error == cudaSuccess; }

static cudaError_t passed_on(void** p) { return cudaMalloc(p, size_t{1} << 50); }

int main() {
  void* p = nullptr;
  int wrong = 0;
  // Compared at once, as a program does that has another way.
  if (cudaMalloc(&p, size_t{1} << 50) != cudaSuccess) ++wrong;
  // Stored and compared later.
  const cudaError_t stored = cudaFree(&wrong);
  std::printf("%s", wrong == 1 ? "" : "?");
  if (stored != cudaSuccess) ++wrong;
  // Passed to a function.
  if (!works(cudaSetDevice(7))) ++wrong;
  // By the last error, after a launch and after a call.
  nothing<<<1, 4096>>>();
  if (cudaGetLastError() == cudaErrorInvalidConfiguration) ++wrong;
  passed_on(&p);
  if (cudaPeekAtLastError() == cudaErrorMemoryAllocation) ++wrong;
  // By its text.
  passed_on(&p);
  std::printf("%zu\n", static_cast<size_t>(cudaGetErrorString(cudaErrorMemoryAllocation)[0]));
  return wrong == 5 ? 0 : 3;
}
