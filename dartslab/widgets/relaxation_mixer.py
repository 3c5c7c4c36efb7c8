"""RelaxationMixer: the mixed operation of one edge, on real pictures, with a slider for each alpha."""

from typing import TYPE_CHECKING, Any

import ipywidgets
import numpy as np
from matplotlib.figure import Figure

from ..base.messages import require
from ..derive import entropy, softmax
from ..draw.style import QUIET, TEXT
from ..space import PUBLISHED_OPERATIONS, tuple_of_names
from .kit.choices import Dropdown
from .kit.stills import TONES, png
from .kit.view import View

if TYPE_CHECKING:
    from ..data.datasets import DataSet

LARGEST = 5.0  # alpha on the sliders, either side of 0
HOTTEST = 20.0  # temperature on its slider; the coldest is 1 / HOTTEST
NOTCH = 1 / 121  # 28 of these halve the temperature


def mix(outputs: np.ndarray, alpha: np.ndarray, temperature: float) -> tuple[np.ndarray, np.ndarray, float]:
    """The mixed operation, from the outputs of its candidates.

    sum = sum_o weights[o] outputs[o],  weights = softmax(alpha / T)     (Liu et al. 2019, DARTS, eq. 2; `mixing`)

    Args:
        outputs: [O, H, W].
        alpha: [O].
        temperature: T > 0.
    Returns:
        Weights [O], sum [H, W], entropy in nats.
    """
    weights = softmax(alpha, temperature)
    return weights, np.tensordot(weights, outputs, axes=1), float(entropy(weights))


