// Graphs: captured from streams and made node by node, launched again and again, changed, refused.
#include <gtest/gtest.h>

#include <vector>

#include "common/cudasim/tests/device_array.h"

namespace {

__global__ void add(int* x, int value, int n) {
  const int i = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  if (i < n) x[i] += value;
}
__global__ void multiply(int* x, int factor, int n) {
  const int i = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  if (i < n) x[i] *= factor;
}
__global__ void sum_of(int* out, const int* a, const int* b, int n) {
  const int i = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  if (i < n) out[i] = a[i] + b[i];
}
void count_up(void* user) { ++*static_cast<int*>(user); }

class Stream {
 public:
  explicit Stream(unsigned flags = cudaStreamDefault) {
    EXPECT_EQ(cudaStreamCreateWithFlags(&stream_, flags), cudaSuccess);
  }
  ~Stream() { cudaStreamDestroy(stream_); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  operator cudaStream_t() const { return stream_; }

 private:
  cudaStream_t stream_ = nullptr;
};
class Event {
 public:
  Event() { EXPECT_EQ(cudaEventCreateWithFlags(&event_, cudaEventDisableTiming), cudaSuccess); }
  ~Event() { cudaEventDestroy(event_); }
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  operator cudaEvent_t() const { return event_; }

 private:
  cudaEvent_t event_ = nullptr;
};

std::size_t node_count(cudaGraph_t graph) {
  std::size_t n = 0;
  EXPECT_EQ(cudaGraphGetNodes(graph, nullptr, &n), cudaSuccess);
  return n;
}

const int n = 100;

TEST(Capture, IsDoneAtEachLaunch) {
  const Stream stream;
  DeviceArray<int> x(n, 1);
  int *pinned = nullptr, calls = 0;
  ASSERT_EQ(cudaMallocHost(&pinned, n * sizeof(int)), cudaSuccess);
  for (int i = 0; i < n; ++i) pinned[i] = i;
  ASSERT_EQ(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal), cudaSuccess);
  cudaStreamCaptureStatus status;
  ASSERT_EQ(cudaStreamIsCapturing(stream, &status), cudaSuccess);
  EXPECT_EQ(status, cudaStreamCaptureStatusActive);
  ASSERT_EQ(cudaMemcpyAsync(x.data(), pinned, n * sizeof(int), cudaMemcpyHostToDevice, stream),
            cudaSuccess);
  add<<<4, 32, 0, stream>>>(x.data(), 5, n);
  multiply<<<4, 32, 0, stream>>>(x.data(), 3, n);
  ASSERT_EQ(cudaMemsetAsync(x.data() + 50, 0, 50 * sizeof(int), stream), cudaSuccess);
  ASSERT_EQ(cudaLaunchHostFunc(stream, count_up, &calls), cudaSuccess);
  cudaGraph_t graph = nullptr;
  ASSERT_EQ(cudaStreamEndCapture(stream, &graph), cudaSuccess);
  ASSERT_EQ(cudaStreamIsCapturing(stream, &status), cudaSuccess);
  EXPECT_EQ(status, cudaStreamCaptureStatusNone);
  EXPECT_EQ(x.host(), std::vector<int>(n, 1));  // nothing was done yet
  EXPECT_EQ(calls, 0);

