#include "common/file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <thread>

#include "common/check.h"
#include "common/test_files.h"

namespace nn {
namespace {

using testing::ExitedWithCode;

// For a child process: writes, prints the error, and exits with 3 if there was one.
[[noreturn]] void write_and_exit(const std::filesystem::path& path, std::string_view text) {
  try {
    write_file_atomically(path, text);
  } catch (const Error& e) {
    std::fputs(e.what(), stderr);
    std::_Exit(3);
  }
  std::_Exit(0);
}

// 1000 lines that differ: a repeated or missing part would show.
std::string long_text() {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += detail::cat("line ", i, "\n");
  return text;
}

TEST(File, ReadsBackWhatWasWritten) {
  const TemporaryFolder folder;
  for (const std::string& text :
       {std::string(), std::string("one line\n"), std::string("\0\xff\r\n\x1a", 5), long_text()}) {
    write_file_atomically(folder.path() / "file", text);
    EXPECT_EQ(to_text(read_file(folder.path() / "file")), text);
  }
  EXPECT_EQ(folder.names(), std::vector<std::string>{"file"});
}

TEST(File, WritesIntoTheCurrentFolder) {
  const TemporaryFolder folder;
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());
  write_file_atomically("bare", "text");
  std::filesystem::current_path(before);
  EXPECT_EQ(to_text(read_file(folder.path() / "bare")), "text");
}

// ext4 and most others allow 255 bytes: the temporary name must not be longer than the final one.
TEST(File, WritesTheLongestNamesAllowed) {
  const TemporaryFolder folder;
  const std::string name(255, 'n');
  write_file_atomically(folder.path() / name, "text");
  EXPECT_EQ(folder.names(), std::vector<std::string>{name});
  EXPECT_TRUE(says(message_of([&] { write_file_atomically(folder.path() / (name + "n"), "text"); }),
                   "File name too long"));
}

// The size that fstat reports for files in /proc is 0.
TEST(File, ReadsToTheEndWhateverTheSizeSays) {
  EXPECT_FALSE(read_file("/proc/self/status").empty());
}

TEST(File, ReadsNoMoreThanAskedFor) {
  const TemporaryFolder folder;
  const std::filesystem::path path = folder.path() / "file";
  write_file_atomically(path, "12345678");
  EXPECT_EQ(read_file(path, 8).size(), 8u);
  const std::string message = message_of([&] { read_file(path, 7); });
  EXPECT_TRUE(says(message, "at most 7 are expected"));
  EXPECT_TRUE(says(message, path.string()));
  EXPECT_TRUE(says(message_of([] { read_file("/proc/self/status", 7); }), "at most 7"));
}

TEST(File, SaysWhyItCannotRead) {
  const TemporaryFolder folder;
  const std::filesystem::path file = folder.path() / "file", pipe = folder.path() / "pipe";
  write_file_atomically(file, "text");
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const auto reading = [](const std::filesystem::path& path) {
    return message_of([&] { read_file(path); });
  };
  EXPECT_TRUE(says(reading(folder.path() / "missing"), "there is no such file"));
  EXPECT_TRUE(says(reading(folder.path() / "missing"), (folder.path() / "missing").string()));
  EXPECT_TRUE(says(reading(""), "there is no such file"));
  EXPECT_TRUE(says(reading(folder.path()), "it is a folder"));
  EXPECT_TRUE(says(reading(file / "below"), "Not a directory"));
  EXPECT_TRUE(says(reading(pipe), "not a regular file"));
  EXPECT_TRUE(says(reading("/dev/zero"), "not a regular file"));
}

TEST(File, SaysWhyItCannotWrite) {
  const TemporaryFolder folder;
  const std::filesystem::path file = folder.path() / "file", pipe = folder.path() / "pipe";
  write_file_atomically(file, "text");
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  std::filesystem::create_directory(folder.path() / "folder");
  const auto writing = [](const std::filesystem::path& path) {
    return message_of([&] { write_file_atomically(path, "new"); });
  };
  EXPECT_TRUE(says(writing(folder.path() / "none" / "x"), "No such file or directory"));
  EXPECT_TRUE(says(writing(folder.path() / "none" / "x"), (folder.path() / "none").string()));
  EXPECT_TRUE(says(writing(file / "x"), "Not a directory"));
  EXPECT_TRUE(says(writing(folder.path() / "folder"), "it is a folder"));
  EXPECT_TRUE(says(writing(folder.path() / ""), "does not name a file"));
  EXPECT_TRUE(says(writing(""), "does not name a file"));
  EXPECT_TRUE(says(writing(".."), "does not name a file"));
  EXPECT_TRUE(says(writing(pipe), "not a regular file"));
  EXPECT_TRUE(std::filesystem::is_fifo(pipe));
  EXPECT_EQ(to_text(read_file(file)), "text");
  EXPECT_EQ(folder.names().size(), 3u);  // no temporary
}

// Root may write anywhere but where the kernel has no such operation, as in /proc.
TEST(File, SaysThatAFolderIsReadOnly) {
  EXPECT_TRUE(says(message_of([] { write_file_atomically("/proc/nn_file_test", "new"); }),
                   "cannot write \"/proc/nn_file_test\": creating a temporary file"));
}

TEST(File, SaysThatPermissionIsMissing) {
  const TemporaryFolder folder;
  const std::filesystem::path file = folder.path() / "file";
  write_file_atomically(file, "text");
  ASSERT_EQ(::chmod(file.c_str(), 0000), 0);
  ASSERT_EQ(::chmod(folder.path().c_str(), 0555), 0);
  std::string reading, writing;
  {
    const WithoutRoot without_root;
    if (!without_root.effective()) GTEST_SKIP() << "root, with no other user to become";
    reading = message_of([&] { read_file(file); });
    writing = message_of([&] { write_file_atomically(file, "new"); });
  }
  ASSERT_EQ(::chmod(folder.path().c_str(), 0755), 0);
  EXPECT_TRUE(says(reading, "Permission denied"));
  EXPECT_TRUE(says(writing, "Permission denied"));
  EXPECT_EQ(folder.names(), std::vector<std::string>{"file"});
}

// A file size limit acts as a full disk does: one write() is cut short, the next one fails.
TEST(FileDeathTest, KeepsTheOldContentWhenWritingFails) {
  const TemporaryFolder folder;
  const std::filesystem::path path = folder.path() / "file";
  write_file_atomically(path, "old");
  const auto write_with_limit = [&] {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit = {4096, 4096};
    if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) std::_Exit(1);
    write_and_exit(path, long_text());
  };
  ASSERT_GT(long_text().size(), 4096u);
  EXPECT_EXIT(write_with_limit(), ExitedWithCode(3), "writing failed: File too large.*unchanged");
  EXPECT_EQ(to_text(read_file(path)), "old");
  EXPECT_EQ(folder.names(), std::vector<std::string>{"file"});
}

