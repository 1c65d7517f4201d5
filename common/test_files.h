// What the tests of file formats share: a folder that goes away again, bytes from text, and the
// message of what was thrown.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/check.h"

namespace nn {

// An empty folder, removed with all that is in it when the test ends.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = testing::TempDir() + "nn-XXXXXX";
    NN_CHECK(::mkdtemp(name.data()) != nullptr, "no folder could be made in ", testing::TempDir());
    path_ = name;
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  const std::filesystem::path& path() const { return path_; }
  // The names in it, to see that nothing was left behind.
  std::vector<std::string> names() const {
    std::vector<std::string> found;
    for (const auto& entry : std::filesystem::directory_iterator(path_)) {
      found.push_back(entry.path().filename().string());
    }
    return found;
  }

 private:
  std::filesystem::path path_;
};

// Root may do what file modes forbid. While this lives, a process of root's acts as "nobody".
class WithoutRoot {
 public:
  WithoutRoot() : user_(::geteuid()) {
    if (user_ == 0) effective_ = ::seteuid(65534) == 0;
  }
  WithoutRoot(const WithoutRoot&) = delete;
  WithoutRoot& operator=(const WithoutRoot&) = delete;
  ~WithoutRoot() { EXPECT_TRUE(::seteuid(user_) == 0); }

  bool effective() const { return effective_; }  // false: root, and there is no nobody

 private:
  uid_t user_;
  bool effective_ = true;
};

// The message of the nn::Error that f throws. Any other exception passes through, and fails the
// test that called.
template <class F>
std::string message_of(F f) {
  try {
    f();
  } catch (const Error& e) {
    return e.what();
  }
  return "(nothing was thrown)";
}

inline std::vector<std::byte> to_bytes(std::string_view text) {
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

inline std::string to_text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Whether a message contains what it should.
inline testing::AssertionResult says(const std::string& message, std::string_view part) {
  if (message.find(part) != std::string::npos) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "\"" << message << "\" does not say \"" << part << "\"";
}

}  // namespace nn
