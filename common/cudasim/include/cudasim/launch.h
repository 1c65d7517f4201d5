// How a translated launch reaches the runtime. k<<<g, b>>>(x) is written by the translator as
//   launch(CUDASIM_KERNEL(k), config(g, b))(x)
// where launch() returns a plain function pointer of the kernel's own type, so the compiler converts
// the arguments, and complains about them, exactly as it does for a call of k.
#pragma once
#include <stddef.h>

#include <type_traits>
#include <utility>

#include "../driver_types.h"
#include "thread_view.h"

namespace cudasim {

struct Config {
  dim3 grid;
  dim3 block;
  size_t shared;  // bytes of dynamic shared memory
  cudaStream_t stream;
};
inline Config config(dim3 grid, dim3 block, size_t shared = 0, cudaStream_t stream = nullptr) {
  return {grid, block, shared, stream};
}

// A kernel with a copy of its arguments. run() calls it for the device threads of cudasim_run, one
// after another, until the last has returned or one of them had to wait.
struct Closure {
  void (*run)(const Closure* self);
  void (*destroy)(Closure* self);
  // Addresses of the arguments, as cudaLaunchKernel takes them; null: the kernel is generic.
  void** (*arguments)(Closure* self);
};

// threadIdx of a device thread, and its number in the block.
struct alignas(16) ThreadIndex {
  unsigned x, y, z, linear;
};
struct Run {
  const Closure* closure;
  const ThreadIndex *first, *last;
  ptrdiff_t step;  // 1 or -1
  void** leaving;  // where the stack pointer of a thread goes that waits: see wait() in sync.h
};

}  // namespace cudasim

// What run() and the runtime share, beside the names of thread_view.h and in the same memory.
#define CUDASIM_VIEW extern __thread __attribute__((tls_model(CUDASIM_TLS_MODEL)))
CUDASIM_VIEW cudasim::Run cudasim_run;
CUDASIM_VIEW cudasim::ThreadIndex cudasim_thread_index;  // the device thread that runs
CUDASIM_VIEW volatile unsigned cudasim_in_run;  // 1: it is one of cudasim_run, and has not waited
CUDASIM_VIEW volatile unsigned cudasim_in_kernel;  // 1: it runs its own code, not the runtime's
#undef CUDASIM_VIEW

