// One addr2line for each module, asked as long as the program runs: it needs a tenth of a second to read
// what the compiler wrote of a program, and then answers in no time. See addresses.h.
#include "addresses.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <map>
#include <memory>
#include <mutex>

namespace cudasim {
namespace {

constexpr const char* kEnd = "0xffffffffffffffff";  // an address that is nowhere: ends an answer

class Reader {
 public:
  explicit Reader(const std::string& module) : owner_(getpid()) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], 0);
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    std::string words[] = {"addr2line", "-a", "-i", "-f", "-C", "-e", module};
    char* arguments[std::size(words) + 1] = {};
    for (std::size_t i = 0; i < std::size(words); ++i) arguments[i] = words[i].data();
    if (posix_spawnp(&process_, "addr2line", &actions, nullptr, arguments, environ) == 0) {
      socket_ = ends[0];
    } else {
      close(ends[0]);
    }
    close(ends[1]);
    posix_spawn_file_actions_destroy(&actions);
  }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
  ~Reader() { end(); }

  // Another process, after a fork: the answers there would be mixed with ours.
  bool is_ours() const { return owner_ == getpid(); }

  std::vector<Place> ask(unsigned long long offset) {
    std::vector<Place> places;
    char question[64];
    const int length = std::snprintf(question, sizeof question, "0x%llx\n%s\n", offset, kEnd);
    std::string line;
    if (!send_all(question, static_cast<std::size_t>(length)) || !read_line(&line)) {
      return places;  // the first line repeats the address
    }
    for (Place place; read_line(&place.function) && place.function != kEnd;) {
      if (!read_line(&place.line)) return places;
      places.push_back(place);
    }
    static_cast<void>(read_line(&line) && read_line(&line));  // what it knows of kEnd
    return places;
  }

 private:
  bool send_all(const char* text, std::size_t bytes) {
    while (socket_ >= 0 && bytes != 0) {
      const ssize_t sent = send(socket_, text, bytes, MSG_NOSIGNAL);
      if (sent < 0 && errno == EINTR) continue;
      if (sent <= 0) {
        end();
      } else {
        text += sent;
        bytes -= static_cast<std::size_t>(sent);
      }
    }
    return socket_ >= 0;
  }

  bool read_line(std::string* line) {
    std::size_t newline;
    while ((newline = unread_.find('\n')) == std::string::npos) {
      if (socket_ < 0) return false;
      char buffer[4096];
      const ssize_t got = read(socket_, buffer, sizeof buffer);
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) {
        end();
        return false;
      }
      unread_.append(buffer, static_cast<std::size_t>(got));
    }
    *line = unread_.substr(0, newline);
    unread_.erase(0, newline + 1);
    return true;
  }

  void end() {
    if (socket_ < 0) return;
    close(socket_);
    socket_ = -1;
    if (is_ours()) waitpid(process_, nullptr, 0);
  }

  pid_t owner_;
  pid_t process_ = -1;
  int socket_ = -1;  // -1: there is no addr2line
  std::string unread_;
};

}  // namespace

std::vector<Place> places_at(const std::string& module, unsigned long long offset) {
  // Never destroyed: findings are printed at the program's very end.
  static auto& mutex = *new std::mutex;
  static auto& readers = *new std::map<std::string, std::unique_ptr<Reader>>;
  const std::lock_guard<std::mutex> lock(mutex);
  std::unique_ptr<Reader>& reader = readers[module];
  if (reader == nullptr || !reader->is_ours()) reader = std::make_unique<Reader>(module);
  return reader->ask(offset);
}

}  // namespace cudasim
