#include "common/training_program.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "common/safetensors.h"
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

TEST(TrainingProgram, ATenthIsShort) {
  EXPECT_EQ(fmt::format("{} {} {}", tenth_of(0.012), tenth_of(0.2), tenth_of(1e-299)),
            "0.0012 0.02 1e-300");
}

TEST(TrainingProgram, AMessageStaysOneLine) {
  EXPECT_EQ(one_line("a\nb\x1b[31m\x7f ü"), "a?b?[31m? ü");
}

TEST(TrainingProgram, SaysInOneLineWhatWentWrong) {
  const char* const argv[] = {"build/release/bin/phase1_train"};
  const auto ends = [&](const std::function<int()>& run) {
    testing::internal::CaptureStderr();
    const int status = run_user_program(1, argv, kPhase1Train, "try less", run);
    return fmt::format("{} {}", status, testing::internal::GetCapturedStderr());
  };
  EXPECT_EQ(ends([] { return 130; }), "130 ");
  EXPECT_EQ(ends([]() -> int { throw UsageError("--a is 'x\ny'"); }),
            "2 train: --a is 'x?y'\nSee: make train PHASE=1 ARGS=\"--help\"\n");
  EXPECT_EQ(ends([]() -> int { throw std::bad_alloc(); }),
            "1 train: there is not enough memory; try less\n");
  EXPECT_EQ(ends([]() -> int { throw Error("no\x1b disk"); }), "1 train: no? disk\n");
}

// A run's folder that holds a checkpoint of this format.
std::filesystem::path run_with(const TemporaryFolder& folder, const std::string& format) {
  const std::filesystem::path run = folder.path() / "run";
  std::filesystem::create_directory(run);
  Safetensors content;
  if (!format.empty()) content.metadata["format"] = format;
  write_safetensors(run / kCheckpoint, content);
  return run;
}

TEST(TrainingProgram, ARunGoesOnWithTheTrainerThatBeganIt) {
  const std::string called = "build/mine/bin/phase2_train";
  const TemporaryFolder folder;
  const std::string run = run_with(folder, "groundup checkpoint 1").string();
  EXPECT_EQ(phase_of_file(std::filesystem::path(run) / kCheckpoint), 1);
  EXPECT_EQ(resumed_run_folder(run, called, kPhase1Train).path(), run);
  EXPECT_TRUE(says(message_of([&] { resumed_run_folder(run, called, kTrain); }),
                   "was begun by phase 1's trainer, which alone can go on: "
                   "make train PHASE=1 MINE=1 ARGS=\"--resume " +
                       run + "\""));
  run_with(folder, "groundup checkpoint 2");
  EXPECT_EQ(resumed_run_folder(run, called, kTrain).path(), run);
  EXPECT_TRUE(says(message_of([&] { resumed_run_folder(run, called, kPhase1Train); }),
                   "make train MINE=1 ARGS="));
}

TEST(TrainingProgram, WhatNamesNoPhaseIsLeftToItsReader) {
  for (const char* format : {"", "groundup checkpoint", "groundup checkpoint x", "another 1",
                             "groundup checkpoint 3", "groundup checkpoint -1"}) {
    const TemporaryFolder folder;
    const std::string run = run_with(folder, format).string();
    EXPECT_EQ(resumed_run_folder(run, "train", kTrain).path(), run) << format;
  }
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
