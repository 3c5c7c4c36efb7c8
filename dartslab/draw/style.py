"""Colours, line styles, fonts and plain axes, for pictures and live views."""

from matplotlib.axes import Axes

from ..space import NONE

# Okabe-Ito hues, one for a family of operations: pools vermilion and orange, skip green, separable convolutions blue,
# dilated ones purple. Within a family shade and line style differ. Orange, sky blue and some shades are darkened until
# every line has a contrast of 3 or more on white.
LINES = {
    NONE: ("#767676", "dotted"),
    "max_pool_3x3": ("#D55E00", "solid"),
    "avg_pool_3x3": ("#B07A00", "dashed"),
    "skip_connect": ("#009E73", "bold"),
    "sep_conv_3x3": ("#0072B2", "solid"),
    "sep_conv_5x5": ("#3394CF", "dashed"),
    "sep_conv_7x7": ("#004B75", "dotted"),
    "dil_conv_3x3": ("#C2698F", "solid"),
    "dil_conv_5x5": ("#8F3F71", "dashed"),
    "conv_7x1_1x7": ("#000000", "solid"),
    "noise": ("#000000", "dotted"),
    # in recurrent cells
    "tanh": ("#0072B2", "solid"),
    "relu": ("#D55E00", "dashed"),
    "sigmoid": ("#8F3F71", "dotted"),
    "identity": ("#009E73", "bold"),
}
COLORS = {operation: color for operation, (color, _) in LINES.items()}
STYLES = {operation: style for operation, (_, style) in LINES.items()}
TEXT = "#1A1A1A"  # contrast on white 17:1
QUIET = "#595959"  # 7:1
PASSIVE = "#8C8C8C"  # 3.4:1, lines only
EXTRA_WIDTH = {"bold": 1.2, "dotted": 0.6}
GRAPH_FONT = "Helvetica"  # Graphviz and browsers know its measures, and draw it with a font the machine has
FIGURE_FONT = "DejaVu Sans"  # comes with matplotlib and has the tick
TITLES = {"normal": "normal cell", "reduce": "reduction cell", "cell": "cell"}
TRAIN, VALIDATION, TEST = COLORS["sep_conv_3x3"], COLORS["max_pool_3x3"], COLORS["dil_conv_5x5"]


def plain_axes(panel: Axes) -> None:
    """Show two spines only, and a light grid behind the data."""
    panel.spines[["top", "right"]].set_visible(False)
    panel.tick_params(labelsize=8, labelcolor=TEXT, color=QUIET)
    panel.grid(color="#E6E6E6", linewidth=0.7)
    panel.set_axisbelow(True)
