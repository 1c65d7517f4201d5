// build: nvcc -std=c++17 -arch=sm_80 -Xcompiler -Wall,-Wextra -o 19_managed_memory 19_managed_memory.cu
//
// Managed memory: one pointer for host and device.  A linked structure and a
// class with its own operator new live in it, a __managed__ variable counts, and
// where the device allows it, arrays are prefetched and advice is given.
//
// usage: 19_managed_memory [--n=..]

#include <cstdio>
#include <new>
#include <vector>

#include "helper_check.h"

// Anything derived from this is allocated in managed memory.
class Managed {
 public:
  void* operator new(size_t size) {
    void* p = nullptr;
    CHECK(cudaMallocManaged(&p, size));
    CHECK(cudaDeviceSynchronize());
    return p;
  }
  void operator delete(void* p) {
    CHECK(cudaDeviceSynchronize());  // no kernel may be using it
    CHECK(cudaFree(p));
  }
};

class Array : public Managed {
 public:
  explicit Array(int n) : n_(n) { CHECK(cudaMallocManaged(&data_, n * sizeof(double))); }
  Array(const Array&) = delete;
  Array& operator=(const Array&) = delete;
  ~Array() { cudaFree(data_); }

  __host__ __device__ int size() const { return n_; }
  __host__ __device__ double& operator[](int i) { return data_[i]; }
  __host__ __device__ const double& operator[](int i) const { return data_[i]; }
  double* data() { return data_; }
  size_t bytes() const { return n_ * sizeof(double); }

 private:
  int n_;
  double* data_ = nullptr;
};

struct Node : public Managed {
  int value;
  Node* next;
  Node(int v, Node* n) : value(v), next(n) {}
};

__managed__ unsigned long long visits = 0;
__managed__ int limits[4] = {10, 20, 30, 40};

// Both arrays are passed as references to objects in managed memory.
__global__ void axpy(double a, const Array& x, Array& y) {
  for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < x.size(); i += gridDim.x * blockDim.x)
    y[i] += a * x[i];
  if (threadIdx.x == 0) atomicAdd(&visits, 1ull);
}

// Walks the list and counts the values below each of the limits.
__global__ void walk(Node* head, int* below) {
  if (threadIdx.x >= 4) return;
  int count = 0;
  for (Node* n = head; n != nullptr; n = n->next) {
    if (n->value < limits[threadIdx.x]) ++count;
    __syncwarp(0xfu);                            // all four have read the value
    if (threadIdx.x == 0) n->value = -n->value;  // for the host to see
  }
  below[threadIdx.x] = count;
}

static cudaMemLocation deviceLocation(int device) {
  cudaMemLocation where{};
  where.type = cudaMemLocationTypeDevice;
  where.id = device;
  return where;
}

static cudaMemLocation hostLocation() {
  cudaMemLocation where{};
  where.type = cudaMemLocationTypeHost;
  where.id = 0;
  return where;
}

