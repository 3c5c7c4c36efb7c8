"""Colours, line styles, fonts and plain axes, for pictures and live views."""

from matplotlib.axes import Axes

from ..space import NONE

# A hue for each family of operations: pools rust and amber, skip green, separable convolutions blue, dilated ones
# purple. Within a family lightness and line style differ, so that colour-blind readers tell all operations apart. Every
# line has a contrast of 3 or more on white. `DARK_COLORS` are the same hues for a dark ground.
LINES = {
    NONE: ("#7B8590", "dotted"),
    "max_pool_3x3": ("#B03A00", "solid"),
    "avg_pool_3x3": ("#C08600", "dotted"),
    "skip_connect": ("#00805A", "bold"),
    "sep_conv_3x3": ("#00548F", "solid"),
    "sep_conv_5x5": ("#3A98DC", "dashed"),
    "sep_conv_7x7": ("#00303F", "dotted"),
    "dil_conv_3x3": ("#D0679F", "solid"),
    "dil_conv_5x5": ("#66225F", "dashed"),
    "conv_7x1_1x7": ("#000000", "solid"),
    "noise": ("#000000", "dotted"),
    # in recurrent cells
    "tanh": ("#00548F", "solid"),
    "relu": ("#B03A00", "dashed"),
    "sigmoid": ("#66225F", "dotted"),
    "identity": ("#00805A", "bold"),
}
COLORS = {operation: color for operation, (color, _) in LINES.items()}
STYLES = {operation: style for operation, (_, style) in LINES.items()}
DARK_COLORS = {
    NONE: "#808D9B",
    "max_pool_3x3": "#E8702A",
    "avg_pool_3x3": "#F6D565",
    "skip_connect": "#1FAE86",
    "sep_conv_3x3": "#3F8BE0",
    "sep_conv_5x5": "#A8DFFF",
    "sep_conv_7x7": "#CFE6EE",
    "dil_conv_3x3": "#FFB9DA",
    "dil_conv_5x5": "#B95AA6",
    "conv_7x1_1x7": "#FFFFFF",
    "noise": "#FFFFFF",
}
TEXT = "#1A1A1A"  # contrast on white 17:1
QUIET = "#595959"  # 7:1
PASSIVE = "#8C8C8C"  # 3.4:1, lines only
EXTRA_WIDTH = {"bold": 1.2, "dotted": 0.6}
GRAPH_FONT = "Helvetica"  # Graphviz and browsers know its measures, and draw it with a font the machine has
FIGURE_FONT = "DejaVu Sans"  # comes with matplotlib and has the tick
KIND_NAMES = {"normal": "normal", "reduce": "reduction"}
TITLES = {kind: f"{name} cell" for kind, name in KIND_NAMES.items()} | {"cell": "cell"}
TIED_TITLE = "cell for both kinds"  # where normal and reduction cells are tied, there is one
TRAIN, VALIDATION, TEST = COLORS["sep_conv_3x3"], COLORS["max_pool_3x3"], COLORS["dil_conv_5x5"]


def title_of(kind: str, tied: bool = False) -> str:
    """What a cell is called above a table or a graph; `tied` where it is found for both kinds."""
    return TIED_TITLE if tied else TITLES[kind]


def plain_axes(panel: Axes) -> None:
    """Show two spines only, and a light grid behind the data."""
    panel.spines[["top", "right"]].set_visible(False)
    panel.tick_params(labelsize=8, labelcolor=TEXT, color=QUIET)
    panel.grid(color="#E6E6E6", linewidth=0.7)
    panel.set_axisbelow(True)
