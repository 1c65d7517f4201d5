// Runs random lists of operations and compares each with the model, bit for bit:
//   cudasim_stress [LISTS [FIRST_SEED]]
// List i has seed FIRST_SEED + i. The first that differs is made smaller and printed; the run ends
// with 1.
// The last line holds a digest of all outcomes, so that builds and schedules can be compared.
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "common/cudasim/tests/stress/lists.h"

namespace {

bool fails(const stress::List& list) {
  return !stress::difference(list, stress::follow(list), stress::run(list)).empty();
}

bool number(const char* text, std::uint64_t* value) {
  char* end = nullptr;
  errno = 0;
  *value = std::strtoull(text, &end, 10);
  return errno == 0 && *text >= '0' && *text <= '9' && *end == '\0';
}

template <class T>
void digest(std::uint64_t* sum, const std::vector<T>& values) {
  for (const T& value : values) {
    std::uint32_t word;
    std::memcpy(&word, &value, sizeof word);
    *sum = stress::mixed(*sum + word);
  }
}

}  // namespace

int main(int argc, char** argv) {
  std::uint64_t lists = 500, first = 1;
  if (argc > 3 || (argc > 1 && !number(argv[1], &lists)) ||
      (argc > 2 && !number(argv[2], &first))) {
    std::fprintf(stderr, "usage: %s [LISTS [FIRST_SEED]], both whole numbers\n", argv[0]);
    return 2;
  }
  std::uint64_t sum = 0, operations = 0, threads = 0;
  for (std::uint64_t seed = first; seed != first + lists; ++seed) {
    const stress::List list = stress::make_list(seed);
    const stress::Outcome want = stress::follow(list), got = stress::run(list);
    const std::string different = stress::difference(list, want, got);
    if (!different.empty()) {
      std::printf("list %llu differs from the model:\n%s", static_cast<unsigned long long>(seed),
                  different.c_str());
      std::fflush(stdout);  // whatever comes of the rest
      const stress::List small = stress::shrink(list, fails);
      std::printf("the smallest list found that still does:\n%s", stress::text_of(small).c_str());
      std::printf("%s",
                  stress::difference(small, stress::follow(small), stress::run(small)).c_str());
      std::printf("again: %s 1 %llu\n", argv[0], static_cast<unsigned long long>(seed));
      return 1;
    }
    operations += list.ops.size();
    threads += static_cast<std::uint64_t>(list.threads) * static_cast<std::uint64_t>(list.blocks);
    digest(&sum, got.registers);
    digest(&sum, got.global);
    digest(&sum, got.grid_cells);
    digest(&sum, got.grid_sums);
    digest(&sum, got.shared);
    digest(&sum, got.finished);
  }
  std::printf("%llu lists, %llu operations, %llu threads: no difference; digest %016llx\n",
              static_cast<unsigned long long>(lists), static_cast<unsigned long long>(operations),
              static_cast<unsigned long long>(threads), static_cast<unsigned long long>(sum));
  return 0;
}
