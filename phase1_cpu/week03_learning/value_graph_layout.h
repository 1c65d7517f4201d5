// Where things go in a drawing of a graph: layers from left to right, few crossings.
//
//   layer     0        1        2        3        4
//           [ x ]--.          [ s ]--.
//                   (+)------'        (*)------[ y ]       a line that spans several layers is
//           [ w ]--'                 .'                    cut into pieces, one a layer; where
//               '--------bend-------'                      they meet there is a bend
//
// Four steps: layers by the longest path; long lines cut; each layer ordered by the mean place of its
// neighbours, over and over; heights that keep lines straight.
// Source   [Sugiyama81]; the ordering is its barycentre heuristic, [DiBattista99 §9.2].
#pragma once

#include <vector>

#include "phase1_cpu/week03_learning/value_graph.h"

namespace nn::basic {

// A drawing of more values than this is refused: nobody could read it, and the time grows with the
// cube of the size.
inline constexpr int kMaxDrawnValues = 200;

// The layer of each item. The longest path from an item to the root has this many lines less than
// the longest of all; so the root is alone in the last layer, every line goes at least one layer
// to the right, and every item stands directly before something that uses it.
std::vector<int> longest_path_layers(const ValueGraph& graph);

// Places in layers. Place i is item i of the graph for i < items.size(), and a bend otherwise.
struct Layering {
  std::vector<std::vector<int>> layers;  // the places of each layer, top to bottom
  std::vector<int> layer_of;             // of each place
  std::vector<GraphLine> pieces;         // between places; each goes from a layer to the next one
  // What each line of the graph passes through, from its first place to its last.
  std::vector<std::vector<int>> routes;
};

// The graph's items in their layers, in the order of their indices, with the bends below.
Layering cut_into_layers(const ValueGraph& graph);

// Pairs of pieces that cross, given the order in the layers. Pieces that share an end do not.
int count_crossings(const Layering& layering);

// For each place of layer `layer`, top to bottom: the mean of `of` over its neighbours in the layer
// `other`, which is the one before or the one after; its own `of` where it has no neighbour there.
// of[p] belongs to place p: a position to sort by, or a height to move towards. A neighbour that two
// pieces lead to counts twice.
std::vector<double> barycentres(const Layering& layering, const std::vector<double>& of, int layer,
                                int other);

// Sorts each layer by the barycentres of positions, from right to left and back, several times, and
// keeps the order with the fewest crossings.
void reduce_crossings(Layering& layering);

// Heights for one layer: as close to `wanted` as possible (least squares) with neighbours at least
// gaps[i] apart: result[i + 1] - result[i] >= gaps[i], gaps.size() + 1 == wanted.size().
std::vector<double> spread_apart(const std::vector<double>& wanted,
                                 const std::vector<double>& gaps);

}  // namespace nn::basic
