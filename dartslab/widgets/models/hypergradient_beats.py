"""One hypergradient in beats, on the toy and on a tiny network, right and with seven mistakes.

The mistakes are easy to make, and some of them stood in public programs.

With one virtual step  w' = w - xi (d_w L_train(w, a) + lambda w)  and  v = d_w' L_val(w', a):

    g  =  d_a L_val(w', a)   -   xi [d^2_{a, w} L_train(w, a)] v      (Liu et al. 2019, DARTS, eq. 7; eq. 8 beside it)

a is alpha. Both problems go through the same lines; arrays are [A] and [W].
`hypergradient_beats_model.js` does the same.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from .toy_paths import LIMIT, fixed_point
from .two_problems import ALPHA, NETWORK, TOY, WEIGHTS, Array, Problem

VIEWS = ("one number", "a network")
HYPERGRADIENTS = ("first order", "exact", "finite difference")
NO_MISTAKE = "no mistake"
HALVES, DOUBLES = "/ 2 * eps instead of / (2 * eps)", "/ eps instead of / (2 * eps)"
SIGN, NO_XI = "+ xi instead of - xi", "xi missing in the implicit term"
DROPPED, PLACE = "implicit term left out, w' used", "L_val asked at w instead of w'"
FORGOTTEN = "weight decay forgotten in w'"
MISTAKES: dict[str, tuple[str, ...]] = {  # and the hypergradients in which each can be made
    NO_MISTAKE: HYPERGRADIENTS,
    HALVES: HYPERGRADIENTS[2:],
    DOUBLES: HYPERGRADIENTS[2:],
    SIGN: HYPERGRADIENTS[1:],
    NO_XI: HYPERGRADIENTS[1:],
    DROPPED: HYPERGRADIENTS[1:],
    PLACE: HYPERGRADIENTS[1:],
    FORGOTTEN: HYPERGRADIENTS[1:],
}
KNOWN = {  # by the short names that a page has for them
    "none": NO_MISTAKE,
    "halves": HALVES,
    "doubles": DOUBLES,
    "sign": SIGN,
    "no_xi": NO_XI,
    "dropped": DROPPED,
    "place": PLACE,
    "forgotten": FORGOTTEN,
}
START = (3.0, 0.0)  # (a, w) of the toy; from here first order and the truth disagree in sign
RADIUS = 0.01  # R of the finite difference, as published
LEARNING_RATE = 0.1  # of the real steps, of a and of w
DECAY = 0.8  # lambda, where weight decay is in play
FIRST: dict[str, Any] = {  # the settings that a view begins with
    "beat": 0,
    "a": START[0],
    "w": START[1],
    "xi": 0.25,
    "hypergradient": "exact",
    "mistake": NO_MISTAKE,
    "steps": 0,
    "view": VIEWS[0],
}
SKIPPED = (1, 2, 3, 5)  # beats that first order does without
PASSES: dict[str, tuple[tuple[int, str, str], ...]] = {  # of each hypergradient: (beat, letter, batch and weights)
    "first order": ((4, "V", "validation batch at w"),),
    "exact": (
        (1, "T", "training batch at w"),
        (3, "V", "validation batch at w′"),
        (5, "T along v", "training batch at w, with derivatives along v"),
    ),
    "finite difference": (
        (1, "T", "training batch at w"),
        (3, "V", "validation batch at w′"),
        (5, "T+", "training batch at w + εv"),
        (5, "T−", "training batch at w − εv"),
    ),
}
OWN_PASS = 8  # the beat with w's own training pass, which every hypergradient makes


def mistake_made(hypergradient: str, mistake: str) -> str:
    """The mistake, or `NO_MISTAKE` where this hypergradient leaves no place for it."""
    return mistake if hypergradient in MISTAKES[mistake] else NO_MISTAKE


def decay_of(mistake: str) -> float:
    """lambda: 0 but where the mistake is to forget it."""
    return DECAY if mistake == FORGOTTEN else 0.0


def hypergradient_terms(
    problem: Problem, a: Array, w: Array, xi: float, hypergradient: str = "exact", mistake: str = NO_MISTAKE
) -> dict[str, Any]:
    """Everything that one hypergradient computes, as arrays.

    Args:
        problem: the derivatives.
        a, w: where we are, [A] and [W].
        xi: size of the virtual step.
        hypergradient: one of `HYPERGRADIENTS`.
        mistake: one of `MISTAKES`; without effect where the hypergradient leaves no place for it.
    Returns:
        slope (d_w L_train, decay included), prime (w'), asked (where L_val is asked), v, direct, implicit, sum; eps,
        plus, minus (d_a L_train at w + eps v and w - eps v) and difference (the implicit term from these); first (first
        order); right_prime, right_v, right_direct, right_implicit (without the mistake).
    """
    made = mistake_made(hypergradient, mistake)
    decay = decay_of(made)
    slope, first = problem.train_by_w(a, w) + decay * w, problem.val_by_a(a, w)
    found: dict[str, Any] = {"slope": slope, "first": first}
    right_prime = w - xi * slope
    if hypergradient == "first order":
        none_w, none_a = np.zeros_like(w), np.zeros_like(a)
        found |= {"prime": w, "asked": w, "v": none_w, "direct": first, "implicit": none_a, "sum": first}
        found |= {"eps": 0.0, "plus": none_a, "minus": none_a, "difference": none_a}
        found |= {"right_prime": w, "right_v": none_w}
        return found | {"right_direct": first, "right_implicit": none_a}
    prime = w - xi * problem.train_by_w(a, w) if made == FORGOTTEN else right_prime
    asked = w if made == PLACE else prime
    v, direct = problem.val_by_w(a, asked), problem.val_by_a(a, asked)
    eps = RADIUS / (float(np.linalg.norm(v)) or 1)  # v = 0 gives two equal gradients
    plus, minus = problem.train_by_a(a, w + eps * v), problem.train_by_a(a, w - eps * v)
    divided = {HALVES: (plus - minus) / 2 * eps, DOUBLES: (plus - minus) / eps}.get(made, (plus - minus) / (2 * eps))
    product = divided if hypergradient == "finite difference" else problem.along(a, w, v)
    implicit = {SIGN: xi, NO_XI: -1, DROPPED: 0}.get(made, -xi) * product
    right_v = problem.val_by_w(a, right_prime)
    return found | {
        "prime": prime,
        "asked": asked,
        "v": v,
        "direct": direct,
        "implicit": implicit,
        "sum": direct + implicit,
        "eps": eps,
        "plus": plus,
        "minus": minus,
        "difference": -xi * (plus - minus) / (2 * eps),
        "right_prime": right_prime,
        "right_v": right_v,
        "right_direct": problem.val_by_a(a, right_prime),
        "right_implicit": -xi * problem.along(a, w, right_v),
    }


def walk(
    problem: Problem, a: Array, w: Array, gradient: Callable[[Array, Array], Array], decay: float, steps: int
) -> list[tuple[Array, Array]]:
    """All points (a, w) of a search: a against its gradient, then w down L_train; both by `LEARNING_RATE`.

    Fewer are made if a point is further out than `LIMIT`, which is then the last.
    """
    points = [(a, w)]
    while len(points) <= steps and max(abs(a).max(), abs(w).max()) <= LIMIT:
        a = a - LEARNING_RATE * gradient(a, w)
        w = w - LEARNING_RATE * (problem.train_by_w(a, w) + decay * w)
        points.append((a, w))
    return points


def valley_slope(decay: float) -> float:
    """c of the valley w*(a) = c a of the toy, where L_train + decay / 2 w^2 is lowest."""
    return 2 / (2 + decay)


def truth(a: Array, decay: float) -> Array:
    """d/da L_val(a, w*(a)) on the toy, with w trained to the end: 2 c a - 2."""
    return 2 * valley_slope(decay) * a - 2


def rests_at(hypergradient: str, xi: float, mistake: str = NO_MISTAKE) -> float | None:
    """The a at which a search on the toy can rest, in the valley w = c a; None if there is none.

    There g = w' + q a - 2: w' is c a but where weight decay was forgotten, and q a is the implicit term.

    Args:
        hypergradient: one of `HYPERGRADIENTS`, or "truth", the derivative with w trained to the end.
        xi, mistake: see `hypergradient_terms`.
    """
    made = mistake_made(hypergradient, mistake) if hypergradient in HYPERGRADIENTS else mistake
    c = valley_slope(decay_of(mistake))
    if hypergradient == "truth":
        return fixed_point(c, c)
    if hypergradient == "first order":
        return fixed_point(c, 0)
    if made == HALVES:  # a - 2 + 2 xi R^2 / a = 0
        return float(1 + np.sqrt(1 - 2 * xi * RADIUS**2))
    p = c + 2 * xi * (1 - c) if made == FORGOTTEN else c
    return fixed_point(p, {DOUBLES: 4 * xi, SIGN: -2 * xi, NO_XI: 2.0, DROPPED: 0.0}.get(made, 2 * xi))


def ends_at(
    hypergradient: str, xi: float, mistake: str = NO_MISTAKE, start: tuple[float, float] = START, steps: int = 400
) -> float | None:
    """The a at which a search on the toy stands still after so many steps; None if it still moves.

    Args:
        hypergradient, xi, mistake: see `hypergradient_terms`.
        start: (a, w).
        steps: real steps of a and of w.
    """
    a, w = (np.array([one]) for one in start)
    decay = decay_of(mistake_made(hypergradient, mistake))
    points = walk(
        TOY, a, w, lambda a, w: hypergradient_terms(TOY, a, w, xi, hypergradient, mistake)["sum"], decay, steps
    )
    (before, _), (last, _) = points[-2:]
    return float(last[0]) if abs(last - before)[0] < 1e-4 else None


def trace_paths(settings: Mapping[str, Any], mistake: str) -> dict[str, list[list[float]]]:
    """The searches from one start, {name: [T + 1, 2] of (a, w)}: first order, exact, truth, and yours with a mistake.

    All of them are in the same problem: where weight decay is forgotten by one, the others have it.
    """
    decay, xi, steps = decay_of(mistake), settings["xi"], settings["steps"]

    def right(a: Array, w: Array) -> Array:
        prime = w - xi * (TOY.train_by_w(a, w) + decay * w)
        return np.asarray(TOY.val_by_a(a, prime) - xi * TOY.along(a, w, TOY.val_by_w(a, prime)))

    def yours(a: Array, w: Array) -> Array:
        return np.asarray(hypergradient_terms(TOY, a, w, xi, settings["hypergradient"], mistake)["sum"])

    ways: dict[str, Callable[[Array, Array], Array]] = {"first order": TOY.val_by_a, "exact": right}
    ways["truth"] = lambda a, w: truth(a, decay)
    if mistake != NO_MISTAKE:
        ways["with the mistake"] = yours
    a, w = np.array([settings["a"]]), np.array([settings["w"]])
    found = {name: walk(TOY, a, w, way, decay, steps) for name, way in ways.items()}
    return {name: [[float(one[0]), float(other[0])] for one, other in points] for name, points in found.items()}


def passes_so_far(hypergradient: str, beat: int) -> int:
    """How many passes this search step has made at the end of a beat."""
    return sum(at <= beat for at, *_ in PASSES[hypergradient]) + (beat >= OWN_PASS)


def beats_frame(settings: Mapping[str, Any]) -> dict[str, Any]:
    """What the view shows: lists of numbers.

    Args:
        settings: view, beat, a, w, xi, hypergradient, mistake, steps. The beats are those at the point after `steps`
            real steps from the start; the start is (a, w) on the toy, and `ALPHA` and `WEIGHTS` on the network.
    Returns:
        settings; mistake (the one made); a, w (where we are); next_a, next_w (after the real step); passes; done (the
        steps that were made); the numbers of `hypergradient_terms`; on the toy paths, truth, valley (w* here) and
        part_of_way (how far towards the valley w' goes: 0 not at all, 1 the whole way); on the network cosine (of g
        and first order).
    """
    network = settings["view"] == "a network"
    problem, xi, hypergradient = NETWORK if network else TOY, settings["xi"], settings["hypergradient"]
    mistake = mistake_made(hypergradient, settings["mistake"])
    decay = decay_of(mistake)
    start = (ALPHA, np.ravel(WEIGHTS)) if network else ([settings["a"]], [settings["w"]])
    a, w = (np.array(part, dtype=float) for part in start)
    points = walk(
        problem,
        a,
        w,
        lambda a, w: hypergradient_terms(problem, a, w, xi, hypergradient, mistake)["sum"],
        decay,
        settings["steps"],
    )
    a, w = points[-1]
    found = hypergradient_terms(problem, a, w, xi, hypergradient, mistake)
    next_a = a - LEARNING_RATE * found["sum"]
    next_w = w - LEARNING_RATE * (problem.train_by_w(next_a, w) + decay * w)
    arrays = {"a": a, "w": w, "next_a": next_a, "next_w": next_w, **found}
    lists = {name: part.tolist() if isinstance(part, np.ndarray) else part for name, part in arrays.items()}
    frame = {"settings": dict(settings), "mistake": mistake, "done": len(points) - 1, **lists}
    frame["passes"] = passes_so_far(hypergradient, settings["beat"])
    if network:
        lengths = np.linalg.norm(found["sum"]) * np.linalg.norm(found["first"])
        return frame | {"cosine": float(found["sum"] @ found["first"] / (lengths or 1))}
    toy = {
        "truth": truth(a, decay).tolist(),
        "valley": (valley_slope(decay) * a).tolist(),
        "part_of_way": xi * (2 + decay),
    }
    return frame | toy | {"paths": trace_paths(settings, mistake)}
