#include "common/cudasim/tests/bench/child.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>

#include "common/check.h"

namespace nn::simbench {

Child::Child(const std::string& program, int workers) : program_(program) {
  NN_CHECK(access(program.c_str(), X_OK) == 0, program, " is not there: build cudasim_benches");
  const std::string count = std::to_string(workers);
  int in[2], out[2];
  NN_CHECK(pipe2(in, O_CLOEXEC) == 0 && pipe2(out, O_CLOEXEC) == 0, "no pipe");
  process_ = fork();
  NN_CHECK(process_ >= 0, "no process");
  if (process_ == 0) {
    dup2(in[0], 0);
    dup2(out[1], 1);
    setenv("CUDASIM_WORKERS", count.c_str(), 1);
    execl(program.c_str(), program.c_str(), static_cast<char*>(nullptr));
    _exit(127);
  }
  close(in[0]);
  close(out[1]);
  to_ = in[1];
  from_ = out[0];
}

Child::~Child() {
  close(to_);
  close(from_);
  waitpid(process_, nullptr, 0);
}

std::string Child::ask(const std::string& request) {
  const std::string line = request + "\n";
  NN_CHECK(write(to_, line.data(), line.size()) == static_cast<ssize_t>(line.size()), program_,
           " takes no more requests");
  std::size_t end;
  while ((end = unread_.find('\n')) == std::string::npos) {
    char buffer[4096];
    const ssize_t n = read(from_, buffer, sizeof buffer);
    NN_CHECK(n > 0, program_, " ended at the request '", request, "'");
    unread_.append(buffer, static_cast<std::size_t>(n));
  }
  const std::string answer = unread_.substr(0, end);
  unread_.erase(0, end + 1);
  return answer;
}

double Child::ask_number(const std::string& request) {
  const std::string answer = ask(request);
  double value = 0;
  const auto [end, error] = std::from_chars(answer.data(), answer.data() + answer.size(), value);
  NN_CHECK(error == std::errc() && end == answer.data() + answer.size() && !answer.empty(), request,
           ": ", answer);
  return value;
}

}  // namespace nn::simbench
