// A record of what was compared, for the checks that the course makes of its own tests.
//
// With NN_COMPARE_LOG naming a file, every comparison appends one line of JSON to it:
//
//   {"test":"Matmul.WorkedExample","shape":[2,2],"count":4,"max_error":0.0,"max_allowed":0.0,
//    "max_ratio":0.0,"largest_want":8.0,"roundoff":1.1e-16,"loosened":1.0,"exact":true,
//    "constant":false,"symmetric":false,"guarded":false,"wrong":0,"looks":"nothing"}
//
// largest_want: the largest finite |want|. roundoff: the unit roundoff of the precision compared in,
// so that roundoff * largest_want is the least that a bound can be about: an error of 0, which may
// be luck, says nothing of the bound. exact: the bound is 0 everywhere. constant: there are two
// elements or more and all of want are equal. symmetric: want is square, 2 x 2 or more, and equals
// its transpose. NaN and infinities are null. Where shapes differ, `wrong` is the number of elements
// wanted. A line is one write to a file opened for appending, so test programs that run at once do
// not mix theirs.
//
// loosened: what every bound was multiplied with. It is 1 unless NN_COMPARE_SCALE says otherwise,
// and that variable is obeyed only where a log is written, which then says so: the checks of the
// course ask with it whether the tests would notice if their bounds were a hundred times as wide.
#pragma once

#include <string>

#include "common/compare.h"

namespace nn {

// What the log calls the present test; compare_gtest.h sets it. "" without.
using TestName = std::string (*)();
void name_comparisons_by(TestName test_name);

// Properties of want that a log line states beside the comparison itself.
struct WantProperties {
  bool constant = false;
  bool symmetric = false;
  double largest = 0;   // of the finite |want|
  double roundoff = 0;  // of the precision compared in
};

bool comparison_log_wanted();
// What bounds are multiplied with: 1, or NN_COMPARE_SCALE where a log is written. nn::Error if that is
// not a finite number of 1 or more.
double comparison_scale();
// Throws nn::Error naming the file if the line could not be written.
void log_comparison(const Comparison& comparison, WantProperties want, bool guarded);

}  // namespace nn
