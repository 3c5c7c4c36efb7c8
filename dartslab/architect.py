"""The architect: five ways to the hypergradient, the derivative of the validation loss with respect to alpha.

All have one signature, `(problem, w, alpha, train_batch, val_batch) -> {name: gradient}`, work for any network, and
leave their inputs unchanged.

With one virtual step  w' = w - xi (mu m + d_w L_train(w, alpha) + lambda w)  and  v = d_w' L_val(w', alpha):

    hypergradient  =  d_alpha L_val(w', alpha)   -   xi [d^2_{alpha, w} L_train(w, alpha)] v
                      direct term                    implicit term

(Liu et al. 2019, DARTS, eq. 7.) xi = 0 leaves the first-order gradient, d_alpha L_val(w, alpha).

`problem.average` is applied to every gradient of a batch: where several processes share the batch, it takes the mean
over them; in one process it changes nothing.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.autograd import forward_ad
from torch.func import grad, vjp

from .base.forward_mode import dual_level, load_forward_mode, tangents_without_history
from .base.messages import require
from .bilevel import Bilevel, Loss, Tensors

Gradients = dict[str, Tensor]
Hypergradient = Callable[..., Gradients]


def first_order(problem: Bilevel, w: Tensors, alpha: Tensors, train_batch: Any, val_batch: Any) -> Gradients:
    """d_alpha L_val(w, alpha): as if the weights did not depend on alpha. Computes no gradients of w."""
    return problem.average(alpha_gradient(problem.val_loss, w, alpha, val_batch))


def single_level(problem: Bilevel, w: Tensors, alpha: Tensors, train_batch: Any, val_batch: Any) -> Gradients:
    """d_alpha L_train(w, alpha): alpha learns from the same batch as the weights, so there is no bilevel problem."""
    return problem.average(alpha_gradient(problem.train_loss, w, alpha, train_batch))


def exact(problem: Bilevel, w: Tensors, alpha: Tensors, train_batch: Any, val_batch: Any) -> Gradients:
    """The derivative through the virtual step, without approximation.

    The implicit term is the derivative of d_alpha L_train along u = -xi v, a forward-over-reverse product: about
    the cost of one finite difference, and no radius to choose.
    """
    load_forward_mode()
    w, alpha = detach(w), detach(alpha)
    direct, u = _unroll(problem, w, alpha, train_batch, val_batch)
    # forward mode: every number carries its derivative along u (which torch 2.7 can give in float64: hence `to`)
    with dual_level(), tangents_without_history():
        moving = {name: forward_ad.make_dual(w[name], u[name]) for name in w}
        d_alpha_train = _gradients(problem.train_loss, moving, _leaves(alpha), train_batch)[1]
        tangents = {name: forward_ad.unpack_dual(gradient).tangent for name, gradient in d_alpha_train.items()}
    implicit = problem.average({name: part.to(direct[name]) for name, part in tangents.items() if part is not None})
    return {name: direct[name] + implicit[name] if name in implicit else direct[name] for name in direct}


def finite_difference(
    problem: Bilevel, w: Tensors, alpha: Tensors, train_batch: Any, val_batch: Any, radius: float = 0.01
) -> Gradients:
    """The published approximation: the implicit term from two gradients at w + eps u and w - eps u.

    [d^2_{alpha, w} L_train] u  ~  (d_alpha L_train(w + eps u) - d_alpha L_train(w - eps u)) / (2 eps)

    with eps = radius / ||u||_2 over all weights, around w (not w'). Since u = -xi v these are the published two
    points. (Liu et al. 2019, DARTS, eq. 8.) With ReLU or max-pooling the two points can lie on either side of a
    kink, and the error then grows as the radius shrinks.

    Args:
        radius: R, the published code has 0.01.
    Raises:
        UserError: a radius that is not positive.
    """
    require(radius > 0, f"the radius of the finite difference must be above 0, got {radius}; the paper uses 0.01.")
    w, alpha = detach(w), detach(alpha)
    direct, u = _unroll(problem, w, alpha, train_batch, val_batch)
    norm = torch.linalg.vector_norm(torch.stack([torch.linalg.vector_norm(part) for part in u.values()]))
    eps = radius / torch.where(norm > 0, norm, 1)  # u = 0 (xi = 0, or L_val flat in w) gives two equal gradients
    plus = alpha_gradient(problem.train_loss, {name: w[name] + eps * u[name] for name in w}, alpha, train_batch)
    minus = alpha_gradient(problem.train_loss, {name: w[name] - eps * u[name] for name in w}, alpha, train_batch)
    difference = problem.average({name: plus[name] - minus[name] for name in plus})
    return {name: direct[name] + difference[name] / (2 * eps) for name in direct}


def neumann(
    problem: Bilevel, w: Tensors, alpha: Tensors, train_batch: Any, val_batch: Any, terms: int = 3
) -> Gradients:
    """The implicit function theorem, its inverse replaced by K terms of a Neumann series.

    At a fixed point w = Phi(w, alpha) of the weight step, dw/dalpha = (I - d_w Phi)^-1 d_alpha Phi, so

        hypergradient = d_alpha L_val(w, alpha) + [d_alpha Phi]^T sum_{k < K} ([d_w Phi]^T)^k  d_w L_val(w, alpha)

    (Lorraine, Vicol, Duvenaud 2020; Zhang et al. 2021, iDARTS.) Exact for K -> infinity if w has converged. K = 1
    is the unrolled step with v taken at w. Over several processes the mean of their Phi must be the Phi of the mean
    gradient, which holds for every step that is affine in the gradient, as `VirtualStep` is.

    Args:
        terms: K >= 1.
    Raises:
        UserError: terms below 1.
    """
    require(terms >= 1, f"the Neumann series needs at least 1 term, got {terms}; 1 is a single unrolled step.")
    w, alpha = detach(w), detach(alpha)

    def step(weights: Tensors, arch: Tensors) -> Tensors:
        return problem.inner_step(weights, grad(problem.train_loss)(weights, arch, train_batch))

    power, direct = map(problem.average, grad(problem.val_loss, argnums=(0, 1))(w, alpha, val_batch))
    pull_back = vjp(step, w, alpha)[1]  # p -> ([d_w Phi]^T p, [d_alpha Phi]^T p)
    hypergradient = direct
    for _ in range(terms):
        power, implicit = map(problem.average, pull_back(power))
        hypergradient = _add(hypergradient, detach(implicit))
    return hypergradient


HYPERGRADIENTS: dict[str, Hypergradient] = {
    "first_order": first_order,
    "finite_difference": finite_difference,
    "exact": exact,
    "neumann": neumann,
    "single_level": single_level,
}


def alpha_gradient(loss: Loss, w: Tensors, alpha: Tensors, batch: Any) -> Gradients:
    """d_alpha loss(w, alpha, batch), without gradients of w."""
    return _gradients(loss, detach(w), _leaves(alpha), batch)[1]


def _gradients(loss: Loss, w: Tensors, alpha: Tensors, batch: Any) -> tuple[Gradients, Gradients]:
    """Gradients of a loss with respect to those tensors of w and alpha that require one.

    The same numbers as `torch.func.grad`; plain autograd has less to do for each of a supernet's many operations.
    """
    wanted = [tensor for tensor in (*w.values(), *alpha.values()) if tensor.requires_grad]
    with torch.enable_grad():
        value = loss(w, alpha, batch)
    if value.requires_grad:
        found = iter(torch.autograd.grad(value, wanted, materialize_grads=True))
    else:  # it depends on none of them
        found = iter([torch.zeros_like(tensor) for tensor in wanted])
    of_w, of_alpha = ({name: next(found) for name, t in part.items() if t.requires_grad} for part in (w, alpha))
    return of_w, of_alpha


def _leaves(tensors: Tensors) -> dict[str, Tensor]:
    """The same numbers as the start of a gradient history."""
    return {name: tensor.detach().requires_grad_() for name, tensor in tensors.items()}


def _unroll(
    problem: Bilevel, w: Tensors, alpha: Tensors, train_batch: Any, val_batch: Any
) -> tuple[Gradients, dict[str, Tensor]]:
    """One virtual step; gives the direct term and u = (dw'/dgradient)^T v, which for SGD is -xi v."""
    gradient = _leaves(problem.average(_gradients(problem.train_loss, _leaves(w), alpha, train_batch)[0]))
    with torch.enable_grad():
        w_prime = problem.inner_step(w, gradient)
    v, direct = map(problem.average, _gradients(problem.val_loss, _leaves(w_prime), _leaves(alpha), val_batch))
    given = [v[name] for name in w_prime]
    u = torch.autograd.grad(list(w_prime.values()), list(gradient.values()), given, materialize_grads=True)
    return direct, dict(zip(gradient, u, strict=True))


def detach(tensors: Tensors) -> dict[str, Tensor]:
    """The same numbers cut off from any gradient history, without a copy."""
    return {name: tensor.detach() for name, tensor in tensors.items()}


def _add(left: Gradients, right: Gradients) -> Gradients:
    return {name: left[name] + right[name] for name in left}
