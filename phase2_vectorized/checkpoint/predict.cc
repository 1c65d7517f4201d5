// predict [--model FILE] [--top K] picture.png ...: what a trained network takes pictures for, how sure it is, and
// what it saw of them.
//
// A model that was trained on MNIST's kind of pictures gets each picture made like those: any size, ink dark
// on light or light on dark, centred by its mass. Any other gets it in grey, scaled to its own size.
#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <string>
#include <vector>

#include "common/check.h"
#include "common/options.h"
#include "common/training_program.h"
#include "phase2_vectorized/checkpoint/image_model.h"
#include "phase2_vectorized/week05_data/picture_file.h"
#include "phase2_vectorized/week05_data/prepare_picture.h"
#include "phase2_vectorized/week05_data/resize.h"

namespace nn::cpu {
namespace {

constexpr const char* kTopAllowed = "a whole number from 1 to 1000";
constexpr int kMostRows = 28, kMostColumns = 39;  // of a drawn picture, two characters a column
constexpr int kBarWidth = 30;                     // columns of a probability of 1

struct Parser : OptionParser {
  Parser()
      : OptionParser(
            "predict",
            "Says what a trained network takes pictures (PNG files) for: predict FILE ...",
            "A picture shows one thing, as those of the training do: one digit, in even light.\n"
            "What it saw is drawn before its answers; --top 1 shows the likeliest alone.") {
    add_model_option(*this);
    add("--top", "K", "how many classes are shown (default: 3)");
    take_words();
  }
};

// The picture as the network is to see it, one row.
Matrix seen_picture(const std::string& path, const ImageNotes& notes) {
  const Matrix grey = read_grey_picture(path);
  Matrix seen(notes.height, notes.width);
  try {
    if (notes.like_mnist) {
      prepare_picture(seen, grey);
    } else {
      resize_area(seen, grey);
    }
  } catch (const Error& error) {
    throw Error(detail::cat(path, ": ", error.what()));
  }
  return seen;
}

// The picture for the terminal, shrunk to what 80 columns and few lines hold.
std::string drawn(const Matrix& seen) {
  const double scale = std::min({1.0, static_cast<double>(kMostRows) / seen.rows(),
                                 static_cast<double>(kMostColumns) / seen.cols()});
  if (scale == 1) return picture_text(seen);
  Matrix small(std::max(1, static_cast<int>(scale * seen.rows())),
               std::max(1, static_cast<int>(scale * seen.cols())));
  resize_area(small, seen);
  return picture_text(small);
}

void show(const std::string& path, const Matrix& seen, ConstMatrixView p, const ImageNotes& notes,
          int top) {
  std::vector<int> order(static_cast<std::size_t>(p.cols));
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, [&](int a, int b) { return p(0, a) > p(0, b); });
  order.resize(static_cast<std::size_t>(std::min(top, p.cols)));
  std::size_t width = 0;
  for (const int l : order) {
    width = std::max(width, notes.class_names[static_cast<std::size_t>(l)].size());
  }
  say(stdout, "{}\n{}", path, drawn(seen));
  for (const int l : order) {
    const auto bar = static_cast<std::size_t>(p(0, l) * kBarWidth + 0.5F);
    say(stdout, "  {:<{}}  {:>6.2f} %  {}\n", notes.class_names[static_cast<std::size_t>(l)], width,
        100 * p(0, l), std::string(bar, '#'));
  }
}

int run(const Parser& parser, const std::string& called) {
  int top = 3;
  read_option(top, parser, "--top", kTopAllowed);
  if (top < 1 || top > 1000) refuse_option("--top", parser.text("--top"), kTopAllowed);
  if (parser.words().empty()) throw UsageError("there is no picture; name a PNG file");
  auto [file, model, notes] = open_image_model(parser, kPredict, called);
  if (model.inputs() != notes.height * notes.width ||
      model.outputs() != static_cast<int>(notes.class_names.size())) {
    throw Error(detail::cat(file, ": its notes tell of ", notes.height, " x ", notes.width,
                            " pixels and ", notes.class_names.size(),
                            " classes, and its network has ", model.inputs(), " inputs and ",
                            model.outputs(), " outputs"));
  }
  for (const std::string& path : parser.words()) {
    const Matrix seen = seen_picture(path, notes);
    const Matrix p = model.predict({seen.data(), 1, seen.size(), seen.size(), 1});
    show(path, seen, p, notes, top);
  }
  return 0;
}

int run_program(int argc, char** argv) {
  Parser parser;
  if (parser.parse(argc, argv)) return run(parser, argc > 0 ? argv[0] : kPredict.file);
  say(stdout, "{}", parser.help());
  return 0;
}

}  // namespace
}  // namespace nn::cpu

int main(int argc, char** argv) {
  return nn::run_user_program(argc, argv, nn::kPredict, "close what else is running",
                              [&] { return nn::cpu::run_program(argc, argv); });
}
