// AMX in software, for tests on processors without it: while an AmxEmulator lives, the tile
// instructions of this thread do to its eight tiles what Intel says that they do to a processor's.
//
// A processor that does not know an instruction stops there with SIGILL. The handler reads the
// instruction's bytes, does its work and lets the program go on behind it; so the very code that a
// processor with AMX would run is run, as the compiler made it. What cannot be seen here: whether
// a processor does as its manual says, and whether Linux gives the right to the tiles.
// Source: [Intel23, volume 2, "LDTILECFG", "TILELOADD", "TDPBF16PS", "TILESTORED", "TILERELEASE"].
#pragma once

#if !defined(__x86_64__) || !defined(__linux__)
#error "AMX is x86-64's, and the registers in a signal's frame are Linux's"
#endif

#include <signal.h>
#include <ucontext.h>

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <string>

namespace nn::cpu {

class AmxEmulator {
 public:
  AmxEmulator() {
    struct sigaction action = {};
    action.sa_sigaction = &on_illegal_instruction;
    action.sa_flags = SA_SIGINFO;
    sigaction(SIGILL, &action, &before_);
    now() = this;
  }
  ~AmxEmulator() {
    now() = nullptr;
    sigaction(SIGILL, &before_, nullptr);
  }
  AmxEmulator(const AmxEmulator&) = delete;
  AmxEmulator& operator=(const AmxEmulator&) = delete;

  // How many instructions were emulated; what was wrong with the first that a processor would have
  // refused, or "".
  int instructions() const { return instructions_; }
  const std::string& problem() const { return problem_; }
  // Are the tiles given back, as the calling convention asks for at a function's end?
  bool released() const { return !configured_; }

 private:
  static constexpr int kTiles = 8, kMostRows = 16, kMostBytes = 64;
  using Row = std::array<std::uint8_t, kMostBytes>;
  struct Tile {
    int rows = 0, bytes = 0;  // of a row
    std::array<Row, kMostRows> row = {};

    float fp32(int r, int i) const {
      float value;
      std::memcpy(&value, &row[static_cast<std::size_t>(r)][static_cast<std::size_t>(i) * 4], 4);
      return value;
    }
    float bf16(int r, int i) const {
      std::uint16_t bits;
      std::memcpy(&bits, &row[static_cast<std::size_t>(r)][static_cast<std::size_t>(i) * 2], 2);
      return flushed(std::bit_cast<float>(std::uint32_t{bits} << 16));
    }
  };

  static AmxEmulator*& now() {
    static AmxEmulator* only = nullptr;
    return only;
  }

  static float flushed(float x) { return std::fpclassify(x) == FP_SUBNORMAL ? 0.0F * x : x; }

  static void on_illegal_instruction(int signal, siginfo_t*, void* frame) {
    auto* context = static_cast<ucontext_t*>(frame);
    if (now() == nullptr || !now()->step(context->uc_mcontext.gregs)) {
      ::signal(signal, SIG_DFL);  // not ours: it happens again, and ends the program
    }
  }

  void refuse(const char* why) {
    if (problem_.empty()) problem_ = why;
  }

  // The instruction at rip: VEX prefix of three bytes, opcode, ModRM and, for memory, what follows.
  // False if it is none of AMX's.
  bool step(greg_t* registers) {
    const auto* code = reinterpret_cast<const std::uint8_t*>(registers[REG_RIP]);
    if (code[0] != 0xc4 || (code[1] & 0x1f) != 2 || (code[2] & 0x84) != 0) return false;
    const int prefix = code[2] & 3;  // 0: none, 1: 66, 2: f3, 3: f2
    const int third = ~code[2] >> 3 & 15;
    const std::uint8_t opcode = code[3], modrm = code[4];
    const int mod = modrm >> 6, reg = modrm >> 3 & 7, rm = modrm & 7;
    const bool memory = mod != 3;
    std::int64_t stride = 0;
    int length = 5;
    std::uint8_t* address = memory ? operand(code, registers, length, stride) : nullptr;
    if (opcode == 0x49 && prefix == 0 && memory) {
      ldtilecfg(address);
    } else if (opcode == 0x49 && prefix == 0 && modrm == 0xc0) {
      tilerelease();
    } else if (opcode == 0x4b && prefix == 3 && memory && rm == 4) {
      tileloadd(reg, address, stride);
    } else if (opcode == 0x4b && prefix == 2 && memory && rm == 4) {
      tilestored(reg, address, stride);
    } else if (opcode == 0x5c && prefix == 2 && !memory) {
      tdpbf16ps(reg, rm, third);
    } else {
      return false;
    }
    registers[REG_RIP] += length;
    ++instructions_;
    return true;
  }

