// Graphs: copied when instantiated, launched as tasks that wait for each other. Their nodes are made in
// graph_nodes.cc and capture.cc.
#include "graph.h"

#include <algorithm>
#include <cstdio>
#include <cstring>

#include "capture.h"
#include "host_visible.h"

namespace cudasim {

std::mutex& graph_mutex() {
  static auto* mutex = new std::mutex;
  return *mutex;
}

namespace {

struct Registry {
  std::unordered_map<const CUgraph_st*, std::unique_ptr<CUgraph_st>> graphs;
  std::unordered_map<const CUgraphExec_st*, std::unique_ptr<CUgraphExec_st>> execs;
};
Registry& registry() {
  static auto* all = new Registry;
  return *all;
}

std::unordered_map<const CUgraphNode_st*, std::size_t> indices(const CUgraph_st& graph) {
  std::unordered_map<const CUgraphNode_st*, std::size_t> index;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) index[graph.nodes[i].get()] = i;
  return index;
}

}  // namespace

std::unique_ptr<CUgraph_st> copy_of(const CUgraph_st& graph) {
  auto copy = std::make_unique<CUgraph_st>();
  const auto index = indices(graph);
  for (const auto& node : graph.nodes) {
    copy->nodes.push_back(std::make_unique<CUgraphNode_st>(*node));
    copy->nodes.back()->graph = copy.get();
  }
  for (const auto& node : copy->nodes) {
    for (CUgraphNode_st*& d : node->dependencies) d = copy->nodes[index.at(d)].get();
    if (node->child != nullptr) node->child = copy_of(*node->child);
  }
  return copy;
}

namespace {

// Indices so that each node comes after those it depends on; shorter than the graph: there is a circle.
std::vector<std::size_t> topological(const CUgraph_st& graph) {
  const auto index = indices(graph);
  std::vector<std::size_t> unmet, order;
  std::vector<std::vector<std::size_t>> followers(graph.nodes.size());
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    unmet.push_back(graph.nodes[i]->dependencies.size());
    for (const CUgraphNode_st* d : graph.nodes[i]->dependencies) {
      followers[index.at(d)].push_back(i);
    }
    if (unmet[i] == 0) order.push_back(i);
  }
  for (std::size_t at = 0; at < order.size(); ++at) {
    for (const std::size_t f : followers[order[at]]) {
      if (--unmet[f] == 0) order.push_back(f);
    }
  }
  return order;
}

// The node's work, once.
TaskPtr task_of(const CUgraphNode_st& node) {
  auto task = std::make_shared<Task>();
  if (node.kernel != nullptr) {
    const Grid& g = *node.kernel;
    task->kind = Task::Kind::kernel;
    task->grid = std::make_unique<Grid>(Pending{g.kernel, {g.grid, g.block, g.shared, nullptr}},
                                        g.closure, g.cooperative, Device::get().next_launch());
    task->grid->owner = node.kernel;
  } else if (node.work) {
    task->kind = Task::Kind::work;
    task->work = node.work;
  } else if (node.event != nullptr) {
    node.event->record = task;
  }
  return task;
}

// Tasks for all nodes of the graph; those of its roots follow `first`. Appends every task with what it
// waits for, and returns the ends.
using Step = Device::Step;
std::vector<TaskPtr> unroll(const CUgraph_st& graph, const std::vector<std::size_t>& order,
                            const std::vector<bool>* enabled, const std::vector<TaskPtr>& first,
                            std::vector<Step>& steps) {
  const auto index = indices(graph);
  std::vector<std::vector<TaskPtr>> ends(graph.nodes.size());
  std::vector<bool> has_follower(graph.nodes.size(), false);
  for (const std::size_t i : order) {
    const CUgraphNode_st& node = *graph.nodes[i];
    std::vector<TaskPtr> before;
    for (const CUgraphNode_st* d : node.dependencies) {
      const std::size_t at = index.at(d);
      before.insert(before.end(), ends[at].begin(), ends[at].end());
      has_follower[at] = true;
    }
    if (node.dependencies.empty()) before = first;
    if (node.child != nullptr) {
      // An empty task in front, so that a child of many roots waits in one place.
      steps.push_back({std::make_shared<Task>(), before});
      const TaskPtr entry = steps.back().task;
      ends[i] = unroll(*node.child, topological(*node.child), nullptr, {entry}, steps);
      if (ends[i].empty()) ends[i] = {entry};
    } else {
      const bool runs = enabled == nullptr || (*enabled)[i];
      steps.push_back({runs ? task_of(node) : std::make_shared<Task>(), before});
      ends[i] = {steps.back().task};
    }
  }
  std::vector<TaskPtr> last;
  for (std::size_t i = 0; i < ends.size(); ++i) {
    if (!has_follower[i]) last.insert(last.end(), ends[i].begin(), ends[i].end());
  }
  return last;
}

