// runs/<name>/: where one training run leaves its model, log and pictures.
#pragma once

#include <ctime>
#include <filesystem>
#include <string>

namespace nn {

// A run's folder, held by one program at a time: while this lives, opening the same folder again,
// by any process of this machine, is an nn::Error. The kernel lets go of it when the process ends,
// however it ends, so nothing is left to clean up. (Where a network file system has no such locks,
// nothing is held.)
class RunFolder {
 public:
  // Holds the folder at `path`, which must exist, and clears away the temporary files of a killed
  // run. is_new: it was made for this. Held by another or not writable: nn::Error.
  RunFolder(std::filesystem::path path, bool is_new);
  RunFolder(const RunFolder&) = delete;
  RunFolder& operator=(const RunFolder&) = delete;
  RunFolder(RunFolder&& other) noexcept;
  RunFolder& operator=(RunFolder&&) = delete;
  ~RunFolder();

  const std::filesystem::path& path() const { return path_; }
  // Takes the folder away again, if it is new and still empty.
  void discard_if_unused();

 private:
  std::filesystem::path path_;
  bool is_new_;
  int descriptor_ = -1;  // of the folder, with its lock; -1: moved from
};

enum class Resume { no, yes };

// Opens runs/name. Without Resume it is made, with `runs` if need be, and must not hold anything
// yet; with Resume it must exist. nn::Error that says what is the matter and what to do: also if it
// cannot be written to, since better now than after the first epoch.
// A name is one folder's name: not empty, no '/', no leading '.', not "latest".
RunFolder open_run_folder(const std::filesystem::path& runs, const std::string& name,
                          Resume resume);

// Makes runs/<dataset>-<start, in UTC>, such as runs/mnist-2026-11-21T14-30-05Z; with -2, -3, ...
// after it if that name is taken, even by a run that starts at the same time.
RunFolder make_dated_run_folder(const std::filesystem::path& runs, const std::string& dataset,
                                std::time_t start);

// Lets runs/latest lead to this run's folder. A relative link, so that `runs` can be moved;
// replaced in one step, so that it always leads somewhere.
void mark_latest(const std::filesystem::path& run_folder);

}  // namespace nn
