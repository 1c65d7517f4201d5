#include "phase2_vectorized/week05_data/parameter_file.h"

#include <bit>
#include <cmath>

#include "phase2_vectorized/testing.h"

namespace nn::cpu {
namespace {

// Parameters of a network 5-3-2, with numbers of their own.
std::vector<Parameter> some_parameters(std::uint64_t seed) {
  Philox rng(seed);
  std::vector<Parameter> parameters;
  for (const auto& [name, rows, cols] : {std::tuple{"layers.0.w", 5, 3},
                                         {"layers.0.bias", 1, 3},
                                         {"layers.2.w", 3, 2},
                                         {"layers.2.bias", 1, 2}}) {
    parameters.push_back({name, random_matrix(rows, cols, rng), random_matrix(rows, cols, rng)});
  }
  return parameters;
}

std::vector<std::vector<float>> values_of(const std::vector<Parameter>& parameters) {
  std::vector<std::vector<float>> values;
  for (const Parameter& parameter : parameters) {
    const auto span = parameter.value.values();
    values.emplace_back(span.begin(), span.end());
  }
  return values;
}

// The worked example of README.md, "Parameters in a file".
TEST(ParameterFile, WorkedExample) {
  std::vector<Parameter> parameters;
  parameters.push_back({"layers.0.w", Matrix{{1, 2, 3}, {4, 5, 6}}, Matrix(2, 3)});
  parameters.push_back({"layers.0.bias", Matrix{{7, 8, 9}}, Matrix(1, 3)});
  const NamedArrays arrays = to_arrays(parameters);
  ASSERT_EQ(arrays.size(), 2U);
  EXPECT_EQ(arrays.at("layers.0.w").shape, (Shape{2, 3}));
  EXPECT_EQ(arrays.at("layers.0.bias").shape, (Shape{3}));
  EXPECT_EQ(arrays.at("layers.0.w").dtype, Dtype::f4);
  EXPECT_TRUE(
      identical(arrays.at("layers.0.w").as_doubles(), std::vector<double>{1, 2, 3, 4, 5, 6}));
  EXPECT_TRUE(identical(arrays.at("layers.0.bias").as_doubles(), std::vector<double>{7, 8, 9}));
}

TEST(ParameterFile, ComesBackBitForBit) {
  std::vector<Parameter> saved = some_parameters(1), loaded = some_parameters(2);
  saved[0].value(0, 0) = -0.0F;
  saved[0].value(4, 2) = std::numeric_limits<float>::denorm_min();
  const std::vector<std::vector<float>> grads_before = [&] {
    std::vector<std::vector<float>> grads;
    for (const Parameter& p : loaded)
      grads.emplace_back(p.grad.values().begin(), p.grad.values().end());
    return grads;
  }();
  from_arrays(loaded, to_arrays(saved), "f");
  for (std::size_t i = 0; i < saved.size(); ++i) {
    EXPECT_TRUE(identical(loaded[i].value, saved[i].value));
    EXPECT_TRUE(identical(
        std::vector<float>(loaded[i].grad.values().begin(), loaded[i].grad.values().end()),
        grads_before[i]));
  }
  EXPECT_TRUE(std::signbit(loaded[0].value(0, 0)));
}

// Of the file's arrays one is changed; nothing of the network may be, not even what comes before it.
TEST(ParameterFile, RefusesAnotherNetworksFileAndChangesNothing) {
  std::vector<Parameter> parameters = some_parameters(1);
  const std::vector<std::vector<float>> before = values_of(parameters);
  const NamedArrays good = to_arrays(some_parameters(2));
  const auto refused = [&](const NamedArrays& arrays, const std::vector<std::string>& says) {
    EXPECT_TRUE(refuses([&] { from_arrays(parameters, arrays, "m.safetensors"); }, says));
    EXPECT_EQ(values_of(parameters), before) << "and half of it was loaded";
  };
  for (const auto& [name, array] : good) {
    NamedArrays arrays = good;
    arrays.erase(name);
    refused(arrays, {"m.safetensors", name});
    // As many bytes an element, and other numbers.
    arrays[name] =
        to_array(std::vector<std::int32_t>(static_cast<std::size_t>(array.size()), 7), array.shape);
    refused(arrays, {"m.safetensors", name, "<i4", "<f4"});
  }
  NamedArrays arrays = good;
  arrays["layers.4.w"] = good.at("layers.2.w");
  refused(arrays, {"m.safetensors", "layers.4.w"});
  // As many elements, in another shape; and a bias of two extents.
  arrays = good;
  arrays["layers.2.w"].shape = {2, 3};
  refused(arrays, {"layers.2.w", "(2, 3)", "(3, 2)"});
  arrays = good;
  arrays["layers.2.bias"].shape = {1, 2};
  refused(arrays, {"layers.2.bias", "(1, 2)", "(2,)"});
  arrays = good;
  arrays["layers.0.w"] = to_array(std::vector<float>(18), {6, 3});
  refused(arrays, {"layers.0.w", "(6, 3)", "(5, 3)"});
}

TEST(ParameterFile, OfNothingIsNothing) {
  EXPECT_TRUE(to_arrays({}).empty());
  from_arrays({}, {}, "f");
  EXPECT_TRUE(refuses([] { from_arrays({}, to_arrays(some_parameters(1)), "f"); }, {"layers.0"}));
}

}  // namespace
}  // namespace nn::cpu
