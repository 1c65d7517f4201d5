#include "phase1_cpu/week03_learning/value_graph_layout.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "common/check.h"

namespace nn::basic {
namespace {

// Of each place: how many stand above it in its layer.
std::vector<double> positions(const Layering& layering) {
  std::vector<double> position(layering.layer_of.size());
  for (const std::vector<int>& layer : layering.layers) {
    for (std::size_t i = 0; i < layer.size(); ++i) position[layer[i]] = static_cast<double>(i);
  }
  return position;
}

// Places with equal barycentres keep their order.
void sort_by_barycentre(Layering& layering, int layer, int other) {
  const std::vector<double> means = barycentres(layering, positions(layering), layer, other);
  std::vector<int>& places = layering.layers[layer];
  std::vector<std::size_t> order(places.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t i, std::size_t j) { return means[i] < means[j]; });
  std::vector<int> sorted;
  for (const std::size_t i : order) sorted.push_back(places[i]);
  places = std::move(sorted);
}

}  // namespace

std::vector<int> longest_path_layers(const ValueGraph& graph) {
  std::vector<int> to_root(graph.items.size(), 0);  // lines on the longest path from each item
  // >>> about 3 lines. README.md, "A layout in layers".
  for (auto line = graph.lines.rbegin(); line != graph.lines.rend(); ++line) {
    to_root[line->from] = std::max(to_root[line->from], to_root[line->to] + 1);
  }
  // <<< NN_TODO("longest_path_layers");
  const int longest = *std::max_element(to_root.begin(), to_root.end());
  std::vector<int> layers;
  for (const int lines : to_root) layers.push_back(longest - lines);
  return layers;
}

Layering cut_into_layers(const ValueGraph& graph) {
  Layering layering;
  layering.layer_of = longest_path_layers(graph);
  for (std::size_t item = 0; item < graph.items.size(); ++item) {
    const std::size_t layer = layering.layer_of[item];
    if (layering.layers.size() <= layer) layering.layers.resize(layer + 1);
    layering.layers[layer].push_back(static_cast<int>(item));
  }
  for (const auto& [from, to] : graph.lines) {
    std::vector<int> route{from};
    for (int layer = layering.layer_of[from] + 1; layer < layering.layer_of[to]; ++layer) {
      route.push_back(static_cast<int>(layering.layer_of.size()));
      layering.layers[layer].push_back(route.back());
      layering.layer_of.push_back(layer);
    }
    route.push_back(to);
    for (std::size_t i = 0; i + 1 < route.size(); ++i) {
      layering.pieces.push_back({route[i], route[i + 1]});
    }
    layering.routes.push_back(std::move(route));
  }
  return layering;
}

int count_crossings(const Layering& layering) {
  const std::vector<double> position = positions(layering);
  int crossings = 0;
  // >>> about 9 lines. README.md, "A layout in layers".
  const std::vector<GraphLine>& pieces = layering.pieces;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    for (std::size_t j = i + 1; j < pieces.size(); ++j) {
      if (layering.layer_of[pieces[i].from] != layering.layer_of[pieces[j].from]) continue;
      const double at_left = position[pieces[i].from] - position[pieces[j].from];
      const double at_right = position[pieces[i].to] - position[pieces[j].to];
      if ((at_left < 0 && at_right > 0) || (at_left > 0 && at_right < 0)) ++crossings;
    }
  }
  // <<< NN_TODO("count_crossings");
  return crossings;
}

std::vector<double> barycentres(const Layering& layering, const std::vector<double>& of, int layer,
                                int other) {
  std::vector<double> means;
  // >>> about 11 lines. README.md, "A layout in layers".
  std::vector<double> sum(of.size(), 0), count(of.size(), 0);
  for (const auto& [from, to] : layering.pieces) {
    for (const auto& [here, there] : {GraphLine{from, to}, GraphLine{to, from}}) {
      if (layering.layer_of[here] != layer || layering.layer_of[there] != other) continue;
      sum[here] += of[there];
      count[here] += 1;
    }
  }
  for (const int place : layering.layers[layer]) {
    means.push_back(count[place] > 0 ? sum[place] / count[place] : of[place]);
  }
  // <<< NN_TODO("barycentres");
  return means;
}

void reduce_crossings(Layering& layering) {
  constexpr int kSweeps = 6;  // there and back; the drawings here settle in two or three
  const int last = static_cast<int>(layering.layers.size()) - 1;
  std::vector<std::vector<int>> best = layering.layers;
  int fewest = count_crossings(layering);
  const auto keep_if_better = [&] {
    const int crossings = count_crossings(layering);
    if (crossings >= fewest) return;
    fewest = crossings;
    best = layering.layers;
  };
  for (int sweep = 0; sweep < kSweeps && fewest > 0; ++sweep) {
    for (int layer = last - 1; layer >= 0; --layer) sort_by_barycentre(layering, layer, layer + 1);
    keep_if_better();
    for (int layer = 1; layer <= last; ++layer) sort_by_barycentre(layering, layer, layer - 1);
    keep_if_better();
  }
  layering.layers = std::move(best);
}

std::vector<double> spread_apart(const std::vector<double>& wanted,
                                 const std::vector<double>& gaps) {
  NN_CHECK_EQ(gaps.size() + 1, wanted.size(), "one gap between each two neighbours");
  // With the gaps taken out, only the order must hold: heights may not decrease. Blocks of equal
  // height are merged, and take the mean, wherever the next one wants to be higher up. This is
  // isotonic regression by pooling adjacent violators [Ayer55].
  struct Block {
    double sum;
    int count;
    double mean() const { return sum / count; }
  };
  std::vector<Block> blocks;
  double offset = 0;  // of the gaps above
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (i > 0) offset += gaps[i - 1];
    blocks.push_back({wanted[i] - offset, 1});
    while (blocks.size() > 1 && blocks[blocks.size() - 2].mean() > blocks.back().mean()) {
      const Block lower = blocks.back();
      blocks.pop_back();
      blocks.back().sum += lower.sum;
      blocks.back().count += lower.count;
    }
  }
  std::vector<double> heights;
  offset = 0;
  for (const Block& block : blocks) {
    for (int i = 0; i < block.count; ++i) {
      heights.push_back(block.mean() + offset);
      if (heights.size() <= gaps.size()) offset += gaps[heights.size() - 1];
    }
  }
  return heights;
}

}  // namespace nn::basic
