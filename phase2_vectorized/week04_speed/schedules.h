// Learning rates by step: curves, a warm-up before any of them, and one rule that watches the loss.
//
//     step_decay        exponential_decay    cosine_decay     warm_up, then     one_cycle
//   |-----            |.                   |''--.           |   .--'''''      |    .-.
//   |     '-----      | '.                 |     '.         |  /              |   /   '.
//   |           '---- |   ''--..__         |       '-.__    | /               | .'      '-.__
//   +---------------- +---------------     +------------    +------------     +---------------
//
// All in double. schedule.h makes of them what a training loop asks for its rate.
// Errors    nn::Error if a step is negative, or an option outside the range that stands beside it.
// Source    As PyTorch's lr_scheduler of that name, unless a line here says otherwise; cosine_decay is from
//           [Loshchilov17] eq. 5, without its restarts, one_cycle from
//           [Smith19], where its lines are straight.
#pragma once

#include <cstdint>

namespace nn::cpu {

// initial * factor^floor(step / every): stairs. PyTorch: StepLR.
struct StepDecay {
  double initial = 0.1;    // > 0; so is every first rate below
  double factor = 0.1;     // (0, 1]
  std::int64_t every = 1;  // steps, >= 1
};
double step_decay(std::int64_t step, const StepDecay& options);

// initial * factor^(step / every): the curve through the corners of the stairs. PyTorch:
// ExponentialLR, with every = 1.
struct ExponentialDecay {
  double initial = 0.1;
  double factor = 0.99;    // (0, 1]
  std::int64_t every = 1;  // >= 1
};
double exponential_decay(std::int64_t step, const ExponentialDecay& options);

// initial / (1 + factor * step / every): half after every / factor steps, a third after twice as many.
// Keras: InverseTimeDecay; PyTorch has none.
struct InverseTimeDecay {
  double initial = 0.1;
  double factor = 0.01;    // >= 0
  std::int64_t every = 1;  // >= 1
};
double inverse_time_decay(std::int64_t step, const InverseTimeDecay& options);

// least + (initial - least) * (1 + cos(pi * step / steps)) / 2, and least from step `steps` on.
// PyTorch's CosineAnnealingLR rises again there.
struct CosineDecay {
  double initial = 0.1;
  std::int64_t steps = 1000;  // >= 1
  double least = 0;           // [0, initial]
};
double cosine_decay(std::int64_t step, const CosineDecay& options);

// What a rate is multiplied by while training warms up: from `start` in a straight line to 1 at step
// `steps`, and 1 from there on. PyTorch: LinearLR.
struct WarmUp {
  std::int64_t steps = 100;  // >= 1
  double start = 1.0 / 3;    // (0, 1]: 0 would waste the first step
};
double warm_up(std::int64_t step, const WarmUp& options);

// Up from peak / div to peak, then down to peak / (div * final_div), each on half a wave of a cosine.
// The peak is at step rise * steps - 1, the end at step steps - 1; later steps stay there. PyTorch:
// OneCycleLR, which moves Adam's beta1 (or the momentum) as well; ours does not.
struct OneCycle {
  double peak = 0.1;
  std::int64_t steps = 1000;  // >= 2; of the whole cycle
  double rise = 0.3;       // (0, 1): its share of steps; where rise * steps <= 1, there is no rise
  double div = 25;         // >= 1
  double final_div = 1e4;  // >= 1
};
double one_cycle(std::int64_t step, const OneCycle& options);

// Lowers the rate when what it watches has not become better for more than `patience` observations in
// a row. PyTorch: ReduceLROnPlateau, with its threshold_mode "rel" and no eps.
struct Plateau {
  double initial = 0.1;
  double factor = 0.1;            // (0, 1)
  std::int64_t patience = 10;     // >= 0
  double threshold = 1e-4;        // [0, 1): better is by more than this share of the best
  std::int64_t cooldown = 0;      // >= 0: after a change, so many observations count for nothing
  double least = 0;               // [0, initial]: the rate stays there
  bool larger_is_better = false;  // for accuracies
};
struct PlateauState {
  double rate = 0;
  double best = 0;           // of what was observed; at first infinite, on the bad side
  std::int64_t bad = 0;      // observations in a row that were no better
  std::int64_t cooling = 0;  // observations to come that count for nothing
};
PlateauState plateau_start(const Plateau& options);
// The state after one more observation. NaN is no better than anything.
PlateauState reduce_on_plateau(const PlateauState& state, double value, const Plateau& options);

}  // namespace nn::cpu
