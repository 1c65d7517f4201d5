"""Every operation and gradient against PyTorch in float64, where PyTorch is installed."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from reference import activations, dense, losses, matrix, metrics, mlp, value_expression
from reference import softmax as soft
from reference.cases import activation_cases, mlp_case
from reference.cases.case import labels, normal, uniform
from reference.generate import all_cases

try:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PyTorch 1.13 uses names that newer setuptools deprecate
        import torch
        import torch.nn.functional as F
except ImportError as error:
    pytest.skip(
        f"no PyTorch for this Python ({error}): nothing was compared with it",
        allow_module_level=True,
    )

CASES = {case.name: case for case in all_cases()}


def tensor(array: np.ndarray, grad: bool = False) -> torch.Tensor:
    return torch.tensor(np.asarray(array), requires_grad=grad)


def close(case: str, name: str, ours: np.ndarray, theirs: torch.Tensor) -> None:
    """Ours equals PyTorch's within the bound that the golden tensor `case/name` has."""
    bound = next(one.bound for one in CASES[case].tensors if one.name == name)
    got, want = np.asarray(ours), theirs.detach().numpy()
    assert got.shape == want.shape
    assert np.all(np.abs(got - want) <= bound.allowed(want)), f"{case}/{name}"


def given(case: str) -> list[np.ndarray]:
    return [one.array for one in CASES[case].tensors if one.bound is None]


@pytest.mark.parametrize("case", ["matmul", "matmul_extreme"])
def test_matmul(case: str) -> None:
    a, b = given(case)
    close(case, "c", matrix.matmul(a, b), tensor(a) @ tensor(b))


def test_elementwise() -> None:
    a, b, s = given("elementwise")
    close("elementwise", "add", matrix.add(a, b), tensor(a) + tensor(b))
    close("elementwise", "subtract", matrix.subtract(a, b), tensor(a) - tensor(b))
    close("elementwise", "hadamard", matrix.hadamard(a, b), tensor(a) * tensor(b))
    close("elementwise", "scale", matrix.scale(s, a), tensor(s) * tensor(a))


def test_transpose_and_add_row() -> None:
    (a,) = given("transpose")
    close("transpose", "t", matrix.transpose(a), tensor(a).T)
    a, row = given("add_row")
    close("add_row", "c", matrix.add_row(a, row), tensor(a) + tensor(row))


def test_reduce() -> None:
    (a,) = given("reduce")
    close("reduce", "row_sums", matrix.row_sums(a), tensor(a).sum(dim=1, keepdim=True))
    close("reduce", "column_sums", matrix.column_sums(a), tensor(a).sum(dim=0, keepdim=True))
    close("reduce", "sum", matrix.sum(a), tensor(a).sum())
    close("reduce", "argmax", matrix.argmax_rows(a), tensor(a).argmax(dim=1))


THEIR_ACTIVATIONS = {
    "identity": lambda x: x * 1.0,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": F.relu,
    "leaky_relu": F.leaky_relu,
    "elu": F.elu,
    "silu": F.silu,
}


@pytest.mark.parametrize("suffix", ["", "_extreme"])
@pytest.mark.parametrize("name", activations.ACTIVATIONS)
def test_activation(name: str, suffix: str) -> None:
    x, grad_y = given(name + suffix)
    forward, backward = activations.ACTIVATIONS[name]
    their_x = tensor(x, grad=True)
    their_y = THEIR_ACTIVATIONS[name](their_x)
    their_y.backward(tensor(grad_y))
    close(name + suffix, "y", forward(x), their_y)
    close(name + suffix, "grad_x", backward(grad_y, x), their_x.grad)


def test_activation_extremes_are_those_compared() -> None:
    assert np.array_equal(given("silu_extreme")[0], activation_cases.EXTREMES)


@pytest.mark.parametrize("case", ["softmax", "softmax_extreme", "softmax_extreme_one_column"])
def test_softmax(case: str) -> None:
    z, grad_p = given(case)
    their_z = tensor(z, grad=True)
    their_p = torch.softmax(their_z, dim=1)
    their_p.backward(tensor(grad_p))
    p = soft.softmax(z)
    close(case, "p", p, their_p)
    close(case, "grad_z", soft.softmax_backward(grad_p, p), their_z.grad)
    close(case, "log_sum_exp", soft.log_sum_exp(z), torch.logsumexp(tensor(z), 1, keepdim=True))


def test_softmax_jacobian() -> None:
    z = normal((1, 7), 1)
    theirs = torch.autograd.functional.jacobian(lambda one: torch.softmax(one, dim=0), tensor(z[0]))
    p = soft.softmax(z)
    # p's roundoffs, at most 40 here, twice, in numbers <= 1 / 4.
    assert np.all(np.abs(soft.softmax_jacobian(p) - theirs.numpy()) <= 20 * 2.0**-53)


