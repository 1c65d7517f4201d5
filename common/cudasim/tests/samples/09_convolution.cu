// build: nvcc -std=c++17 -arch=sm_80 -Xcompiler -Wall,-Wextra -o 09_convolution 09_convolution.cu
/*
 * Separable convolution.  The filter's weights lie in constant memory; the row
 * pass and the column pass each load a tile with its apron into shared memory.
 * Pixels outside the image count as zero.
 *
 * usage: 09_convolution [width height]
 */
#include <cuda_runtime.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <vector>

#define CHECK(expr)                                                         \
  do {                                                                      \
    const cudaError_t check_ = (expr);                                      \
    if (check_ != cudaSuccess) {                                            \
      fprintf(stderr, "%s:%d: %s\n    %s: %s\n", __FILE__, __LINE__, #expr, \
              cudaGetErrorName(check_), cudaGetErrorString(check_));        \
      printf("FAILED\n");                                                   \
      exit(EXIT_FAILURE);                                                   \
    }                                                                       \
  } while (0)

#define RADIUS 8
#define LENGTH (2 * RADIUS + 1)

#define ROW_W 64 /* tile of the row pass */
#define ROW_H 4
#define COL_W 16 /* tile of the column pass */
#define COL_H 64
#define COL_THREADS_Y 8

__constant__ float c_weights[LENGTH];
__constant__ float c_scale = 1.0f; /* initialised here, replaced from the host later */

__global__ void convolveRows(float* dst, const float* src, int w, int h) {
  __shared__ float tile[ROW_H][ROW_W + 2 * RADIUS];

  const int y = blockIdx.y * ROW_H + threadIdx.y;
  const int x0 = blockIdx.x * ROW_W;

  for (int i = threadIdx.x; i < ROW_W + 2 * RADIUS; i += ROW_W) {
    const int x = x0 + i - RADIUS;
    tile[threadIdx.y][i] = (y < h && x >= 0 && x < w) ? src[y * w + x] : 0.0f;
  }
  __syncthreads();

  const int x = x0 + threadIdx.x;
  if (x >= w || y >= h) return;

  float sum = 0.0f;
#pragma unroll
  for (int j = -RADIUS; j <= RADIUS; j++)
    sum += c_weights[RADIUS - j] * tile[threadIdx.y][threadIdx.x + RADIUS + j];
  dst[y * w + x] = sum;
}

__global__ void convolveColumns(float* dst, const float* src, int w, int h) {
  /* one column more than needed keeps neighbouring rows in different banks */
  __shared__ float tile[COL_H + 2 * RADIUS][COL_W + 1];

  const int x = blockIdx.x * COL_W + threadIdx.x;
  const int y0 = blockIdx.y * COL_H;

  for (int i = threadIdx.y; i < COL_H + 2 * RADIUS; i += COL_THREADS_Y) {
    const int y = y0 + i - RADIUS;
    tile[i][threadIdx.x] = (x < w && y >= 0 && y < h) ? src[y * w + x] : 0.0f;
  }
  __syncthreads();

  if (x >= w) return;

  for (int i = threadIdx.y; i < COL_H; i += COL_THREADS_Y) {
    if (y0 + i >= h) break;
    float sum = 0.0f;
#pragma unroll
    for (int j = -RADIUS; j <= RADIUS; j++)
      sum += c_weights[RADIUS - j] * tile[i + RADIUS + j][threadIdx.x];
    dst[(y0 + i) * w + x] = sum * c_scale;
  }
}

static void hostRows(std::vector<float>& dst, const std::vector<float>& src, const float* weights,
                     int w, int h) {
  for (int y = 0; y < h; y++)
    for (int x = 0; x < w; x++) {
      double sum = 0.0;
      for (int j = -RADIUS; j <= RADIUS; j++)
        if (x + j >= 0 && x + j < w) sum += (double)weights[RADIUS - j] * src[y * w + x + j];
      dst[y * w + x] = (float)sum;
    }
}

static void hostColumns(std::vector<float>& dst, const std::vector<float>& src,
                        const float* weights, float scale, int w, int h) {
  for (int y = 0; y < h; y++)
    for (int x = 0; x < w; x++) {
      double sum = 0.0;
      for (int j = -RADIUS; j <= RADIUS; j++)
        if (y + j >= 0 && y + j < h) sum += (double)weights[RADIUS - j] * src[(y + j) * w + x];
      dst[y * w + x] = (float)(sum * scale);
    }
}

