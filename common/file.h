// Whole files, in and out. A file we write appears under its final name complete or not at all.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace nn {

// Reads a whole regular file. Missing, unreadable, a folder, or larger than max_bytes: nn::Error
// that names the path, what is wrong and what to do.
std::vector<std::byte> read_file(const std::filesystem::path& path,
                                 std::uint64_t max_bytes = std::uint64_t{1} << 32);

// Writes to a temporary file in the same folder, fsyncs it, renames it over `path`, fsyncs the
// folder. On any failure (full disk, no permission, `path` is a folder or a device) the temporary
// is removed, the old file at `path` is untouched, and nn::Error says which step failed and why;
// only where the last fsync fails the new file is already in place, and the message says so. A
// symbolic link at `path` is replaced, not followed. A process killed while it writes leaves the
// old file, and a temporary called .nn-<process>-<number>.tmp.
void write_file_atomically(const std::filesystem::path& path, std::span<const std::byte> bytes);
void write_file_atomically(const std::filesystem::path& path, std::string_view text);

// Adds bytes to the end of a file, which is made if it is not there: for logs that somebody reads while
// they grow. Where only a part can be written it is taken away again, and nn::Error says why. A process
// killed here may leave a part of the bytes; whoever reads the file must bear that.
void append_to_file(const std::filesystem::path& path, std::string_view text);

// Removes the temporary files that killed programs left in `folder`; all other files stay. Only where
// nobody is writing: the temporary of a living write looks no different. nn::Error if it cannot.
void remove_temporaries(const std::filesystem::path& folder);

}  // namespace nn
