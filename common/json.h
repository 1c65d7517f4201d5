// JSON, parsed by nlohmann-json and held to more than it asks for: no key twice in one object (it
// would keep the last, silently) and no nesting deeper than any file of ours has.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace nn {

// Anything malformed: nn::Error that names the file, the place and what is wrong.
nlohmann::json parse_json(std::string_view text, const std::string& file);

}  // namespace nn
