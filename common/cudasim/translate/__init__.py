"""CUDA C++ to host C++, one output line for each input line; see ../CONTRACT.md."""
