"""Right answers to the exercises of lesson 11, each written differently."""

from collections import defaultdict
from typing import Any

import torch


def cell_with_loops(inputs, ops, alpha, edges, gains):
    states = dict(enumerate(inputs))
    for row, gain, (source, target) in zip(alpha, gains, edges, strict=True):
        weights = torch.softmax(row, 0)
        term = gain * sum(p * op(states[source]) for p, op in zip(weights, ops, strict=True))
        states[target] = states[target] + term if target in states else term
    return [states[k] for k in sorted(states)][len(inputs) :]


def cell_in_one_einsum(inputs, ops, alpha, edges, gains):
    weights, states = gains[:, None] * alpha.softmax(-1), list(inputs)
    nodes = max(target for _, target in edges) - len(inputs) + 1
    for node in range(len(inputs), len(inputs) + nodes):
        rows = [k for k, edge in enumerate(edges) if edge[1] == node]
        outputs = torch.stack([torch.stack([op(states[edges[k][0]]) for op in ops]) for k in rows])
        states.append(torch.einsum("eo,eo...->...", weights[rows], outputs))
    return tuple(states[len(inputs) :])


def cell_recursively(inputs, ops, alpha, edges, gains):
    def state(k):
        if k < len(inputs):
            return inputs[k]
        into = [e for e in range(len(edges)) if edges[e][1] == k]
        return sum(gains[e] * edge(e, state(edges[e][0])) for e in into)

    def edge(e, x):
        p = torch.exp(alpha[e]) / torch.exp(alpha[e]).sum()
        return sum(p[o] * ops[o](x) for o in range(len(ops)))

    return [state(k) for k in sorted({target for _, target in edges})]


def first_order_with_backward(loss, w, alpha, train, val, xi):
    copies = {name: table.clone().requires_grad_() for name, table in alpha.items()}
    loss({name: t.detach() for name, t in w.items()}, copies, val).backward()
    return {name: table.grad for name, table in copies.items()}


def first_order_with_func(loss, w, alpha, train, val, xi):
    return torch.func.grad(lambda a: loss(w, a, val))(alpha)


def first_order_with_argnums(L, w, a, t, v, xi):
    fixed = {k: x.detach() for k, x in w.items()}
    return torch.func.grad(L, argnums=1)(fixed, a, v)


def exact_with_func(loss, w, alpha, train, val, xi):
    w = {name: t.detach() for name, t in w.items()}

    def after_a_step(a):
        g = torch.func.grad(loss)(w, a, train)
        return loss({name: w[name] - xi * g[name] for name in w}, a, val)

    return torch.func.grad(after_a_step)(alpha)


def exact_by_finite_difference(loss, w, alpha, train, val, xi):
    d_w, d_alpha = torch.func.grad(loss), torch.func.grad(loss, argnums=1)
    w = {name: t.detach() for name, t in w.items()}
    g = d_w(w, alpha, train)
    w_prime = {name: w[name] - xi * g[name] for name in w}
    v = d_w(w_prime, alpha, val)
    eps = 0.001 / torch.cat([part.flatten() for part in v.values()]).norm()
    plus, minus = (d_alpha({n: w[n] + s * eps * v[n] for n in w}, alpha, train) for s in (1, -1))
    direct = d_alpha(w_prime, alpha, val)
    return {name: direct[name] - xi * (plus[name] - minus[name]) / (2 * eps) for name in alpha}


def exact_by_two_terms(loss, w, alpha, train, val, xi):
    w = {name: t.detach() for name, t in w.items()}
    slope = torch.func.grad(loss)
    w_prime = {name: t - xi * s for (name, t), s in zip(w.items(), slope(w, alpha, train).values(), strict=True)}
    v, direct = torch.func.grad(loss, argnums=(0, 1))(w_prime, alpha, val)
    implicit = torch.func.grad(lambda a: sum((slope(w, a, train)[name] * v[name]).sum() for name in w))(alpha)
    return {name: direct[name] - xi * implicit[name] for name in alpha}


def step_with_autograd(loss, w, alpha, train, val, hypergradient, adam, sgd):
    slopes = hypergradient(loss, w, alpha, train, val, sgd.param_groups[0]["lr"])
    adam.zero_grad()
    for name, table in alpha.items():
        table.grad = slopes[name].clone()
    adam.step()
    for t, slope in zip(w.values(), torch.autograd.grad(loss(w, alpha, train), list(w.values())), strict=True):
        t.grad = slope
    sgd.step()


