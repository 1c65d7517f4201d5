#include "common/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <system_error>
#include <utility>

#include "common/check.h"

namespace nn {
namespace {

// What errno says, in words: "No such file or directory".
std::string reason(int error) { return std::generic_category().message(error); }

[[noreturn]] void cannot_read(const std::filesystem::path& path, const std::string& why) {
  throw Error(detail::cat("cannot read ", path, ": ", why));
}

[[noreturn]] void cannot_write(const std::filesystem::path& path, const std::string& why) {
  throw Error(detail::cat("cannot write ", path, ": ", why));
}

// Makes a system call again for as long as a signal interrupts it.
template <class Call>
auto uninterrupted(Call call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

// An open file or folder, which closes itself; -1 if opening failed.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }

  int get() const { return fd_; }
  // A network file system may report a lost write only here. Not repeated on EINTR: Linux has
  // freed the number by then, and another thread may already own it [close(2)].
  int close() { return ::close(std::exchange(fd_, -1)); }

 private:
  int fd_;
};

// A file is called ".nn-<process>-<counter>.tmp" until it is complete.
constexpr std::string_view kTemporaryStart = ".nn-";
constexpr std::string_view kTemporaryEnd = ".tmp";

bool is_temporary(const std::string& name) {
  return name.starts_with(kTemporaryStart) && name.ends_with(kTemporaryEnd);
}

// Goes away with the object, unless renamed.
struct TemporaryName {  // NOLINT(cppcoreguidelines-special-member-functions): an aggregate
  int folder;
  std::string name;
  ~TemporaryName() {
    if (!name.empty()) ::unlinkat(folder, name.c_str(), 0);
  }
};

}  // namespace

std::vector<std::byte> read_file(const std::filesystem::path& path, std::uint64_t max_bytes) {
  // O_NONBLOCK: opening a pipe without a writer would wait forever; on a file it means nothing.
  const Descriptor file(
      uninterrupted([&] { return ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK); }));
  if (file.get() < 0 && errno == ENOENT) {
    cannot_read(path,
                "there is no such file. Check the path; a relative one starts at the folder "
                "the program was started in");
  }
  if (file.get() < 0) cannot_read(path, reason(errno));

  struct stat status = {};
  if (::fstat(file.get(), &status) != 0) cannot_read(path, reason(errno));
  if (S_ISDIR(status.st_mode)) cannot_read(path, "it is a folder. Name a file in it");
  if (!S_ISREG(status.st_mode)) cannot_read(path, "it is a device or a pipe, not a regular file");
  const auto refuse_larger = [&](std::uint64_t size) {
    if (size <= max_bytes) return;
    cannot_read(path, detail::cat("it has ", size, " bytes or more; at most ", max_bytes,
                                  " are expected here. Is it the right file?"));
  };
  refuse_larger(static_cast<std::uint64_t>(status.st_size));

  // The size is only what the file had a moment ago (and 0 for the files in /proc), so the end is
  // where read() says it is; one byte more than the size is room to be told.
  std::vector<std::byte> bytes(static_cast<std::size_t>(status.st_size) + 1);
  std::size_t end = 0;
  for (;;) {
    const ssize_t got =
        uninterrupted([&] { return ::read(file.get(), bytes.data() + end, bytes.size() - end); });
    if (got < 0) cannot_read(path, reason(errno));
    if (got == 0) break;
    end += static_cast<std::size_t>(got);
    refuse_larger(end);
    if (end == bytes.size()) bytes.resize(2 * bytes.size() + 4096);
  }
  bytes.resize(end);
  return bytes;
}

