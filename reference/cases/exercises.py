"""Which cases an exercise of the course computes, where its name is not the case's.

For `make diff CASE=relu_family`: who has written an exercise knows its name, and not the case's. A
name is a case or one tensor of a case.
"""

from __future__ import annotations

EXERCISES = {
    "broadcast": ["add_row"],
    "relu_family": ["identity", "relu", "leaky_relu", "elu"],
    "smooth_activations": ["tanh", "silu"],
    "log_sum_exp": ["softmax/log_sum_exp"],
    "softmax_jacobian": ["softmax_jacobian/J", "softmax/grad_z"],
    "regression_losses": ["mse", "mae"],
    "accuracy": ["categorical_accuracy", "regression_accuracy"],
    "init": ["xavier_uniform", "he_normal"],
    "value_ops": ["value_expression/value"],
    "value_backward": ["value_expression"],
    "activations": ["identity", "relu", "leaky_relu", "elu", "silu", "sigmoid", "tanh"],
    "softmax_rows": ["softmax"],
    "dense_layer": ["dense"],
    "penalties": ["l1_penalty", "l2_penalty"],
    "softmax_loss": ["softmax_cross_entropy"],
    "losses": ["mse", "mae", "hinge", "binary_cross_entropy", "focal_loss"],
    "momentum": ["sgd_update", "momentum_update", "nesterov_update"],
    "adagrad": ["adagrad_update"],
    "rmsprop": ["rmsprop_update"],
    "adam": ["adam_update"],
    "adamw": ["adamw_update"],
    "schedules": [
        "step_decay",
        "exponential_decay",
        "inverse_time_decay",
        "cosine_decay",
        "warm_up",
        "one_cycle",
        "reduce_on_plateau",
    ],
}
