#include "common/csv.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <set>

#include "common/check.h"
#include "common/file.h"

namespace nn {

CsvLog::CsvLog(const std::vector<std::string>& columns) : columns_(columns.size()) {
  NN_CHECK(!columns.empty(), "a log has at least one column");
  for (const std::string& column : columns) {
    NN_CHECK(!column.empty() && column.find_first_of(",\"\r\n") == std::string::npos, "column \"",
             column, "\"; a name has no comma, quote or line break");
  }
  NN_CHECK_EQ(std::set(columns.begin(), columns.end()).size(), columns.size(), "a column twice");
  text_ = fmt::format("{}\n", fmt::join(columns, ","));
}

void CsvLog::add_row(std::initializer_list<double> values) {
  add_row(std::span(values.begin(), values.size()));
}

void CsvLog::add_row(std::span<const double> values) {
  NN_CHECK_EQ(values.size(), columns_, "one value a column");
  text_ += fmt::format("{}\n", fmt::join(values, ","));
}

void CsvLog::write(const std::filesystem::path& path) const { write_file_atomically(path, text_); }

}  // namespace nn
