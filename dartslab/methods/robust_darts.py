"""RobustDARTS: a DARTS search stops early when the largest eigenvalue of the Hessian of L_val in alpha has grown.

lambda_t = lambda_max( d^2_alpha [ L_val(w, alpha) + (decay / 2) |alpha|^2 ] )     at measurement t = 0, 1, 2, ...
m_t      = mean(lambda_{t-2} ... lambda_{t+2})                          of fewer at the start of the series
stop      when m_t / m_{t-4} > 1.3 and measurement t-4 is not in the first fifth of the search
genotype = that of measurement t-4

(Zela et al. 2020, Understanding and Robustifying Differentiable Architecture Search, section 4.3; numbers as in its
code.) Published: one measurement every 2 of 50 epochs, on one validation batch; decay = 1e-3, Adam's on alpha. m_t is
known 2 measurements after t, so the cell is that of 6 measurements, or 12 epochs, before the present one, and no search
stops before epoch 22. Ours: decay stays 1e-3 where `alpha_weight_decay` is another, and where the eigenvalue m_{t-4} is
not above 0, of which a ratio says nothing, the search goes on.

Cost of a measurement: 1 forward, 1 backward, at most PRODUCTS products with the Hessian, each about two backward.
"""

from collections.abc import Sequence
from statistics import fmean
from typing import Any

from ..base.eigenvalues import lanczos, random_start
from ..base.messages import require
from ..bilevel import Bilevel, Tensors, hessian_product
from .method import Method, Number, Stop

EVERY, BEGIN = 2 / 50, 10 / 50  # parts of the search
HALF_WINDOW, BACK, FACTOR = 2, 4, 1.3
DECAY = 1e-3  # it adds itself to every eigenvalue
PRODUCTS = 12  # how close they come at the lesson's size: tests/instruments/test_curvature.py
FIRST = round(BEGIN / EVERY) - 1  # the first measurement whose cell can be taken: number t is made after (t + 1) EVERY


def measure_eigenvalue(problem: Bilevel, w: Tensors, alpha: Tensors, batch: Any) -> float:
    """lambda_max at (w, alpha) on one validation batch, the decay of alpha included; by Lanczos from a fixed start."""
    product = hessian_product(problem.val_loss, w, alpha, batch, problem.average)
    start = random_start(sum(table.numel() for table in alpha.values()))
    return float(lanczos(product, start, PRODUCTS).values[-1]) + DECAY


def window_mean(values: Sequence[float], t: int) -> float:
    """m_t: the mean over the window around measurement t."""
    return fmean(values[max(0, t - HALF_WINDOW) : t + HALF_WINDOW + 1])


def go_back(values: Sequence[float]) -> int | None:
    """The measurement whose cell is taken, if the newest complete mean has grown too much; None to go on.

    Args:
        values: lambda_0, lambda_1, ... so far.
    """
    t = len(values) - 1 - HALF_WINDOW
    if t - BACK < FIRST:
        return None
    before = window_mean(values, t - BACK)
    return t - BACK if before > 0 and window_mean(values, t) / before > FACTOR else None


def check(config: Any) -> None:
    """Second derivatives in alpha are needed, which compiled code does not give."""
    require(
        not config.compile,
        "robust-darts needs second derivatives in alpha, which compiled cells do not give; search with compile=False.",
    )


METHOD = Method(
    "robust-darts",
    "Zela, Elsken, Saikia, Marrakchi, Brox, Hutter 2020, Understanding and Robustifying Differentiable Architecture "
    "Search",
    stop=Stop("eigenvalue", measure_eigenvalue, EVERY, go_back, needs=FIRST + BACK + HALF_WINDOW + 1, twice=True),
    numbers=(
        Number("eigenvalue measured", "every 2 of 50 epochs", EVERY),
        Number("cell taken from", "epoch 10 of 50 at the earliest", BEGIN),
        Number("stop at the earliest", "epoch 22 of 50", 22 / 50),
        Number("cell goes back", "12 of 50 epochs", 12 / 50),
        Number("growth that stops", f"{FACTOR} times within 8 epochs"),
        Number("decay in an eigenvalue", f"{DECAY:g}, as Adam's on alpha; here also where that is another"),
    ),
    check=check,
)
