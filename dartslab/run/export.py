"""Export a trained network as two files that can be used without the training code.

    network.pt2            a program for torch alone: torch.export.load("network.pt2").module()(pictures)
    network.safetensors    the weights, with everything that `load_network` needs to build the network around them

Both take pictures as the training read them, uint8 [B, C, H, W] for any B, and refuse another type or size. They
normalise them with mean and standard deviation of the training set, and give logits [B, classes], in evaluation mode
and without the auxiliary head.
"""

import io
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import safetensors.torch
import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from .. import __version__
from ..base.files import write_atomically
from ..base.messages import UserError, require
from ..data.batches import Normalize
from ..genotype import Genotype
from ..network import Network
from .record import CHECKPOINT, Record

FORMAT, VERSION = "dartslab-network", "1"
PROGRAM, WEIGHTS = "network.pt2", "network.safetensors"
AUXILIARY = "auxiliary."  # prefix of the weights of the head that only training uses


@dataclass(frozen=True)
class Description:
    """Everything about a network but its weights.

    Args:
        genotype: its cells.
        classes: names of the classes, in the order of the logits.
        channels, layers, stem: as in `Network`.
        picture: shape of a picture, (C, H, W).
        mean, std: of the training set for each of the C channels, for pixels in 0..1.
    """

    genotype: Genotype
    classes: tuple[str, ...]
    channels: int
    layers: int
    stem: str
    picture: tuple[int, int, int]
    mean: tuple[float, ...]
    std: tuple[float, ...]

    def to_metadata(self) -> dict[str, str]:
        """The description as texts, the only metadata of a safetensors file; all but the head as JSON."""
        texts = {name: json.dumps(value) for name, value in asdict(self).items() if name != "genotype"}
        head = {"format": FORMAT, "version": VERSION, "dartslab": __version__}
        return head | {"genotype": self.genotype.to_json()} | texts

    @classmethod
    def from_metadata(cls, metadata: dict[str, str]) -> "Description":
        """The inverse of `to_metadata`.

        Raises:
            KeyError, TypeError, ValueError: something is missing or is not what it should be.
        """
        lists = ("classes", "picture", "mean", "std")
        read: dict[str, Any] = {name: tuple(json.loads(metadata[name])) for name in lists}
        read |= {name: json.loads(metadata[name]) for name in ("channels", "layers", "stem")}
        channels = len(read["mean"])
        require(
            (len(read["picture"]), read["picture"][0], len(read["std"])) == (3, channels, channels),
            f"pictures of shape {read['picture']} do not have {channels} channels",
        )
        return cls(Genotype.from_json(metadata["genotype"]), **read)


class Classifier(nn.Module):
    """A trained network that takes pictures as they are in the data set. It is in evaluation mode.

    Args:
        description: of the network.
        weights: {name: tensor} as in the `state_dict` of a `Network`; those of an auxiliary head are left out.
    Raises:
        RuntimeError: weights of another network.
    Attributes:
        network: the `Network`, which takes normalised pictures; to train it further, for example.
    """

    mean: Tensor  # [C, 1, 1]
    std: Tensor

    def __init__(self, description: Description, weights: dict[str, Tensor]) -> None:
        super().__init__()
        self.description = description
        with torch.device("meta"):  # shapes only: the numbers come from the file, and no random ones are drawn
            self.network = Network(
                description.genotype,
                description.channels,
                description.layers,
                len(description.classes),
                auxiliary=False,
                stem=description.stem,
                input_channels=description.picture[0],
            )
        kept = {name: value.contiguous() for name, value in weights.items() if not name.startswith(AUXILIARY)}
        self.network.load_state_dict(kept, assign=True)
        for name in ("mean", "std"):
            self.register_buffer(name, torch.tensor(getattr(description, name))[:, None, None])
        self.eval()

    def forward(self, pictures: Tensor) -> Tensor:
        """uint8 [B, C, H, W] -> logits [B, classes].

        Raises:
            UserError: other numbers, or pictures of another shape than those of the training.
        """
        got = f"{str(pictures.dtype).removeprefix('torch.')} {list(pictures.shape)}"
        channels, height, width = self.description.picture
        require(
            pictures.dtype == torch.uint8 and tuple(pictures.shape[1:]) == (channels, height, width),
            f"this network was trained on pictures of the type uint8 (0 to 255) and the shape [B, {channels}, {height}"
            f", {width}], got {got}; give them so, resized as they were for the training (`--image-size`) and not "
            "scaled to 0..1.",
        )
        whole = pictures.bitwise_and(255)  # changes no uint8; of a program exported with torch 2.7 it refuses floats
        return self.network(Normalize(self.mean, self.std)(whole))[0]


@dataclass(frozen=True)
class TrainedNetwork:
    """What a training run's folder holds: the network of its last checkpoint, after `step` of `steps` steps."""

    classifier: Classifier
    step: int
    steps: int


