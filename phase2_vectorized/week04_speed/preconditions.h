// What this phase's functions ask of their views, and how they refuse. `who` is the function that
// asks, so that the message names it. All throw nn::Error.
#pragma once

#include <span>

#include "phase2_vectorized/week04_speed/matrix.h"

namespace nn::cpu {

// A view with the name it has in the function's header, for messages.
struct NamedView {
  const char* name;
  ConstMatrixView view;
};

void check_same_shape(const char* who, NamedView a, NamedView b);

// The elements of a row are next to each other: not so in a transposed view.
void check_adjacent(const char* who, NamedView a);

// Elementwise functions: `out` and `in` have one shape, in's rows are of adjacent floats, and out is
// in's own memory, element by element, or has none of it.
void check_elementwise(const char* who, NamedView out, NamedView in);

// The memory of out, from its first element to its last, is apart from that of `in`. (Two blocks side by
// side in the same rows are refused: each lies between the other's rows.)
void check_apart(const char* who, NamedView out, NamedView in);

// A loss is a mean, and the mean of nothing is no number.
void check_mean_exists(const char* who, NamedView a);

// B labels, each in [0, L).
void check_labels(const char* who, std::span<const int> labels, int B, int L);

// Every element in [0, 1]. NaN is let through: it is to reach the loss, where it shows.
void check_probabilities(const char* who, NamedView p);

}  // namespace nn::cpu
