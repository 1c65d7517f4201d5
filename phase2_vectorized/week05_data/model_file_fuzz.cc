// Whatever bytes a file holds, Model::load, load_parameters and load_checkpoint take it or throw
// nn::Error that begins with the file's name. What they refuse changes nothing; a model that was loaded
// predicts, and saved again is the same file.
//
// A fuzzer does not guess checksums: a checkpoint is read once as it is, and once with its own made right.
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "common/check.h"
#include "common/file.h"
#include "common/safetensors.h"
#include "phase2_vectorized/week04_speed/optimizers.h"
#include "phase2_vectorized/week04_speed/schedule.h"
#include "phase2_vectorized/week05_data/layers.h"
#include "phase2_vectorized/week05_data/model.h"

namespace {

using namespace nn::cpu;
namespace fs = std::filesystem;

// A folder of this process; in memory where Linux has such a place, since each file is synced.
const fs::path& folder() {
  static const fs::path made = [] {
    const fs::path memory = "/dev/shm";
    const fs::path path = (fs::is_directory(memory) ? memory : fs::temp_directory_path()) /
                          ("groundup-model-fuzz-" + std::to_string(getpid()));
    fs::create_directories(path);
    std::atexit([] { fs::remove_all(folder()); });
    return path;
  }();
  return made;
}

// 3-2-2: what the first inputs are files of.
Model small_model() {
  Model model;
  model.add<Dense>(3, 2).add<Activation>("relu").add<Dropout>(0.5F).add<Dense>(2, 2);
  model.set(std::make_unique<CategoricalCrossEntropy>(), std::make_unique<Adam>(),
            std::make_unique<CategoricalAccuracy>(), constant_rate(0.01));
  model.finalize(1);
  return model;
}

std::vector<std::byte> saved(const Model& model, const char* name) {
  model.save_checkpoint(folder() / name);
  return nn::read_file(folder() / name);
}

// Does `use` take the file, or refuse it in the way that is promised?
template <class Use>
bool taken(const fs::path& path, Use use) {
  try {
    use();
    return true;
  } catch (const nn::Error& error) {
    if (!std::string(error.what()).starts_with(path.string())) {
      std::fprintf(stderr, "does not begin with the file's name: %s\n", error.what());
      std::abort();
    }
  }
  return false;
}

void load_model(const fs::path& path) {
  taken(path, [&] {
    const Model model = Model::load(path);
    model.save(folder() / "again");
    const Model again = Model::load(folder() / "again");
    again.save(folder() / "twice");
    if (nn::read_file(folder() / "again") != nn::read_file(folder() / "twice")) std::abort();
  });
}

void load_into(const fs::path& path, void (Model::*load)(const fs::path&)) {
  Model model = small_model();
  const std::vector<std::byte> before = saved(model, "before");
  const bool took = taken(path, [&] { (model.*load)(path); });
  if (!took && saved(model, "after") != before) std::abort();
}

void read_all(std::span<const std::byte> file) {
  const fs::path path = folder() / "fuzz";
  nn::write_file_atomically(path, file);
  load_model(path);
  load_into(path, &Model::load_parameters);
  load_into(path, &Model::load_checkpoint);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span<const std::byte> file = std::as_bytes(std::span(data, size));
  nn::Safetensors content;
  try {
    content = nn::parse_safetensors(file, "fuzz");
  } catch (const nn::Error&) {
    return 0;  // safetensors_fuzz.cc's
  }
  read_all(file);
  if (content.metadata.contains(nn::kChecksumKey)) {
    content.metadata[nn::kChecksumKey] = nn::checksum(content);
    read_all(nn::format_safetensors(content));
  }
  return 0;
}