// A list for the program: how many there are, or as many as it has room for.
template <class T>
cudaError_t give(const std::vector<T>& all, T* out, std::size_t* count) {
  if (count == nullptr) return cudaErrorInvalidValue;
  if (out != nullptr) {
    std::copy_n(all.begin(), std::min(*count, all.size()), out);
    std::fill(out + std::min(*count, all.size()), out + *count, T{});
  }
  *count = out == nullptr ? all.size() : std::min(*count, all.size());
  return cudaSuccess;
}

}  // namespace

bool is_exec(const CUgraphExec_st* exec) { return registry().execs.count(exec) != 0; }
bool is_graph(const CUgraph_st* graph) { return registry().graphs.count(graph) != 0; }
bool is_node(const CUgraphNode_st* node) {
  return std::any_of(registry().graphs.begin(), registry().graphs.end(), [&](const auto& g) {
    return std::any_of(g.second->nodes.begin(), g.second->nodes.end(),
                       [&](const auto& n) { return n.get() == node; });
  });
}
void keep_graph(std::unique_ptr<CUgraph_st> graph) {
  const CUgraph_st* key = graph.get();
  registry().graphs[key] = std::move(graph);
}

CUgraphNode_st* add_node(CUgraph_st* graph, Task& task,
                         const std::vector<CUgraphNode_st*>& dependencies) {
  auto node = std::make_unique<CUgraphNode_st>();
  node->type = task.grid != nullptr ? cudaGraphNodeTypeKernel : task.graph_type;
  node->graph = graph;
  node->dependencies = dependencies;
  node->kernel = std::move(task.grid);
  node->work = task.work;
  graph->nodes.push_back(std::move(node));
  return graph->nodes.back().get();
}

}  // namespace cudasim

using namespace cudasim;