void write_file_atomically(const std::filesystem::path& path, std::span<const std::byte> bytes) {
  const std::string name = path.filename().string();
  if (name.empty() || name == "." || name == "..") cannot_write(path, "it does not name a file");
  // Every later step is relative to this one folder, even if somebody moves it meanwhile.
  const std::string folder_name = path.has_parent_path() ? path.parent_path().string() : ".";
  Descriptor folder(uninterrupted(
      [&] { return ::open(folder_name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); }));
  if (folder.get() < 0) {
    cannot_write(path, detail::cat("opening its folder failed: ", reason(errno)));
  }
  // Renaming over a device or a pipe would take it away from whoever uses it.
  struct stat status = {};
  if (::fstatat(folder.get(), name.c_str(), &status, 0) == 0 && !S_ISREG(status.st_mode)) {
    cannot_write(path, S_ISDIR(status.st_mode) ? "it is a folder. Name a file in it"
                                               : "it is a device or a pipe, not a regular file");
  }

  // Process and counter make the name unique among the living; where a killed run left one
  // behind, O_EXCL refuses it and the next is tried. The final name is no part of it, since that
  // may already be as long as the file system allows.
  static std::atomic<unsigned> counter = 0;
  std::string unique;
  const auto create = [&] {
    unique = detail::cat(kTemporaryStart, ::getpid(), "-", counter++, kTemporaryEnd);
    return ::openat(folder.get(), unique.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  };
  int fd = create();
  while (fd < 0 && (errno == EEXIST || errno == EINTR)) fd = create();
  const auto fail = [&](const char* step) {
    cannot_write(path, detail::cat(step, " failed: ", reason(errno),
                                   ". What was there before is unchanged"));
  };
  if (fd < 0) fail("creating a temporary file in its folder");
  Descriptor file(fd);
  TemporaryName temporary{folder.get(), unique};

  for (std::size_t done = 0; done < bytes.size();) {  // write() may take less than it is given
    const ssize_t taken = uninterrupted(
        [&] { return ::write(file.get(), bytes.data() + done, bytes.size() - done); });
    if (taken < 0) fail("writing");
    done += static_cast<std::size_t>(taken);
  }
  // Before the rename: else a power cut could leave the final name on an empty file.
  if (uninterrupted([&] { return ::fsync(file.get()); }) != 0) fail("fsync");
  if (file.close() != 0) fail("closing");
  if (::renameat(folder.get(), temporary.name.c_str(), folder.get(), name.c_str()) != 0) {
    fail("renaming the temporary file");
  }
  temporary.name.clear();
  // Makes the rename itself last. Some network and host-shared file systems have no such call for
  // folders and say EINVAL; there is nothing better to do there.
  if (uninterrupted([&] { return ::fsync(folder.get()); }) != 0 && errno != EINVAL) {
    cannot_write(path, detail::cat("the new content is in place, but fsync of its folder failed: ",
                                   reason(errno), ". A power cut now could bring the old back"));
  }
}

void write_file_atomically(const std::filesystem::path& path, std::string_view text) {
  write_file_atomically(path, std::as_bytes(std::span(text)));
}

void append_to_file(const std::filesystem::path& path, std::string_view text) {
  // O_NONBLOCK: opening a pipe without a reader would wait forever; on a file it means nothing.
  Descriptor file(uninterrupted([&] {
    return ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK, 0666);
  }));
  if (file.get() < 0) cannot_write(path, reason(errno));
  struct stat status = {};
  if (::fstat(file.get(), &status) != 0) cannot_write(path, reason(errno));
  if (!S_ISREG(status.st_mode)) {
    cannot_write(path, "it is a device or a pipe, not a regular file");
  }
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t taken =
        uninterrupted([&] { return ::write(file.get(), text.data() + done, text.size() - done); });
    if (taken < 0) {
      const std::string why = reason(errno);
      const bool mended = ::ftruncate(file.get(), status.st_size) == 0;
      cannot_write(path, detail::cat(why, mended ? ". What was there before is unchanged"
                                                 : ". A part of it may have been written"));
    }
    done += static_cast<std::size_t>(taken);
  }
  if (file.close() != 0) cannot_write(path, reason(errno));
}

void remove_temporaries(const std::filesystem::path& folder) {
  try {
    std::vector<std::filesystem::path> found;  // a folder is not changed while it is being read
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      const bool is_file = entry.symlink_status().type() == std::filesystem::file_type::regular;
      if (is_file && is_temporary(entry.path().filename().string())) found.push_back(entry.path());
    }
    for (const std::filesystem::path& path : found) std::filesystem::remove(path);
  } catch (const std::filesystem::filesystem_error& error) {
    throw Error(
        detail::cat("cannot remove the temporary files in ", folder, ": ", error.code().message()));
  }
}

}  // namespace nn
