// What a finished training leaves in its folder, for a person to look at:
//
//   learning_curve.svg    loss by epoch; accuracy_curve.svg beside it
//   confusion_matrix.png  which class was taken for which
//   first_layer.png       what the hidden units look for
//   mistakes.png          the wrong answers given with the most certainty
//   report.html           all of it on one page
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace nn {

// One finished epoch, as the curves show it; accuracies in [0, 1].
struct ReportEpoch {
  double train_loss = 0, train_accuracy = 0;
  double test_loss = 0, test_accuracy = 0;
  double seconds = 0;
};

// All that the report shows, gathered from whatever phase trained.
struct TrainingReport {
  std::string dataset;                   // what the test set is called
  std::string network;                   // "784-128-10"
  std::string introduction;              // a paragraph
  std::string command;                   // how to get this run again
  std::string cores;                     // "one core"
  std::int64_t parameters = 0;           // weights and biases
  std::vector<ReportEpoch> history;      // at least one
  std::vector<std::string> class_names;  // [L]

  std::vector<int> labels;   // [count], of the test set
  std::vector<int> answers;  // [count]
  std::vector<double> p;     // (count,L) probabilities
  int image_height = 0, image_width = 0;
  std::function<std::vector<double>(int)> pixels;  // of test image i: 0 paper .. 1 ink
  std::vector<double> w;                           // (image_height * image_width, OC), first layer
};

// All of the above into `folder`, the report last, so that a report means a complete run. nn::Error
// for what cannot be written.
void write_training_report(const std::filesystem::path& folder, const TrainingReport& report);

}  // namespace nn
