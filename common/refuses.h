// refuses: does a function throw the nn::Error that its contract promises?
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "common/check.h"

namespace nn {

// Does f throw an nn::Error whose message contains every one of `parts`?
//   EXPECT_TRUE(refuses([&] { matmul(a, b); }, {"(2, 3)", "(4, 5)"}));
// NotImplemented is no refusal: it passes through and fails the test in its own words.
inline testing::AssertionResult refuses(const std::function<void()>& f,
                                        const std::vector<std::string>& parts) {
  try {
    f();
  } catch (const NotImplemented&) {
    throw;
  } catch (const Error& error) {
    const std::string message = error.what();
    for (const std::string& part : parts) {
      if (message.find(part) == std::string::npos) {
        return testing::AssertionFailure() << "the message lacks \"" << part << "\": " << message;
      }
    }
    return testing::AssertionSuccess();
  }
  testing::AssertionResult failure = testing::AssertionFailure();
  failure << "nothing was thrown; wanted: an nn::Error whose message has";
  for (const std::string& part : parts) failure << " \"" << part << "\"";
  return failure;
}

}  // namespace nn