def step_with_detached_alpha(loss, w, alpha, train, val, hypergradient, adam, sgd):
    (group,) = sgd.param_groups
    found = hypergradient(loss, w, alpha, train, val, group["lr"])
    for name in alpha:
        alpha[name].grad = found[name]
    adam.step()
    sgd.zero_grad(set_to_none=False)
    loss(w, {name: table.detach() for name, table in alpha.items()}, train).backward()
    sgd.step()


def step_zeroing_at_the_end(loss, w, alpha, train, val, hypergradient, adam, sgd):
    sgd.zero_grad()
    for name, slope in hypergradient(loss, w, alpha, train, val, sgd.param_groups[0]["lr"]).items():
        alpha[name].grad = slope.detach()
    adam.step()
    loss(w, alpha, train).backward()
    sgd.step()
    for t in w.values():
        t.grad = None


def search_with_a_comprehension(loss, w, alpha, train, val, hypergradient, adam, sgd, steps):
    def row():
        return {name: table.clone() for name, table in alpha.items()}

    def step(k):
        step_with_autograd(loss, w, alpha, train(k), val(k), hypergradient, adam, sgd)
        return row()

    return [row(), *(step(k) for k in range(steps))]


def search_with_a_generator(*arguments):
    loss, w, alpha, train, val, hypergradient, adam, sgd, steps = arguments
    yield {name: table.clone() for name, table in alpha.items()}
    for k in range(steps):
        step_with_detached_alpha(loss, w, alpha, train(k), val(k), hypergradient, adam, sgd)
        yield {name: table.clone() for name, table in alpha.items()}


def search_in_numpy(loss, w, alpha, train, val, hypergradient, adam, sgd, steps):
    rows = []
    for k in range(steps + 1):
        rows.append({name: table.numpy().copy() for name, table in alpha.items()})
        if k < steps:
            step_zeroing_at_the_end(loss, w, alpha, train(k), val(k), hypergradient, adam, sgd)
    return tuple(rows)


def kept_with_a_dictionary(alpha, operations, edges, k):
    weights = torch.softmax(alpha, 1).tolist()
    into = defaultdict(list)
    for row, (source, target) in zip(weights, edges, strict=True):
        into[target].append(max((p, source, name) for p, name in zip(row, operations, strict=True) if name != "none"))
    return {(s, node, name) for node, best in into.items() for _, s, name in sorted(best)[-k:]}


def kept_with_torch(alpha, operations, edges, k):
    columns = [c for c, name in enumerate(operations) if name != "none"]
    strengths, best = torch.softmax(alpha, 1)[:, columns].max(1)
    found = []
    for node in {target for _, target in edges}:
        rows = torch.tensor([e for e, edge in enumerate(edges) if edge[1] == node])
        kept = rows[strengths[rows].topk(min(k, len(rows))).indices].tolist()
        found += [[edges[e][0], node, operations[columns[int(best[e])]]] for e in kept]
    return found


def kept_edge_by_edge(alpha, operations, edges, k):
    choices = [c for c, name in enumerate(operations) if name != "none"]
    p = torch.softmax(alpha, 1)
    strength = [float(p[e, choices].max()) for e in range(len(edges))]
    kept = []
    for e, (source, node) in enumerate(edges):
        stronger = sum(strength[o] > strength[e] for o, (_, target) in enumerate(edges) if target == node)
        if stronger < k:
            kept.append((source, node, operations[max(choices, key=lambda c: p[e, c])]))
    return kept


RIGHT: dict[str, tuple[Any, ...]] = {
    "11.cell": (cell_with_loops, cell_in_one_einsum, cell_recursively),
    "11.first_order": (first_order_with_backward, first_order_with_func, first_order_with_argnums),
    "11.exact": (exact_with_func, exact_by_finite_difference, exact_by_two_terms),
    "11.search_step": (step_with_autograd, step_with_detached_alpha, step_zeroing_at_the_end),
    "11.whole_search": (search_with_a_comprehension, search_with_a_generator, search_in_numpy),
    "11.read_off": (kept_with_a_dictionary, kept_with_torch, kept_edge_by_edge),
}
