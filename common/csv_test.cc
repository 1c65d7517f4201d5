#include "common/csv.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <limits>
#include <sstream>

#include "common/check.h"
#include "common/file.h"
#include "common/test_files.h"

namespace nn {
namespace {

TEST(CsvLog, IsAHeaderAndRows) {
  CsvLog log({"epoch", "loss"});
  EXPECT_EQ(log.text(), "epoch,loss\n");
  log.add_row({1, 0.1});
  log.add_row({2, -1e300});
  EXPECT_EQ(log.text(), "epoch,loss\n1,0.1\n2,-1e+300\n");
}

TEST(CsvLog, LosesNoDigits) {
  using Double = std::numeric_limits<double>;
  for (const double value : {0.1 + 0.2, 1.0 / 3, Double::max(), Double::denorm_min(), -0.0,
                             Double::infinity(), 0x1.fffffffffffffp-3, 1e15 + 0.125}) {
    CsvLog log({"x"});
    log.add_row({value});
    EXPECT_EQ(std::strtod(log.text().c_str() + 2, nullptr), value) << log.text();
  }
  CsvLog log({"x"});
  log.add_row({Double::quiet_NaN()});
  EXPECT_EQ(log.text(), "x\nnan\n");
}

TEST(CsvLog, RefusesRowsThatDoNotFit) {
  CsvLog log({"epoch", "loss"});
  EXPECT_TRUE(says(message_of([&] { log.add_row({1}); }), "1 against 2; one value a column"));
  EXPECT_THROW(log.add_row({1, 2, 3}), Error);
  EXPECT_EQ(log.text(), "epoch,loss\n");
}

TEST(CsvLog, RefusesColumnsThatWouldNotReadBack) {
  EXPECT_THROW(CsvLog({}), Error);
  EXPECT_THROW(CsvLog({"loss", "loss"}), Error);
  for (const char* name : {"", "a,b", "a\"b", "a\nb", "a\rb"}) {
    EXPECT_THROW(CsvLog({name}), Error) << name;
  }
}

TEST(CsvLog, IsWrittenWhole) {
  const TemporaryFolder folder;
  CsvLog log({"epoch"});
  for (const char* want : {"epoch\n1\n", "epoch\n1\n2\n"}) {
    log.add_row({want[8] == '\0' ? 1.0 : 2.0});
    log.write(folder.path() / "log.csv");
    EXPECT_EQ(to_text(read_file(folder.path() / "log.csv")), want);
  }
  EXPECT_TRUE(says(message_of([&] { log.write(folder.path() / "none" / "log.csv"); }),
                   "No such file or directory"));
}

}  // namespace
}  // namespace nn
