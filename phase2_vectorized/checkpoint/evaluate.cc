// evaluate [--model FILE] [--dataset NAME]: how a trained network does on pictures it was not trained on, class
// by class, and which class it takes for which.
#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "common/check.h"
#include "common/classification.h"
#include "common/json.h"
#include "common/options.h"
#include "common/training_program.h"
#include "phase2_vectorized/checkpoint/image_data.h"
#include "phase2_vectorized/checkpoint/image_model.h"
#include "phase2_vectorized/checkpoint/train_options.h"

namespace nn::cpu {
namespace {

struct Parser : OptionParser {
  Parser()
      : OptionParser("evaluate", "Judges a trained network by the test set of its data.",
                     "Precision: of what was called so, the share that is. Recall: of what is, the "
                     "share called so.") {
    add_model_option(*this);
    add("--dataset", "NAME", "other data with the same classes (default: what it was trained on)");
  }
};

// nn::Error, which says what differs, unless the model can be asked about these pictures.
void check_same_kind(const std::string& file, const Model& model, const ImageNotes& notes,
                     const Dataset& data, const std::string& name) {
  if (data.features() != model.inputs()) {
    throw Error(fmt::format("{}: was trained for pictures of {} x {} pixels, and {} has {} x {}",
                            file, notes.height, notes.width, name, data.image_height,
                            data.image_width));
  }
  if (data.classes() != model.outputs() || data.class_names.size() != notes.class_names.size()) {
    throw Error(fmt::format("{}: was trained for {} classes, and {} has {}", file, model.outputs(),
                            name, data.classes()));
  }
  const auto [ours, theirs] = std::ranges::mismatch(notes.class_names, data.class_names);
  if (ours != notes.class_names.end()) {
    throw Error(
        fmt::format("{}: was trained for other classes than those of {}: class {} is "
                    "called '{}' by the model, and '{}' by {}",
                    file, name, ours - notes.class_names.begin(), *ours, *theirs, name));
  }
}

int run(const Parser& parser, const std::string& called) {
  auto [file, model, notes] = open_image_model(parser, kEvaluate, called);
  if (!model.notes().contains("training")) {
    throw Error(detail::cat(file, ": does not say what it was trained on; name --dataset"));
  }
  const ImageTraining training = read_training_note(model.notes().at("training"), file);
  std::string dataset = training.dataset;
  read_option(dataset, parser, "--dataset", "mnist, fashion, tiny or a folder of IDX or PNG files");
  const TrainTest data = open_image_data(dataset, training.seed);
  check_same_kind(file, model, notes, data.test, dataset);
  const Evaluation seen = model.evaluate(data.test.x, data.test.labels);
  const ClassCounts counts =
      count_classes(data.test.labels, model.predict_classes(data.test.x), data.test.classes());
  say(stdout, "{} on {}: {} of {} right, accuracy {:.2f} %, loss {:.4f}\n\n", file, dataset,
      counts.right(), counts.examples(), 100 * seen.accuracy, seen.loss);
  say(stdout, "{}\n{}", class_table_text(counts, notes.class_names),
      confusion_text(counts, notes.class_names));
  return 0;
}

int run_program(int argc, char** argv) {
  Parser parser;
  if (parser.parse(argc, argv)) return run(parser, argc > 0 ? argv[0] : kEvaluate.file);
  say(stdout, "{}", parser.help());
  return 0;
}

}  // namespace
}  // namespace nn::cpu

int main(int argc, char** argv) {
  return nn::run_user_program(argc, argv, nn::kEvaluate, "close what else is running",
                              [&] { return nn::cpu::run_program(argc, argv); });
}
