"""Right answers to the exercises of lesson 03, each written differently."""

from typing import Any

import numpy as np
import torch
from torch.func import grad, jacrev, jvp, vjp


def step_with_autograd(train_loss, w, alpha, xi):
    w = w.detach().clone().requires_grad_()
    (gradient,) = torch.autograd.grad(train_loss(w, alpha), w)
    return (w - xi * gradient).detach()


def step_with_backward(loss, weights, arch, rate):
    copy = weights.clone().requires_grad_()
    loss(copy, arch).backward()
    with torch.no_grad():
        return copy.sub(copy.grad, alpha=rate)


def step_with_an_optimiser(train_loss, w, alpha, xi):
    leaf = torch.nn.Parameter(w.clone())
    optimiser = torch.optim.SGD([leaf], lr=xi)
    train_loss(leaf, alpha).backward()
    optimiser.step()
    return leaf


def step_in_numpy(train_loss, w, alpha, xi):
    return w.numpy() - xi * grad(train_loss)(w, alpha).numpy()


def step_by_torch_func(L, w, a, xi):
    gradient_of = grad(L, argnums=0)
    return torch.sub(w, gradient_of(w, a), alpha=xi)


def step_with_the_graph(train_loss, w, alpha, xi):
    here = w if w.requires_grad else w.clone().requires_grad_()
    (gradient,) = torch.autograd.grad(train_loss(here, alpha), here, create_graph=True)
    return w - xi * gradient


def step_by_jacobian(train_loss, w, alpha, xi):
    return w - xi * jacrev(train_loss)(w, alpha)


def direct_with_autograd(val_loss, train_loss, w, alpha, xi):
    w_prime = step_with_autograd(train_loss, w, alpha, xi)
    a = alpha.clone().requires_grad_()
    return torch.autograd.grad(val_loss(w_prime, a), a)[0]


def direct_with_a_lambda(val_loss, train_loss, w, alpha, xi):
    w_prime = step_with_backward(train_loss, w, alpha, xi)
    return grad(lambda a: val_loss(w_prime, a))(alpha)


def direct_by_jacobian(L_val, L_train, w, a, xi):
    return jacrev(L_val, argnums=1)(w - xi * jacrev(L_train)(w, a), a)


def implicit_with_autograd(val_loss, train_loss, w, alpha, xi):
    w, alpha = w.clone().requires_grad_(), alpha.clone().requires_grad_()
    (gradient,) = torch.autograd.grad(train_loss(w, alpha), w, create_graph=True)
    w_prime = (w - xi * gradient).detach().requires_grad_()
    (v,) = torch.autograd.grad(val_loss(w_prime, alpha), w_prime)
    (product,) = torch.autograd.grad(gradient, alpha, grad_outputs=v)
    return -xi * product


def implicit_by_the_whole_matrix(val_loss, train_loss, w, alpha, xi):
    v = grad(val_loss)(w - xi * grad(train_loss)(w, alpha), alpha)
    matrix = jacrev(grad(train_loss), argnums=1)(w, alpha)
    return -xi * torch.tensordot(v, matrix, dims=v.ndim)


def implicit_in_forward_mode(val_loss, train_loss, w, alpha, xi):
    v = grad(val_loss)(w - xi * grad(train_loss)(w, alpha), alpha)
    return -xi * jvp(lambda weights: grad(train_loss, argnums=1)(weights, alpha), (w,), (v,))[1]


def implicit_by_pulling_back(val_loss, train_loss, w, alpha, xi):
    w_prime, pull_back = vjp(lambda a: w - xi * grad(train_loss)(w, a), alpha)
    return pull_back(grad(val_loss)(w_prime, alpha))[0]


def implicit_as_what_is_left(val_loss, train_loss, w, alpha, xi):
    whole = grad(lambda a: val_loss(w - xi * grad(train_loss)(w, a), a))(alpha)
    return whole - direct_with_autograd(val_loss, train_loss, w, alpha, xi)


def halves(xi):
    return 1 / (0.5 + xi)


def solved_by_numpy(xi):
    return np.linalg.solve(np.array([[2.0, -2.0], [1 - 2 * xi, 4 * xi]]), np.array([0.0, 2.0]))[1]


def found_by_walking(xi):
    a = w = 0.0
    for _ in range(4000):
        a -= 0.1 * ((1 - 2 * xi) * w + 4 * xi * a - 2)
        w -= 0.1 * 2 * (w - a)
    return a


def difference_along_u(d_alpha_train, w, alpha, v, xi, radius):
    u = -xi * v
    eps = radius / torch.linalg.vector_norm(u)
    return (d_alpha_train(w + eps * u, alpha) - d_alpha_train(w - eps * u, alpha)) / (2 * eps)


def difference_with_halves(d, w, a, v, xi, R):
    eps = R / float((v**2).sum()) ** 0.5
    return xi * (0.5 * d(w - eps * v, a) - 0.5 * d(w + eps * v, a)) / eps


def difference_in_numpy(d_alpha_train, w, alpha, v, xi, radius):
    eps = radius / np.linalg.norm(v.numpy())
    plus, minus = (d_alpha_train(w + sign * eps * v, alpha).numpy() for sign in (1, -1))
    return -xi * (plus - minus) / 2 / eps


def recognise_with_topk(weights, names, times):
    largest, columns = weights.topk(2, dim=1)
    is_sure = largest[:, 0] >= times * largest[:, 1]
    return [names[int(o)] if sure else None for o, sure in zip(columns[:, 0], is_sure, strict=True)]


def recognise_in_numpy(p, operations, factor):
    p = p.numpy()
    rows, first = np.arange(len(p)), p.argmax(1)
    others = p.copy()
    others[rows, first] = -np.inf
    sure = p[rows, first] / others.max(1) >= factor
    return np.where(sure, np.array(operations)[first], None)


def recognise_by_pairs(weights, names, times):
    found = []
    for row in weights:
        (first, name), (second, _) = sorted(zip(row.tolist(), names, strict=True), reverse=True)[:2]
        if first < times * second:
            name = None
        found.append(name)
    return tuple(found)


def recognise_who_beats_all(weights, names, times):
    found = [None] * len(weights)
    for e, row in enumerate(weights):
        for o, p in enumerate(row):
            if all(p >= times * q for k, q in enumerate(row) if k != o):
                found[e] = names[o]
    return found


RIGHT: dict[str, tuple[Any, ...]] = {
    "03.virtual_step": (step_by_torch_func, step_with_the_graph, step_by_jacobian),
    "03.direct_term": (direct_with_autograd, direct_with_a_lambda, direct_by_jacobian),
    "03.implicit_term": (
        implicit_with_autograd,
        implicit_by_the_whole_matrix,
        implicit_in_forward_mode,
        implicit_by_pulling_back,
        implicit_as_what_is_left,
    ),
    "03.fixed_point": (halves, solved_by_numpy, found_by_walking),
    "03.finite_difference": (difference_along_u, difference_with_halves, difference_in_numpy),
    "03.recognise": (recognise_with_topk, recognise_in_numpy, recognise_by_pairs, recognise_who_beats_all),
}
CUT_OFF: dict[str, tuple[Any, ...]] = {  # the numbers are right, and no gradient flows back
    "03.virtual_step": (step_with_autograd, step_with_backward, step_with_an_optimiser, step_in_numpy),
}
