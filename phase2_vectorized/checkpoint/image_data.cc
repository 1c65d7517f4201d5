#include "phase2_vectorized/checkpoint/image_data.h"

#include <fmt/format.h>
#include <zlib.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "common/check.h"
#include "common/json.h"
#include "phase2_vectorized/week05_data/picture_folder.h"
#include "phase2_vectorized/week05_data/split.h"

namespace nn::cpu {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr double kTestShare = 0.2;  // of a folder of PNG files

bool has_idx_files(const fs::path& folder) {
  std::error_code ignored;
  for (const char* end : {"", ".gz"}) {
    if (fs::exists(folder / (std::string("train-images-idx3-ubyte") + end), ignored)) return true;
  }
  return false;
}

// False for a folder that cannot be listed: whoever reads it says what is wrong.
bool lacks_subfolders(const fs::path& folder) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (entry.is_directory(error) && !entry.path().filename().string().starts_with("."))
      return false;
  }
  return !error;
}

std::string crc_of(const Dataset& data) {
  uLong crc =
      crc32_z(0, reinterpret_cast<const Bytef*>(data.x.data()), data.x.values().size_bytes());
  crc = crc32_z(crc, reinterpret_cast<const Bytef*>(data.labels.data()),
                data.labels.size() * sizeof(int));
  return fmt::format("{}:{:08x}", data.size(), crc);
}

}  // namespace

TrainTest open_image_data(const std::string& given, std::uint64_t seed) {
  TrainTest data;
  std::string name = given;
  std::error_code error;
  if (is_dataset_name(given)) {
    data = load_dataset(given);
  } else if (!fs::is_directory(given, error)) {
    throw Error(
        detail::cat("'", given,
                    "' is no data set and no folder; --dataset may be mnist, fashion, tiny, a "
                    "folder of IDX files, or a folder with a subfolder of PNG files a class"));
  } else {
    name = fs::absolute(fs::path(given) / "").lexically_normal().parent_path().filename().string();
    if (has_idx_files(given)) {
      data = load_dataset_folder(given);
    } else if (lacks_subfolders(given)) {
      throw Error(
          detail::cat("'", given,
                      "' has no subfolders; a folder of data holds a subfolder of PNG files for "
                      "each class, called as the class is, or MNIST's four files, "
                      "train-images-idx3-ubyte.gz and the rest"));
    } else {
      const Dataset all = load_picture_folder(given, {});
      const Split split = stratified_split(all.labels, all.classes(), kTestShare, seed);
      data = {subset(all, split.train), subset(all, split.validation)};
    }
  }
  data.train.name = data.test.name = name;
  return data;
}

std::map<std::string, std::string> notes_of(const TrainTest& data) {
  // MNIST's digits, and what comes in its files, are ink on paper; PNG files are taken as they are.
  const bool like_mnist = data.train.image_height == 28 && data.train.image_width == 28 &&
                          data.train.name != "fashion" && data.train.classes() == 10;
  return {{"dataset", data.train.name},
          {"class_names", json(data.train.class_names).dump()},
          {"image", json{{"height", data.train.image_height},
                         {"width", data.train.image_width},
                         {"like_mnist", like_mnist}}
                        .dump()}};
}

ImageNotes read_image_notes(const std::map<std::string, std::string>& notes,
                            const std::string& file) {
  for (const char* key : {"dataset", "class_names", "image"}) {
    if (!notes.contains(key)) {
      throw Error(detail::cat(file, ": is no model of pictures: it has no note \"", key, "\""));
    }
  }
  ImageNotes found;
  found.dataset = notes.at("dataset");
  try {
    parse_json(notes.at("class_names"), file).get_to(found.class_names);
    const json image = parse_json(notes.at("image"), file);
    image.at("height").get_to(found.height);
    image.at("width").get_to(found.width);
    image.at("like_mnist").get_to(found.like_mnist);
  } catch (const json::exception& error) {
    throw Error(detail::cat(file, ": its notes are not what this program writes: ", error.what()));
  }
  if (found.height < 1 || found.height > 4096 || found.width < 1 || found.width > 4096) {
    throw Error(detail::cat(file, ": its pictures are ", found.height, " x ", found.width));
  }
  return found;
}

std::string fingerprint(const TrainTest& data) {
  return crc_of(data.train) + " " + crc_of(data.test);
}

}  // namespace nn::cpu