/* relative L2 distance */
static double distance(const std::vector<float>& a, const std::vector<float>& b) {
  double diff = 0.0, norm = 0.0;
  for (size_t i = 0; i < a.size(); i++) {
    diff += ((double)a[i] - b[i]) * ((double)a[i] - b[i]);
    norm += (double)b[i] * b[i];
  }
  return std::sqrt(diff / norm);
}

int main(int argc, char** argv) {
  int w = 300, h = 210;
  if (argc == 3) {
    w = atoi(argv[1]);
    h = atoi(argv[2]);
  }
  if (w < 1 || h < 1 || w > 16384 || h > 16384) {
    fprintf(stderr, "width and height must lie between 1 and 16384\n");
    printf("FAILED\n");
    return EXIT_FAILURE;
  }

  /* weights without symmetry, so that a mirrored filter is noticed */
  float weights[LENGTH];
  for (int i = 0; i < LENGTH; i++) weights[i] = 0.1f + (float)((i * 7) % LENGTH) / LENGTH;

  const size_t count = (size_t)w * h, bytes = count * sizeof(float);
  std::vector<float> image(count), result(count), buffer(count), gold(count);
  srand(200);
  for (float& pixel : image) pixel = (float)(rand() % 16);

  float *dImage, *dBuffer, *dResult;
  CHECK(cudaMalloc((void**)&dImage, bytes));
  CHECK(cudaMalloc((void**)&dBuffer, bytes));
  CHECK(cudaMalloc((void**)&dResult, bytes));
  CHECK(cudaMemcpy(dImage, image.data(), bytes, cudaMemcpyHostToDevice));
  CHECK(cudaMemcpyToSymbol(c_weights, weights, sizeof weights));

  const dim3 rowBlock(ROW_W, ROW_H);
  const dim3 rowGrid((w + ROW_W - 1) / ROW_W, (h + ROW_H - 1) / ROW_H);
  const dim3 colBlock(COL_W, COL_THREADS_Y);
  const dim3 colGrid((w + COL_W - 1) / COL_W, (h + COL_H - 1) / COL_H);

  printf("Image of %d x %d, filter of %d x %d\n", w, h, LENGTH, LENGTH);

  bool ok = true;
  for (int pass = 0; pass < 2; pass++) {
    float scale = 1.0f;
    if (pass == 1) {
      /* other weights and another scale: one weight is changed in place */
      scale = 0.25f;
      weights[3] = -2.5f;
      CHECK(cudaMemcpyToSymbol(c_weights, &weights[3], sizeof(float), 3 * sizeof(float)));
      void* address = NULL;
      CHECK(cudaGetSymbolAddress(&address, c_scale));
      CHECK(cudaMemcpy(address, &scale, sizeof scale, cudaMemcpyHostToDevice));
    }

    convolveRows<<<rowGrid, rowBlock>>>(dBuffer, dImage, w, h);
    CHECK(cudaGetLastError());
    convolveColumns<<<colGrid, colBlock>>>(dResult, dBuffer, w, h);
    CHECK(cudaGetLastError());
    CHECK(cudaMemcpy(result.data(), dResult, bytes, cudaMemcpyDeviceToHost));

    hostRows(buffer, image, weights, w, h);
    hostColumns(gold, buffer, weights, scale, w, h);

    const double d = distance(result, gold);
    printf("pass %d: scale %.2f, relative distance to the host's result %.3e\n", pass, scale, d);
    ok = ok && d < 1e-6;
  }

  /* what is in constant memory can be read back too */
  float back[LENGTH];
  size_t size = 0;
  CHECK(cudaGetSymbolSize(&size, c_weights));
  CHECK(cudaMemcpyFromSymbol(back, c_weights, sizeof back));
  ok = ok && size == sizeof back;
  for (int i = 0; i < LENGTH; i++) ok = ok && back[i] == weights[i];
  printf("weights read back: %zu bytes\n", size);

  CHECK(cudaFree(dImage));
  CHECK(cudaFree(dBuffer));
  CHECK(cudaFree(dResult));
  printf("%s\n", ok ? "PASSED" : "FAILED");
  return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
