#include "common/json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "common/check.h"
#include "common/test_files.h"

namespace nn {
namespace {

std::string refusal(const std::string& text) {
  return message_of([&] { parse_json(text, "x.json"); });
}

TEST(Json, ParsesWhatIsWellFormed) {
  const nlohmann::json root = parse_json(R"( {"a": [1, -2.5, "\u00e9"], "b": {"a": null}} )", "x");
  EXPECT_EQ(root["a"][1], -2.5);
  EXPECT_EQ(root["a"][2], "é");
  EXPECT_TRUE(root["b"]["a"].is_null());
}

TEST(Json, NamesFileAndPlace) {
  for (const char* text : {"", "{", "{} {}", "{\"a\": }", "[1, 2,]", "nul", "\"\xff\"",
                           "{\"a\": 1e999}", "{'a': 1}", "[01]", "\"open", "\xef\xbb"}) {
    EXPECT_TRUE(says(refusal(text), "x.json: not valid JSON: ")) << text;
  }
  EXPECT_TRUE(says(refusal("{\n \"a\" 1}"), "line 2"));
}

TEST(Json, RefusesAKeyTwiceInOneObject) {
  EXPECT_TRUE(
      says(refusal(R"({"a": 1, "b": 2, "a": 1})"), "x.json: its JSON has the key \"a\" twice"));
  EXPECT_TRUE(says(refusal(R"([{"b": {"c": {}, "c": {}}}])"), "the key \"c\" twice"));
  EXPECT_TRUE(says(refusal(R"({"a": 1, "\u0061": 2})"), "the key \"a\" twice"));
  EXPECT_NO_THROW(parse_json(R"({"a": {"a": 1}, "b": [{"a": 1}, {"a": 2}]})", "x"));
}

TEST(Json, RefusesDeepNesting) {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_NO_THROW(parse_json(nested(32), "x"));
  EXPECT_TRUE(says(refusal(nested(33)), "nests deeper than 32 levels"));
  EXPECT_TRUE(says(refusal(std::string(1 << 20, '[')), "nests deeper than 32 levels"));
}

}  // namespace
}  // namespace nn
