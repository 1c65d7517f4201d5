// The frame of our small programs: read the command line, run, say in one line what went wrong.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <functional>

namespace nn {

// Exit status: what run() returns; 1 if it throws, with the message on stderr after `name`; 2 for a
// wrong command line; 0 after --help.
inline int run_program(const char* name, CLI::App& app, int argc, char** argv,
                       const std::function<int()>& run) {
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  try {
    return run();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s: %s\n", name, error.what());
    return 1;
  }
}

}  // namespace nn
