// build: nvcc -std=c++17 -arch=sm_80 -Xcompiler -Wall,-Wextra -o 18_pitched_filter 18_pitched_filter.cu
/*
 * Images in pitched memory: every row starts at an aligned address, so that a row
 * takes "pitch" bytes of which only width * sizeof(pixel) carry data.
 *
 * A median filter of 3 x 3 and a gradient magnitude run over an 8-bit and a float
 * image; then a region of interest is copied, filled and copied back.
 *
 * usage: 18_pitched_filter [width height]
 */
#include <cuda_runtime.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(call)                                                                        \
  do {                                                                                     \
    cudaError_t e = (call);                                                                \
    if (e != cudaSuccess) {                                                                \
      fprintf(stderr, "%s:%d %s: %s\n", __FILE__, __LINE__, #call, cudaGetErrorString(e)); \
      printf("FAILED\n");                                                                  \
      exit(EXIT_FAILURE);                                                                  \
    }                                                                                      \
  } while (0)

typedef unsigned char uchar;

/* The pitch counts bytes, whatever the type of the pixels. */
template <typename T>
__host__ __device__ inline T* rowOf(T* base, size_t pitch, int y) {
  return (T*)((char*)base + (size_t)y * pitch);
}

template <typename T>
__host__ __device__ inline const T* rowOf(const T* base, size_t pitch, int y) {
  return (const T*)((const char*)base + (size_t)y * pitch);
}

__host__ __device__ inline int clampTo(int v, int high) { return v < 0 ? 0 : v > high ? high : v; }

template <typename T>
__host__ __device__ inline void order(T& a, T& b) {
  if (b < a) {
    T t = a;
    a = b;
    b = t;
  }
}

/* Median of nine by a network of 19 exchanges. */
template <typename T>
__host__ __device__ T median9(T p[9]) {
  order(p[1], p[2]);
  order(p[4], p[5]);
  order(p[7], p[8]);
  order(p[0], p[1]);
  order(p[3], p[4]);
  order(p[6], p[7]);
  order(p[1], p[2]);
  order(p[4], p[5]);
  order(p[7], p[8]);
  order(p[0], p[3]);
  order(p[5], p[8]);
  order(p[4], p[7]);
  order(p[3], p[6]);
  order(p[1], p[4]);
  order(p[2], p[5]);
  order(p[4], p[7]);
  order(p[4], p[2]);
  order(p[6], p[4]);
  order(p[4], p[2]);
  return p[4];
}

template <typename T>
__global__ void medianFilter(T* dst, size_t dstPitch, const T* src, size_t srcPitch, int w, int h) {
  int x = blockIdx.x * blockDim.x + threadIdx.x;
  int y = blockIdx.y * blockDim.y + threadIdx.y;
  if (x >= w || y >= h) return;

  T p[9];
  for (int dy = -1; dy <= 1; dy++) {
    const T* row = rowOf(src, srcPitch, clampTo(y + dy, h - 1));
    for (int dx = -1; dx <= 1; dx++) p[3 * (dy + 1) + dx + 1] = row[clampTo(x + dx, w - 1)];
  }
  rowOf(dst, dstPitch, y)[x] = median9(p);
}

__global__ void gradient(float* dst, size_t dstPitch, const uchar* src, size_t srcPitch, int w,
                         int h) {
  int x = blockIdx.x * blockDim.x + threadIdx.x;
  int y = blockIdx.y * blockDim.y + threadIdx.y;
  if (x >= w || y >= h) return;

  const uchar* row = rowOf(src, srcPitch, y);
  float gx = 0.5f * (row[clampTo(x + 1, w - 1)] - row[clampTo(x - 1, w - 1)]);
  float gy = 0.5f * (rowOf(src, srcPitch, clampTo(y + 1, h - 1))[x] -
                     rowOf(src, srcPitch, clampTo(y - 1, h - 1))[x]);
  rowOf(dst, dstPitch, y)[x] = sqrtf(gx * gx + gy * gy);
}

/* The median once more, by sorting: another way than the device's. */
template <typename T>
static int compareByValue(const void* a, const void* b) {
  T x = *(const T*)a, y = *(const T*)b;
  return (x > y) - (x < y);
}

template <typename T>
static void medianHost(T* dst, const T* src, int w, int h) {
  for (int y = 0; y < h; y++)
    for (int x = 0; x < w; x++) {
      T p[9];
      int k = 0;
      for (int dy = -1; dy <= 1; dy++)
        for (int dx = -1; dx <= 1; dx++)
          p[k++] = src[(size_t)clampTo(y + dy, h - 1) * w + clampTo(x + dx, w - 1)];
      qsort(p, 9, sizeof(T), compareByValue<T>);
      dst[(size_t)y * w + x] = p[4];
    }
}

template <typename T>
static int testMedian(const char* type, const T* image, int w, int h) {
  const size_t rowBytes = w * sizeof(T);
  T *dSrc, *dDst, *out, *gold;
  size_t srcPitch, dstPitch;
  int wrong = 0;

  CHECK(cudaMallocPitch((void**)&dSrc, &srcPitch, rowBytes, h));
  CHECK(cudaMallocPitch((void**)&dDst, &dstPitch, rowBytes, h));
  out = (T*)malloc(rowBytes * h);
  gold = (T*)malloc(rowBytes * h);

  CHECK(cudaMemcpy2D(dSrc, srcPitch, image, rowBytes, rowBytes, h, cudaMemcpyHostToDevice));
  CHECK(cudaMemset2D(dDst, dstPitch, 0xee, rowBytes, h));
  dim3 block(32, 6), grid((w + 31) / 32, (h + 5) / 6);
  medianFilter<T><<<grid, block>>>(dDst, dstPitch, dSrc, srcPitch, w, h);
  CHECK(cudaGetLastError());
  CHECK(cudaMemcpy2D(out, rowBytes, dDst, dstPitch, rowBytes, h, cudaMemcpyDeviceToHost));

  medianHost(gold, image, w, h);
  for (size_t i = 0; i < (size_t)w * h; i++) wrong += out[i] != gold[i];
  printf("median of %-6s row %zu bytes, pitch %zu: %d pixels wrong\n", type, rowBytes, srcPitch,
         wrong);

  CHECK(cudaFree(dSrc));
  CHECK(cudaFree(dDst));
  free(out);
  free(gold);
  return wrong == 0 && srcPitch >= rowBytes && dstPitch >= rowBytes;
}

int main(int argc, char** argv) {
  int w = 321, h = 187, ok = 1;
  if (argc == 3) {
    w = atoi(argv[1]);
    h = atoi(argv[2]);
  }
  if (w < 40 || h < 40 || w > 10000 || h > 10000) {
    fprintf(stderr, "width and height must lie between 40 and 10000\n");
    printf("FAILED\n");
    return EXIT_FAILURE;
  }
  const size_t count = (size_t)w * h;
  uchar* bytes = (uchar*)malloc(count);
  float* floats = (float*)malloc(count * sizeof(float));
  srand(3);
  for (int y = 0; y < h; y++)
    for (int x = 0; x < w; x++) {
      size_t i = (size_t)y * w + x;
      bytes[i] = (uchar)((x * 2 + y) & 0xff);
      if (rand() % 10 == 0) /* salt and pepper */
        bytes[i] = rand() % 2 ? 255 : 0;
      floats[i] = bytes[i] * 0.01f - 1.0f;
    }

  ok &= testMedian<uchar>("uchar", bytes, w, h);
  ok &= testMedian<float>("float", floats, w, h);

  /* gradient: the two images have different pitches */
  uchar* dBytes;
  float* dGrad;
  size_t bytePitch, gradPitch;
  CHECK(cudaMallocPitch((void**)&dBytes, &bytePitch, w, h));
  CHECK(cudaMallocPitch((void**)&dGrad, &gradPitch, w * sizeof(float), h));
  CHECK(cudaMemcpy2D(dBytes, bytePitch, bytes, w, w, h, cudaMemcpyHostToDevice));
  gradient<<<dim3((w + 15) / 16, (h + 15) / 16), dim3(16, 16)>>>(dGrad, gradPitch, dBytes,
                                                                 bytePitch, w, h);
  CHECK(cudaGetLastError());
  CHECK(cudaMemcpy2D(floats, w * sizeof(float), dGrad, gradPitch, w * sizeof(float), h,
                     cudaMemcpyDeviceToHost));
  double worst = 0.0;
  for (int y = 0; y < h; y++)
    for (int x = 0; x < w; x++) {
      double gx = 0.5 * (bytes[(size_t)y * w + clampTo(x + 1, w - 1)] -
                         bytes[(size_t)y * w + clampTo(x - 1, w - 1)]);
      double gy = 0.5 * (bytes[(size_t)clampTo(y + 1, h - 1) * w + x] -
                         bytes[(size_t)clampTo(y - 1, h - 1) * w + x]);
      double d = fabs(sqrt(gx * gx + gy * gy) - floats[(size_t)y * w + x]);
      if (!(d <= worst)) /* a NaN is as bad as can be */
        worst = d > worst ? d : HUGE_VAL;
    }
  printf("gradient: pitches %zu and %zu, largest error %.2e\n", bytePitch, gradPitch, worst);
  ok &= worst < 1e-4;

  /* region of interest: device to device, then filled, then read back whole */
  const int rx = 7, ry = 5, rw = 20, rh = 11, tx = 13, ty = 24;
  CHECK(cudaMemcpy2D(rowOf(dBytes, bytePitch, ty) + tx, bytePitch,
                     rowOf(dBytes, bytePitch, ry) + rx, bytePitch, rw, rh,
                     cudaMemcpyDeviceToDevice));
  CHECK(cudaMemset2D(rowOf(dBytes, bytePitch, ry) + rx, bytePitch, 42, rw, rh));
  uchar* back = (uchar*)malloc(count);
  CHECK(cudaMemcpy2DAsync(back, w, dBytes, bytePitch, w, h, cudaMemcpyDeviceToHost, 0));
  CHECK(cudaStreamSynchronize(0));
  for (int y = 0; y < rh; y++) {
    memcpy(bytes + (size_t)(ty + y) * w + tx, bytes + (size_t)(ry + y) * w + rx, rw);
    memset(bytes + (size_t)(ry + y) * w + rx, 42, rw);
  }
  int same = memcmp(bytes, back, count) == 0;
  printf("region of %d x %d moved: %s\n", rw, rh, same ? "ok" : "WRONG");
  ok &= same;

  CHECK(cudaFree(dBytes));
  CHECK(cudaFree(dGrad));
  free(bytes);
  free(floats);
  free(back);
  printf("%s\n", ok ? "PASSED" : "FAILED");
  return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
