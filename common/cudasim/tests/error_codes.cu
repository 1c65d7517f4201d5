// Provokes each error of the runtime that a program can meet, and prints what it gives; plain CUDA, for
// the simulator and for nvcc. error_codes.tsv beside this file holds the answers.
//
//   error_codes            the situations' names, a line each
//   error_codes NAME       NAME, what the call gave, what cudaGetLastError gave then, and whether the
//                          error is sticky: whether an allocation after that still fails; with tabs between
//
// One situation a process, since a sticky error leaves no context for the next.
#undef NDEBUG  // a device's assert is one of them
#include <cooperative_groups.h>
#include <cuda_runtime.h>

#include <cassert>
#include <cstdio>
#include <cstring>

namespace {

__device__ int device_symbol[4];
int host_variable = 0;

__global__ void nothing() {}
__global__ void write_to(int* p) { *p = 1; }
__global__ void write_after_barrier(int* p) {
  __syncthreads();
  if (threadIdx.x == 33) *p = 1;
}
__global__ void read_vector(const char* p, float4* out) {
  *out = *reinterpret_cast<const float4*>(p + 4);
}
__global__ void misaligned_int(char* p) { *reinterpret_cast<int*>(p + 1) = 1; }
__global__ void assert_that(bool condition) { assert(condition); }
__global__ void trap() { __trap(); }
__global__ void use_dynamic_shared(int* out) {
  extern __shared__ int s_values[];
  s_values[threadIdx.x] = 1;
  if (out != nullptr) *out = s_values[0];
}
__global__ void sync_grid() { cooperative_groups::this_grid().sync(); }
__global__ void wait_for(volatile int* flag) {
  while (*flag == 0) {
  }
}

// Every call below that may fail beside the one in question is asked for here, so that the table never
// holds an answer to something else.
void need(cudaError_t code, const char* what) {
  if (code == cudaSuccess) return;
  std::fprintf(stderr, "%s: %s\n", what, cudaGetErrorString(code));
  std::_Exit(3);
}

int* device_ints(int count) {
  int* p = nullptr;
  need(cudaMalloc(&p, static_cast<std::size_t>(count) * sizeof(int)), "cudaMalloc");
  return p;
}

// What a launch gave at once, and else what it gave at the next synchronisation.
cudaError_t after_launch() {
  const cudaError_t at_once = cudaPeekAtLastError();
  return at_once != cudaSuccess ? at_once : cudaDeviceSynchronize();
}

cudaError_t launch_nothing(dim3 grid, dim3 block, std::size_t shared = 0) {
  nothing<<<grid, block, shared>>>();
  return after_launch();
}

template <class T>
T hidden(T value) {  // from outside the compiler's sight
  volatile T v = value;
  return v;
}

cudaStream_t destroyed_stream() {
  cudaStream_t stream = nullptr;
  need(cudaStreamCreate(&stream), "cudaStreamCreate");
  need(cudaStreamDestroy(stream), "cudaStreamDestroy");
  return stream;
}

cudaEvent_t new_event(unsigned flags = cudaEventDefault) {
  cudaEvent_t event = nullptr;
  need(cudaEventCreateWithFlags(&event, flags), "cudaEventCreateWithFlags");
  return event;
}

cudaEvent_t destroyed_event() {
  cudaEvent_t event = new_event();
  need(cudaEventDestroy(event), "cudaEventDestroy");
  return event;
}

// A kernel at work until it is let go, and what `ask` gives meanwhile.
template <class Ask>
cudaError_t while_busy(Ask ask) {
  int* flag = nullptr;
  int* d_flag = nullptr;
  need(cudaHostAlloc(&flag, sizeof(int), cudaHostAllocMapped), "cudaHostAlloc");
  need(cudaHostGetDevicePointer(&d_flag, flag, 0), "cudaHostGetDevicePointer");
  *static_cast<volatile int*>(flag) = 0;
  wait_for<<<1, 1>>>(d_flag);
  const cudaError_t code = ask();
  *static_cast<volatile int*>(flag) = 1;
  need(cudaDeviceSynchronize(), "cudaDeviceSynchronize");
  return code;
}

struct Situation {
  const char* name;
  cudaError_t (*provoke)();
};

const Situation kLaunches[] = {
    {"launch of no blocks", [] { return launch_nothing(0, 1); }},
    {"launch of no blocks in y", [] { return launch_nothing(dim3(1, 0), 1); }},
    {"launch of no threads", [] { return launch_nothing(1, 0); }},
    {"launch of 1025 threads a block", [] { return launch_nothing(1, 1025); }},
    {"launch of 33 x 32 threads a block", [] { return launch_nothing(1, dim3(33, 32)); }},
    {"launch of 65 threads a block in z", [] { return launch_nothing(1, dim3(1, 1, 65)); }},
    {"launch of 65536 blocks in y", [] { return launch_nothing(dim3(1, 65536), 1); }},
    {"launch of 65536 blocks in z", [] { return launch_nothing(dim3(1, 1, 65536), 1); }},
    {"launch of 2^31 blocks", [] { return launch_nothing(2147483648u, 1); }},
    {"launch with 49152 bytes of dynamic shared memory",
     [] { return launch_nothing(1, 1, 49152); }},
    {"launch with 49153 bytes of dynamic shared memory, without opting in",
     [] { return launch_nothing(1, 1, 49153); }},
    {"launch with 1 GiB of dynamic shared memory", [] { return launch_nothing(1, 1, 1u << 30); }},
    {"opting in to 65536 bytes of dynamic shared memory, and a launch with them",
     [] {
       need(cudaFuncSetAttribute(use_dynamic_shared, cudaFuncAttributeMaxDynamicSharedMemorySize,
                                 65536),
            "cudaFuncSetAttribute");
       use_dynamic_shared<<<1, 1, 65536>>>(nullptr);
       return after_launch();
     }},
    {"opting in to 100 MiB of dynamic shared memory",
     [] {
       return cudaFuncSetAttribute(use_dynamic_shared, cudaFuncAttributeMaxDynamicSharedMemorySize,
                                   100 << 20);
     }},
    {"opting in to -2 bytes of dynamic shared memory",
     [] {
       return cudaFuncSetAttribute(use_dynamic_shared, cudaFuncAttributeMaxDynamicSharedMemorySize,
                                   hidden(-2));
     }},
    {"launch of a function that is no kernel",
     [] {
       return cudaLaunchKernel(reinterpret_cast<const void*>(&host_variable), dim3(1), dim3(1),
                               nullptr, 0, nullptr);
     }},
    {"attributes of a function that is no kernel",
     [] {
       cudaFuncAttributes attributes;
       return cudaFuncGetAttributes(&attributes, reinterpret_cast<const void*>(&host_variable));
     }},
    {"cooperative launch of a million blocks",
     [] {
       return cudaLaunchCooperativeKernel(reinterpret_cast<const void*>(&sync_grid), dim3(1000000),
                                          dim3(32), nullptr, 0, nullptr);
     }},
    {"cooperative launch of no blocks",
     [] {
       return cudaLaunchCooperativeKernel(reinterpret_cast<const void*>(&sync_grid), dim3(0),
                                          dim3(32), nullptr, 0, nullptr);
     }},
    {"launch into a destroyed stream",
     [] {
       nothing<<<1, 1, 0, destroyed_stream()>>>();
       return after_launch();
     }},
};

const Situation kMemory[] = {
    {"cudaMalloc of 2^60 bytes",
     [] {
       void* p = nullptr;
       return cudaMalloc(&p, std::size_t{1} << 60);
     }},
    {"cudaMalloc of 0 bytes",
     [] {
       void* p = nullptr;
       return cudaMalloc(&p, 0);
     }},
    {"cudaMalloc with nowhere to put the pointer",
     [] { return cudaMalloc(static_cast<void**>(nullptr), 4); }},
    {"cudaFree of a null pointer", [] { return cudaFree(nullptr); }},
    {"cudaFree of host memory",
     [] {
       int local = 0;
       return cudaFree(&local);
     }},
    {"cudaFree twice",
     [] {
       int* p = device_ints(4);
       need(cudaFree(p), "cudaFree");
       return cudaFree(p);
     }},
    {"cudaFree of an address inside an array", [] { return cudaFree(device_ints(64) + 1); }},
    {"cudaFreeHost of memory that was not pinned",
     [] {
       int local = 0;
       return cudaFreeHost(&local);
     }},
    {"cudaMemcpy to a null pointer",
     [] { return cudaMemcpy(nullptr, &host_variable, 4, cudaMemcpyHostToDevice); }},
    {"cudaMemcpy of no bytes",
     [] { return cudaMemcpy(device_ints(1), &host_variable, 0, cudaMemcpyHostToDevice); }},
    {"cudaMemcpy to host memory as if it were the device's",
     [] {
       int from = 0, to = 0;
       return cudaMemcpy(&to, &from, 4, cudaMemcpyHostToDevice);
     }},
    {"cudaMemcpy in a direction that there is not",
     [] {
       return cudaMemcpy(device_ints(1), &host_variable, 4, static_cast<cudaMemcpyKind>(hidden(6)));
     }},
    {"cudaMemcpy past the end of an array",
     [] {
       static char host[8 << 20];
       return cudaMemcpy(host, device_ints(4), sizeof host, cudaMemcpyDeviceToHost);
     }},
    {"cudaMemset of host memory",
     [] {
       int local = 0;
       return cudaMemset(&local, 0, 4);
     }},
    {"cudaMemset past the end of an array", [] { return cudaMemset(device_ints(4), 0, 8 << 20); }},
    {"cudaMemcpy2D with rows wider than the pitch",
     [] {
       char host[16] = {};
       return cudaMemcpy2D(device_ints(4), 2, host, 4, 4, 2, cudaMemcpyHostToDevice);
     }},
    {"cudaMemcpyToSymbol of what is no symbol",
     [] {
       const int value = 1;
       return cudaMemcpyToSymbol(host_variable, &value, 4);
     }},
    {"cudaMemcpyToSymbol past the symbol's end",
     [] {
       const int values[5] = {};
       return cudaMemcpyToSymbol(device_symbol, values, sizeof values);
     }},
    {"cudaGetSymbolAddress of what is no symbol",
     [] {
       void* p = nullptr;
       return cudaGetSymbolAddress(&p, host_variable);
     }},
    {"cudaHostRegister twice",
     [] {
       alignas(4096) static char page[4096];
       need(cudaHostRegister(page, sizeof page, cudaHostRegisterDefault), "cudaHostRegister");
       return cudaHostRegister(page, sizeof page, cudaHostRegisterDefault);
     }},
    {"cudaHostUnregister of what was not registered",
     [] { return cudaHostUnregister(&host_variable); }},
};

const Situation kHandles[] = {
    {"cudaSetDevice of a device that there is not", [] { return cudaSetDevice(4096); }},
    {"cudaSetDevice of -1", [] { return cudaSetDevice(-1); }},
    {"cudaGetDeviceProperties of a device that there is not",
     [] {
       cudaDeviceProp properties;
       return cudaGetDeviceProperties(&properties, 4096);
     }},
    {"cudaDeviceGetAttribute of an attribute that there is not",
     [] {
       int value = 0;
       return cudaDeviceGetAttribute(&value, static_cast<cudaDeviceAttr>(hidden(100000)), 0);
     }},
    {"cudaStreamCreate with nowhere to put the stream", [] { return cudaStreamCreate(nullptr); }},
    {"cudaStreamCreateWithFlags with flags that there are not",
     [] {
       cudaStream_t stream = nullptr;
       return cudaStreamCreateWithFlags(&stream, 77);
     }},
    {"cudaEventCreateWithFlags with flags that there are not",
     [] {
       cudaEvent_t event = nullptr;
       return cudaEventCreateWithFlags(&event, 0x7700);
     }},
    {"cudaEventRecord of no event", [] { return cudaEventRecord(nullptr); }},
    {"cudaEventSynchronize of no event", [] { return cudaEventSynchronize(nullptr); }},
    {"cudaStreamWaitEvent of no event", [] { return cudaStreamWaitEvent(nullptr, nullptr, 0); }},
    {"cudaEventQuery of an event never recorded", [] { return cudaEventQuery(new_event()); }},
    {"cudaEventElapsedTime of events never recorded",
     [] {
       float ms = 0;
       return cudaEventElapsedTime(&ms, new_event(), new_event());
     }},
    {"cudaEventElapsedTime of events without timing",
     [] {
       float ms = 0;
       cudaEvent_t a = new_event(cudaEventDisableTiming), b = new_event(cudaEventDisableTiming);
       need(cudaEventRecord(a), "cudaEventRecord");
       need(cudaEventRecord(b), "cudaEventRecord");
       need(cudaDeviceSynchronize(), "cudaDeviceSynchronize");
       return cudaEventElapsedTime(&ms, a, b);
     }},
    {"cudaStreamQuery while a kernel runs",
     [] { return while_busy([] { return cudaStreamQuery(nullptr); }); }},
    {"cudaEventQuery while a kernel runs",
     [] {
       return while_busy([] {
         cudaEvent_t event = new_event();
         need(cudaEventRecord(event), "cudaEventRecord");
         return cudaEventQuery(event);
       });
     }},
    {"cudaEventElapsedTime while a kernel runs",
     [] {
       return while_busy([] {
         float ms = 0;
         cudaEvent_t a = new_event(), b = new_event();
         need(cudaEventRecord(a), "cudaEventRecord");
         need(cudaEventRecord(b), "cudaEventRecord");
         return cudaEventElapsedTime(&ms, a, b);
       });
     }},
    {"cudaStreamSynchronize of a destroyed stream",
     [] { return cudaStreamSynchronize(destroyed_stream()); }},
    {"cudaStreamDestroy twice", [] { return cudaStreamDestroy(destroyed_stream()); }},
    {"cudaEventRecord of a destroyed event", [] { return cudaEventRecord(destroyed_event()); }},
    {"cudaEventDestroy twice", [] { return cudaEventDestroy(destroyed_event()); }},
};

const Situation kFaults[] = {
    {"kernel that writes through a null pointer",
     [] {
       write_to<<<1, 1>>>(nullptr);
       return after_launch();
     }},
    {"kernel that writes to an address nobody has",
     [] {
       write_to<<<1, 1>>>(reinterpret_cast<int*>(0x123450));
       return after_launch();
     }},
    {"kernel that writes 1 GiB past the end of an array",
     [] {
       write_to<<<1, 1>>>(device_ints(4) + (1 << 28));
       return after_launch();
     }},
    {"kernel of which one thread faults after a barrier",
     [] {
       write_after_barrier<<<2, 64>>>(nullptr);
       return after_launch();
     }},
    {"kernel that reads a float4 at an address not a multiple of 16",
     [] {
       read_vector<<<1, 1>>>(reinterpret_cast<const char*>(device_ints(16)),
                             reinterpret_cast<float4*>(device_ints(16)));
       return after_launch();
     }},
    {"kernel that writes an int at an odd address",
     [] {
       misaligned_int<<<1, 1>>>(reinterpret_cast<char*>(device_ints(16)));
       return after_launch();
     }},
    {"kernel whose assert fails",
     [] {
       assert_that<<<1, 1>>>(false);
       return after_launch();
     }},
    {"kernel that calls __trap",
     [] {
       trap<<<1, 1>>>();
       return after_launch();
     }},
    {"launch after a fault",
     [] {
       write_to<<<1, 1>>>(nullptr);
       cudaDeviceSynchronize();
       nothing<<<1, 1>>>();
       return after_launch();
     }},
};

template <class Use>
bool each_situation(Use use) {
  for (const Situation& s : kLaunches)
    if (use(s)) return true;
  for (const Situation& s : kMemory)
    if (use(s)) return true;
  for (const Situation& s : kHandles)
    if (use(s)) return true;
  for (const Situation& s : kFaults)
    if (use(s)) return true;
  return false;
}

bool report(const Situation& situation) {
  need(cudaFree(nullptr), "the device");  // so that its context is there
  const cudaError_t code = situation.provoke();
  const cudaError_t last = cudaGetLastError();
  void* p = nullptr;
  const bool sticky = cudaMalloc(&p, 4) != cudaSuccess;
  std::printf("%s\t%s\t%s\t%s\n", situation.name, cudaGetErrorName(code), cudaGetErrorName(last),
              sticky ? "yes" : "no");
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 1) {
    each_situation([](const Situation& s) { return std::puts(s.name) < 0; });
    return 0;
  }
  const bool found = each_situation(
      [name = argv[1]](const Situation& s) { return std::strcmp(s.name, name) == 0 && report(s); });
  if (!found)
    std::fprintf(stderr, "there is no situation '%s'; without it all are listed\n", argv[1]);
  return found ? 0 : 2;
}
