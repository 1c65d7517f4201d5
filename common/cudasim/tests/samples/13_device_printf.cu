// build: nvcc -std=c++17 -arch=sm_80 -Xcompiler -Wall,-Wextra -o 13_device_printf 13_device_printf.cu
//
// printf() from device code: integers, floating point, characters and strings with
// flags, width and precision.  The output is caught by pointing descriptor 1 at a
// temporary file for the time of the kernel, and compared with what the host's
// snprintf() makes of the same formats.  Lines of one thread keep their order;
// lines of different threads need not, so those are sorted before comparing.
//
// usage: 13_device_printf [--blocks=..] [--threads=..]

#include <unistd.h>

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <string>
#include <vector>

#include "helper_check.h"

// ---------------------------------------------------------------- the kernels

__global__ void printTypes(int* returned) {
  int r = 0;
  int lowest = 1 << 30;

  r = printf("plain text, no arguments, a percent sign: %%\n");
  lowest = min(lowest, r);
  r = printf("int: %d %i [%6d] [%-6d] [%06d] [%+d]\n", 42, -42, 123, 123, 123, 7);
  lowest = min(lowest, r);
  r = printf("unsigned: %u %x %X %o [%#x] [%08x]\n", 4000000000u, 0xbeefu, 0xbeefu, 0755u, 255u,
             0xabcu);
  lowest = min(lowest, r);
  r = printf("long long: %lld %llu %llx\n", -9000000000000000000ll, 18000000000000000000ull,
             0x123456789abcdefull);
  lowest = min(lowest, r);
  r = printf("long: %ld %lu\n", -1234567890123l, 1234567890123ul);
  lowest = min(lowest, r);
  r = printf("float: %f [%8.3f] [%-9.2f] [%+.1f] %.0f\n", 3.25f, 2.5f, -2.5f, 0.5f, 1e6f);
  lowest = min(lowest, r);
  r = printf("double: %e %.3E %g %G %.10f\n", 12345.678, 0.00012345, 1e-7, 1e20, 3.14159265358979);
  lowest = min(lowest, r);
  r = printf("char and string: %c%c [%s] [%10s] [%-10s] [%.3s]\n", 'o', 'k', "device", "right",
             "left", "truncated");
  lowest = min(lowest, r);
  const short s = -7;
  const unsigned char b = 200;
  r = printf("promoted: %d %d %d\n", s, b, true);
  lowest = min(lowest, r);

  *returned = lowest;
}

__global__ void printFromAll(float factor) {
  const int id = blockIdx.x * blockDim.x + threadIdx.x;
  printf("block %2d thread %2d: %7.3f\n", static_cast<int>(blockIdx.x),
         static_cast<int>(threadIdx.x), id * factor);
}

__device__ void descend(int depth) {
  printf("depth %d%s\n", depth, depth == 0 ? ", bottom" : "");
  if (depth > 0) descend(depth - 1);
}

__global__ void printFromFunctions(int depth) {
  if (threadIdx.x == 0) descend(depth);
}

// -------------------------------------------------------------- catching them

class Capture {
 public:
  Capture() : file_(std::tmpfile()) {
    std::fflush(stdout);
    if (file_) {
      saved_ = dup(1);
      dup2(fileno(file_), 1);
    }
  }
  // Ends the capture; false when there was no temporary file to be had.
  bool end(std::vector<std::string>& lines) {
    if (!file_) return false;
    std::fflush(stdout);
    dup2(saved_, 1);
    close(saved_);
    std::string text;
    std::rewind(file_);
    for (int c; (c = std::fgetc(file_)) != EOF;) {
      if (c == '\n') {
        lines.push_back(text);
        text.clear();
      } else {
        text += char(c);
      }
    }
    if (!text.empty()) lines.push_back(text);
    std::fclose(file_);
    file_ = nullptr;
    return true;
  }

 private:
  FILE* file_;
  int saved_ = -1;
};

__attribute__((format(printf, 1, 2))) static std::string format(const char* fmt, ...) {
  char buffer[256];
  va_list args;
  va_start(args, fmt);
  std::vsnprintf(buffer, sizeof buffer, fmt, args);
  va_end(args);
  return buffer;
}