extern "C" {

cudaError_t cudaGraphCreate(cudaGraph_t* graph, unsigned int flags) {
  return graph_call([&]() -> cudaError_t {
    if (graph == nullptr || flags != 0) return cudaErrorInvalidValue;
    auto made = std::make_unique<CUgraph_st>();
    *graph = made.get();
    keep_graph(std::move(made));
    return cudaSuccess;
  });
}
cudaError_t cudaGraphDestroy(cudaGraph_t graph) {
  return graph_call(
      [&] { return registry().graphs.erase(graph) == 1 ? cudaSuccess : cudaErrorInvalidValue; });
}
cudaError_t cudaGraphClone(cudaGraph_t* clone, cudaGraph_t graph) {
  return graph_call([&]() -> cudaError_t {
    if (clone == nullptr || !is_graph(graph)) return cudaErrorInvalidValue;
    auto made = copy_of(*graph);
    *clone = made.get();
    keep_graph(std::move(made));
    return cudaSuccess;
  });
}

cudaError_t cudaGraphDestroyNode(cudaGraphNode_t node) {
  return graph_call([&]() -> cudaError_t {
    if (!is_node(node)) return cudaErrorInvalidValue;
    CUgraph_st& graph = *node->graph;
    for (const auto& other : graph.nodes) std::erase(other->dependencies, node);
    std::erase_if(graph.nodes, [&](const auto& n) { return n.get() == node; });
    return cudaSuccess;
  });
}
cudaError_t cudaGraphNodeGetType(cudaGraphNode_t node, cudaGraphNodeType* type) {
  return graph_call([&]() -> cudaError_t {
    if (!is_node(node) || type == nullptr) return cudaErrorInvalidValue;
    *type = node->type;
    return cudaSuccess;
  });
}

cudaError_t cudaGraphGetNodes(cudaGraph_t graph, cudaGraphNode_t* nodes, size_t* count) {
  return graph_call([&]() -> cudaError_t {
    if (!is_graph(graph)) return cudaErrorInvalidValue;
    std::vector<cudaGraphNode_t> all;
    for (const auto& node : graph->nodes) all.push_back(node.get());
    return give(all, nodes, count);
  });
}
cudaError_t cudaGraphGetRootNodes(cudaGraph_t graph, cudaGraphNode_t* nodes, size_t* count) {
  return graph_call([&]() -> cudaError_t {
    if (!is_graph(graph)) return cudaErrorInvalidValue;
    std::vector<cudaGraphNode_t> roots;
    for (const auto& node : graph->nodes) {
      if (node->dependencies.empty()) roots.push_back(node.get());
    }
    return give(roots, nodes, count);
  });
}

cudaError_t cudaGraphKernelNodeGetParams(cudaGraphNode_t node, cudaKernelNodeParams* p) {
  return graph_call([&]() -> cudaError_t {
    if (!is_node(node) || p == nullptr || node->kernel == nullptr) return cudaErrorInvalidValue;
    const Grid& g = *node->kernel;
    if (g.closure->arguments == nullptr) return cudaErrorNotSupported;  // a generic launch
    *p = {const_cast<void*>(g.kernel),     g.grid, g.block, static_cast<unsigned>(g.shared),
          g.closure->arguments(g.closure), nullptr};
    return cudaSuccess;
  });
}
cudaError_t cudaGraphInstantiate(cudaGraphExec_t* exec, cudaGraph_t graph,
                                 unsigned long long flags) {
  return graph_call([&]() -> cudaError_t {
    if (exec == nullptr || !is_graph(graph) || flags > 15) return cudaErrorInvalidValue;
    if ((flags & cudaGraphInstantiateFlagDeviceLaunch) != 0) return cudaErrorNotSupported;
    auto made = std::make_unique<CUgraphExec_st>();
    made->order = topological(*graph);
    if (made->order.size() != graph->nodes.size()) return cudaErrorInvalidValue;  // a circle
    made->graph = copy_of(*graph);
    made->index = indices(*graph);
    made->enabled.assign(graph->nodes.size(), true);
    *exec = made.get();
    registry().execs[*exec] = std::move(made);
    return cudaSuccess;
  });
}
cudaError_t cudaGraphInstantiateWithFlags(cudaGraphExec_t* exec, cudaGraph_t graph,
                                          unsigned long long flags) {
  return cudaGraphInstantiate(exec, graph, flags);
}
cudaError_t cudaGraphExecDestroy(cudaGraphExec_t exec) {
  return graph_call(
      [&] { return registry().execs.erase(exec) == 1 ? cudaSuccess : cudaErrorInvalidValue; });
}

cudaError_t cudaGraphLaunch(cudaGraphExec_t exec, cudaStream_t handle) {
  return api_call([&]() -> cudaError_t {
    Device& device = Device::get();
    const StreamPtr stream = device.find_stream(handle);
    if (stream == nullptr) return cudaErrorInvalidResourceHandle;
    if (const cudaError_t error = capture_error(stream)) return error;
    const std::lock_guard<std::mutex> lock(graph_mutex());
    if (!is_exec(exec)) return cudaErrorInvalidValue;
    if (stream->capture != nullptr) {
      std::fprintf(stderr, "cudasim: a graph launched into a captured stream is not modelled\n");
      return cudaErrorNotSupported;
    }
    const auto first = std::make_shared<Task>();
    std::vector<Step> steps;
    const std::vector<TaskPtr> last =
        unroll(*exec->graph, exec->order, &exec->enabled, {first}, steps);
    note_device_work();
    device.wait_for(stream, exec->last);
    device.enqueue(stream, first);
    exec->last = device.enqueue_steps(stream, steps, last);
    return cudaSuccess;
  });
}
// Nothing has to be brought to the device.
cudaError_t cudaGraphUpload(cudaGraphExec_t exec, cudaStream_t stream) {
  return graph_call([&]() -> cudaError_t {
    if (!is_exec(exec)) return cudaErrorInvalidValue;
    return Device::get().find_stream(stream) == nullptr ? cudaErrorInvalidResourceHandle
                                                        : cudaSuccess;
  });
}

// Nodes are compared in the order they were added.
cudaError_t cudaGraphExecUpdate(cudaGraphExec_t exec, cudaGraph_t graph,
                                cudaGraphExecUpdateResultInfo* result) {
  return graph_call([&]() -> cudaError_t {
    if (!is_exec(exec) || !is_graph(graph) || result == nullptr) return cudaErrorInvalidValue;
    *result = {cudaGraphExecUpdateSuccess, nullptr, nullptr};
    const auto refuse = [&](cudaGraphExecUpdateResult why, CUgraphNode_st* node) {
      *result = {why, node, nullptr};
      return cudaErrorGraphExecUpdateFailure;
    };
    CUgraph_st& old = *exec->graph;
    if (old.nodes.size() != graph->nodes.size()) {
      return refuse(cudaGraphExecUpdateErrorTopologyChanged, nullptr);
    }
    const auto index = indices(*graph), old_index = indices(old);
    for (std::size_t i = 0; i < old.nodes.size(); ++i) {
      CUgraphNode_st *was = old.nodes[i].get(), *is = graph->nodes[i].get();
      if (was->type != is->type) return refuse(cudaGraphExecUpdateErrorNodeTypeChanged, is);
      if (was->child != nullptr) return refuse(cudaGraphExecUpdateErrorNotSupported, is);
      std::vector<std::size_t> before, now;
      for (const CUgraphNode_st* d : was->dependencies) before.push_back(old_index.at(d));
      for (const CUgraphNode_st* d : is->dependencies) now.push_back(index.at(d));
      std::sort(before.begin(), before.end());
      std::sort(now.begin(), now.end());
      if (before != now) return refuse(cudaGraphExecUpdateErrorTopologyChanged, is);
    }
    for (std::size_t i = 0; i < old.nodes.size(); ++i) {
      old.nodes[i]->kernel = graph->nodes[i]->kernel;
      old.nodes[i]->work = graph->nodes[i]->work;
      old.nodes[i]->event = graph->nodes[i]->event;
      exec->index[graph->nodes[i].get()] = i;
    }
    return cudaSuccess;
  });
}

cudaError_t cudaGraphNodeSetEnabled(cudaGraphExec_t exec, cudaGraphNode_t node,
                                    unsigned int enabled) {
  return graph_call([&]() -> cudaError_t {
    if (!is_exec(exec) || exec->index.count(node) == 0) return cudaErrorInvalidValue;
    exec->enabled[exec->index[node]] = enabled != 0;
    return cudaSuccess;
  });
}
cudaError_t cudaGraphNodeGetEnabled(cudaGraphExec_t exec, cudaGraphNode_t node,
                                    unsigned int* enabled) {
  return graph_call([&]() -> cudaError_t {
    if (!is_exec(exec) || exec->index.count(node) == 0 || enabled == nullptr) {
      return cudaErrorInvalidValue;
    }
    *enabled = exec->enabled[exec->index[node]] ? 1 : 0;
    return cudaSuccess;
  });
}

}  // extern "C"