def read_run(run: str | Path) -> TrainedNetwork:
    """The network of a training run, finished or not; the data set is not needed.

    Raises:
        UserError: no folder of a run, the run of a search, one that has no step yet, a checkpoint that is missing,
            damaged, or was written before checkpoints held what is needed.
    """
    from .checkpoint import load_checkpoint  # imported here, since loading a network does not need it

    run = Path(run)
    kind = Record.load(run).kind
    require(
        kind == "train",
        f"{run} is a search, which found cells but did not train a network of them; train one with "
        f"`dartslab train --genotype {run} --out FOLDER` and export that folder.",
    )
    stored = load_checkpoint(run / CHECKPOINT, "train")
    require(
        stored["step"] > 0,
        f"{run} has made no step yet, so its weights are random; continue it with `train --resume`, then export it.",
    )
    require(
        "picture" in stored,
        f"{run} was written by an older dartslab, which kept no classes and normalisation in checkpoints; give its "
        "`train` command again with --resume, which adds them even when all steps are done.",
    )
    config = stored["config"]
    description = Description(
        Genotype.from_json(stored["genotype"]),
        tuple(stored["classes"]),
        config["channels"],
        config["layers"],
        config["stem"],
        tuple(stored["picture"]),
        tuple(stored["mean"]),
        tuple(stored["std"]),
    )
    return TrainedNetwork(Classifier(description, stored["net"]), stored["step"], stored["steps"])


def export(run: str | Path, out: str | Path) -> TrainedNetwork:
    """Write `network.pt2` and `network.safetensors` of a training run's last checkpoint.

    Args:
        run: the folder of the training run.
        out: the folder for the two files; other files in it are left alone.
    Returns:
        What was written.
    Raises:
        UserError: see `read_run`; files of these names that are there already; a folder that cannot be written.
    """
    out = Path(out)
    require(not os.path.exists(out) or out.is_dir(), f"{out} is a file; name a folder with --out.")
    for name in (PROGRAM, WEIGHTS):
        require(
            not os.path.exists(out / name),
            f"{out / name} already exists, and export overwrites nothing; remove it or name another folder with --out.",
        )
    trained = read_run(run)
    program = program_of(trained.classifier)
    save_weights(trained.classifier, out / WEIGHTS)
    write_atomically(out / PROGRAM, lambda file: file.write(program))
    return trained


def save_weights(classifier: Classifier, path: Path) -> None:
    """Write weights and description as a safetensors file, atomically."""
    tensors = classifier.network.state_dict()
    written = safetensors.torch.save(tensors, classifier.description.to_metadata())
    write_atomically(path, lambda file: file.write(written))


def program_of(classifier: Classifier) -> bytes:
    """The network as a program of torch's own operations, the bytes of a .pt2 file.

    torch notes for every operation the line of source it came from, with the path on this machine; that is left out.
    """
    from torch.export import Dim, export, save  # takes seconds to load

    pictures = torch.zeros(2, *classifier.description.picture, dtype=torch.uint8)  # one picture would fix B to 1
    batch = Dim("batch", max=2**31 - 1)  # torch 2.7 refuses a B without a largest value
    with torch.no_grad():
        program = export(classifier, (pictures,), dynamic_shapes={"pictures": {0: batch}}, strict=False)
    for node in program.graph.nodes:
        node.meta.pop("stack_trace", None)
    buffer = io.BytesIO()
    save(program, buffer)
    return buffer.getvalue()


def load_network(path: str | Path) -> Classifier:
    """Build the network that a `network.safetensors` holds.

    Args:
        path: the file.
    Returns:
        A `Classifier`, on the processor and in evaluation mode; its `network` is the `Network`.
    Raises:
        UserError: no such file, a damaged or foreign one, one of another version, weights that do not fit.
    """
    path = Path(path)
    advice = f"name a {WEIGHTS} that `dartslab export` wrote"
    require(os.path.isfile(path), f"{path} is not a file; {advice}.")
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
        weights = safetensors.torch.load_file(path)
    except (OSError, SafetensorError) as error:
        raise UserError(f"{path} is not a complete safetensors file ({error}); export the network again.") from error
    require(
        metadata.get("format") == FORMAT,
        f"{path} is a safetensors file that dartslab did not write (its metadata do not say {FORMAT!r}); {advice}.",
    )
    require(
        metadata.get("version") == VERSION,
        f"{path} is of version {metadata.get('version')!r}, this dartslab reads {VERSION!r}; load it with the dartslab "
        "that wrote it.",
    )
    try:
        return Classifier(Description.from_metadata(metadata), weights)
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        changed = "it was changed after it was written. Export the network again"
        if isinstance(error, RuntimeError):  # torch's, of many lines: names and shapes that do not fit
            raise UserError(f"{path} holds weights of another network than it describes; {changed}.") from error
        raise UserError(f"{path} describes a network that cannot be built ({error}); {changed}.") from error
