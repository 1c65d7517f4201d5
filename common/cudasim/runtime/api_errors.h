// Errors that calls returned and the program never looked at: findings, with checks.
//
// A call or a launch that failed is a finding unless the host thread then asked for the error
// (cudaGetLastError, cudaPeekAtLastError), asked for the name or text of this code, or used the code that
// the call returned: compared, stored or passed it on in the very next instruction. Then the reason is
// printed where one is known.
#pragma once
#include <string>

#include "../include/driver_types.h"

namespace cudasim {

// Why the call under way will fail, in words, where there is more to say than the error's own text.
void note_reason(std::string reason);
// A call of this host thread failed.
void note_error(cudaError_t error);
// The host thread looks at its last error, or at this one.
void note_look();
void note_look_at(cudaError_t error);
// At the program's end: what nobody looked at becomes findings.
void report_unseen_errors();

}  // namespace cudasim
