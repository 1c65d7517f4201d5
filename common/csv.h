// Training logs as comma-separated values, for a spreadsheet, pandas or gnuplot.
//
//   CsvLog log({"epoch", "loss", "accuracy"});
//   log.add_row({1, 0.3125, 0.9062});
//   log.write(folder / "log.csv");  // after every epoch
#pragma once

#include <filesystem>
#include <initializer_list>
#include <span>
#include <string>
#include <vector>

namespace nn {

class CsvLog {
 public:
  // Columns: at least one, none twice, none empty or with a comma, a quote or a line break.
  explicit CsvLog(const std::vector<std::string>& columns);

  // One number a column. Each is written with as many digits as reading the same double back
  // takes, and no more: 0.1 as 0.1, 3 as 3.
  void add_row(std::initializer_list<double> values);
  void add_row(std::span<const double> values);

  // Header and rows, each line ending in \n.
  const std::string& text() const { return text_; }
  // The whole log, through write_file_atomically: at any time the file holds all rows or, if
  // writing fails, those of before.
  void write(const std::filesystem::path& path) const;

 private:
  std::size_t columns_;
  std::string text_;
};

}  // namespace nn
