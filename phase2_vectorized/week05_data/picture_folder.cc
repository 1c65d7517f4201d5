#include "phase2_vectorized/week05_data/picture_folder.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <system_error>
#include <vector>

#include "phase2_vectorized/week05_data/picture_file.h"
#include "phase2_vectorized/week05_data/prepare_picture.h"
#include "phase2_vectorized/week05_data/resize.h"

namespace nn::cpu {
namespace {

namespace fs = std::filesystem;

constexpr int kMostPixelsASide = 4096;

template <class... Parts>
[[noreturn]] void refuse(const Parts&... parts) {
  throw Error(detail::cat(parts...));
}

// What is in a folder, hidden names left out, in the order of the names.
std::vector<fs::path> entries(const fs::path& folder) {
  std::vector<fs::path> found;
  try {
    for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
      if (!entry.path().filename().string().starts_with('.')) found.push_back(entry.path());
    }
  } catch (const fs::filesystem_error& error) {
    refuse(folder.string(), " cannot be read as a folder of pictures: ", error.code().message());
  }
  std::ranges::sort(found);
  return found;
}

// False for what cannot be asked, such as a link to itself: whoever reads it says what is wrong.
bool is_folder(const fs::path& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored);
}

std::string lower_case_extension(const fs::path& path) {
  std::string text = path.extension().string();
  for (char& letter : text) {
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  }
  return text;
}

bool is_png(const fs::path& path) { return lower_case_extension(path) == ".png"; }

// Pictures that would be lost without a word if they were passed over.
bool is_other_picture(const fs::path& path) {
  static const std::vector<std::string> kinds{".jpg",  ".jpeg", ".gif",  ".bmp", ".tif", ".tiff",
                                              ".webp", ".heic", ".avif", ".pgm", ".ppm", ".pbm"};
  return std::ranges::find(kinds, lower_case_extension(path)) != kinds.end();
}

void refuse_other_picture(const fs::path& path) {
  if (is_other_picture(path))
    refuse(path.string(), " is no PNG, and only PNG files are read; convert it, or take it away");
}

struct PictureFile {
  fs::path path;
  int label;
};

// The pictures of one class.
std::vector<PictureFile> files_of_class(const fs::path& folder, int label) {
  std::vector<PictureFile> files;
  for (const fs::path& path : entries(folder)) {
    if (is_folder(path)) {
      refuse(path.string(),
             " is a folder within a class; a class holds its pictures and no folder");
    }
    refuse_other_picture(path);
    if (is_png(path)) files.push_back({path, label});
  }
  if (files.empty())
    refuse(folder.string(), " is a class without a picture; put .png files in it, or remove it");
  return files;
}

// The picture as the options want it.
Matrix fitted(const fs::path& path, const PictureFolderOptions& options) {
  Matrix grey = read_grey_picture(path);
  if (options.fit == Fit::same) return grey;
  if (options.fit == Fit::resize) {
    Matrix scaled(options.height, options.width);
    resize_area(scaled, grey);
    return scaled;
  }
  Matrix digit(kDigitSide, kDigitSide);
  try {
    prepare_picture(digit, grey);
  } catch (const NotImplemented&) {
    throw;
  } catch (const Error& error) {
    refuse(path.string(), ": ", error.what());
  }
  return digit;
}

}  // namespace

Dataset load_picture_folder(const fs::path& folder, const PictureFolderOptions& options) {
  if (options.fit == Fit::resize) {
    NN_CHECK(options.height >= 1 && options.height <= kMostPixelsASide && options.width >= 1 &&
                 options.width <= kMostPixelsASide,
             "pictures of ", options.height, " x ", options.width, " pixels; both may be 1 to ",
             kMostPixelsASide);
  }
  Dataset data;
  data.name = folder.string();
  std::vector<PictureFile> files;
  for (const fs::path& path : entries(folder)) {
    if (is_folder(path)) {
      const std::vector<PictureFile> more = files_of_class(path, data.classes());
      files.insert(files.end(), more.begin(), more.end());
      data.class_names.push_back(path.filename().string());
    } else if (is_png(path) || is_other_picture(path)) {
      refuse(path.string(), " is a picture without a class; move it to the subfolder of its class");
    }
  }
  if (files.empty()) {
    refuse(
        folder.string(),
        " has no subfolders; a folder of pictures has one for each class, called as the class is");
  }
  if (data.classes() == 1) {
    refuse(folder.string(), " has one class, ", data.class_names[0],
           "; a network learns to tell two or more apart");
  }
  for (const PictureFile& file : files) {
    const Matrix picture = fitted(file.path, options);
    const int n = static_cast<int>(data.labels.size());
    if (n == 0) {
      data.image_height = picture.rows();
      data.image_width = picture.cols();
      if (std::int64_t{picture.size()} * std::ssize(files) > std::numeric_limits<int>::max()) {
        refuse(folder.string(), " has ", files.size(), " pictures of ", picture.rows(), " x ",
               picture.cols(), " pixels, more than 2^31 - 1 in all; have them resized");
      }
      data.x = Matrix(static_cast<int>(files.size()), picture.size());
    }
    if (picture.rows() != data.image_height || picture.cols() != data.image_width) {
      refuse(file.path.string(), " has ", picture.rows(), " x ", picture.cols(), " pixels, and ",
             files.front().path.string(), " has ", data.image_height, " x ", data.image_width,
             "; make them all of one size");
    }
    std::ranges::copy(picture.values(), MatrixView(data.x).row(n));
    data.labels.push_back(file.label);
  }
  check_dataset(data);
  return data;
}

}  // namespace nn::cpu