// Exit codes of the child below.
constexpr int kNoMount = 77;
constexpr int kKept = 5;

// On a disk of 64 KiB of its own, which only the child sees: overfills it, then looks.
[[noreturn]] void overfill_a_small_disk(const std::filesystem::path& folder) {
  // Who may mount nothing may still do so as the root of a namespace of their own
  // [user_namespaces(7)].
  const uid_t user = ::geteuid();
  const gid_t group = ::getegid();
  if (::unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) std::_Exit(kNoMount);
  std::ofstream("/proc/self/setgroups") << "deny";
  std::ofstream("/proc/self/uid_map") << "0 " << user << " 1";
  std::ofstream("/proc/self/gid_map") << "0 " << group << " 1";
  if (::mount("tmpfs", folder.c_str(), "tmpfs", 0, "size=64k") != 0) std::_Exit(kNoMount);
  const std::filesystem::path path = folder / "file";
  try {
    write_file_atomically(path, "old");
    write_file_atomically(path, std::string(std::size_t{1} << 20, 'x'));
  } catch (const Error& e) {
    std::fputs(e.what(), stderr);
    const bool alone =
        ++std::filesystem::directory_iterator(folder) == std::filesystem::directory_iterator();
    std::_Exit(alone && to_text(read_file(path)) == "old" ? kKept : 1);
  }
  std::_Exit(0);
}

