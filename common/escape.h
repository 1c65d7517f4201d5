// Text made safe to put inside XML and HTML, between tags or in a quoted attribute.
#pragma once

#include <string>
#include <string_view>

namespace nn {

// & < > " ' become entities. What XML 1.0 forbids (control characters other than tab, line feed
// and carriage return; bytes that are no UTF-8) becomes U+FFFD, so the result is always
// well-formed [XML10 §2.2].
std::string escape_xml(std::string_view text);

}  // namespace nn
