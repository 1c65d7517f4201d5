#include "common/run_folder.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <set>
#include <thread>
#include <utility>
#include <vector>

#include "common/check.h"
#include "common/file.h"
#include "common/test_files.h"

namespace nn {
namespace {

namespace fs = std::filesystem;

// 2026-11-21T14:30:05Z, in seconds since 1970.
constexpr std::time_t kStart = 1795271405;

TEST(RunFolder, IsMadeWithItsParents) {
  const TemporaryFolder folder;
  const fs::path runs = folder.path() / "some" / "runs";
  EXPECT_EQ(open_run_folder(runs, "first", Resume::no).path(), runs / "first");
  EXPECT_TRUE(fs::is_directory(runs / "first"));
  EXPECT_NO_THROW(open_run_folder(runs, "first", Resume::no));  // still empty
}

TEST(RunFolder, IsOverwrittenByNobody) {
  const TemporaryFolder folder;
  const fs::path run = open_run_folder(folder.path(), "run", Resume::no).path();
  write_file_atomically(run / "log.csv", "epoch\n1\n");
  const std::string message =
      message_of([&] { open_run_folder(folder.path(), "run", Resume::no); });
  EXPECT_TRUE(says(message, run.string()));
  EXPECT_TRUE(says(message, "is not empty. Resume the run in it, or choose another folder"));
  EXPECT_EQ(open_run_folder(folder.path(), "run", Resume::yes).path(), run);
  EXPECT_EQ(to_text(read_file(run / "log.csv")), "epoch\n1\n");
}

TEST(RunFolder, IsResumedOnlyIfItExists) {
  const TemporaryFolder folder;
  const auto resuming = [&](const std::string& name) {
    return message_of([&] { open_run_folder(folder.path(), name, Resume::yes); });
  };
  EXPECT_TRUE(says(resuming("run"), "there is no run"));
  write_file_atomically(folder.path() / "run", "a file");
  EXPECT_TRUE(says(resuming("run"), "there is no run"));
}

TEST(RunFolder, SaysWhyItCannotBeMade) {
  const TemporaryFolder folder;
  write_file_atomically(folder.path() / "file", "");
  const auto opening = [&](const fs::path& runs, const std::string& name) {
    return message_of([&] { open_run_folder(runs, name, Resume::no); });
  };
  EXPECT_TRUE(says(opening(folder.path(), "file"), "cannot make the folder"));
  EXPECT_TRUE(says(opening(folder.path() / "file", "run"), "Not a directory"));
  EXPECT_TRUE(says(opening("/proc", "run"), "cannot make the folder \"/proc/run\""));
  EXPECT_TRUE(says(message_of([] { make_dated_run_folder("/proc", "mnist", kStart); }),
                   "cannot make the folder \"/proc/mnist-2026-11-21T14-30-05Z\""));
  for (const std::string name : {"", ".", "..", ".hidden", "a/b", "/tmp", "latest"}) {
    EXPECT_TRUE(says(opening(folder.path(), name), "a run cannot be called \"" + name + "\""));
  }
  EXPECT_TRUE(says(opening(folder.path(), std::string("a\0b", 3)), "cannot be called"));
  EXPECT_EQ(folder.names(), std::vector<std::string>{"file"});
}

TEST(RunFolder, MustBeWritable) {
  const TemporaryFolder folder;
  const fs::path run = open_run_folder(folder.path(), "run", Resume::no).path();
  fs::permissions(run, fs::perms(0555));
  fs::permissions(folder.path(), fs::perms(0555));
  {
    const WithoutRoot without_root;
    if (!without_root.effective()) GTEST_SKIP() << "root, with no other user to become";
    for (const Resume resume : {Resume::no, Resume::yes}) {
      EXPECT_TRUE(says(message_of([&] { open_run_folder(folder.path(), "run", resume); }),
                       "cannot write into \"" + run.string() + "\": Permission denied"));
    }
    EXPECT_TRUE(says(message_of([&] { open_run_folder(folder.path(), "other", Resume::no); }),
                     "Permission denied"));
    EXPECT_TRUE(says(message_of([&] { mark_latest(run); }), "Permission denied"));
  }
  fs::permissions(folder.path(), fs::perms(0755));  // so that it can be removed
}

TEST(RunFolder, IsDatedInUtcAndCountedWhereTaken) {
  const TemporaryFolder folder;
  const fs::path runs = folder.path() / "runs";
  EXPECT_EQ(make_dated_run_folder(runs, "mnist", kStart).path(),
            runs / "mnist-2026-11-21T14-30-05Z");
  EXPECT_EQ(make_dated_run_folder(runs, "mnist", kStart).path(),
            runs / "mnist-2026-11-21T14-30-05Z-2");
  write_file_atomically(runs / "mnist-2026-11-21T14-30-05Z-3", "a file in the way");
  EXPECT_EQ(make_dated_run_folder(runs, "mnist", kStart).path(),
            runs / "mnist-2026-11-21T14-30-05Z-4");
  EXPECT_EQ(make_dated_run_folder(runs, "moons", kStart).path(),
            runs / "moons-2026-11-21T14-30-05Z");
  EXPECT_EQ(make_dated_run_folder(runs, "mnist", 0).path(), runs / "mnist-1970-01-01T00-00-00Z");
}

TEST(RunFolder, BelongsToOneRun) {
  const TemporaryFolder folder;
  std::vector<fs::path> made(8);
  std::vector<std::thread> runs;
  for (fs::path& mine : made) {
    runs.emplace_back([&] { mine = make_dated_run_folder(folder.path(), "mnist", kStart).path(); });
  }
  for (std::thread& run : runs) run.join();
  EXPECT_EQ(std::set(made.begin(), made.end()).size(), made.size());
}

TEST(RunFolder, IsHeldByOneAtATime) {
  const TemporaryFolder folder;
  const auto opening = [&](Resume resume) {
    return message_of([&] { open_run_folder(folder.path(), "run", resume); });
  };
  {
    RunFolder held = open_run_folder(folder.path(), "run", Resume::no);
    EXPECT_TRUE(says(opening(Resume::yes), "another program is training in"));
    EXPECT_TRUE(says(opening(Resume::no), "another program is training in"));
    const RunFolder still_held = std::move(held);
    EXPECT_TRUE(says(opening(Resume::yes), (folder.path() / "run").string()));
  }
  EXPECT_EQ(opening(Resume::yes), "(nothing was thrown)");
  EXPECT_EQ(opening(Resume::no), "(nothing was thrown)");
}

// A run killed while it wrote its first file leaves a temporary and nothing else.
TEST(RunFolder, IsFreedOfWhatAKilledRunLeft) {
  const TemporaryFolder folder;
  const fs::path run = open_run_folder(folder.path(), "run", Resume::no).path();
  write_file_atomically(run / ".nn-4711-0.tmp", "half a fi");
  EXPECT_NO_THROW(open_run_folder(folder.path(), "run", Resume::no)) << "empty but for that";
  EXPECT_TRUE(fs::is_empty(run));
  write_file_atomically(run / ".nn-4711-1.tmp", "half a fi");
  write_file_atomically(run / "log.csv", "epoch\n");
  open_run_folder(folder.path(), "run", Resume::yes);
  EXPECT_FALSE(fs::exists(run / ".nn-4711-1.tmp"));
  EXPECT_TRUE(fs::exists(run / "log.csv"));
}

TEST(RunFolder, KeepsTheTemporariesOfTheLiving) {
  const TemporaryFolder folder;
  const RunFolder held = open_run_folder(folder.path(), "run", Resume::no);
  write_file_atomically(held.path() / ".nn-4711-0.tmp", "being written");
  EXPECT_THROW(open_run_folder(folder.path(), "run", Resume::yes), Error);
  EXPECT_TRUE(fs::exists(held.path() / ".nn-4711-0.tmp"));
}

TEST(RunFolder, IsDiscardedOnlyIfNewAndEmpty) {
  const TemporaryFolder folder;
  const fs::path run = folder.path() / "run";
  open_run_folder(folder.path(), "run", Resume::no).discard_if_unused();
  EXPECT_FALSE(fs::exists(run));
  RunFolder used = open_run_folder(folder.path(), "run", Resume::no);
  write_file_atomically(run / "log.csv", "epoch\n");
  used.discard_if_unused();
  EXPECT_TRUE(fs::exists(run / "log.csv"));
  fs::create_directory(folder.path() / "old");
  open_run_folder(folder.path(), "old", Resume::no).discard_if_unused();
  EXPECT_TRUE(fs::exists(folder.path() / "old")) << "somebody else made it";
}

TEST(Latest, LeadsToTheLastRunMarked) {
  const TemporaryFolder folder;
  const fs::path latest = folder.path() / "latest";
  for (const std::string name : {"first", "second"}) {
    mark_latest(open_run_folder(folder.path(), name, Resume::no).path());
    EXPECT_EQ(fs::read_symlink(latest), name);  // relative
    EXPECT_TRUE(fs::equivalent(latest, folder.path() / name));
  }
  EXPECT_EQ(folder.names().size(), 3u);  // no temporary
}

TEST(Latest, TakesNothingElsesPlace) {
  const TemporaryFolder folder;
  fs::create_directory(folder.path() / "latest");
  const fs::path run = open_run_folder(folder.path(), "run", Resume::no).path();
  EXPECT_TRUE(says(message_of([&] { mark_latest(run); }), "Is a directory"));
  EXPECT_TRUE(fs::is_directory(folder.path() / "latest"));
  EXPECT_EQ(folder.names().size(), 2u);  // no temporary
}

}  // namespace
}  // namespace nn
