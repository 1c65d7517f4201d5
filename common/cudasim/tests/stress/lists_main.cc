// Runs random lists of operations and compares each with the model, bit for bit:
//   cudasim_stress [LISTS [FIRST_SEED]]
// List i has seed FIRST_SEED + i. The first that differs is made smaller and printed; the run ends
// with 1. The last line holds a digest of all outcomes, so that builds and schedules can be
// compared.
//
// Lists run in processes of their own, since a launch that fails spoils the device for its process,
// and a simulator that is broken may crash.
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>

#include "common/cudasim/tests/stress/lists.h"

namespace {

enum { kSame = 0, kDiffers = 1, kMisused = 2 };

// The exit code of `work` in a process of its own; a crash counts as a difference.
int apart(const std::function<int()>& work) {
  std::fflush(nullptr);
  const pid_t child = fork();
  if (child < 0) {
    std::perror("fork");
    std::exit(kMisused);
  }
  if (child == 0) std::exit(work());
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : kDiffers;
}

int compare(const stress::List& list, const stress::Outcome& got) {
  const std::string different = stress::difference(list, stress::follow(list), got);
  std::printf("%s", different.c_str());
  return different.empty() ? kSame : kDiffers;
}

bool fails(const stress::List& list) {
  return apart([&] {
           if (std::freopen("/dev/null", "w", stdout) == nullptr ||
               std::freopen("/dev/null", "w", stderr) == nullptr) {
             return +kMisused;
           }
           return compare(list, stress::run(list));
         }) == kDiffers;
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

// Leaves in `seed` the list it came to.
int run_lists(std::uint64_t lists, std::uint64_t first, volatile std::uint64_t* seed) {
  std::uint64_t sum = 0, operations = 0, threads = 0;
  for (std::uint64_t i = 0; i < lists; ++i) {
    *seed = first + i;
    const stress::List list = stress::make_list(*seed);
    const stress::Outcome got = stress::run(list);
    if (compare(list, got) != kSame) return kDiffers;
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
  *seed = first + lists;
  return kSame;
}

}  // namespace

int main(int argc, char** argv) {
  std::uint64_t lists = 500, first = 1;
  if (argc > 3 || (argc > 1 && !number(argv[1], &lists)) ||
      (argc > 2 && !number(argv[2], &first))) {
    std::fprintf(stderr, "usage: %s [LISTS [FIRST_SEED]], both whole numbers\n", argv[0]);
    return kMisused;
  }
  void* const page = mmap(nullptr, sizeof(std::uint64_t), PROT_READ | PROT_WRITE,
                          MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) {
    std::perror("mmap");
    return kMisused;
  }
  volatile std::uint64_t* const seed = static_cast<std::uint64_t*>(page);
  const int code = apart([&] { return run_lists(lists, first, seed); });
  // Past the last list nothing differed: what the simulator's checks found has been printed.
  if (code != kDiffers || *seed == first + lists) return code;
  const auto number_of = static_cast<unsigned long long>(*seed);
  std::printf("list %llu differs from the model, or did not come to its end\n", number_of);
  const stress::List list = stress::make_list(*seed), small = stress::shrink(list, fails);
  std::printf("the smallest list found that still does:\n%s", stress::text_of(small).c_str());
  apart([&] { return compare(small, stress::run(small)); });
  std::printf("again: %s 1 %llu\n", argv[0], number_of);
  return code;
}
