// cuda_pipeline.h: copies from global to shared memory that run beside the kernel (cp.async). Here
// each copy happens when its batch is waited for, so that a kernel that reads too early reads what was
// there before, as it may on a GPU. Semantics: programming guide, "Pipeline Primitives Interface".
#pragma once
#include <stddef.h>

namespace cudasim {
void pipeline_copy(void* to, const void* from, size_t bytes, size_t zero_fill);
void pipeline_commit();
void pipeline_wait(size_t batches_left);
}  // namespace cudasim

static inline void __pipeline_memcpy_async(void* to_shared, const void* from_global, size_t bytes,
                                           size_t zero_fill = 0) {
  ::cudasim::pipeline_copy(to_shared, from_global, bytes, zero_fill);
}
static inline void __pipeline_commit() { ::cudasim::pipeline_commit(); }
// Waits until at most `batches` of the newest batches are still under way.
static inline void __pipeline_wait_prior(size_t batches) { ::cudasim::pipeline_wait(batches); }