int main(int argc, char** argv) {
  const int n = intOption(argc, argv, "n", 100003);
  if (n < 1) {
    std::fprintf(stderr, "n must be positive\n");
    return finish(false);
  }

  int device = 0, managed = 0, concurrent = 0, pageable = 0, nativeAtomics = 0;
  CHECK(cudaGetDevice(&device));
  CHECK(cudaDeviceGetAttribute(&managed, cudaDevAttrManagedMemory, device));
  CHECK(cudaDeviceGetAttribute(&concurrent, cudaDevAttrConcurrentManagedAccess, device));
  CHECK(cudaDeviceGetAttribute(&pageable, cudaDevAttrPageableMemoryAccess, device));
  CHECK(cudaDeviceGetAttribute(&nativeAtomics, cudaDevAttrHostNativeAtomicSupported, device));
  std::printf("managed memory %d, concurrent access %d, pageable access %d, host atomics %d\n",
              managed, concurrent, pageable, nativeAtomics);
  if (!managed) {
    std::printf("device %d has no managed memory\n", device);
    return finish(false);
  }

  bool ok = true;
  cudaStream_t stream;
  CHECK(cudaStreamCreate(&stream));

  // --- arrays
  Array* x = new Array(n);
  Array* y = new Array(n);
  for (int i = 0; i < n; ++i) {
    (*x)[i] = i % 100;
    (*y)[i] = 0.5 * i;
  }

  cudaPointerAttributes attributes{};
  CHECK(cudaPointerGetAttributes(&attributes, x->data()));
  std::printf("pointer: type %d, the same address for host and device: %s\n", int(attributes.type),
              attributes.devicePointer == attributes.hostPointer ? "yes" : "no");
  ok = ok && attributes.type == cudaMemoryTypeManaged;

  if (concurrent) {
    const cudaMemLocation here = deviceLocation(device);
    CHECK(cudaMemAdvise(x->data(), x->bytes(), cudaMemAdviseSetReadMostly, here));
    CHECK(cudaMemAdvise(y->data(), y->bytes(), cudaMemAdviseSetPreferredLocation, here));
    CHECK(cudaMemAdvise(y->data(), y->bytes(), cudaMemAdviseSetAccessedBy, hostLocation()));
    CHECK(cudaMemPrefetchAsync(x->data(), x->bytes(), here, 0, stream));
    CHECK(cudaMemPrefetchAsync(y->data(), y->bytes(), here, 0, stream));

    int readMostly = -1;
    CHECK(cudaMemRangeGetAttribute(&readMostly, sizeof readMostly, cudaMemRangeAttributeReadMostly,
                                   x->data(), x->bytes()));
    std::printf("prefetched to device %d, read-mostly %d\n", device, readMostly);
    ok = ok && readMostly == 1;
  } else {
    std::printf("no concurrent access: neither prefetch nor advice\n");
  }

  const int blocks = 40;
  axpy<<<blocks, 256, 0, stream>>>(2.0, *x, *y);
  CHECK_LAUNCH();
  axpy<<<blocks, 256, 0, stream>>>(-0.25, *x, *y);
  CHECK_LAUNCH();
  if (concurrent) CHECK(cudaMemPrefetchAsync(y->data(), y->bytes(), hostLocation(), 0, stream));
  CHECK(cudaStreamSynchronize(stream));  // from here on the host may touch the data

  int wrong = 0;
  for (int i = 0; i < n; ++i) wrong += (*y)[i] != 0.5 * i + 1.75 * (i % 100);
  std::printf("arrays: %d wrong, %llu blocks were counted\n", wrong, visits);
  ok = ok && wrong == 0 && visits == 2ull * blocks;

  // --- a list made by the host, walked and changed by the device
  Node* head = nullptr;
  const int nodes = 300;
  int expected[4] = {};
  for (int i = 0; i < nodes; ++i) {
    const int value = i * 7 % 50;
    head = new Node(value, head);
  }
  limits[3] = 45;  // seen by the kernel
  for (int k = 0; k < 4; ++k)
    for (int i = 0; i < nodes; ++i) expected[k] += i * 7 % 50 < limits[k];

  int* below = nullptr;
  CHECK(cudaMallocManaged(&below, 4 * sizeof(int), cudaMemAttachGlobal));
  for (int k = 0; k < 4; ++k) below[k] = -1;
  walk<<<1, 4>>>(head, below);
  CHECK_LAUNCH();
  CHECK(cudaDeviceSynchronize());
  for (int k = 0; k < 4; ++k) {
    std::printf("list: %d values below %d (expected %d)\n", below[k], limits[k], expected[k]);
    ok = ok && below[k] == expected[k];
  }

  int freed = 0;
  while (head != nullptr) {
    Node* next = head->next;
    ok = ok && head->value == -((nodes - 1 - freed) * 7 % 50);
    delete head;
    head = next;
    ++freed;
  }
  ok = ok && freed == nodes;

  // --- copies take managed pointers too, whatever their direction
  std::vector<double> plain(n);
  CHECK(cudaMemcpy(plain.data(), y->data(), y->bytes(), cudaMemcpyDefault));
  CHECK(cudaMemset(y->data(), 0, y->bytes()));
  CHECK(cudaDeviceSynchronize());
  ok = ok && plain[n - 1] == 0.5 * (n - 1) + 1.75 * ((n - 1) % 100) && (*y)[n - 1] == 0.0;

  CHECK(cudaFree(below));
  delete x;
  delete y;
  CHECK(cudaStreamDestroy(stream));
  return finish(ok);
}
