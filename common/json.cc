#include "common/json.h"

#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include "common/check.h"

namespace nn {

using nlohmann::json;

namespace {
constexpr std::size_t kMaxDepth = 32;  // golden cases need 5, a safetensors header 3
}

json parse_json(std::string_view text, const std::string& file) {
  std::vector<std::set<std::string>> keys;  // of each array or object that is open
  const auto check = [&](int /*depth*/, json::parse_event_t event, json& parsed) {
    switch (event) {
      case json::parse_event_t::object_start:
      case json::parse_event_t::array_start:
        if (keys.size() == kMaxDepth) {
          throw Error(detail::cat(file, ": its JSON nests deeper than ", kMaxDepth, " levels"));
        }
        keys.emplace_back();
        break;
      case json::parse_event_t::object_end:
      case json::parse_event_t::array_end:
        keys.pop_back();
        break;
      case json::parse_event_t::key:
        if (!keys.back().insert(parsed.get<std::string>()).second) {
          throw Error(detail::cat(file, ": its JSON has the key ", parsed.dump(), " twice"));
        }
        break;
      case json::parse_event_t::value:
        break;
    }
    return true;
  };
  try {
    return json::parse(text.begin(), text.end(), check);
  } catch (const json::exception& e) {
    throw Error(detail::cat(file, ": not valid JSON: ", e.what()));
  }
}

}  // namespace nn
