// A program of the bench's, running beside this one: one request a line, one answer a line.
#pragma once
#include <string>

namespace nn::simbench {

class Child {
 public:
  // Starts the program with CUDASIM_WORKERS set. Throws nn::Error where there is none.
  Child(const std::string& program, int workers);
  ~Child();  // ends its input and waits for it
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  std::string ask(const std::string& request);
  // ask(), for a request that a number answers; nn::Error with the answer if it is none.
  double ask_number(const std::string& request);

 private:
  std::string program_;
  int to_ = -1, from_ = -1;
  int process_ = -1;
  std::string unread_;
};

}  // namespace nn::simbench