def operation_outputs(
    pictures: np.ndarray, operations: tuple[str, ...], seed: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """What each candidate of a `MixedOp` with untrained weights makes of each picture.

    Args:
        pictures: [N, C, H, W]; colours are averaged to one channel, which is normalised to mean 0 and deviation 1.
        operations: names of the O candidates.
        seed: of the weights. BatchNorm takes its statistics from these N pictures.
    Returns:
        The pictures as the candidates see them [N, H, W], and their outputs [N, O, H, W]; both float32.
    Raises:
        UserError: no picture, a single pixel, one that is not finite, an unknown or repeated operation or none at all.
    """
    import torch

    from ..base.seeds import seeded
    from ..cell import MixedOp

    grey = np.asarray(pictures, dtype=np.float64)
    require(
        grey.ndim == 4 and len(grey) > 0,
        f"the pictures have shape {grey.shape}; [N, C, H, W] with at least one picture is needed.",
    )
    grey = grey.mean(axis=1, keepdims=True)
    require(bool(np.isfinite(grey).all()), "a picture holds numbers that are not finite (NaN); leave it out.")
    require(grey.size > 1, "there is a single pixel, which BatchNorm cannot normalise; take larger pictures, or more.")
    require(len(operations) > 0, "there is no operation to mix; name at least one, for example 'skip_connect'.")
    repeated = sorted({name for name in operations if operations.count(name) > 1})
    require(not repeated, f"operation {', '.join(repeated)} is listed twice; name each operation once.")
    x = torch.from_numpy((grey - grey.mean()) / max(grey.std(), 1e-6)).float()
    with seeded(seed, "mixer"), torch.no_grad():
        mixed = MixedOp(tuple(operations), channels=1, stride=1)
        outputs = torch.cat([candidate(x) for candidate in mixed.candidates], dim=1)
    return x[:, 0].numpy(), outputs.numpy()


class RelaxationMixer(View):
    """Move alpha of one edge and see the operations' outputs, their mixing weights and their weighted sum.

        RelaxationMixer()
        RelaxationMixer("folder:my_pictures", operations=("skip_connect", "sep_conv_3x3"))

    The operations have untrained weights: this shows how a mixture is made, not what it is good for.

    Args:
        data: a data set or its name; one test picture of each class is taken, its colours averaged to grey.
        operations: the candidates on the edge.
        images: most pictures to choose from.
        seed: of the operations' weights.
    Raises:
        UserError: data that cannot be read, no operation, an unknown or repeated one, no picture.
    """

    MODULES = ("relaxation_mixer.js",)
    EXPORTS = True

    def __init__(
        self,
        data: "DataSet | str" = "fashion-mini",
        operations: tuple[str, ...] = PUBLISHED_OPERATIONS,
        images: int = 10,
        seed: int = 0,
    ) -> None:
        from ..data.datasets import DATA_SETS, DataSet, load_data

        require(
            isinstance(images, int) and images >= 1,
            f"images is {images!r}; at least 1 picture is needed, 10 is usual.",
        )
        loaded = load_data(data) if isinstance(data, str) else data
        require(
            isinstance(loaded, DataSet),
            f"data is a {type(data).__name__}; pass a DataSet or a name: {', '.join(DATA_SETS)}.",
        )
        labels = loaded.test.labels.numpy()
        first = [int(np.flatnonzero(labels == label)[0]) for label in sorted(set(labels.tolist()))[:images]]
        names = [loaded.classes[int(labels[i])] for i in first]
        self.operations = tuple_of_names("operations", operations)
        found = operation_outputs(loaded.test.images.numpy()[first], self.operations, seed)
        # Rounded once, so that an exported page mixes the very numbers that Python mixes.
        self.inputs, self.outputs = (pictures.astype(np.float64).round(3) for pictures in found)
        self.names = names
        sliders = {
            name: ipywidgets.FloatSlider(0.0, min=-LARGEST, max=LARGEST, step=0.1, description=name)
            for name in self.operations
        }
        temperature = ipywidgets.FloatLogSlider(
            1.0, base=HOTTEST, min=-1, max=1, step=NOTCH, description="temperature", readout_format=".3g"
        )
        picture = Dropdown(options=[(name, i) for i, name in enumerate(names)], description="picture")
        data_columns = {
            "operations": list(self.operations),
            "names": names,
            "inputs": self.inputs.tolist(),
            "outputs": self.outputs.tolist(),
        }
        settings = {"picture": picture, "temperature": temperature, **sliders}
        super().__init__(settings, [[picture, temperature], list(sliders.values())], data_columns)
        self.ready()

    def frame(self, settings: dict[str, Any]) -> dict[str, Any]:
        """Weights, sum and entropy for these settings."""
        number = settings["picture"]
        alpha = np.array([settings[name] for name in self.operations])
        outputs = self.outputs[number]
        weights, mixed, entropy = mix(outputs, alpha, settings["temperature"])
        most = np.log(len(self.operations))
        return {
            "picture": number,
            "alpha": alpha.round(4).tolist(),
            "weights": weights.round(6).tolist(),
            "sum": (mixed.round(6) + 0.0).tolist(),  # + 0.0: no minus before a zero
            "entropy": round(entropy, 6),
            "share": round(entropy / most, 6) if most > 0 else 0.0,
        }

    def describe(self, frame: dict[str, Any]) -> str:
        """Weights, entropy and the brightness of the sum in words."""
        order = np.argsort(-np.array(frame["weights"]), kind="stable")
        parts = ", ".join(f"{100 * frame['weights'][i]:.1f} % {self.operations[i]}" for i in order)
        span = f"the weighted sum goes from {np.min(frame['sum']):.2f} to {np.max(frame['sum']):.2f}"
        return (
            f"mixed operation with untrained weights on a picture of class {self.names[frame['picture']]}: {parts}; "
            f"{self._entropy(frame)}; {span}"
        )

    def _entropy(self, frame: dict[str, Any]) -> str:
        most = np.log(len(self.operations))
        return f"entropy {frame['entropy']:.2f} of at most {most:.2f} nats ({100 * frame['share']:.1f} %)"

    def still_png(self, frame: dict[str, Any]) -> bytes:
        """Input, outputs with their weights, and the sum."""
        outputs, picture = self.outputs[frame["picture"]], self.inputs[frame["picture"]]
        low, high = float(outputs.min()), float(outputs.max())
        columns = len(self.operations) + 2
        figure = Figure(figsize=(1.15 * columns, 2.0), layout="constrained", facecolor="white")
        pictures = [("picture", picture, None)]
        pictures += list(zip(self.operations, outputs, frame["weights"], strict=True))
        pictures += [("weighted sum", np.array(frame["sum"]), None)]
        grid = figure.subplots(2, columns, height_ratios=(5, 1), squeeze=False)
        for column, (name, values, weight) in enumerate(pictures):
            limits = (picture.min(), picture.max()) if column == 0 else (low, high)
            grid[0, column].imshow(values, cmap="gray", vmin=limits[0], vmax=limits[1])
            grid[0, column].set_title(name, fontsize=7.5, color=TEXT)
            for panel in grid[:, column]:
                panel.set_axis_off()
            if weight is not None:
                grid[1, column].barh([0], [weight], color=TONES[0])
                grid[1, column].set(xlim=(0, 1), ylim=(-1, 1))
                grid[1, column].text(0, -0.9, f"{weight:.3f}", fontsize=8, color=TEXT, va="top")
        figure.supxlabel(f"{self._entropy(frame)}; weights are untrained", fontsize=8, color=QUIET)
        return png(figure)
