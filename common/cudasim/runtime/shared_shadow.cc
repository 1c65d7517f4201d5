// The shadow of shared memory. See shared_shadow.h.
#include "shared_shadow.h"

#include <sys/mman.h>

#include <algorithm>
#include <mutex>
#include <new>
#include <vector>

#include "global_shadow.h"
#include "modules.h"
#include "view.h"

namespace cudasim {

__thread SharedShadow shared_shadow;
const char* sites_begin = program_image().begin;

namespace {

// Instructions too far from the program's first byte for a packed access, as those of a library.
struct FarSites {
  std::mutex mutex;
  std::vector<const void*> all;
};
FarSites& far_sites() {
  static auto* instance = new FarSites;
  return *instance;
}

// The variables whose cells are in use on this OS thread.
struct Variables {
  std::vector<Range> all, gaps;
};
thread_local Variables open;

void reserve() {
  SharedShadow& s = shared_shadow;
  const Range variables = thread_variables();
  s.begin = variables.begin - reinterpret_cast<std::uintptr_t>(variables.begin) % 16;
  s.all_bytes = static_cast<std::size_t>(variables.end - s.begin);
  void* memory =
      mmap(nullptr, (s.all_bytes / 4 + 8) * sizeof(Cell), PROT_READ | PROT_WRITE,
           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);  // lives as long as the process
  if (memory == MAP_FAILED) throw std::bad_alloc();
  s.cells = static_cast<Cell*>(memory);
  s.now = s.barrier = kTick;
}

Cell* cells_of(const Range& variable, std::size_t* count) {
  const auto first = static_cast<std::size_t>(variable.begin - shared_shadow.begin) / 4;
  const auto end = static_cast<std::size_t>(variable.end - shared_shadow.begin + 3) / 4;
  *count = end - first;
  return shared_shadow.cells + first;
}

void count_use(const Range& variable, std::ptrdiff_t sign) {
  std::size_t count;
  cells_of(variable, &count);
  shared_use.add(sign * (variable.end - variable.begin));
  shadow_use.add(sign * static_cast<std::ptrdiff_t>(count * sizeof(Cell)));
}

void remember(const Range& range) {
  for (const Range& v : open.all) {
    if (v.begin == range.begin && v.end == range.end) return;
  }
  open.all.push_back(range);
  count_use(range, 1);
}

// No variable is in use any more.
void close_all() {
  for (const Range& v : open.all) {
    std::size_t count;
    Cell* cells = cells_of(v, &count);
    std::fill_n(cells, count, Cell{});
    count_use(v, -1);
  }
  open.all.clear();
  open.gaps.clear();
}

}  // namespace

Access far_site(const void* at) {
  // The watchdog must not let another thread run while the lock is held.
  const unsigned in_kernel = view.in_kernel;
  view.in_kernel = 0;
  FarSites& sites = far_sites();
  std::unique_lock<std::mutex> lock(sites.mutex);
  const auto found = std::find(sites.all.begin(), sites.all.end(), at);
  const Access number = static_cast<Access>(found - sites.all.begin());
  if (found == sites.all.end()) sites.all.push_back(at);
  lock.unlock();
  view.in_kernel = in_kernel;
  return kFarSite + number;
}

const void* site_of(Access access) {
  const Access site = access & kSiteMask;
  if (site < kFarSite) return sites_begin + site;
  FarSites& sites = far_sites();
  const std::lock_guard<std::mutex> lock(sites.mutex);
  return sites.all[site - kFarSite];
}

void open_shared(const char* variable, std::size_t bytes) {
  if (bytes == 0) return;
  const Range range{variable, variable + bytes};
  std::size_t count;
  Cell* cells = cells_of(range, &count);
  std::fill_n(cells, count, Cell{kShared, {0, 0}});
  if (bytes % 4 != 0) cells[count - 1].write |= kPartial;
  remember(range);
}

void note_gap(const char* gap, std::size_t bytes) { open.gaps.push_back({gap, gap + bytes}); }

bool in_shared_gap(const char* address) {
  return std::any_of(open.gaps.begin(), open.gaps.end(),
                     [=](const Range& gap) { return gap.holds(address); });
}

bool between_shared_gaps(const char* address) {
  const auto is_below = [=](const Range& gap) { return gap.begin <= address; };
  const auto is_above = [=](const Range& gap) { return gap.end > address; };
  return std::any_of(open.gaps.begin(), open.gaps.end(), is_below) &&
         std::any_of(open.gaps.begin(), open.gaps.end(), is_above);
}

void take_cells(const char* variable, std::size_t bytes, std::vector<Cell>* to) {
  std::size_t count;
  Cell* cells = cells_of({variable, variable + bytes}, &count);
  to->insert(to->end(), cells, cells + count);
  std::fill_n(cells, count, Cell{});
}

const Cell* put_cells(const char* variable, std::size_t bytes, const Cell* from) {
  std::size_t count;
  Cell* cells = cells_of({variable, variable + bytes}, &count);
  std::copy_n(from, count, cells);
  return from + count;
}

void begin_shared_shadow(std::uint64_t launch) {
  SharedShadow& s = shared_shadow;
  if (s.cells == nullptr) reserve();
  s.bytes = s.all_bytes;
  const bool overflows_soon = s.now > ~Access{0} / 2;
  if (s.launched != launch + 1 || overflows_soon) {
    s.launched = launch + 1;
    close_all();
  }
  if (overflows_soon) {
    s.now = 0;
    ++s.generation;
  }
  tick_shared(true);
}

void tick_shared(bool barrier) {
  SharedShadow& s = shared_shadow;
  if (s.now >= ~Access{0} - kTick) {
    // Times begin anew, and what came before counts as ordered: of a block with more than 100000
    // synchronisations, a race across this one moment goes unseen.
    for (const Range& v : open.all) {
      std::size_t count;
      Cell* cells = cells_of(v, &count);
      for (std::size_t i = 0; i < count; ++i) cells[i] = {cells[i].write & kStateMask, {0, 0}};
    }
    s.now = 0;
    ++s.generation;
    barrier = true;
  }
  s.now += kTick;
  if (barrier) s.barrier = s.now;
}

}  // namespace cudasim