TEST(FileDeathTest, KeepsTheOldContentWhenTheDiskIsFull) {
  const TemporaryFolder folder;
  bool mounted = true;
  const auto kept_or_no_mount = [&](int status) {
    mounted = WEXITSTATUS(status) != kNoMount;
    return WIFEXITED(status) && (!mounted || WEXITSTATUS(status) == kKept);
  };
  EXPECT_EXIT(overfill_a_small_disk(folder.path()), kept_or_no_mount, "^$|No space left on device");
  if (!mounted) GTEST_SKIP() << "this machine does not let a test mount a small disk";
}

TEST(File, RemovesTheTemporariesOfTheDeadAndNothingElse) {
  const TemporaryFolder folder;
  for (const char* name :
       {".nn-1-0.tmp", ".nn-65535-31.tmp", ".nn-1-0", "nn-1-0.tmp", "file.tmp"}) {
    write_file_atomically(folder.path() / name, "text");
  }
  std::filesystem::create_directory(folder.path() / ".nn-folder.tmp");
  remove_temporaries(folder.path());
  std::vector<std::string> names = folder.names();
  std::ranges::sort(names);
  EXPECT_EQ(names,
            (std::vector<std::string>{".nn-1-0", ".nn-folder.tmp", "file.tmp", "nn-1-0.tmp"}));
  EXPECT_TRUE(says(message_of([&] { remove_temporaries(folder.path() / "none"); }),
                   "No such file or directory"));
}

TEST(File, AppendsToWhatIsThere) {
  const TemporaryFolder folder;
  const std::filesystem::path path = folder.path() / "log";
  append_to_file(path, "one");
  append_to_file(path, "");
  append_to_file(path, ", two");
  EXPECT_EQ(to_text(read_file(path)), "one, two");
  EXPECT_TRUE(says(message_of([&] { append_to_file(folder.path(), "x"); }), "Is a directory"));
  EXPECT_TRUE(says(message_of([&] { append_to_file(folder.path() / "no/log", "x"); }),
                   "No such file or directory"));
}

// A limit on file sizes stands in for a full disk: of five bytes, three fit.
TEST(FileDeathTest, TakesBackWhatItCouldAppendOnlyInPart) {
  const TemporaryFolder folder;
  const std::filesystem::path path = folder.path() / "log";
  append_to_file(path, "0123456789");
  const auto append = [&] {
    ::signal(SIGXFSZ, SIG_IGN);
    rlimit limit{};
    ::getrlimit(RLIMIT_FSIZE, &limit);
    const rlimit small{13, limit.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &small);
    const std::string message = message_of([&] { append_to_file(path, "abcde"); });
    ::setrlimit(RLIMIT_FSIZE, &limit);  // stderr is a file of the test's
    std::fputs(message.c_str(), stderr);
    std::_Exit(0);
  };
  EXPECT_EXIT(append(), testing::ExitedWithCode(0), "File too large.*before is unchanged");
  EXPECT_EQ(to_text(read_file(path)), "0123456789");
}

// Whoever reads while others write sees one whole version, whoever writes takes nobody's
// temporary.
TEST(File, IsWholeAtAnyTime) {
  const TemporaryFolder folder;
  const std::filesystem::path path = folder.path() / "file";
  const std::string versions[] = {std::string(50'000, 'a'), std::string(70'000, 'b')};
  write_file_atomically(path, versions[0]);
  std::vector<std::thread> writers;
  for (const std::string& version : versions) {
    writers.emplace_back([&] {
      for (int i = 0; i < 20; ++i) write_file_atomically(path, version);
    });
  }
  for (int i = 0; i < 50; ++i) {
    const std::string seen = to_text(read_file(path));
    EXPECT_TRUE(seen == versions[0] || seen == versions[1]) << seen.size() << " bytes";
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(folder.names(), std::vector<std::string>{"file"});
}

}  // namespace
}  // namespace nn
