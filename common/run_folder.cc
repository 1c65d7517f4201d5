#include "common/run_folder.h"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "common/check.h"
#include "common/file.h"

namespace nn {
namespace {

namespace fs = std::filesystem;

constexpr const char* kLatest = "latest";

template <class... Parts>
[[noreturn]] void refuse(const Parts&... parts) {
  throw Error(detail::cat(parts...));
}

void check_name(const std::string& name) {
  const bool plain = !name.empty() && name.front() != '.' && name != kLatest &&
                     name.find_first_of(std::string("/\0", 2)) == std::string::npos;
  if (!plain) {
    refuse("a run cannot be called \"", name,
           "\": a name is not empty, has no '/', does not begin with '.' and is not \"", kLatest,
           "\"");
  }
}

// Makes it with its parents; true if it was not there.
bool make_folders(const fs::path& folder) {
  std::error_code error;
  const bool made = fs::create_directories(folder, error);
  if (error) refuse("cannot make the folder ", folder, " for a run: ", error.message());
  return made;
}

void check_writable(const fs::path& folder) {
  if (::faccessat(AT_FDCWD, folder.c_str(), W_OK | X_OK, AT_EACCESS) != 0) {
    refuse("cannot write into ", folder, ": ", std::generic_category().message(errno),
           ". Choose another folder, or change its permissions");
  }
}

}  // namespace

RunFolder::RunFolder(fs::path path, bool is_new) : path_(std::move(path)), is_new_(is_new) {
  check_writable(path_);
  descriptor_ = ::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor_ < 0) {
    refuse("cannot open the folder ", path_, ": ", std::generic_category().message(errno));
  }
  // A lock on the folder itself needs no file in it. It belongs to the open descriptor [flock(2)].
  const bool locked = ::flock(descriptor_, LOCK_EX | LOCK_NB) == 0;
  const bool held_by_another = !locked && errno == EWOULDBLOCK;
  try {
    if (held_by_another) {
      refuse("another program is training in ", path_, " now. Wait for its end, or stop it first");
    }
    if (locked) remove_temporaries(path_);
  } catch (...) {
    ::close(descriptor_);  // a constructor that throws is not followed by the destructor
    throw;
  }
}

RunFolder::RunFolder(RunFolder&& other) noexcept
    : path_(std::move(other.path_)),
      is_new_(other.is_new_),
      descriptor_(std::exchange(other.descriptor_, -1)) {}

RunFolder::~RunFolder() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void RunFolder::discard_if_unused() {
  if (is_new_) ::rmdir(path_.c_str());  // which fails, as it should, where there is something in it
}

RunFolder open_run_folder(const fs::path& runs, const std::string& name, Resume resume) {
  check_name(name);
  const fs::path path = runs / name;
  std::error_code error;
  if (resume == Resume::yes) {
    if (!fs::is_directory(path, error)) refuse("there is no run ", path, " to resume");
    return RunFolder(path, false);
  }
  const bool made = make_folders(path);
  RunFolder folder(path, made);
  const bool empty = fs::is_empty(path, error);
  if (error) refuse("cannot look into ", path, ": ", error.message());
  if (!empty) refuse(path, " is not empty. Resume the run in it, or choose another folder");
  return folder;
}

RunFolder make_dated_run_folder(const fs::path& runs, const std::string& dataset,
                                std::time_t start) {
  const std::string dated =
      fmt::format("{}-{:%Y-%m-%dT%H-%M-%SZ}", dataset, fmt::gmtime(start));  // no ':', for Windows
  check_name(dated);
  make_folders(runs);
  for (int n = 1;; ++n) {
    const fs::path path = runs / (n == 1 ? dated : detail::cat(dated, "-", n));
    // Making it is what decides who has the name, so two runs never share one.
    std::error_code error;
    if (fs::create_directory(path, error)) return RunFolder(path, true);
    if (error && !fs::exists(path)) {
      refuse("cannot make the folder ", path, " for a run: ", error.message());
    }
  }
}

void mark_latest(const fs::path& run_folder) {
  const fs::path latest = run_folder.parent_path() / kLatest;
  const fs::path temporary = run_folder.parent_path() / detail::cat(".latest-", ::getpid());
  std::error_code error, ignored;
  fs::remove(temporary, ignored);  // left by a killed run that had this process number
  fs::create_directory_symlink(run_folder.filename(), temporary, error);
  if (!error) fs::rename(temporary, latest, error);
  if (error) {
    fs::remove(temporary, ignored);
    refuse("cannot let ", latest, " lead to ", run_folder.filename(), ": ", error.message());
  }
}

}  // namespace nn
