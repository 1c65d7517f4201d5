// build: nvcc -std=c++17 -arch=sm_80 -Xcompiler -Wall,-Wextra -o 02_device_query 02_device_query.cu
//
// Prints what the runtime knows of each device: the structure filled by
// cudaGetDeviceProperties and single attributes of cudaDeviceGetAttribute.
// The two sources are then compared with each other; the program passes when
// they agree and the numbers make sense.
//
// usage: 02_device_query [device]

#include <cuda_runtime.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#define CHECK(call)                                                        \
  do {                                                                     \
    const cudaError_t e_ = (call);                                         \
    if (e_ != cudaSuccess) {                                               \
      std::fprintf(stderr, "%s:%d: %s -> %s\n", __FILE__, __LINE__, #call, \
                   cudaGetErrorString(e_));                                \
      std::puts("FAILED");                                                 \
      std::exit(EXIT_FAILURE);                                             \
    }                                                                      \
  } while (0)

namespace {

int problems = 0;

int attribute(cudaDeviceAttr attr, int device) {
  int value = 0;
  CHECK(cudaDeviceGetAttribute(&value, attr, device));
  return value;
}

void expect(bool condition, const std::string& what) {
  if (!condition) {
    std::printf("    ** inconsistent: %s\n", what.c_str());
    ++problems;
  }
}

// Compare a field of the structure with the attribute of the same meaning.
void expectSame(long long field, cudaDeviceAttr attr, int device, const char* name) {
  const long long value = attribute(attr, device);
  if (field != value) {
    std::printf("    ** %s: property %lld, attribute %lld\n", name, field, value);
    ++problems;
  }
}

void printVersion(const char* label, int version) {
  std::printf("%-24s %d.%d\n", label, version / 1000, (version % 1000) / 10);
}

// The device fills this in, to be compared with what the host was told.
struct Seen {
  int warp;
  int block;
  int arch;
};

__global__ void lookAround(Seen* seen) {
  if (threadIdx.x == 0) {
    seen->warp = warpSize;
    seen->block = static_cast<int>(blockDim.x);
#ifdef __CUDA_ARCH__
    seen->arch = __CUDA_ARCH__;
#endif
  }
}

const char* yesNo(int value) { return value ? "yes" : "no"; }

void queryDevice(int device) {
  CHECK(cudaSetDevice(device));

  cudaDeviceProp p{};
  CHECK(cudaGetDeviceProperties(&p, device));

  std::printf("\nDevice %d: \"%s\"\n", device, p.name);
  std::printf("    compute capability          %d.%d\n", p.major, p.minor);
  std::printf("    global memory               %.0f MiB\n", p.totalGlobalMem / 1048576.0);
  std::printf("    multiprocessors             %d\n", p.multiProcessorCount);
  std::printf("    warp size                   %d\n", p.warpSize);
  std::printf("    threads per block           %d\n", p.maxThreadsPerBlock);
  std::printf("    threads per multiprocessor  %d\n", p.maxThreadsPerMultiProcessor);
  std::printf("    blocks per multiprocessor   %d\n", p.maxBlocksPerMultiProcessor);
  std::printf("    registers per block         %d\n", p.regsPerBlock);
  std::printf("    shared memory per block     %zu (opt-in %zu)\n", p.sharedMemPerBlock,
              p.sharedMemPerBlockOptin);
  std::printf("    shared memory per SM        %zu\n", p.sharedMemPerMultiprocessor);
  std::printf("    constant memory             %zu\n", p.totalConstMem);
  std::printf("    L2 cache                    %d\n", p.l2CacheSize);
  std::printf("    memory bus width            %d bits\n", p.memoryBusWidth);
  std::printf("    core clock                  %.0f MHz\n",
              attribute(cudaDevAttrClockRate, device) * 1e-3);
  std::printf("    memory clock                %.0f MHz\n",
              attribute(cudaDevAttrMemoryClockRate, device) * 1e-3);
  std::printf("    block dimensions            %d x %d x %d\n", p.maxThreadsDim[0],
              p.maxThreadsDim[1], p.maxThreadsDim[2]);
  std::printf("    grid dimensions             %d x %d x %d\n", p.maxGridSize[0], p.maxGridSize[1],
              p.maxGridSize[2]);
  std::printf("    pitch limit                 %zu\n", p.memPitch);
  std::printf("    texture alignment           %zu\n", p.textureAlignment);
  std::printf("    copy engines                %d\n", p.asyncEngineCount);
  std::printf("    concurrent kernels          %s\n", yesNo(p.concurrentKernels));
  std::printf("    unified addressing          %s\n", yesNo(p.unifiedAddressing));
  std::printf("    managed memory              %s (concurrent access: %s)\n",
              yesNo(p.managedMemory), yesNo(p.concurrentManagedAccess));
  std::printf("    cooperative launch          %s\n", yesNo(p.cooperativeLaunch));
  std::printf("    ECC                         %s\n", p.ECCEnabled ? "on" : "off");
  std::printf("    integrated                  %s\n", yesNo(p.integrated));
  std::printf("    PCI domain/bus/device       %d/%d/%d\n", p.pciDomainID, p.pciBusID,
              p.pciDeviceID);

  // The same facts, asked for one at a time.
  expectSame(p.major, cudaDevAttrComputeCapabilityMajor, device, "major");
  expectSame(p.minor, cudaDevAttrComputeCapabilityMinor, device, "minor");
  expectSame(p.multiProcessorCount, cudaDevAttrMultiProcessorCount, device, "SM count");
  expectSame(p.warpSize, cudaDevAttrWarpSize, device, "warp size");
  expectSame(p.maxThreadsPerBlock, cudaDevAttrMaxThreadsPerBlock, device, "threads per block");
  expectSame(p.maxThreadsPerMultiProcessor, cudaDevAttrMaxThreadsPerMultiProcessor, device,
             "threads per SM");
  expectSame(p.regsPerBlock, cudaDevAttrMaxRegistersPerBlock, device, "registers per block");
  expectSame(static_cast<long long>(p.sharedMemPerBlock), cudaDevAttrMaxSharedMemoryPerBlock,
             device, "shared memory per block");
  expectSame(static_cast<long long>(p.totalConstMem), cudaDevAttrTotalConstantMemory, device,
             "constant memory");
  expectSame(p.l2CacheSize, cudaDevAttrL2CacheSize, device, "L2 size");
  expectSame(p.maxThreadsDim[0], cudaDevAttrMaxBlockDimX, device, "block x");
  expectSame(p.maxThreadsDim[2], cudaDevAttrMaxBlockDimZ, device, "block z");
  expectSame(p.maxGridSize[0], cudaDevAttrMaxGridDimX, device, "grid x");
  expectSame(p.maxGridSize[1], cudaDevAttrMaxGridDimY, device, "grid y");
  expectSame(p.managedMemory, cudaDevAttrManagedMemory, device, "managed memory");
  expectSame(p.cooperativeLaunch, cudaDevAttrCooperativeLaunch, device, "cooperative launch");
  expectSame(p.pciBusID, cudaDevAttrPciBusId, device, "PCI bus");

  expect(p.name[0] != '\0', "device has no name");
  expect(p.warpSize == 32, "warp size is not 32");
  expect(p.multiProcessorCount > 0, "no multiprocessors");
  expect(p.maxThreadsPerMultiProcessor >= p.maxThreadsPerBlock, "an SM cannot hold one block");
  expect(p.maxThreadsPerMultiProcessor % p.warpSize == 0, "threads per SM not whole warps");
  expect(p.sharedMemPerMultiprocessor >= p.sharedMemPerBlock, "shared memory per SM too small");
  expect(p.sharedMemPerBlockOptin >= p.sharedMemPerBlock, "opt-in limit below default limit");
  expect(p.maxThreadsDim[0] <= p.maxThreadsPerBlock, "block x beyond the block limit");

  size_t freeBytes = 0, totalBytes = 0;
  CHECK(cudaMemGetInfo(&freeBytes, &totalBytes));
  std::printf("    memory free / total         %.0f / %.0f MiB\n", freeBytes / 1048576.0,
              totalBytes / 1048576.0);
  expect(freeBytes <= totalBytes, "more memory free than there is");

  int byBus = -1;
  char busId[32];
  CHECK(cudaDeviceGetPCIBusId(busId, sizeof busId, device));
  CHECK(cudaDeviceGetByPCIBusId(&byBus, busId));
  expect(byBus == device, std::string("PCI id ") + busId + " names another device");

  // And what a kernel sees.
  Seen* dSeen = nullptr;
  Seen seen{};
  CHECK(cudaMalloc(&dSeen, sizeof(Seen)));
  CHECK(cudaMemset(dSeen, 0, sizeof(Seen)));
  lookAround<<<1, p.maxThreadsPerBlock>>>(dSeen);
  CHECK(cudaGetLastError());
  CHECK(cudaMemcpy(&seen, dSeen, sizeof(Seen), cudaMemcpyDeviceToHost));
  CHECK(cudaFree(dSeen));
  std::printf("    kernel was built for        %d.%d\n", seen.arch / 100, seen.arch % 100 / 10);
  expect(seen.warp == p.warpSize, "warpSize differs in the kernel");
  expect(seen.block == p.maxThreadsPerBlock, "blockDim differs in the kernel");
  expect(seen.arch <= p.major * 100 + p.minor * 10, "code is newer than the device");

  cudaFuncAttributes fa{};
  CHECK(cudaFuncGetAttributes(&fa, lookAround));
  expect(fa.binaryVersion <= p.major * 10 + p.minor, "binary version beyond the device");
  expect(fa.maxThreadsPerBlock <= p.maxThreadsPerBlock, "kernel limit beyond the device's");
}

}  // namespace

int main(int argc, char** argv) {
  int driver = 0, runtime = 0, count = 0;
  CHECK(cudaDriverGetVersion(&driver));
  CHECK(cudaRuntimeGetVersion(&runtime));
  CHECK(cudaGetDeviceCount(&count));
  printVersion("CUDA driver version", driver);
  printVersion("CUDA runtime version", runtime);
  std::printf("%-24s %d\n", "devices", count);
  expect(count > 0, "no device");
  expect(runtime == CUDART_VERSION, "headers and runtime library differ");

  if (argc > 1) {
    const int wanted = std::atoi(argv[1]);
    if (wanted < 0 || wanted >= count) {
      std::fprintf(stderr, "there is no device %d\n", wanted);
      std::puts("FAILED");
      return EXIT_FAILURE;
    }
    queryDevice(wanted);
  } else {
    for (int device = 0; device < count; ++device) queryDevice(device);
  }

  std::printf("\n%d inconsistencies found\n", problems);
  std::puts(problems == 0 ? "PASSED" : "FAILED");
  return problems == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
