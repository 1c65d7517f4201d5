#include "phase2_vectorized/week05_data/dataset.h"

#include <bit>
#include <cstdint>
#include <limits>
#include <numeric>
#include <utility>

#include "phase2_vectorized/week05_data/batches.h"
#include "phase2_vectorized/week05_data/pixels.h"

namespace nn::cpu {
namespace {

// Is every number finite? By the bits of the exponent, so that it is one pass of integer
// instructions: this is asked of all of MNIST at the start of each training.
bool all_finite(std::span<const float> values) {
  constexpr std::uint32_t kExponent = 0x7f800000;  // all ones in an infinity and in a NaN
  std::uint32_t found = 0;
  for (const float value : values) {
    found |=
        static_cast<std::uint32_t>((std::bit_cast<std::uint32_t>(value) & kExponent) == kExponent);
  }
  return found == 0;
}

template <class... Parts>
void require(bool holds, const Dataset& data, const Parts&... parts) {
  if (!holds) throw Error(detail::cat("the data set '", data.name, "' ", parts...));
}

TrainTest converted(basic::Dataset bytes) {
  TrainTest data;
  data.train = as_floats(bytes.train, bytes.name + " (train)", bytes.class_names);
  bytes.train = {};  // its 47 MB go before the next are made
  data.test = as_floats(bytes.test, bytes.name + " (test)", bytes.class_names);
  return data;
}

}  // namespace

Dataset as_floats(const basic::ImageSet& pictures, const std::string& name,
                  const std::vector<std::string>& class_names) {
  Dataset data;
  data.name = name;
  data.x = Matrix(pictures.size(), pictures.pixels());
  for (int n = 0; n < pictures.size(); ++n) {
    const std::span row(MatrixView(data.x).row(n), static_cast<std::size_t>(pictures.pixels()));
    pixels_to_floats(row, pictures.image(n));
  }
  data.labels.assign(pictures.labels().begin(), pictures.labels().end());
  data.class_names = class_names;
  data.image_height = data.image_width = 28;  // all that phase 1 reads
  check_dataset(data);
  return data;
}

void check_dataset(const Dataset& data) {
  const int N = data.size(), L = data.classes();
  require(N >= 1, data, "has no examples");
  require(data.features() >= 1, data, "has examples without a number in them");
  if (data.has_labels()) {
    require(std::ssize(data.labels) == N, data, "has ", N, " examples but ", data.labels.size(),
            " labels");
    require(L >= 1, data, "has labels, and no names of classes");
    for (int n = 0; n < N; ++n) {
      const int label = data.labels[static_cast<std::size_t>(n)];
      require(label >= 0 && label < L, data, "has label ", label, " at example ", n, "; its ", L,
              " classes are 0 to ", L - 1);
    }
  } else {
    require(data.labels.empty(), data, "has both labels and targets; it may have one of them");
    require(data.targets.rows() == N, data, "has ", N, " examples but ", data.targets.rows(),
            " rows of targets");
    require(all_finite(data.targets.values()), data, "has a target that is no finite number");
  }
  require(all_finite(data.x.values()), data, "has a feature that is no finite number");
  const bool no_picture = data.image_height == 0 && data.image_width == 0;
  const bool picture = data.image_height >= 1 && data.image_width >= 1 &&
                       std::int64_t{data.image_height} * data.image_width == data.features();
  require(no_picture || picture, data, "says that its examples are pictures of ", data.image_height,
          " x ", data.image_width, " pixels, and has ", data.features(), " numbers an example");
}

Dataset subset(const Dataset& data, std::span<const int> rows) {
  Dataset chosen;
  chosen.name = data.name;
  chosen.class_names = data.class_names;
  chosen.image_height = data.image_height;
  chosen.image_width = data.image_width;
  const int count = static_cast<int>(rows.size());
  chosen.x = Matrix(count, data.features());
  gather_rows(chosen.x, data.x, rows);
  if (data.has_labels()) {
    for (const int row : rows)
      chosen.labels.push_back(data.labels.at(static_cast<std::size_t>(row)));
  } else {
    chosen.targets = Matrix(count, data.targets.cols());
    gather_rows(chosen.targets, data.targets, rows);
  }
  return chosen;
}

std::vector<int> all_rows(const Dataset& data) {
  std::vector<int> rows(static_cast<std::size_t>(data.size()));
  std::iota(rows.begin(), rows.end(), 0);
  return rows;
}

bool is_dataset_name(const std::string& name) { return basic::is_dataset_name(name); }

TrainTest load_dataset(const std::string& name) { return converted(basic::load_dataset(name)); }

TrainTest load_dataset_folder(const std::filesystem::path& folder) {
  return converted(basic::load_dataset_folder(folder));
}

}  // namespace nn::cpu
