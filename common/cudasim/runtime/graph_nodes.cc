// Nodes made one by one, and what they do changed, in a graph or in an instance of one.
#include <algorithm>
#include <cstdint>

#include "graph.h"

namespace cudasim {
namespace {

cudaError_t check_dependencies(const CUgraph_st* graph, const cudaGraphNode_t* dependencies,
                               std::size_t count) {
  if (!is_graph(graph) || (dependencies == nullptr && count != 0)) return cudaErrorInvalidValue;
  for (std::size_t i = 0; i < count; ++i) {
    if (!is_node(dependencies[i]) || dependencies[i]->graph != graph) return cudaErrorInvalidValue;
    for (std::size_t k = 0; k < i; ++k) {
      if (dependencies[k] == dependencies[i]) return cudaErrorInvalidValue;
    }
  }
  return cudaSuccess;
}

// What `enqueue(stream)` would put into a stream, as a node of its own: the API's entries check their
// arguments, and an explicit node is what they would have been captured as.
template <class F>
cudaError_t record(F enqueue, std::unique_ptr<CUgraphNode_st>* node) {
  auto stream = std::make_shared<Stream>();
  stream->flags = cudaStreamNonBlocking;
  auto capture = std::make_shared<Capture>();
  capture->graph = std::make_unique<CUgraph_st>();
  stream->capture = capture;
  const cudaStream_t handle = Device::get().adopt_stream(stream);
  const cudaError_t error = enqueue(handle);
  Device::get().destroy_stream(handle);
  if (error != cudaSuccess) return error;
  if (capture->graph->nodes.size() == 1) {
    *node = std::move(capture->graph->nodes[0]);
  } else {  // a copy or fill of no bytes
    *node = std::make_unique<CUgraphNode_st>();
  }
  return cudaSuccess;
}

template <class F>
cudaError_t add(cudaGraphNode_t* out, cudaGraph_t graph, const cudaGraphNode_t* dependencies,
                std::size_t count, cudaGraphNodeType type, F enqueue) {
  {
    const cudaError_t error = graph_call([&] {
      return out == nullptr ? cudaErrorInvalidValue
                            : check_dependencies(graph, dependencies, count);
    });
    if (error != cudaSuccess) return error;
  }
  std::unique_ptr<CUgraphNode_st> node;
  if (const cudaError_t error = record(enqueue, &node)) return error;
  return graph_call([&] {
    node->type = type;
    node->graph = graph;
    node->dependencies.assign(dependencies, dependencies + count);
    *out = node.get();
    graph->nodes.push_back(std::move(node));
    return cudaSuccess;
  });
}

// Gives the node, of a graph or an instantiated one, what `enqueue` would do in place of what it did.
template <class F>
cudaError_t set(CUgraphNode_st* node, cudaGraphNodeType type, F enqueue) {
  if (node == nullptr || node->type != type) {
    return api_call([] { return cudaErrorInvalidValue; });
  }
  std::unique_ptr<CUgraphNode_st> changed;
  if (const cudaError_t error = record(enqueue, &changed)) return error;
  const std::lock_guard<std::mutex> lock(graph_mutex());
  node->kernel = changed->kernel;
  node->work = changed->work;
  return cudaSuccess;
}
CUgraphNode_st* known(cudaGraphNode_t node) {
  const std::lock_guard<std::mutex> lock(graph_mutex());
  return is_node(node) ? node : nullptr;
}
CUgraphNode_st* known(cudaGraphExec_t exec, cudaGraphNode_t node) {
  const std::lock_guard<std::mutex> lock(graph_mutex());
  if (!is_exec(exec)) return nullptr;
  const auto found = exec->index.find(node);
  return found == exec->index.end() ? nullptr : exec->graph->nodes[found->second].get();
}

auto kernel_call(const cudaKernelNodeParams* p) {
  return [p](cudaStream_t stream) -> cudaError_t {
    if (p == nullptr || p->func == nullptr || p->kernelParams == nullptr) {
      const bool extra = p != nullptr && p->extra != nullptr;
      return api_call([=] { return extra ? cudaErrorNotSupported : cudaErrorInvalidValue; });
    }
    return cudaLaunchKernel(static_cast<const void*>(p->func), p->gridDim, p->blockDim,
                            p->kernelParams, p->sharedMemBytes, stream);
  };
}
auto copy_call(const cudaMemcpy3DParms* p) {
  return [p](cudaStream_t stream) { return cudaMemcpy3DAsync(p, stream); };
}
auto copy_call(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind) {
  return [=](cudaStream_t stream) { return cudaMemcpyAsync(to, from, bytes, kind, stream); };
}
auto host_call(const cudaHostNodeParams* p) {
  return [p](cudaStream_t stream) {
    return p == nullptr ? api_call([] { return cudaErrorInvalidValue; })
                        : cudaLaunchHostFunc(stream, p->fn, p->userData);
  };
}

template <class T>
void fill_rows(const cudaMemsetParams& p) {
  for (std::size_t y = 0; y < p.height; ++y) {
    T* row = reinterpret_cast<T*>(static_cast<char*>(p.dst) + y * p.pitch);
    std::fill(row, row + p.width, static_cast<T>(p.value));
  }
}
auto fill_call(const cudaMemsetParams* parameters) {
  return [parameters](cudaStream_t stream) -> cudaError_t {
    if (parameters == nullptr ||
        (parameters->elementSize != 1 && parameters->elementSize != 2 &&
         parameters->elementSize != 4) ||
        reinterpret_cast<std::uintptr_t>(parameters->dst) % parameters->elementSize != 0) {
      return api_call([] { return cudaErrorInvalidValue; });
    }
    const cudaMemsetParams p = *parameters;
    const std::size_t bytes = p.width * p.elementSize;
    if (p.elementSize == 1) {
      return cudaMemset2DAsync(p.dst, p.pitch, static_cast<int>(p.value), bytes, p.height, stream);
    }
    // A fill by bytes first, for its checks; then what is to be done in its place.
    if (const cudaError_t error = cudaMemset2DAsync(p.dst, p.pitch, 0, bytes, p.height, stream)) {
      return error;
    }
    const StreamPtr s = Device::get().find_stream(stream);
    const std::lock_guard<std::mutex> lock(graph_mutex());
    if (!s->tail.empty()) {
      s->tail[0]->work = [p] {
        p.elementSize == 2 ? fill_rows<std::uint16_t>(p) : fill_rows<std::uint32_t>(p);
      };
    }
    return cudaSuccess;
  };
}
}  // namespace
}  // namespace cudasim

