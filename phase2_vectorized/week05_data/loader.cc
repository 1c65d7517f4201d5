#include "phase2_vectorized/week05_data/loader.h"

#include <utility>

#include "phase2_vectorized/week05_data/prefetch.h"

namespace nn::cpu {

class Loader::State {
 public:
  State(const Dataset& data, std::vector<int> rows, LoaderOptions options)
      : data_(data), rows_(std::move(rows)), options_(std::move(options)) {
    check_dataset(data);
    NN_CHECK(!rows_.empty(), "a loader of no examples of '", data.name, "'");
    for (const int row : rows_) {
      NN_CHECK(row >= 0 && row < data.size(), "row ", row, " of '", data.name, "', which has ",
               data.size());
    }
    batches_ = batch_count(examples(), options_.batch_size, options_.last_batch);
    NN_CHECK(options_.prefetch >= 0 && options_.prefetch <= 64, "prefetch is ", options_.prefetch,
             "; it may be 0 to 64");
    check_augmentation(options_.augmentation);
    NN_CHECK(!options_.augmentation.any() || data.image_height > 0, "'", data.name,
             "' is not of pictures, so there is nothing to shift, rotate or bend");
    if (options_.normalisation) {
      const int width = options_.normalisation->mean.cols();
      NN_CHECK(width == data.features(), "a normalisation of ", width, " features for '", data.name,
               "', which has ", data.features());
    }
    slots_.resize(static_cast<std::size_t>(options_.prefetch) + 1);
  }

  int examples() const { return static_cast<int>(rows_.size()); }
  int batches() const { return batches_; }
  const LoaderOptions& options() const { return options_; }

  void start_epoch(int epoch, int first) {
    NN_CHECK(epoch >= 0, "epoch ", epoch, "; epochs count from 0");
    NN_CHECK(first >= 0 && first <= batches_, "an epoch from batch ", first, " on; it has ",
             batches_);
    prefetch_.reset();  // its thread reads what changes now
    epoch_ = epoch;
    order_ = options_.shuffle ? epoch_order(rows_, options_.seed, epoch) : rows_;
    number_ = first;
    if (options_.prefetch > 0) {
      prefetch_.emplace(slots_, [this](Batch& batch) { return make_next(batch); });
    }
  }

  const Batch* next() {
    if (order_.empty()) return nullptr;
    if (prefetch_) return prefetch_->next();
    return make_next(slots_.front()) ? &slots_.front() : nullptr;
  }

 private:
  // The batch `number_`, which it counts up where that went well; false after the last.
  bool make_next(Batch& batch) {
    if (number_ == batches_) return false;
    const std::span<const int> rows = batch_rows(order_, options_.batch_size, number_);
    batch.number = number_;
    batch.rows.assign(rows.begin(), rows.end());
    batch.x.resize(static_cast<int>(rows.size()), data_.features());
    if (options_.augmentation.any()) {
      augment_rows(batch.x, rows);
    } else {
      gather_rows(batch.x, data_.x, rows);
    }
    if (options_.normalisation) normalise(batch.x, batch.x, *options_.normalisation);
    batch.labels.clear();
    if (data_.has_labels()) {
      for (const int row : rows)
        batch.labels.push_back(data_.labels[static_cast<std::size_t>(row)]);
    } else {
      batch.targets.resize(static_cast<int>(rows.size()), data_.targets.cols());
      gather_rows(batch.targets, data_.targets, rows);
    }
    ++number_;
    return true;
  }

  void augment_rows(MatrixView to, std::span<const int> rows) const {
    const int H = data_.image_height, W = data_.image_width;
    const ConstMatrixView from = data_.x;
    for (int b = 0; b < to.rows; ++b) {
      const int row = rows[static_cast<std::size_t>(b)];
      const ConstMatrixView picture{from.data + row * from.row_stride, H, W, W, 1};
      augment({to.row(b), H, W, W}, picture, options_.augmentation, options_.seed, epoch_, row);
    }
  }

  const Dataset& data_;
  std::vector<int> rows_;
  LoaderOptions options_;
  int batches_ = 0;
  // Of the epoch; read by the thread, and written only while there is none.
  int epoch_ = 0;
  std::vector<int> order_;  // empty before the first epoch
  int number_ = 0;          // of the batch to make next: the thread's own, where there is one
  std::vector<Batch> slots_;
  std::optional<Prefetch<Batch>>
      prefetch_;  // the last member: its thread ends before the rest goes
};

Loader::Loader(const Dataset& data, std::vector<int> rows, LoaderOptions options)
    : state_(std::make_unique<State>(data, std::move(rows), std::move(options))) {}
Loader::Loader(const Dataset& data, LoaderOptions options)
    : Loader(data, all_rows(data), std::move(options)) {}
Loader::~Loader() = default;
Loader::Loader(Loader&&) noexcept = default;
Loader& Loader::operator=(Loader&&) noexcept = default;

int Loader::examples() const { return state_->examples(); }
int Loader::batches() const { return state_->batches(); }
const LoaderOptions& Loader::options() const { return state_->options(); }
void Loader::start_epoch(int epoch, int first) { state_->start_epoch(epoch, first); }
const Batch* Loader::next() { return state_->next(); }

}  // namespace nn::cpu
