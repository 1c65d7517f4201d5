#include "phase1_cpu/checkpoint/dataset.h"

#include <system_error>
#include <utility>

#include "common/check.h"
#include "common/golden.h"

namespace nn::basic {
namespace {

constexpr int kSide = 28;     // pixels
constexpr int kClasses = 10;  // of every data set here

const std::vector<std::string> kDigits{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"};
const std::vector<std::string> kClothes{"T-shirt/top", "Trouser",   "Pullover", "Dress",
                                        "Coat",        "Sandal",    "Shirt",    "Sneaker",
                                        "Bag",         "Ankle boot"};

// "train-images-idx3-ubyte.gz" in the folder; where only an unpacked one is there, that. nn::Error if
// neither is.
std::filesystem::path idx_file(const std::filesystem::path& folder, const std::string& name) {
  const std::filesystem::path packed = folder / (name + ".gz"), plain = folder / name;
  std::error_code ignored;  // whoever reads the file says what is the matter with it
  const bool is_plain = std::filesystem::exists(plain, ignored);
  if (std::filesystem::exists(packed, ignored)) return packed;
  if (!is_plain && !ignored) throw Error(packed.string() + " is not there");
  return is_plain ? plain : packed;
}

ImageSet load_set(const std::filesystem::path& folder, const std::string& prefix) {
  IdxImages images = read_idx_images(idx_file(folder, prefix + "-images-idx3-ubyte"));
  std::vector<std::uint8_t> labels =
      read_idx_labels(idx_file(folder, prefix + "-labels-idx1-ubyte"));
  return ImageSet(std::move(images), std::move(labels), (folder / prefix).string());
}

// remedy: what to do about a file that is missing or broken.
Dataset load(const std::string& name, const std::vector<std::string>& class_names,
             const std::filesystem::path& folder, const std::string& remedy) {
  try {
    return {.name = name,
            .class_names = class_names,
            .train = load_set(folder, "train"),
            .test = load_set(folder, "t10k")};
  } catch (const NotImplemented&) {
    throw;  // the data are not to blame
  } catch (const Error& error) {
    throw Error(detail::cat(error.what(), ". ", remedy));
  }
}

template <class... Parts>
[[noreturn]] void refuse(const Parts&... parts) {
  throw Error(detail::cat(parts...));
}

}  // namespace

ImageSet::ImageSet(IdxImages images, std::vector<std::uint8_t> labels, const std::string& name)
    : images_(std::move(images)), labels_(std::move(labels)) {
  if (size() < 1) refuse(name, " has no images");
  if (images_.rows != kSide || images_.cols != kSide) {
    refuse(name, " has images of ", images_.rows, " x ", images_.cols,
           " pixels; 28 x 28 are expected");
  }
  NN_CHECK_EQ(images_.pixels.size(), static_cast<std::size_t>(size()) * kSide * kSide, name);
  if (static_cast<std::size_t>(size()) != labels_.size()) {
    refuse(name, " has ", size(), " images but ", labels_.size(),
           " labels: the two files belong to different sets");
  }
  for (int i = 0; i < size(); ++i) {
    if (labels_[i] >= kClasses) {
      refuse(name, ": label ", i, " is ", int{labels_[i]}, "; labels are 0 to 9");
    }
  }
}

std::span<const std::uint8_t> ImageSet::image(int index) const {
  NN_CHECK(index >= 0 && index < size(), "image ", index, " of ", size());
  const auto bytes = static_cast<std::size_t>(pixels());
  return std::span(images_.pixels).subspan(static_cast<std::size_t>(index) * bytes, bytes);
}

Matrix ImageSet::minibatch(std::span<const int> indices) const {
  Matrix x(static_cast<int>(indices.size()), pixels());
  for (int b = 0; b < x.rows(); ++b) {
    const std::span<const std::uint8_t> from = image(indices[b]);
    const std::span<double> to = x.row(b);
    for (std::size_t i = 0; i < from.size(); ++i) to[i] = from[i] / 255.0;
  }
  return x;
}

std::vector<int> ImageSet::minibatch_labels(std::span<const int> indices) const {
  std::vector<int> labels;
  for (const int index : indices) {
    NN_CHECK(index >= 0 && index < size(), "label ", index, " of ", size());
    labels.push_back(labels_[index]);
  }
  return labels;
}

bool is_dataset_name(const std::string& name) {
  return name == "mnist" || name == "fashion" || name == "tiny";
}

Dataset load_dataset(const std::string& name) {
  const std::filesystem::path bundled = golden_dir().parent_path() / "datasets";
  if (!is_dataset_name(name)) {
    refuse("there is no data set '", name, "'; it may be mnist, fashion or tiny");
  }
  if (name == "fashion") {
    return load(name, kClothes, "/usr/share/datasets/fashion-mnist",
                "Restore it with: sudo apt-get install --reinstall dataset-fashion-mnist");
  }
  return load(name, kDigits, bundled / name,
              detail::cat("Restore it with: git checkout -- reference/datasets/", name));
}

Dataset load_dataset_folder(const std::filesystem::path& folder) {
  const std::filesystem::path whole = std::filesystem::absolute(folder / "").lexically_normal();
  return load(whole.parent_path().filename().string(), kDigits, folder,
              "A folder of data holds MNIST's four files, train-images-idx3-ubyte.gz, "
              "train-labels-idx1-ubyte.gz, and the same two of t10k; reference/datasets/mnist has "
              "good ones");
}

}  // namespace nn::basic
