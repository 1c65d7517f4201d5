// What a finished training leaves in its folder, for a person to look at:
//
//   model.safetensors     the weights
//   metrics.csv           a line an epoch
//   learning_curve.svg    loss by epoch; accuracy_curve.svg beside it
//   confusion_matrix.png  which class was taken for which
//   first_layer.png       what the hidden units look for
//   mistakes.png          the wrong answers given with the most certainty
//   report.html           all of it on one page
#pragma once

#include <filesystem>
#include <string>

#include "phase1_cpu/checkpoint/training.h"

namespace nn::basic {

// A line an epoch, written whole each time: epoch, the fields of EpochMetrics. Atomic.
void write_metrics(const std::filesystem::path& path, const TrainingState& state);

// All of the above into `folder`, the report last, so that a report means a complete run.
// `command` is shown in the report: how to get this run again.
void write_training_outputs(const std::filesystem::path& folder, const TrainingState& state,
                            const TrainingOptions& options, const Dataset& data,
                            const std::string& command);

}  // namespace nn::basic
