// Trainings and their networks as safetensors files.
//
// model.safetensors       layers.N.w (C,OC) and layers.N.bias (OC), F64; the architecture as JSON in
//                         the metadata. Any safetensors reader opens it.
// checkpoint.safetensors  the same, and all else that decides how training goes on: the options,
//                         epoch, step and sums of the epoch in progress, the history, and the
//                         data set's fingerprint. There is no random state to keep: Philox's
//                         numbers are a function of seed, epoch and position. A CRC-32 of all of it
//                         tells a flipped bit, which among weights nothing else would show.
#pragma once

#include <filesystem>
#include <string>

#include "common/safetensors.h"
#include "phase1_cpu/checkpoint/training.h"

namespace nn::basic {

void write_model(const std::filesystem::path& path, const Mlp& mlp);
// Throws nn::Error that names the file and the tensor for a missing, extra or misshapen tensor,
// layers that do not chain, or another architecture than this phase's.
Mlp read_model(const std::filesystem::path& path);

struct Checkpoint {
  TrainingOptions options;
  TrainingState state;
  std::string data_fingerprint;
};

void write_checkpoint(const std::filesystem::path& path, const Checkpoint& checkpoint);
// Throws nn::Error that names the file and what is wrong with it.
Checkpoint read_checkpoint(const std::filesystem::path& path);
// Throws nn::Error, which begins with `file`, unless training can go on from the checkpoint with
// these data: the same as it began with, and a network, counts and sums that fit them.
void check_checkpoint(const Checkpoint& checkpoint, const Dataset& data, const std::string& file);

// A short text that differs if any image or label of the training or test set does (CRC-32 of
// each, as zlib computes it), so that a run is not resumed on other data.
std::string fingerprint(const Dataset& data);

}  // namespace nn::basic
