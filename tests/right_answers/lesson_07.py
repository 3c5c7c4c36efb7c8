"""Right answers to the exercises of lesson 07, each written differently."""

import re
from collections import Counter
from statistics import fmean
from typing import Any

import numpy as np
import torch


def skips_with_a_loop(pairs):
    found = {}
    for kind, entries in (("reduce", pairs.reduce), ("normal", pairs.normal)):
        count = 0
        for operation, _ in entries:
            if operation == "skip_connect":
                count += 1
        found[kind] = count / len(entries)
    return found


def skips_with_numpy(genotype):
    normal, _, reduce, _ = genotype
    return {
        "normal": np.mean([name == "skip_connect" for name, _ in normal]),
        "reduce": torch.tensor([name == "skip_connect" for name, _ in reduce]).double().mean(),
    }


def skips_with_a_counter(pairs):
    return {kind: Counter(op for op, _ in pairs[k])["skip_connect"] / len(pairs[k]) for kind, k in KINDS.items()}


KINDS = {"normal": 0, "reduce": 2}


def pull_by_jacobian(outputs, g, p):
    jacobian = torch.diag(p) - torch.outer(p, p)
    return jacobian @ (outputs @ g)


def pull_in_numpy(outputs, g, p):
    scores = np.einsum("on,n->o", outputs.numpy(), g.numpy())
    p = p.numpy()
    return (p * (scores - (p * scores).sum())).tolist()


def pull_by_autograd(outputs, g, p):
    alpha = p.log().requires_grad_()
    loss = ((torch.softmax(alpha, 0)[:, None] * outputs).sum(0) * g).sum()
    return torch.autograd.grad(loss, alpha)[0]


def pull_from_the_mixture(outputs, g, p):
    mixture = (p[:, None] * outputs).sum(0)
    return [weight * torch.dot(output - mixture, g) for weight, output in zip(p, outputs, strict=True)]


def frozen_by_parts(names, operations):
    convolutions = {column for column, name in enumerate(operations) if name.startswith(("sep_conv", "dil_conv"))}
    found = []
    for name in names:
        parts = name.split(".")
        if "candidates" in parts and int(parts[parts.index("candidates") + 1]) in convolutions:
            found.append(name)
    return found[::-1]


def frozen_by_pattern(names, operations):
    chosen = set()
    for name in names:
        match = re.search(r"candidates\.(\d+)\.", name)
        if match and "conv" in operations[int(match[1])]:
            chosen.add(name)
    return chosen


def frozen_in_turn(names, operations):
    return tuple(n for k, op in enumerate(operations) if "_conv_" in op for n in names if f".candidates.{k}." in n)


def product_by_func(loss, alpha, v):
    return torch.func.grad(lambda a: (torch.func.grad(loss)(a) * v).sum())(alpha)


def product_forward_over_reverse(loss, alpha, v):
    return torch.func.jvp(torch.func.grad(loss), (alpha,), (v,))[1]


def product_by_backward(loss, alpha, v):
    leaf = alpha.clone().requires_grad_(True)
    g = torch.autograd.grad(loss(leaf), leaf, create_graph=True)[0]
    torch.sum(g * v.detach()).backward()
    return leaf.grad


def product_with_grad_outputs(loss, alpha, v):
    leaf = alpha.clone().requires_grad_(True)
    g = torch.autograd.grad(loss(leaf), leaf, create_graph=True)
    return torch.autograd.grad(g, leaf, grad_outputs=(v,))[0]


def product_with_the_matrix(loss, alpha, v):
    n = alpha.numel()
    matrix = torch.autograd.functional.hessian(loss, alpha).reshape(n, n)
    return (matrix @ v.flatten()).reshape(alpha.shape)


def iteration_in_numpy(product, start, steps):
    v = start.numpy() / np.linalg.norm(start.numpy())
    for _ in range(steps):
        v = product(torch.from_numpy(v)).numpy()
        v = v / np.linalg.norm(v)
    return v @ product(torch.from_numpy(v)).numpy()


def iteration_divided_at_the_end(product, start, steps):
    v = start
    for _ in range(steps):
        v = product(v)
        v = v / v.abs().sum()
    return torch.dot(v, product(v)) / torch.dot(v, v)


def iteration_of_lengths(product, start, steps):
    v, k = torch.nn.functional.normalize(start, dim=0), 0
    while k < steps:
        v, k = torch.nn.functional.normalize(product(v), dim=0), k + 1
    return torch.sum(v * product(v)).item()


def stop_by_prefixes(values):
    for count in range(1, len(values) + 1):
        known = values[:count]
        t = count - 3
        if t - 4 < 4:
            continue
        before, now = fmean(known[t - 6 : t - 1]), fmean(known[t - 2 :])
        if before > 0 and now > 1.3 * before:
            return t - 4
    return None


def stop_in_numpy(values):
    means = np.convolve(values, np.ones(5) / 5, "valid")  # means[k] belongs to measurement k + 2
    for cell in range(4, len(values) - 6):
        then, now = means[cell - 2], means[cell + 2]
        if then > 0 and now / then > 1.3 + 1e-12:
            return np.int64(cell)
    return None


def stop_by_next(values):
    m = {t: sum(values[t + k] for k in (-2, -1, 0, 1, 2)) / 5 for t in range(2, len(values) - 2)}
    return next((t for t in range(4, len(values) - 6) if m[t] > 0 and m[t + 4] / m[t] > 1.3), None)


RIGHT: dict[str, tuple[Any, ...]] = {
    "07.count_skips": (skips_with_a_loop, skips_with_numpy, skips_with_a_counter),
    "07.pull_on_alpha": (pull_by_jacobian, pull_in_numpy, pull_by_autograd, pull_from_the_mixture),
    "07.frozen_parameters": (frozen_by_parts, frozen_by_pattern, frozen_in_turn),
    "07.hessian_vector": (
        product_by_func,
        product_forward_over_reverse,
        product_by_backward,
        product_with_grad_outputs,
        product_with_the_matrix,
    ),
    "07.power_iteration": (iteration_in_numpy, iteration_divided_at_the_end, iteration_of_lengths),
    "07.stop_epoch": (stop_by_prefixes, stop_in_numpy, stop_by_next),
}