using namespace cudasim;

extern "C" {

cudaError_t cudaGraphAddKernelNode(cudaGraphNode_t* node, cudaGraph_t graph,
                                   const cudaGraphNode_t* dependencies, size_t count,
                                   const cudaKernelNodeParams* p) {
  return add(node, graph, dependencies, count, cudaGraphNodeTypeKernel, kernel_call(p));
}
cudaError_t cudaGraphAddMemcpyNode(cudaGraphNode_t* node, cudaGraph_t graph,
                                   const cudaGraphNode_t* dependencies, size_t count,
                                   const cudaMemcpy3DParms* p) {
  return add(node, graph, dependencies, count, cudaGraphNodeTypeMemcpy, copy_call(p));
}
cudaError_t cudaGraphAddMemcpyNode1D(cudaGraphNode_t* node, cudaGraph_t graph,
                                     const cudaGraphNode_t* dependencies, size_t count, void* to,
                                     const void* from, size_t bytes, cudaMemcpyKind kind) {
  return add(node, graph, dependencies, count, cudaGraphNodeTypeMemcpy,
             copy_call(to, from, bytes, kind));
}
cudaError_t cudaGraphAddMemsetNode(cudaGraphNode_t* node, cudaGraph_t graph,
                                   const cudaGraphNode_t* dependencies, size_t count,
                                   const cudaMemsetParams* p) {
  return add(node, graph, dependencies, count, cudaGraphNodeTypeMemset, fill_call(p));
}
cudaError_t cudaGraphAddHostNode(cudaGraphNode_t* node, cudaGraph_t graph,
                                 const cudaGraphNode_t* dependencies, size_t count,
                                 const cudaHostNodeParams* p) {
  return add(node, graph, dependencies, count, cudaGraphNodeTypeHost, host_call(p));
}
cudaError_t cudaGraphAddEmptyNode(cudaGraphNode_t* node, cudaGraph_t graph,
                                  const cudaGraphNode_t* dependencies, size_t count) {
  return add(node, graph, dependencies, count, cudaGraphNodeTypeEmpty,
             [](cudaStream_t) { return cudaSuccess; });
}
cudaError_t cudaGraphAddEventRecordNode(cudaGraphNode_t* node, cudaGraph_t graph,
                                        const cudaGraphNode_t* dependencies, size_t count,
                                        cudaEvent_t handle) {
  const std::shared_ptr<Event> event = Device::get().find_event(handle);
  if (event == nullptr) return api_call([] { return cudaErrorInvalidResourceHandle; });
  const cudaError_t error = add(node, graph, dependencies, count, cudaGraphNodeTypeEventRecord,
                                [](cudaStream_t) { return cudaSuccess; });
  if (error == cudaSuccess) (*node)->event = event;
  return error;
}
cudaError_t cudaGraphAddChildGraphNode(cudaGraphNode_t* node, cudaGraph_t graph,
                                       const cudaGraphNode_t* dependencies, size_t count,
                                       cudaGraph_t child) {
  std::shared_ptr<CUgraph_st> copy;
  const cudaError_t known_child = graph_call([&]() -> cudaError_t {
    if (!is_graph(child) || child == graph) return cudaErrorInvalidValue;
    copy = copy_of(*child);
    return cudaSuccess;
  });
  if (known_child != cudaSuccess) return known_child;
  const cudaError_t error = add(node, graph, dependencies, count, cudaGraphNodeTypeGraph,
                                [](cudaStream_t) { return cudaSuccess; });
  if (error == cudaSuccess) (*node)->child = copy;
  return error;
}

cudaError_t cudaGraphKernelNodeSetParams(cudaGraphNode_t node, const cudaKernelNodeParams* p) {
  return set(known(node), cudaGraphNodeTypeKernel, kernel_call(p));
}
cudaError_t cudaGraphMemcpyNodeSetParams(cudaGraphNode_t node, const cudaMemcpy3DParms* p) {
  return set(known(node), cudaGraphNodeTypeMemcpy, copy_call(p));
}
cudaError_t cudaGraphMemcpyNodeSetParams1D(cudaGraphNode_t node, void* to, const void* from,
                                           size_t bytes, cudaMemcpyKind kind) {
  return set(known(node), cudaGraphNodeTypeMemcpy, copy_call(to, from, bytes, kind));
}
cudaError_t cudaGraphMemsetNodeSetParams(cudaGraphNode_t node, const cudaMemsetParams* p) {
  return set(known(node), cudaGraphNodeTypeMemset, fill_call(p));
}
cudaError_t cudaGraphHostNodeSetParams(cudaGraphNode_t node, const cudaHostNodeParams* p) {
  return set(known(node), cudaGraphNodeTypeHost, host_call(p));
}
cudaError_t cudaGraphExecKernelNodeSetParams(cudaGraphExec_t exec, cudaGraphNode_t node,
                                             const cudaKernelNodeParams* p) {
  return set(known(exec, node), cudaGraphNodeTypeKernel, kernel_call(p));
}
cudaError_t cudaGraphExecMemcpyNodeSetParams(cudaGraphExec_t exec, cudaGraphNode_t node,
                                             const cudaMemcpy3DParms* p) {
  return set(known(exec, node), cudaGraphNodeTypeMemcpy, copy_call(p));
}
cudaError_t cudaGraphExecMemcpyNodeSetParams1D(cudaGraphExec_t exec, cudaGraphNode_t node, void* to,
                                               const void* from, size_t bytes,
                                               cudaMemcpyKind kind) {
  return set(known(exec, node), cudaGraphNodeTypeMemcpy, copy_call(to, from, bytes, kind));
}
cudaError_t cudaGraphExecMemsetNodeSetParams(cudaGraphExec_t exec, cudaGraphNode_t node,
                                             const cudaMemsetParams* p) {
  return set(known(exec, node), cudaGraphNodeTypeMemset, fill_call(p));
}
cudaError_t cudaGraphExecHostNodeSetParams(cudaGraphExec_t exec, cudaGraphNode_t node,
                                           const cudaHostNodeParams* p) {
  return set(known(exec, node), cudaGraphNodeTypeHost, host_call(p));
}

}  // extern "C"
