// Graphs: nodes, and the capture of what streams are given. See graph.cc (nodes, instantiation, launch) and
// capture.cc.
#pragma once
#include <functional>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "device.h"

struct CUgraphNode_st {
  cudaGraphNodeType type = cudaGraphNodeTypeEmpty;
  CUgraph_st* graph = nullptr;
  std::vector<CUgraphNode_st*> dependencies;
  // What it does, by its type: a kernel with its arguments; a copy, fill or host function; the recording of
  // an event; another graph.
  std::shared_ptr<cudasim::Grid> kernel;
  std::function<void()> work;
  std::shared_ptr<cudasim::Event> event;
  std::shared_ptr<CUgraph_st> child;
};

struct CUgraph_st {
  std::vector<std::unique_ptr<CUgraphNode_st>> nodes;  // as they were added
};

struct CUgraphExec_st {
  std::unique_ptr<CUgraph_st> graph;  // a copy, with indices as in the original
  std::unordered_map<const CUgraphNode_st*, std::size_t> index;  // by the original's nodes
  std::vector<std::size_t> order;                                // each after those it depends on
  std::vector<bool> enabled;
  cudasim::TaskPtr last;  // the end of its last launch: two never run at once
};

namespace cudasim {

// Everything about graphs and captures is under this mutex, taken before the device's.
std::mutex& graph_mutex();
bool is_graph(const CUgraph_st* graph);
bool is_node(const CUgraphNode_st* node);
bool is_exec(const CUgraphExec_st* exec);
std::unique_ptr<CUgraph_st> copy_of(const CUgraph_st& graph);
void keep_graph(std::unique_ptr<CUgraph_st> graph);  // the program's from now on
// A node with what the task would do; its dependencies are the given ones.
CUgraphNode_st* add_node(CUgraph_st* graph, Task& task,
                         const std::vector<CUgraphNode_st*>& dependencies);

// As an entry of the API, under the mutex.
template <class F>
cudaError_t graph_call(F body) {
  return api_call([&]() -> cudaError_t {
    const std::lock_guard<std::mutex> lock(graph_mutex());
    return body();
  });
}

struct Capture {
  std::unique_ptr<CUgraph_st> graph;
  Stream* origin;
  cudaStreamCaptureMode mode;
  const void* thread;  // that began it
  unsigned long long id;
  bool invalid = false;
  bool over = false;
  std::vector<std::weak_ptr<Stream>> streams;  // that take part
};
// What an event recorded in a captured stream stands for.
struct CapturePoint {
  std::shared_ptr<Capture> capture;
  std::vector<CUgraphNode_st*> tail;
};

}  // namespace cudasim
