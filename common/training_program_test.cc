#include "common/training_program.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "common/test_files.h"

namespace nn {
namespace {

TEST(TrainingProgramDeathTest, TheFirstSignalIsHeardAndTheSecondEnds) {
  for (const int signal : {SIGINT, SIGTERM}) {
    const auto twice = [&] {
      std::signal(signal, SIG_DFL);  // who runs this test may have it ignored
      set_up_signals();
      if (stop_asked()) std::_Exit(1);
      std::raise(signal);
      if (!stop_asked()) std::_Exit(2);
      std::raise(signal);
      std::_Exit(3);
    };
    EXPECT_EXIT(twice(), testing::KilledBySignal(signal), "");
  }
}

TEST(TrainingProgramDeathTest, AnIgnoredSignalStaysIgnored) {
  const auto ignored = [] {
    std::signal(SIGINT, SIG_IGN);
    set_up_signals();
    std::raise(SIGINT);
    std::_Exit(stop_asked() ? 1 : 0);
  };
  EXPECT_EXIT(ignored(), testing::ExitedWithCode(0), "");
}

TEST(TrainingProgram, AMessageStaysOneLine) {
  EXPECT_EQ(one_line("a\nb\x1b[31m\x7f ü"), "a?b?[31m? ü");
}

TEST(TrainingProgram, ARunIsFoundHoweverItIsNamed) {
  const TemporaryFolder folder;
  const std::filesystem::path run = folder.path() / "run";
  std::filesystem::create_directory(run);
  std::filesystem::create_symlink("run", folder.path() / "latest");
  for (const std::string& name : {run.string(), run.string() + "/", run.string() + "/../run",
                                  (folder.path() / "latest").string()}) {
    const RunFolder found = open_named_run_folder(name, Resume::yes);
    EXPECT_TRUE(std::filesystem::equivalent(found.path(), run)) << name;
  }
  std::filesystem::create_symlink("gone", folder.path() / "dangling");
  EXPECT_TRUE(says(message_of([&] {
                     open_named_run_folder((folder.path() / "dangling").string(), Resume::yes);
                   }),
                   "leads to no folder"));
}

}  // namespace
}  // namespace nn
