#include "phase2_vectorized/week04_speed/preconditions.h"

namespace nn::cpu {

void check_same_shape(const char* who, NamedView a, NamedView b) {
  NN_CHECK(a.view.rows == b.view.rows && a.view.cols == b.view.cols, who, ": ", a.name, " is ",
           shape_text(a.view), " and ", b.name, " is ", shape_text(b.view),
           "; their shapes must be equal");
}

void check_adjacent(const char* who, NamedView a) {
  NN_CHECK(a.view.col_stride == 1 || a.view.cols <= 1, who, ": the elements of ", a.name,
           "'s rows are ", a.view.col_stride,
           " floats apart, as in a transposed view; they must be adjacent");
}

void check_apart(const char* who, NamedView out, NamedView in) {
  NN_CHECK(!overlap(out.view, in.view), who, ": ", out.name, " lies in the memory of ", in.name,
           ", which is read while ", out.name, " is written");
}

void check_elementwise(const char* who, NamedView out, NamedView in) {
  check_same_shape(who, out, in);
  check_adjacent(who, in);
  const bool in_place = out.view.data == in.view.data && out.view.row_stride == in.view.row_stride;
  if (!in_place) check_apart(who, out, in);
}

void check_mean_exists(const char* who, NamedView a) {
  NN_CHECK(a.view.rows > 0 && a.view.cols > 0, who, ": ", a.name, " is ", shape_text(a.view),
           " and holds no elements to take a mean of; both extents must be 1 or more");
}

void check_labels(const char* who, std::span<const int> labels, int B, int L) {
  NN_CHECK_EQ(labels.size(), static_cast<std::size_t>(B), who,
              ": one label for each of the B rows");
  for (int b = 0; b < B; ++b) {
    NN_CHECK(labels[b] >= 0 && labels[b] < L, who, ": label t[", b, "] = ", labels[b],
             " is not in [0, ", L, ")");
  }
}

void check_probabilities(const char* who, NamedView p) {
  for (int r = 0; r < p.view.rows; ++r) {
    for (int c = 0; c < p.view.cols; ++c) {
      NN_CHECK(!(p.view(r, c) < 0 || p.view(r, c) > 1), who, ": ", p.name, "(", r, ", ", c, ") is ",
               p.view(r, c), ", and a probability lies in [0, 1]; are these logits?");
    }
  }
}

}  // namespace nn::cpu
