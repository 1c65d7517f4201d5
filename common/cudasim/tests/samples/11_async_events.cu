// build: nvcc -std=c++17 -arch=sm_80 -Xcompiler -Wall,-Wextra -o 11_async_events 11_async_events.cu
/*
 * The asynchronous API: copies and kernels are queued, the host goes on at once
 * and polls an event to learn when the device is through.
 *
 * usage: 11_async_events [log2 of the number of elements, 10..24]
 */
#include <cuda_runtime.h>
#include <stdio.h>
#include <stdlib.h>

static void die(const char* what, cudaError_t e, int line) {
  fprintf(stderr, "line %d: %s: %s\n", line, what, cudaGetErrorString(e));
  printf("FAILED\n");
  exit(EXIT_FAILURE);
}

#define CHECK(c)                                  \
  do {                                            \
    cudaError_t e_ = (c);                         \
    if (e_ != cudaSuccess) die(#c, e_, __LINE__); \
  } while (0)

__global__ void increment(int* data, int n, int by) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n) data[i] += by;
}

static int allEqual(const int* data, int n, int value) {
  for (int i = 0; i < n; i++)
    if (data[i] != value + i % 7) {
      printf("element %d is %d, expected %d\n", i, data[i], value + i % 7);
      return 0;
    }
  return 1;
}

int main(int argc, char** argv) {
  int log2n = argc > 1 ? atoi(argv[1]) : 17;
  if (log2n < 10 || log2n > 24) {
    fprintf(stderr, "usage: %s [10..24]\n", argv[0]);
    printf("FAILED\n");
    return EXIT_FAILURE;
  }
  const int n = 1 << log2n;
  const size_t bytes = (size_t)n * sizeof(int);
  const int rounds = 6, value = 26;
  int ok = 1;

  int *host = NULL, *dev = NULL;
  CHECK(cudaMallocHost((void**)&host, bytes));
  CHECK(cudaMalloc((void**)&dev, bytes));
  for (int i = 0; i < n; i++) host[i] = i % 7;

  cudaEvent_t start, stop, never;
  CHECK(cudaEventCreate(&start));
  CHECK(cudaEventCreateWithFlags(&stop, cudaEventBlockingSync));
  CHECK(cudaEventCreateWithFlags(&never, cudaEventDisableTiming));

  /* An event that was never recorded counts as complete. */
  cudaError_t state = cudaEventQuery(never);
  printf("event never recorded: %s\n", cudaGetErrorName(state));
  ok = ok && state == cudaSuccess;

  dim3 block(512), grid((n + 511) / 512);

  CHECK(cudaDeviceSynchronize());
  CHECK(cudaEventRecord(start, 0));
  CHECK(cudaMemcpyAsync(dev, host, bytes, cudaMemcpyHostToDevice, 0));
  for (int r = 0; r < rounds; r++) increment<<<grid, block, 0, 0>>>(dev, n, value);
  CHECK(cudaGetLastError());
  CHECK(cudaMemcpyAsync(host, dev, bytes, cudaMemcpyDeviceToHost, 0));
  CHECK(cudaEventRecord(stop, 0));

  /* The host is free to do something else meanwhile. */
  unsigned long polls = 0;
  while ((state = cudaEventQuery(stop)) == cudaErrorNotReady) polls++;
  if (state != cudaSuccess) die("cudaEventQuery(stop)", state, __LINE__);
  (void)cudaGetLastError(); /* "not ready" is no error to be reported later */

  float ms = -1.0f;
  CHECK(cudaEventElapsedTime(&ms, start, stop));
  printf("%d elements, %d rounds: %.3f ms on the device, polled %lu times\n", n, rounds, ms, polls);
  ok = ok && ms >= 0.0f && allEqual(host, n, rounds * value);

  /* A complete event implies that the one before it is complete too. */
  ok = ok && cudaEventQuery(start) == cudaSuccess;

  /* The same event may be recorded again: the query refers to the last record. */
  CHECK(cudaMemcpyAsync(dev, host, bytes, cudaMemcpyHostToDevice, 0));
  increment<<<grid, block>>>(dev, n, -rounds * value);
  CHECK(cudaGetLastError());
  CHECK(cudaMemcpyAsync(host, dev, bytes, cudaMemcpyDeviceToHost, 0));
  CHECK(cudaEventRecord(stop, 0));
  CHECK(cudaEventSynchronize(stop));
  ok = ok && cudaEventQuery(stop) == cudaSuccess && allEqual(host, n, 0);
  printf("recorded again: array is back to its first state\n");

  /* Elapsed time needs two events with timing: the code is invalid handle. */
  CHECK(cudaEventRecord(never, 0));
  CHECK(cudaEventSynchronize(never));
  state = cudaEventElapsedTime(&ms, start, never);
  printf("elapsed time with an event without timing: %s\n", cudaGetErrorName(state));
  ok = ok && state == cudaErrorInvalidResourceHandle;
  ok = ok && cudaGetLastError() == state;          /* the error was remembered */
  ok = ok && cudaPeekAtLastError() == cudaSuccess; /* and is forgotten now */

  /* Stream queries work the same way. */
  cudaStream_t stream;
  CHECK(cudaStreamCreate(&stream));
  CHECK(cudaMemsetAsync(dev, 0, bytes, stream));
  increment<<<grid, block, 0, stream>>>(dev, n, 3);
  CHECK(cudaGetLastError());
  while ((state = cudaStreamQuery(stream)) == cudaErrorNotReady)
    ;
  if (state != cudaSuccess) die("cudaStreamQuery", state, __LINE__);
  (void)cudaGetLastError();
  CHECK(cudaMemcpy(host, dev, bytes, cudaMemcpyDeviceToHost));
  for (int i = 0; i < n && ok; i++)
    if (host[i] != 3) {
      printf("after the stream: element %d is %d\n", i, host[i]);
      ok = 0;
    }

  CHECK(cudaStreamDestroy(stream));
  CHECK(cudaEventDestroy(start));
  CHECK(cudaEventDestroy(stop));
  CHECK(cudaEventDestroy(never));
  CHECK(cudaFree(dev));
  CHECK(cudaFreeHost(host));
  printf("%s\n", ok ? "PASSED" : "FAILED");
  return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