  std::size_t count = 5;
  std::vector<cudaGraphNode_t> nodes(count);
  ASSERT_EQ(cudaGraphGetNodes(graph, nodes.data(), &count), cudaSuccess);
  ASSERT_EQ(count, 5u);
  const cudaGraphNodeType types[] = {cudaGraphNodeTypeMemcpy, cudaGraphNodeTypeKernel,
                                     cudaGraphNodeTypeKernel, cudaGraphNodeTypeMemset,
                                     cudaGraphNodeTypeHost};
  for (std::size_t i = 0; i < count; ++i) {
    cudaGraphNodeType type;
    ASSERT_EQ(cudaGraphNodeGetType(nodes[i], &type), cudaSuccess);
    EXPECT_EQ(type, types[i]) << i;
  }
  cudaGraphExec_t exec = nullptr;
  ASSERT_EQ(cudaGraphInstantiate(&exec, graph, 0), cudaSuccess);
  ASSERT_EQ(cudaGraphDestroy(graph), cudaSuccess);  // the instance lives on
  for (int launch = 1; launch <= 3; ++launch) {
    for (int i = 0; i < n; ++i) pinned[i] = i + launch;  // read at each launch
    ASSERT_EQ(cudaGraphLaunch(exec, stream), cudaSuccess);
    ASSERT_EQ(cudaStreamSynchronize(stream), cudaSuccess);
    EXPECT_EQ(calls, launch);
    const std::vector<int> got = x.host();
    for (int i = 0; i < n; ++i) {
      ASSERT_EQ(got[static_cast<std::size_t>(i)], i < 50 ? (i + launch + 5) * 3 : 0) << i;
    }
  }
  EXPECT_EQ(cudaGraphExecDestroy(exec), cudaSuccess);
  cudaFreeHost(pinned);
}

// Two streams fork from the first by an event and join it again: out = (x + 1) + (y * 2), 100 times in a row.
TEST(Capture, FollowsEventsIntoOtherStreams) {
  const Stream a(cudaStreamNonBlocking), b(cudaStreamNonBlocking), c(cudaStreamNonBlocking);
  const Event fork, from_b, from_c;
  DeviceArray<int> x(n, 0), y(n, 1), out(n, 0);
  ASSERT_EQ(cudaStreamBeginCapture(a, cudaStreamCaptureModeThreadLocal), cudaSuccess);
  ASSERT_EQ(cudaEventRecord(fork, a), cudaSuccess);
  ASSERT_EQ(cudaStreamWaitEvent(b, fork, 0), cudaSuccess);
  ASSERT_EQ(cudaStreamWaitEvent(c, fork, 0), cudaSuccess);
  add<<<1, 128, 0, b>>>(x.data(), 1, n);
  multiply<<<1, 128, 0, c>>>(y.data(), 2, n);
  ASSERT_EQ(cudaEventRecord(from_b, b), cudaSuccess);
  ASSERT_EQ(cudaEventRecord(from_c, c), cudaSuccess);
  ASSERT_EQ(cudaStreamWaitEvent(a, from_b, 0), cudaSuccess);
  ASSERT_EQ(cudaStreamWaitEvent(a, from_c, 0), cudaSuccess);
  sum_of<<<1, 128, 0, a>>>(out.data(), x.data(), y.data(), n);
  EXPECT_EQ(cudaEventQuery(from_b), cudaErrorCapturedEvent);
  cudaGetLastError();
  cudaGraph_t graph = nullptr;
  ASSERT_EQ(cudaStreamEndCapture(a, &graph), cudaSuccess);
  EXPECT_EQ(node_count(graph), 3u);
  std::size_t roots = 0;
  ASSERT_EQ(cudaGraphGetRootNodes(graph, nullptr, &roots), cudaSuccess);
  EXPECT_EQ(roots, 2u);
  cudaGraphExec_t exec = nullptr;
  ASSERT_EQ(cudaGraphInstantiate(&exec, graph, 0), cudaSuccess);
  for (int i = 0; i < 20; ++i) ASSERT_EQ(cudaGraphLaunch(exec, i % 2 == 0 ? a : b), cudaSuccess);
  ASSERT_EQ(cudaDeviceSynchronize(), cudaSuccess);
  EXPECT_EQ(x.host(), std::vector<int>(n, 20));
  EXPECT_EQ(y.host(), std::vector<int>(n, 1 << 20));
  EXPECT_EQ(out.host(), std::vector<int>(n, 20 + (1 << 20)));
  cudaGraphExecDestroy(exec);
  cudaGraphDestroy(graph);
}

TEST(Capture, MisuseIsRefused) {
  cudaGraph_t graph = nullptr;
  const Event event;
  {  // the default stream cannot be captured, and no stream twice
    const Stream s;
    EXPECT_EQ(cudaStreamBeginCapture(nullptr, cudaStreamCaptureModeGlobal),
              cudaErrorStreamCaptureUnsupported);
    EXPECT_EQ(cudaStreamEndCapture(s, &graph), cudaErrorIllegalState);
    ASSERT_EQ(cudaStreamBeginCapture(s, cudaStreamCaptureModeRelaxed), cudaSuccess);
    EXPECT_EQ(cudaStreamBeginCapture(s, cudaStreamCaptureModeRelaxed), cudaErrorIllegalState);
    ASSERT_EQ(cudaStreamEndCapture(s, &graph), cudaSuccess);
    EXPECT_EQ(node_count(graph), 0u);
    cudaGraphDestroy(graph);
  }
  {  // waiting for what is not being done
    const Stream s;
    ASSERT_EQ(cudaStreamBeginCapture(s, cudaStreamCaptureModeRelaxed), cudaSuccess);
    EXPECT_EQ(cudaStreamSynchronize(s), cudaErrorStreamCaptureUnsupported);
    cudaStreamCaptureStatus status;
    ASSERT_EQ(cudaStreamIsCapturing(s, &status), cudaSuccess);
    EXPECT_EQ(status, cudaStreamCaptureStatusInvalidated);
    EXPECT_EQ(cudaStreamEndCapture(s, &graph), cudaErrorStreamCaptureInvalidated);
    EXPECT_EQ(graph, nullptr);
  }
  {  // the legacy stream waits for blocking ones
    const Stream s;
    int* x = nullptr;
    ASSERT_EQ(cudaMalloc(&x, 4), cudaSuccess);
    ASSERT_EQ(cudaStreamBeginCapture(s, cudaStreamCaptureModeRelaxed), cudaSuccess);
    add<<<1, 1>>>(x, 1, 0);
    EXPECT_EQ(cudaGetLastError(), cudaErrorStreamCaptureImplicit);
    EXPECT_EQ(cudaStreamEndCapture(s, &graph), cudaErrorStreamCaptureInvalidated);
    ASSERT_EQ(cudaFree(x), cudaSuccess);
  }
  {  // but not for the others
    const Stream s(cudaStreamNonBlocking);
    DeviceArray<int> x(1, 0);
    ASSERT_EQ(cudaStreamBeginCapture(s, cudaStreamCaptureModeRelaxed), cudaSuccess);
    cudaGetLastError();  // of what was refused above
    add<<<1, 1>>>(x.data(), 1, 1);
    EXPECT_EQ(cudaGetLastError(), cudaSuccess);
    EXPECT_EQ(cudaStreamEndCapture(s, &graph), cudaSuccess);
    cudaGraphDestroy(graph);
    EXPECT_EQ(x.host()[0], 1);
  }
  {  // cudaMalloc, but in the relaxed mode
    const Stream s(cudaStreamNonBlocking);
    int* x = nullptr;
    ASSERT_EQ(cudaStreamBeginCapture(s, cudaStreamCaptureModeGlobal), cudaSuccess);
    cudaStreamCaptureMode mode = cudaStreamCaptureModeRelaxed;
    ASSERT_EQ(cudaThreadExchangeStreamCaptureMode(&mode), cudaSuccess);
    EXPECT_EQ(mode, cudaStreamCaptureModeGlobal);
    EXPECT_EQ(cudaMalloc(&x, 4), cudaSuccess);
    ASSERT_EQ(cudaThreadExchangeStreamCaptureMode(&mode), cudaSuccess);
    EXPECT_EQ(cudaFree(x), cudaErrorStreamCaptureUnsupported);
    EXPECT_EQ(cudaStreamEndCapture(s, &graph), cudaErrorStreamCaptureInvalidated);
    cudaFree(x);
  }
  {  // work of another stream that is never joined, or ended in the wrong one
    const Stream s, other;
    ASSERT_EQ(cudaStreamBeginCapture(s, cudaStreamCaptureModeRelaxed), cudaSuccess);
    ASSERT_EQ(cudaEventRecord(event, s), cudaSuccess);
    ASSERT_EQ(cudaStreamWaitEvent(other, event, 0), cudaSuccess);
    add<<<1, 1, 0, other>>>(nullptr, 1, 0);
    EXPECT_EQ(cudaStreamEndCapture(s, &graph), cudaErrorStreamCaptureUnjoined);
    ASSERT_EQ(cudaStreamBeginCapture(s, cudaStreamCaptureModeRelaxed), cudaSuccess);
    ASSERT_EQ(cudaEventRecord(event, s), cudaSuccess);
    ASSERT_EQ(cudaStreamWaitEvent(other, event, 0), cudaSuccess);
    EXPECT_EQ(cudaStreamEndCapture(other, &graph), cudaErrorStreamCaptureUnmatched);
    EXPECT_EQ(cudaStreamEndCapture(s, &graph), cudaErrorStreamCaptureInvalidated);
  }
  {  // work outside the capture
    const Stream s, other;
    ASSERT_EQ(cudaEventRecord(event, other), cudaSuccess);
    ASSERT_EQ(cudaStreamBeginCapture(s, cudaStreamCaptureModeRelaxed), cudaSuccess);
    EXPECT_EQ(cudaStreamWaitEvent(s, event, 0), cudaErrorStreamCaptureIsolation);
    EXPECT_EQ(cudaStreamEndCapture(s, &graph), cudaErrorStreamCaptureInvalidated);
  }
  cudaGetLastError();
  EXPECT_EQ(cudaDeviceSynchronize(), cudaSuccess);
}

cudaKernelNodeParams kernel_parameters(void* kernel, void** args) {
  cudaKernelNodeParams p{};
  p.func = kernel;
  p.gridDim = 4;
  p.blockDim = 32;
  p.kernelParams = args;
  return p;
}

// x = 7 by a fill, then x + 2 and y = 3 side by side, then out = x + y, copied to the host.
TEST(Nodes, DependOnEachOther) {
  DeviceArray<int> x(n, -1), y(n, -1), out(n, -1);
  int *px = x.data(), *py = y.data(), *po = out.data(), two = 2, three = 3, one = 1, count = n;
  int *pinned = nullptr, calls = 0;
  ASSERT_EQ(cudaMallocHost(&pinned, n * sizeof(int)), cudaSuccess);
  cudaGraph_t graph = nullptr;
  ASSERT_EQ(cudaGraphCreate(&graph, 0), cudaSuccess);
  cudaMemsetParams fill{};
  fill.dst = px;
  fill.value = 7;
  fill.elementSize = 4;
  fill.width = n;
  fill.height = 1;
  cudaGraphNode_t fill_x = nullptr, fill_y = nullptr, add_x = nullptr, times_y = nullptr,
                  both = nullptr, copy = nullptr, tell = nullptr, empty = nullptr;
  ASSERT_EQ(cudaGraphAddMemsetNode(&fill_x, graph, nullptr, 0, &fill), cudaSuccess);
  fill.dst = py;
  fill.value = 1;
  ASSERT_EQ(cudaGraphAddMemsetNode(&fill_y, graph, nullptr, 0, &fill), cudaSuccess);
  void *add_args[] = {&px, &two, &count}, *times_args[] = {&py, &three, &count},
       *sum_args[] = {&po, &px, &py, &count};
  cudaKernelNodeParams p = kernel_parameters(reinterpret_cast<void*>(add), add_args);
  ASSERT_EQ(cudaGraphAddKernelNode(&add_x, graph, &fill_x, 1, &p), cudaSuccess);
  p = kernel_parameters(reinterpret_cast<void*>(multiply), times_args);
  ASSERT_EQ(cudaGraphAddKernelNode(&times_y, graph, &fill_y, 1, &p), cudaSuccess);
  const cudaGraphNode_t joined[] = {add_x, times_y};
  ASSERT_EQ(cudaGraphAddEmptyNode(&empty, graph, joined, 2), cudaSuccess);
  p = kernel_parameters(reinterpret_cast<void*>(sum_of), sum_args);
  ASSERT_EQ(cudaGraphAddKernelNode(&both, graph, &empty, 1, &p), cudaSuccess);
  ASSERT_EQ(cudaGraphAddMemcpyNode1D(&copy, graph, &both, 1, pinned, po, n * sizeof(int),
                                     cudaMemcpyDeviceToHost),
            cudaSuccess);
  cudaHostNodeParams host{count_up, &calls};
  ASSERT_EQ(cudaGraphAddHostNode(&tell, graph, &copy, 1, &host), cudaSuccess);
  EXPECT_EQ(node_count(graph), 8u);
  std::size_t edges = 0;
  ASSERT_EQ(cudaGraphGetEdges(graph, nullptr, nullptr, nullptr, &edges), cudaSuccess);
  EXPECT_EQ(edges, 7u);

  cudaGraphExec_t exec = nullptr;
  ASSERT_EQ(cudaGraphInstantiate(&exec, graph), cudaSuccess);
  const Stream stream;
  ASSERT_EQ(cudaGraphLaunch(exec, stream), cudaSuccess);
  ASSERT_EQ(cudaStreamSynchronize(stream), cudaSuccess);
  EXPECT_EQ(std::vector<int>(pinned, pinned + n), std::vector<int>(n, 7 + 2 + 3));
  EXPECT_EQ(calls, 1);

  // Another argument in the instance; the graph keeps its own.
  int forty = 40;
  void* changed[] = {&px, &forty, &count};
  p = kernel_parameters(reinterpret_cast<void*>(add), changed);
  ASSERT_EQ(cudaGraphExecKernelNodeSetParams(exec, add_x, &p), cudaSuccess);
  ASSERT_EQ(cudaGraphLaunch(exec, stream), cudaSuccess);
  ASSERT_EQ(cudaStreamSynchronize(stream), cudaSuccess);
  EXPECT_EQ(pinned[n - 1], 7 + 40 + 3);
  cudaKernelNodeParams got{};
  ASSERT_EQ(cudaGraphKernelNodeGetParams(add_x, &got), cudaSuccess);
  EXPECT_EQ(got.gridDim.x, 4u);
  EXPECT_EQ(*static_cast<int*>(got.kernelParams[1]), 2);

  // The instance made equal to the graph, whose sum now adds y to itself.
  void* doubled[] = {&po, &py, &py, &count};
  p = kernel_parameters(reinterpret_cast<void*>(sum_of), doubled);
  ASSERT_EQ(cudaGraphKernelNodeSetParams(both, &p), cudaSuccess);
  cudaGraphExecUpdateResultInfo info{};
  ASSERT_EQ(cudaGraphExecUpdate(exec, graph, &info), cudaSuccess);
  EXPECT_EQ(info.result, cudaGraphExecUpdateSuccess);
  ASSERT_EQ(cudaGraphNodeSetEnabled(exec, tell, 0), cudaSuccess);
  ASSERT_EQ(cudaGraphLaunch(exec, stream), cudaSuccess);
  ASSERT_EQ(cudaStreamSynchronize(stream), cudaSuccess);
  EXPECT_EQ(pinned[0], 3 + 3);
  EXPECT_EQ(calls, 2);  // left out this time

  // A graph of another shape is no update.
  cudaGraph_t other = nullptr;
  ASSERT_EQ(cudaGraphClone(&other, graph), cudaSuccess);
  cudaGraphNode_t more = nullptr;
  ASSERT_EQ(cudaGraphAddEmptyNode(&more, other, nullptr, 0), cudaSuccess);
  EXPECT_EQ(cudaGraphExecUpdate(exec, other, &info), cudaErrorGraphExecUpdateFailure);
  EXPECT_EQ(info.result, cudaGraphExecUpdateErrorTopologyChanged);
  cudaGetLastError();

  EXPECT_EQ(one, 1);
  EXPECT_EQ(cudaGraphExecDestroy(exec), cudaSuccess);
  EXPECT_EQ(cudaGraphDestroy(other), cudaSuccess);
  EXPECT_EQ(cudaGraphDestroy(graph), cudaSuccess);
  cudaFreeHost(pinned);
}

TEST(Nodes, ChildrenCirclesAndRefusals) {
  DeviceArray<int> x(n, 1);
  int *px = x.data(), ten = 10, one = 1, count = n;
  void *times[] = {&px, &ten, &count}, *plus[] = {&px, &one, &count};
  cudaGraph_t child = nullptr, graph = nullptr;
  ASSERT_EQ(cudaGraphCreate(&child, 0), cudaSuccess);
  ASSERT_EQ(cudaGraphCreate(&graph, 0), cudaSuccess);
  cudaGraphNode_t inner = nullptr, before = nullptr, nested = nullptr, after = nullptr;
  cudaKernelNodeParams p = kernel_parameters(reinterpret_cast<void*>(multiply), times);
  ASSERT_EQ(cudaGraphAddKernelNode(&inner, child, nullptr, 0, &p), cudaSuccess);
  p = kernel_parameters(reinterpret_cast<void*>(add), plus);
  ASSERT_EQ(cudaGraphAddKernelNode(&before, graph, nullptr, 0, &p), cudaSuccess);
  ASSERT_EQ(cudaGraphAddChildGraphNode(&nested, graph, &before, 1, child), cudaSuccess);
  ASSERT_EQ(cudaGraphAddKernelNode(&after, graph, &nested, 1, &p), cudaSuccess);
  cudaGraphExec_t exec = nullptr;
  ASSERT_EQ(cudaGraphInstantiate(&exec, graph, 0), cudaSuccess);
  ASSERT_EQ(cudaGraphLaunch(exec, nullptr), cudaSuccess);
  EXPECT_EQ(x.host(), std::vector<int>(n, (1 + 1) * 10 + 1));
  ASSERT_EQ(cudaGraphExecDestroy(exec), cudaSuccess);

  p.blockDim = 5000;
  cudaGraphNode_t bad = nullptr;
  EXPECT_NE(cudaGraphAddKernelNode(&bad, graph, nullptr, 0, &p), cudaSuccess);
  EXPECT_EQ(cudaGraphAddEmptyNode(&bad, graph, &inner, 1), cudaErrorInvalidValue);  // not its node
#ifdef CUDASIM
  // Two nodes that wait for each other; the signature changed with CUDA 13.
  ASSERT_EQ(cudaGraphAddDependencies(graph, &after, &before, nullptr, 1), cudaSuccess);
  EXPECT_EQ(cudaGraphInstantiate(&exec, graph, 0), cudaErrorInvalidValue);
  ASSERT_EQ(cudaGraphRemoveDependencies(graph, &after, &before, nullptr, 1), cudaSuccess);
  EXPECT_EQ(cudaGraphDestroy(reinterpret_cast<cudaGraph_t>(&x)), cudaErrorInvalidValue);
#endif
  cudaGetLastError();
  ASSERT_EQ(cudaGraphDestroyNode(after), cudaSuccess);
  EXPECT_EQ(node_count(graph), 2u);
  EXPECT_EQ(cudaGraphDestroy(graph), cudaSuccess);
  EXPECT_EQ(cudaGraphDestroy(child), cudaSuccess);
  EXPECT_EQ(cudaDeviceSynchronize(), cudaSuccess);
}

}  // namespace
