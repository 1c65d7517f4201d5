// Structures with holes between their fields: nobody writes those, and copies take them along.
#include "results.h"

struct Pair {
  int index;
  double value;
};
struct Small {
  char letter;
  int number;
};
__global__ void pairs(Pair* p, Small* s) {
  p[threadIdx.x].index = static_cast<int>(threadIdx.x);
  p[threadIdx.x].value = 0.5 * threadIdx.x;
  s[threadIdx.x].letter = 'a';
  s[threadIdx.x].number = 2 * static_cast<int>(threadIdx.x);
}

int main() {
  int sum = 0;
  for (int n : {1, 2, 33}) {
    Array<Pair> p(n);
    Array<Small> s(n);
    pairs<<<1, static_cast<unsigned>(n)>>>(p, s);
    for (const Pair& each : p.host()) sum += each.index + static_cast<int>(2 * each.value);
    for (const Small& each : s.host()) sum += each.number + each.letter;
  }
  return compare(std::vector<int>{sum}, {36 * 'a' + 4 * (1 + 528)});
}