static bool compare(const std::vector<std::string>& got, const std::vector<std::string>& want) {
  for (const std::string& line : got) std::printf("    | %s\n", line.c_str());
  if (got == want) return true;
  std::printf("expected %zu lines, got %zu\n", want.size(), got.size());
  for (size_t i = 0; i < std::min(got.size(), want.size()); ++i)
    if (got[i] != want[i])
      std::printf("line %zu differs, expected\n    | %s\n", i, want[i].c_str());
  return false;
}

int main(int argc, char** argv) {
  const int blocks = intOption(argc, argv, "blocks", 3);
  const int threads = intOption(argc, argv, "threads", 5);
  if (blocks < 1 || threads < 1 || blocks > 100 || threads > 100) {
    std::fprintf(stderr, "1 to 100 blocks and threads, please\n");
    return finish(false);
  }

  // The buffer must hold all output until the next synchronisation.
  size_t fifo = 0;
  CHECK(cudaDeviceSetLimit(cudaLimitPrintfFifoSize, 4u << 20));
  CHECK(cudaDeviceGetLimit(&fifo, cudaLimitPrintfFifoSize));
  std::printf("buffer for printf: %zu bytes\n", fifo);
  bool ok = fifo >= (4u << 20);

  int *dReturned = nullptr, returned = -99;
  CHECK(cudaMalloc(&dReturned, sizeof(int)));

  std::printf("one thread, various types:\n");
  std::vector<std::string> lines, expected;
  Capture first;
  printTypes<<<1, 1>>>(dReturned);
  cudaError_t status = cudaDeviceSynchronize();
  bool caught = first.end(lines);
  CHECK(status);
  CHECK(cudaMemcpy(&returned, dReturned, sizeof returned, cudaMemcpyDeviceToHost));
  expected = {
      "plain text, no arguments, a percent sign: %",
      format("int: %d %i [%6d] [%-6d] [%06d] [%+d]", 42, -42, 123, 123, 123, 7),
      format("unsigned: %u %x %X %o [%#x] [%08x]", 4000000000u, 0xbeefu, 0xbeefu, 0755u, 255u,
             0xabcu),
      format("long long: %lld %llu %llx", -9000000000000000000ll, 18000000000000000000ull,
             0x123456789abcdefull),
      format("long: %ld %lu", -1234567890123l, 1234567890123ul),
      format("float: %f [%8.3f] [%-9.2f] [%+.1f] %.0f", 3.25f, 2.5f, -2.5f, 0.5f, 1e6f),
      format("double: %e %.3E %g %G %.10f", 12345.678, 0.00012345, 1e-7, 1e20, 3.14159265358979),
      "char and string: ok [device] [     right] [left      ] [tru]",
      "promoted: -7 200 1",
  };
  ok = (!caught || compare(lines, expected)) && returned >= 0 && ok;
  std::printf("lowest value returned by printf: %d\n", returned);

  std::printf("all threads (sorted):\n");
  lines.clear();
  expected.clear();
  Capture second;
  printFromAll<<<blocks, threads>>>(0.375f);
  status = cudaDeviceSynchronize();
  caught = second.end(lines);
  CHECK(status);
  for (int b = 0; b < blocks; ++b)
    for (int t = 0; t < threads; ++t)
      expected.push_back(format("block %2d thread %2d: %7.3f", b, t, (b * threads + t) * 0.375f));
  std::sort(lines.begin(), lines.end());
  std::sort(expected.begin(), expected.end());
  ok = (!caught || compare(lines, expected)) && ok;

  std::printf("from a recursive function:\n");
  lines.clear();
  expected.clear();
  Capture third;
  printFromFunctions<<<1, 32>>>(4);
  status = cudaDeviceSynchronize();
  caught = third.end(lines);
  CHECK(status);
  for (int d = 4; d >= 0; --d)
    expected.push_back(format("depth %d%s", d, d == 0 ? ", bottom" : ""));
  ok = (!caught || compare(lines, expected)) && ok;

  CHECK(cudaFree(dReturned));
  return finish(ok);
}