  // The address that ModRM and what follows name, without the index, which is a tile's stride; length
  // becomes the instruction's.
  static std::uint8_t* operand(const std::uint8_t* code, const greg_t* registers, int& length,
                               std::int64_t& stride) {
    constexpr std::array<int, 16> kRegisters{REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP,
                                             REG_RSI, REG_RDI, REG_R8,  REG_R9,  REG_R10, REG_R11,
                                             REG_R12, REG_R13, REG_R14, REG_R15};
    const auto value = [&](int low_bits, int prefix_bit) {
      const int high = (code[1] >> prefix_bit & 1) == 0 ? 8 : 0;  // kept inverted in the prefix
      return registers[kRegisters[static_cast<std::size_t>(low_bits + high)]];
    };
    const int mod = code[4] >> 6, rm = code[4] & 7;
    int base = rm;
    if (rm == 4) {  // a byte with scale, index and base
      const std::uint8_t sib = code[5];
      base = sib & 7;
      const int index = sib >> 3 & 7;
      if (index != 4 || (code[1] & 0x40) == 0) stride = value(index, 6) << (sib >> 6);
      ++length;
    }
    std::int64_t displacement = 0;
    const bool no_base = mod == 0 && base == 5;
    if (mod == 1) {
      displacement = static_cast<std::int8_t>(code[length]);
      length += 1;
    } else if (mod == 2 || no_base) {
      std::int32_t four;
      std::memcpy(&four, code + length, sizeof four);
      displacement = four;
      length += 4;
    }
    std::int64_t from = no_base ? 0 : value(base, 5);
    if (no_base && rm == 5) from = registers[REG_RIP] + length;  // behind this instruction
    return reinterpret_cast<std::uint8_t*>(from + displacement);
  }

  void ldtilecfg(const std::uint8_t* config) {
    if (config[0] != 1) return refuse("LDTILECFG: the palette is not 1");
    if (config[1] != 0) refuse("LDTILECFG: the start row is not 0");
    for (int i = 2; i < 64; ++i) {
      const bool used = (i >= 16 && i < 16 + 2 * kTiles) || (i >= 48 && i < 48 + kTiles);
      if (!used && config[i] != 0) refuse("LDTILECFG: a reserved byte is not 0");
    }
    for (int t = 0; t < kTiles; ++t) {
      Tile& tile = tiles_[static_cast<std::size_t>(t)];
      tile = {};
      tile.bytes = config[16 + 2 * t] | config[17 + 2 * t] << 8;
      tile.rows = config[48 + t];
      if (tile.bytes > kMostBytes) return refuse("LDTILECFG: a row of more than 64 bytes");
      if (tile.rows > kMostRows) return refuse("LDTILECFG: a tile of more than 16 rows");
      if ((tile.bytes == 0) != (tile.rows == 0)) refuse("LDTILECFG: rows without bytes");
    }
    configured_ = true;
  }

  void tilerelease() {
    if (!configured_) refuse("TILERELEASE of tiles that are not configured");
    tiles_ = {};
    configured_ = false;
  }

  void tileloadd(int t, const std::uint8_t* from, std::int64_t stride) {
    Tile& tile = tiles_[static_cast<std::size_t>(t)];
    if (!configured_ || tile.rows == 0) return refuse("TILELOADD of a tile without a shape");
    tile.row = {};
    for (int r = 0; r < tile.rows; ++r) {
      std::memcpy(tile.row[static_cast<std::size_t>(r)].data(), from + r * stride,
                  static_cast<std::size_t>(tile.bytes));
    }
  }

  void tilestored(int t, std::uint8_t* to, std::int64_t stride) {
    const Tile& tile = tiles_[static_cast<std::size_t>(t)];
    if (!configured_ || tile.rows == 0) return refuse("TILESTORED of a tile without a shape");
    for (int r = 0; r < tile.rows; ++r) {
      std::memcpy(to + r * stride, tile.row[static_cast<std::size_t>(r)].data(),
                  static_cast<std::size_t>(tile.bytes));
    }
  }

  // c += a . b, each row of b two of the matrix's, an element of one beside the same of the other.
  void tdpbf16ps(int c_tile, int a_tile, int b_tile) {
    if (c_tile == a_tile || c_tile == b_tile || a_tile == b_tile) {
      return refuse("TDPBF16PS with a tile twice");
    }
    Tile& c = tiles_[static_cast<std::size_t>(c_tile)];
    const Tile& a = tiles_[static_cast<std::size_t>(a_tile)];
    const Tile& b = tiles_[static_cast<std::size_t>(b_tile)];
    if (!configured_ || c.rows == 0 || c.rows != a.rows || c.bytes != b.bytes ||
        a.bytes / 4 != b.rows || c.bytes % 4 != 0 || a.bytes % 4 != 0) {
      return refuse("TDPBF16PS of tiles whose shapes do not chain");
    }
    for (int m = 0; m < c.rows; ++m) {
      for (int n = 0; n < c.bytes / 4; ++n) {
        float even = 0, odd = 0;
        for (int k = 0; k < b.rows; ++k) {
          even = flushed(std::fma(a.bf16(m, 2 * k), b.bf16(k, 2 * n), even));
          odd = flushed(std::fma(a.bf16(m, 2 * k + 1), b.bf16(k, 2 * n + 1), odd));
        }
        const float sum = flushed(flushed(c.fp32(m, n)) + flushed(even + odd));
        std::memcpy(&c.row[static_cast<std::size_t>(m)][static_cast<std::size_t>(n) * 4], &sum, 4);
      }
    }
  }

  struct sigaction before_ = {};
  std::array<Tile, kTiles> tiles_ = {};
  bool configured_ = false;
  int instructions_ = 0;
  std::string problem_;
};

}  // namespace nn::cpu
