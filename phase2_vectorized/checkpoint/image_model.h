// The trained network that `evaluate` and `predict` use.
#pragma once

#include <string>

#include "common/options.h"
#include "phase2_vectorized/checkpoint/image_data.h"
#include "phase2_vectorized/week05_data/model.h"

namespace nn::cpu {

struct ImageModel {
  std::string file;
  Model model;
  ImageNotes notes;
};

// Adds --model to a program's options.
void add_model_option(OptionParser& parser);

// The model that --model names, a file or a run's folder, else the last run's. nn::Error that says how
// to come by one where there is none, and for whatever is no model of pictures. program: the one that
// asks; called: argv[0].
ImageModel open_image_model(const OptionParser& parser, const ProgramName& program,
                            const std::string& called);

}  // namespace nn::cpu