namespace cudasim {

// A configuration waits here, on a stack of the host thread, until its arguments are evaluated.
struct Pending {
  const void* kernel;  // its address, or null for one known only by a lambda
  Config config;
};
void push_launch(const Pending& pending);
Pending pop_launch();
void submit(const Pending& pending, Closure* closure);  // takes the closure
cudaError_t submit_checked(const Pending& pending, Closure* closure, bool cooperative);

// What a cudaLaunchConfig_t asks for; an attribute that is not modelled is an error.
cudaError_t read_config(const cudaLaunchConfig_t* config, const void* kernel, Pending* pending,
                        bool* cooperative);

template <size_t, class T>
struct Slot {
  T value;
};

template <class F, class Indices, class... P>
struct Bound;
template <class F, size_t... I, class... P>
struct Bound<F, std::index_sequence<I...>, P...> : Closure, Slot<I, P>... {
  F kernel;
  void* addresses[sizeof...(P) + 1] = {};
  template <class... A>
  explicit Bound(F k, A&&... a)
      : Closure{&call, &drop, &list}, Slot<I, P>{static_cast<A&&>(a)}..., kernel(k) {}
  // The loop over device threads. The watchdog must not interrupt between one thread and the next, hence
  // cudasim_in_kernel. The arguments lie in the host's memory, so checks leave this copy alone. What it
  // calls is hidden from the compiler: with checks, threadIdx is a constant to it (see thread_view.h).
  __attribute__((no_sanitize_thread)) static void call(const Closure* self) {
    const Bound* bound = static_cast<const Bound*>(self);
    const Run run = cudasim_run;
    auto hidden = callee(*bound);
    for (const ThreadIndex* at = run.first;; at += run.step) {
      cudasim_thread_index = *at;
      asm volatile("" : "+r"(hidden) : : "memory");
      cudasim_in_kernel = 1;
      if constexpr (std::is_pointer_v<F>) {
        hidden(P(bound->Slot<I, P>::value)...);
      } else {
        hidden(bound);
      }
      cudasim_in_kernel = 0;
      if (cudasim_in_run == 0 || at == run.last) return;
    }
  }
  // The same with a kernel that the compiler knows, and puts into the loop where it is short: in a kernel
  // of a few instructions the call costs more than they do. That memory is said to change keeps accesses
  // on their side of what tells the fault handler and the watchdog which thread runs.
  template <auto known>
  static void call_known(const Closure* self) {
    const Bound* bound = static_cast<const Bound*>(self);
    loop_of_known<known>(cudasim_run, bound->Slot<I, P>::value...);
  }
  template <auto known>
  static inline __attribute__((always_inline)) void loop_of_known(const Run run, P... arguments) {
    const ThreadIndex* at = run.first;
    cudasim_thread_index = *at;
    cudasim_in_kernel = 1;
    for (;;) {
      asm volatile("" : : : "memory");
      known(P(arguments)...);
      asm volatile("" : : : "memory");
      if (at == run.last) break;
      at += run.step;
      // Unless the run was broken, the next thread's index. What lies between the look and the index is
      // listed, for the watchdog to keep out of: a run broken there would have the next thread run twice.
      asm goto(
          "1: cmpl $0, %[in_run]\n\t"
          "je %l[broken]\n\t"
          "movdqa %[next], %%xmm0\n\t"
          "movdqa %%xmm0, %[index]\n"
          "2: .pushsection cudasim_between_threads, \"a\"\n\t"
          ".balign 4\n\t"
          ".long 1b - ., 2b - .\n\t"
          ".popsection"
          :
          : [in_run] "m"(cudasim_in_run), [next] "m"(*at), [index] "m"(cudasim_thread_index)
          : "xmm0", "cc", "memory"
          : broken);
    }
  broken:
    cudasim_in_kernel = 0;
  }
  static auto callee(const Bound& bound) {
    if constexpr (std::is_pointer_v<F>) {
      return bound.kernel;
    } else {
      return &call_once;
    }
  }
  __attribute__((no_sanitize_thread)) static void call_once(const Bound* bound) {
    bound->kernel(P(bound->Slot<I, P>::value)...);
  }
  static void drop(Closure* self) { delete static_cast<Bound*>(self); }
  static void** list(Closure* self) {
    [[maybe_unused]] Bound* bound = static_cast<Bound*>(self);
    ((bound->addresses[I] = (void*)&bound->Slot<I, P>::value), ...);
    return bound->addresses;
  }
};
template <class F, class... P>
using BoundTo = Bound<F, std::index_sequence_for<P...>, P...>;

template <class... P>
void perform(P... a) {
  const Pending pending = pop_launch();
  using Kernel = void (*)(P...);
  submit(pending,
         new BoundTo<Kernel, P...>(reinterpret_cast<Kernel>(const_cast<void*>(pending.kernel)),
                                   static_cast<P&&>(a)...));
}

template <class... P>
auto launch(void (*kernel)(P...), const Config& config) -> void (*)(P...) {
  push_launch({reinterpret_cast<const void*>(kernel), config});
  return &perform<P...>;
}

// A kernel whose template arguments only the call's own arguments tell.
template <class F>
struct AnyKernel {
  F call;
};
template <class F>
struct AnyLaunch {
  F call;
  template <class... A>
  void operator()(A&&... a) const {
    submit(pop_launch(), new BoundTo<F, std::decay_t<A>...>(call, static_cast<A&&>(a)...));
  }
};
template <class F>
AnyLaunch<F> launch(AnyKernel<F> kernel, const Config& config) {
  push_launch({nullptr, config});
  return {kernel.call};
}

struct Pick {
  template <class... P>
  constexpr auto operator()(void (*kernel)(P...)) const {
    return kernel;
  }
  template <class F>
  constexpr AnyKernel<F> any(F call) const {
    return {call};
  }
};

// k CFG(g, b)(x), where CFG is the learner's macro for <<<g, b>>>.
template <class F>
struct InfixCall {
  F run;
};
struct Infix {
  Config config;
  template <class... A>
  auto operator()(A... a) const {
    auto run = [=, c = config](auto kernel) { launch(kernel, c)(a...); };
    return InfixCall<decltype(run)>{run};
  }
};
inline Infix infix(dim3 grid, dim3 block, size_t shared = 0, cudaStream_t stream = nullptr) {
  return {config(grid, block, shared, stream)};
}
template <class F, class... P>
void operator->*(void (*kernel)(P...), InfixCall<F> call) {
  call.run(kernel);
}

// cudaLaunchKernel((void*)k, ..., void** args) needs the parameter types again: each kernel's body
// names its own instance of KernelBody, whose static member registers address and types; and a loop over
// device threads with this kernel in it, in place of the one for any kernel of its type.
using FromArgs = Closure* (*)(const void* kernel, void** args);
using Loop = decltype(Closure::run);
int register_kernel(const void* kernel, FromArgs from_args, Loop any, Loop known);

template <class... P, size_t... I>
Closure* bind_args(void (*kernel)(P...), void** args, std::index_sequence<I...>) {
  return new BoundTo<void (*)(P...), P...>(kernel,
                                           *static_cast<std::remove_reference_t<P>*>(args[I])...);
}
template <class... P>
Closure* closure_from_args(const void* kernel, void** args) {
  return bind_args(reinterpret_cast<void (*)(P...)>(const_cast<void*>(kernel)), args,
                   std::index_sequence_for<P...>{});
}
// A pointer to a function of the type F = void(P...), without `__restrict__` on the parameters: it does
// not count in a function's type, but g++ 12 leaves it on where a template's parameter is named, and
// would not find the kernel by its own type.
template <class T>
struct ParameterOf {
  using type = T;
};
template <class T>
struct ParameterOf<T* __restrict__> {
  using type = T*;
};
template <class T>
struct ParameterOf<T* const __restrict__> {
  using type = T*;
};
template <class F>
struct KernelPointerOf;
template <class... P>
struct KernelPointerOf<void(P...)> {
  using type = void (*)(typename ParameterOf<P>::type...);
};
template <class F>
using KernelPointer = typename KernelPointerOf<F>::type;

template <auto F>
struct KernelBody;
template <class... P, void (*F)(P...)>
struct KernelBody<F> {
  static const int registered;
  static int add() {
    const void* kernel = reinterpret_cast<const void*>(F);
    using Any = BoundTo<void (*)(P...), P...>;
#ifndef CUDASIM_CHECK
    if constexpr ((std::is_trivially_copyable_v<P> && ...)) {
      return register_kernel(kernel, &closure_from_args<P...>, &Any::call,
                             &Any::template call_known<F>);
    }
#endif
    return register_kernel(kernel, &closure_from_args<P...>, &Any::call, &Any::call);
  }
};
template <class... P, void (*F)(P...)>
const int KernelBody<F>::registered = add();

}  // namespace cudasim

// The inner lambdas copy what they name: a launch outlives the function that made it.
#define CUDASIM_KERNEL(...)                                          \
  [&](auto cudasim_pick) {                                           \
    if constexpr (requires { cudasim_pick(__VA_ARGS__); }) {         \
      return cudasim_pick(__VA_ARGS__);                              \
    } else {                                                         \
      return cudasim_pick.any([=](auto&&... cudasim_a) {             \
        __VA_ARGS__(static_cast<decltype(cudasim_a)>(cudasim_a)...); \
      });                                                            \
    }                                                                \
  }(::cudasim::Pick{})
#define CUDASIM_KERNEL_ANY(...) \
  ::cudasim::Pick{}.any(        \
      [=](auto&&... cudasim_a) { __VA_ARGS__(static_cast<decltype(cudasim_a)>(cudasim_a)...); })
#define CUDASIM_KERNEL_BODY(self, types) \
  (void)&::cudasim::KernelBody<static_cast<::cudasim::KernelPointer<void types>>(self)>::registered