THEIR_LOSSES = {
    "mse": F.mse_loss,
    "mae": F.l1_loss,
    "cross_entropy": lambda p, t: F.nll_loss(torch.log(p), t),
    "binary_cross_entropy": F.binary_cross_entropy,
    "hinge": lambda y, t: F.relu(1 - t * y).mean(),
    "focal_loss": lambda p, t: (
        -((1 - p.gather(1, t[:, None])) ** 2) * torch.log(p.gather(1, t[:, None]))
    ).mean(),
    "softmax_cross_entropy": F.cross_entropy,
}


@pytest.mark.parametrize("suffix", ["", "_extreme"])
@pytest.mark.parametrize("name", THEIR_LOSSES)
def test_loss(name: str, suffix: str) -> None:
    argument, target = given(name + suffix)
    clamped = name in ("cross_entropy", "binary_cross_entropy", "focal_loss")
    if suffix and clamped:
        # PyTorch clamps elsewhere, or not at all; away from 0 and 1 all agree.
        argument = np.clip(argument, 2.0**-24, 1 - 2.0**-24)
    their_argument = tensor(argument, grad=True)
    theirs = THEIR_LOSSES[name](their_argument, tensor(target))
    theirs.backward()
    gradient = "grad_z" if name == "softmax_cross_entropy" else "grad"
    close(name + suffix, "loss", getattr(losses, name)(argument, target), theirs)
    close(
        name + suffix,
        gradient,
        getattr(losses, f"{name}_backward")(argument, target),
        their_argument.grad,
    )


def test_one_hot_and_accuracy() -> None:
    t = labels(33, 10, 2)
    y = normal((33, 10), 3)
    assert np.array_equal(losses.one_hot(t, 10), F.one_hot(tensor(t), 10).double().numpy())
    right = (tensor(y).argmax(dim=1) == tensor(t)).double().mean()
    assert metrics.categorical_accuracy(y, t) == right.item()
    target = uniform((33, 10), 4, -1.0, 1.0)
    near = ((tensor(y) - tensor(target)).abs() <= 0.5).double().mean()
    assert metrics.regression_accuracy(y, target, 0.5) == near.item()


def test_dense() -> None:
    x, w, bias, grad_y = given("dense")
    theirs = [tensor(array, grad=True) for array in (x, w, bias)]
    their_y = F.linear(theirs[0], theirs[1].T, theirs[2])
    their_y.backward(tensor(grad_y))
    grad_w, grad_bias = np.zeros_like(w), np.zeros_like(bias)
    grad_x = dense.dense_backward(grad_w, grad_bias, grad_y, x, w)
    close("dense", "y", dense.dense_forward(x, w, bias), their_y)
    for name, ours, their in zip(
        ("grad_x", "grad_w", "grad_bias"), (grad_x, grad_w, grad_bias), theirs
    ):
        close("dense", name, ours, their.grad)


def test_mlp_trains_to_the_same_parameters() -> None:
    x, t, start = mlp_case.data()
    parameters = [tensor(part, grad=True) for layer in start for part in (layer.w, layer.bias)]
    optimizer = torch.optim.SGD(parameters, lr=mlp_case.LEARNING_RATE)

    def their_loss() -> tuple[torch.Tensor, torch.Tensor]:
        y = tensor(x)
        for n in range(0, len(parameters), 2):
            y = (F.relu(y) if n > 0 else y) @ parameters[n] + parameters[n + 1]
        return y, F.cross_entropy(y, tensor(t))

    for step in range(mlp_case.STEPS):
        optimizer.zero_grad()
        logits, loss = their_loss()
        loss.backward()
        if step == 0:
            close("mlp", "logits", mlp.forward(start, x)[-1], logits)
            our_loss, grads = mlp.gradients(start, x, t)
            close("mlp", "loss", our_loss, loss)
            for n, grad in enumerate(grads):
                close("mlp", f"grad_w{n + 1}", grad.w, parameters[2 * n].grad)
                close("mlp", f"grad_bias{n + 1}", grad.bias, parameters[2 * n + 1].grad)
        optimizer.step()
    for n, layer in enumerate(mlp_case.trajectory(start, x, t)[-1]):
        close("mlp", f"trained_w{n + 1}", layer.w, parameters[2 * n])
        close("mlp", f"trained_bias{n + 1}", layer.bias, parameters[2 * n + 1])


def test_value_expression() -> None:
    leaves = {name: tensor(at, grad=True) for name, at in value_expression.INPUTS.items()}
    a, b, c, d, e, f, g = leaves.values()
    value = torch.tanh(a * b + c) * torch.relu(d) + torch.exp(e) / f - torch.log(g) * a**3
    value.backward()
    inputs = value_expression.INPUTS
    close("value_expression", "value", value_expression.value(**inputs), value)
    for name, gradient in value_expression.gradients(**inputs).items():
        close("value_expression", f"grad_{name}", gradient, leaves[name].grad)
