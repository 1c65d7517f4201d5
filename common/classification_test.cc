#include "common/classification.h"

#include <gtest/gtest.h>

#include <cmath>

#include "common/test_files.h"

namespace nn {
namespace {

// Three classes: 0 is mostly right, 1 is taken for 0 once and for 2 once, 2 never occurs.
const std::vector<int> kLabels{0, 0, 0, 1, 1, 1, 1};
const std::vector<int> kAnswers{0, 0, 1, 1, 1, 0, 2};
const std::vector<std::string> kNames{"zero", "one", "a very long name indeed"};

TEST(Classification, CountsWhatWasTakenForWhat) {
  const ClassCounts counts = count_classes(kLabels, kAnswers, 3);
  EXPECT_EQ(counts.counts, (std::vector<std::int64_t>{2, 1, 0, 1, 2, 1, 0, 0, 0}));
  EXPECT_EQ(counts.examples(), 7);
  EXPECT_EQ(counts.right(), 4);
  EXPECT_EQ(counts.are(1), 4);
  EXPECT_EQ(counts.called(0), 3);
  EXPECT_DOUBLE_EQ(counts.precision(0), 2.0 / 3);
  EXPECT_DOUBLE_EQ(counts.recall(1), 0.5);
  EXPECT_DOUBLE_EQ(counts.f1(1), 2 * (2.0 / 3) * 0.5 / (2.0 / 3 + 0.5));
  EXPECT_EQ(counts.precision(2), 0);
  EXPECT_TRUE(std::isnan(counts.recall(2)));
}

TEST(Classification, TablesSayTheSame) {
  const ClassCounts counts = count_classes(kLabels, kAnswers, 3);
  EXPECT_EQ(class_rows(counts, kNames)[2],
            (std::vector<std::string>{kNames[2], "0", "0.00 %", "-"}));
  EXPECT_EQ(class_table_text(counts, kNames),
            "class          examples  precision     recall         F1\n"
            "zero                  3    66.67 %    66.67 %    66.67 %\n"
            "one                   4    66.67 %    50.00 %    57.14 %\n"
            "a very long n~        0     0.00 %          -     0.00 %\n");
  EXPECT_EQ(confusion_text(counts, kNames),
            "true \\ said       0 1 2\n"
            "zero            0 2 1 .\n"
            "one             1 1 2 1\n"
            "a very long n~  2 . . .\n");
}

TEST(Classification, RefusesWhatDoesNotFit) {
  EXPECT_TRUE(says(message_of([] { count_classes(kLabels, kAnswers, 2); }), "called 2"));
  EXPECT_TRUE(says(message_of([] { count_classes(kLabels, std::vector<int>{1}, 3); }),
                   "one answer an example"));
  EXPECT_TRUE(says(message_of([] { count_classes({}, {}, 0); }), "0 classes"));
  const ClassCounts counts = count_classes(kLabels, kAnswers, 4);
  EXPECT_TRUE(says(message_of([&] { class_rows(counts, kNames); }), "one name a class"));
}

}  // namespace
}  // namespace nn