cudaError_t cudaGraphGetEdges(cudaGraph_t graph, cudaGraphNode_t* from, cudaGraphNode_t* to,
                              cudaGraphEdgeData* edges, size_t* count) {
  return graph_call([&]() -> cudaError_t {
    if (!is_graph(graph) || count == nullptr || (from == nullptr) != (to == nullptr)) {
      return cudaErrorInvalidValue;
    }
    std::vector<cudaGraphNode_t> starts, ends;
    for (const auto& node : graph->nodes) {
      for (CUgraphNode_st* d : node->dependencies) {
        starts.push_back(d);
        ends.push_back(node.get());
      }
    }
    size_t room = *count;
    if (edges != nullptr) std::memset(edges, 0, room * sizeof *edges);
    give(starts, from, &room);
    return give(ends, to, count);
  });
}
cudaError_t cudaGraphNodeGetDependencies(cudaGraphNode_t node, cudaGraphNode_t* dependencies,
                                         cudaGraphEdgeData* edges, size_t* count) {
  return graph_call([&]() -> cudaError_t {
    if (!is_node(node) || count == nullptr) return cudaErrorInvalidValue;
    if (edges != nullptr) std::memset(edges, 0, *count * sizeof *edges);
    return give(node->dependencies, dependencies, count);
  });
}

namespace {

cudaError_t change_edges(cudaGraph_t graph, const cudaGraphNode_t* from, const cudaGraphNode_t* to,
                         const cudaGraphEdgeData* edges, size_t count, bool adds) {
  return graph_call([&]() -> cudaError_t {
    if (!is_graph(graph) || (count != 0 && (from == nullptr || to == nullptr))) {
      return cudaErrorInvalidValue;
    }
    for (size_t i = 0; i < count; ++i) {
      const bool ours = is_node(from[i]) && is_node(to[i]) && from[i]->graph == graph &&
                        to[i]->graph == graph && from[i] != to[i];
      if (!ours) return cudaErrorInvalidValue;
      if (edges != nullptr && (edges[i].from_port | edges[i].to_port | edges[i].type) != 0) {
        return cudaErrorNotSupported;
      }
      const auto& d = to[i]->dependencies;
      if ((std::find(d.begin(), d.end(), from[i]) != d.end()) == adds) return cudaErrorInvalidValue;
    }
    for (size_t i = 0; i < count; ++i) {
      if (adds) {
        to[i]->dependencies.push_back(from[i]);
      } else {
        std::erase(to[i]->dependencies, from[i]);
      }
    }
    return cudaSuccess;
  });
}

}  // namespace

cudaError_t cudaGraphAddDependencies(cudaGraph_t graph, const cudaGraphNode_t* from,
                                     const cudaGraphNode_t* to, const cudaGraphEdgeData* edges,
                                     size_t count) {
  return change_edges(graph, from, to, edges, count, true);
}
cudaError_t cudaGraphRemoveDependencies(cudaGraph_t graph, const cudaGraphNode_t* from,
                                        const cudaGraphNode_t* to, const cudaGraphEdgeData* edges,
                                        size_t count) {
  return change_edges(graph, from, to, edges, count, false);
}
