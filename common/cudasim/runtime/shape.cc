// The extents of the program's variables. See shape.h.
#include "shape.h"

#include <algorithm>
#include <map>
#include <vector>

namespace cudasim {
namespace {

struct FileShape {
  void* (*address)();
  const Shape* shape;
};
// Filled before main, then only read.
struct Shapes {
  std::map<const void*, const Shape*> variables;
  std::vector<FileShape> files;
};
Shapes& shapes() {
  static auto* instance = new Shapes;
  return *instance;
}
thread_local std::map<const void*, const Shape*> shared_shapes;

const Shape* shape_at(const void* variable) {
  if (const auto found = shared_shapes.find(variable); found != shared_shapes.end()) {
    return found->second;
  }
  const Shapes& all = shapes();
  if (const auto found = all.variables.find(variable); found != all.variables.end()) {
    return found->second;
  }
  for (const FileShape& f : all.files) {
    if (f.address() == variable) return f.shape;
  }
  return nullptr;
}

}  // namespace

int register_shape(const void* variable, const Shape* shape) {
  shapes().variables[variable] = shape;
  return 1;
}

int register_shape(void* (*address)(), const Shape* shape) {
  shapes().files.push_back({address, shape});
  return 1;
}

void remember_shape(const void* variable, const Shape* shape) { shared_shapes[variable] = shape; }

std::string element_name(const std::string& name, const void* base, std::ptrdiff_t offset,
                         std::size_t bytes) {
  const auto bracket = [](std::ptrdiff_t index) { return "[" + std::to_string(index) + "]"; };
  const Shape* shape = shape_at(base);
  if (shape == nullptr) return name + bracket(offset / static_cast<std::ptrdiff_t>(bytes));
  const auto size = static_cast<std::ptrdiff_t>(shape->element);
  std::ptrdiff_t index = offset / size - (offset % size < 0);  // rounded down
  if (shape->rank == 0) return index == 0 ? name : name + bracket(index);
  std::string indices;
  for (unsigned d = std::min(shape->rank, 4u) - 1; d > 0; --d) {
    const auto extent = static_cast<std::ptrdiff_t>(shape->extents[d]);
    const std::ptrdiff_t inner = (index % extent + extent) % extent;
    indices = bracket(inner) + indices;
    index = (index - inner) / extent;
  }
  return name + bracket(index) + indices;
}

}  // namespace cudasim
