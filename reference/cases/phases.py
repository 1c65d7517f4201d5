"""Which phases leave out which operations that an earlier one computes.

For `make diff PHASE=2`: what a phase computes and does not write is an error; what it does not compute is
no gap.
"""

from __future__ import annotations

# Phase 2: what a view does (transpose) or a layer's own loop; accuracies and initial weights are
# phase 2's in another form; Value is phase 1's alone.
NOT_IN = {
    2: (
        "transpose",
        "elementwise",
        "add_row",
        "reduce",
        "argmax",
        "softmax_jacobian",
        "cross_entropy",
        "one_hot",
        "categorical_accuracy",
        "regression_accuracy",
        "xavier_uniform",
        "he_normal",
        "philox",
        "value_expression",
    ),
}


def not_in(case: str) -> list[int]:
    """The phases that leave out `case`, whose name is an operation's, or one with _extreme after it."""
    operation = case.split("_extreme")[0]
    return [phase for phase, left_out in NOT_IN.items() if operation in left_out]
