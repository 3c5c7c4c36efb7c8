"""Where a genotype comes from: a run folder, a file, a text, or the list of published cells. Nothing from torch."""

import os
from pathlib import Path

from ..base.files import read_text
from ..base.messages import UserError, look_up, require
from ..genotype import PUBLISHED, Genotype
from .record import GENOTYPE


def read_genotype(name: str) -> Genotype:
    """A genotype from a run folder, a file, a text, or the list of published cells.

    Args:
        name: of a folder, a file, a published cell; or the text itself, see `Genotype.from_text`.
    Raises:
        UserError: none of these, or a genotype that is not valid.
    """
    if ("(" in name or "{" in name) and not os.path.exists(name):
        return Genotype.from_text(name)
    path = Path(name)
    if os.path.isdir(path):
        path = path / GENOTYPE
        require(
            path.is_file(),
            f"{name} holds no {GENOTYPE}; name the folder of a search that has made a step, or of a training (an early "
            "one gets the file by `train --resume`).",
        )
    if os.path.isfile(path):
        try:
            return Genotype.from_text(read_text(path))
        except UnicodeDecodeError as error:
            raise UserError(f"{path} is not a text file ({error}); name a genotype written as JSON.") from error
    return look_up("genotype (neither a run folder, nor a file, nor a published cell)", name, PUBLISHED)
