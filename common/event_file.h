// Event files: numbers by step, as TensorBoard reads them.
//
//   EventFile events(folder / kEventFileName, 0);
//   events.append({.wall_time = now, .step = 1, .scalars = {{"epoch_loss", 0.31F}}});
//   $ tensorboard --logdir folder
//
// A file is a list of records (TFRecord's framing), each an Event message (protocol buffers):
//
//   8 bytes        4 bytes              n bytes                    4 bytes
//   +------------+--------------------+--------------------------+-----------------------+
//   | n, little- | masked CRC-32C of  | Event: wall_time (1),    | masked CRC-32C of the |
//   | endian     | the 8 bytes before | step (2), scalars (5)... | n bytes before        |
//   +------------+--------------------+--------------------------+-----------------------+
//
// The first Event holds the format's name, "brain.Event:2", and no numbers.
// Source: record_writer.h, event.proto and summary.proto for the layout and the numbers of the
// fields [TensorFlow15]; how fields become bytes [Protobuf08].
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace nn {

// TensorBoard reads the files of a folder whose name has "tfevents" in it.
inline constexpr const char* kEventFileName = "events.out.tfevents.groundup";

struct EventScalar {
  std::string tag;  // what the chart is called; "train/loss" goes into the group "train"
  float value = 0;

  bool operator==(const EventScalar&) const = default;
};

struct Event {
  double wall_time = 0;  // seconds since 1970, UTC
  std::int64_t step = 0;
  std::vector<EventScalar> scalars = {};

  bool operator==(const Event&) const = default;
};

// CRC-32C (Castagnoli): polynomial 0x1edc6f41, reflected, started from and ended with all ones; of
// "123456789" it is 0xe3069283 [RFC3720 appendix B.4]. Masked, as records hold it, so that the CRC of
// bytes with a CRC among them is no special number: rotated right by 15, plus 0xa282ead8.
std::uint32_t crc32c(std::string_view bytes);
std::uint32_t masked_crc32c(std::string_view bytes);

// The bytes of the record that a file begins with, and of one with numbers.
std::string event_file_start(double wall_time);
std::string event_record(const Event& event);

// The events of a file's bytes, without the first, up to the first record that is not whole: a
// program killed while it wrote leaves such an end. whole_bytes: how many bytes were read. Fields that
// we do not write are passed over. Bytes that do not begin as an event file does: nn::Error, naming
// `file`.
std::vector<Event> parse_events(std::size_t& whole_bytes, std::string_view bytes,
                                const std::string& file);

class EventFile {
 public:
  // Begins the file, or takes up what an earlier run left: its events up to `last_step` stay, what
  // comes after them, and a torn end, is cut off. nn::Error if it is no event file, or not writable.
  EventFile(std::filesystem::path path, std::int64_t last_step, double wall_time);

  // At the end of the file at once, for a TensorBoard that is watching.
  void append(const Event& event) const;

 private:
  std::filesystem::path path_;
};

}  // namespace nn
