"""All instruments by name, with what they cost. `docs/instruments.md` says how to read them."""

from .instrument import PICTURES, Instrument

NO_WEIGHTS = "it needs the weights w and the pictures, and a record keeps neither"
NO_SUM = "the mixing weights of this search do not sum to 1 on every edge"
NO_COSINE = "no operation has weights w with a gradient on both batches"
NO_ORDER = "on no edge do two operations other than none differ in value and in mixing weight"
NO_PASS = "no pass"
PASS = f"passes of {PICTURES} pictures"
PRODUCTS = "1 forward, 1 backward, at most {} products"

ALL = (
    Instrument("skips", "fraction of skip connections among the kept edges", "0..1", NO_PASS, "choices.skips"),
    Instrument("pools", "fraction of poolings among the kept edges", "0..1", NO_PASS, "choices.pools"),
    Instrument("skip_weight", "mean mixing weight of skip connections", "weight", NO_PASS, "choices.skip_weight"),
    Instrument("pool_weight", "mean mixing weight of poolings, together", "weight", NO_PASS, "choices.pool_weight"),
    Instrument("entropy", "mean entropy of the edges", "nats", NO_PASS, "choices.mean_entropy", undefined=NO_SUM),
    Instrument("margin", "mean margin of the edges", "weight", NO_PASS, "choices.mean_margin", undefined=NO_SUM),
    Instrument(
        "lambda_max", "largest eigenvalue of the Hessian of L_val in alpha", "nats", PRODUCTS.format(10),
        "curvature.lambda_max", parts=False, missing=NO_WEIGHTS, twice=True,
    ),
    Instrument(
        "spectrum", "smallest and largest eigenvalue of that Hessian, and an estimate of the mean", "nats",
        PRODUCTS.format(20), "curvature.spectrum_ends", missing=NO_WEIGHTS, twice=True,
    ),
    Instrument(
        "gradient_cosine", "cosine of training and validation gradient of each operation", "-1..1",
        "2 forward, 2 backward", "gradients.gradient_cosine", missing=NO_WEIGHTS, undefined=NO_COSINE,
    ),
    Instrument(
        "cell_alignment", "cosine between the cells' gradients of the mixing weights", "-1..1",
        "1 forward, 1 backward", "alignment.cell_alignment", missing=NO_WEIGHTS,
    ),
    Instrument(
        "value_rank", "rank correlation of the operations' values with alpha", "-1..1",
        f"1 + (operations other than none, on all edges of all kinds) forward {PASS}", "values.value_rank",
        missing=NO_WEIGHTS, undefined=NO_ORDER,
    ),
    Instrument(
        "gap", "accuracy lost by keeping one operation on each edge, then only the derived edges", "0..1",
        f"3 forward {PASS}", "gap.gap_in_stages", missing=NO_WEIGHTS,
    ),
)  # fmt: skip
INSTRUMENTS = {instrument.name: instrument for instrument in ALL}
