"""naswot: an untrained network is good if it tells pictures apart by which of its units are active.

for each ReLU:  c[i, u] = 1 if unit u is active for picture i, else 0
K[i, j] = number of units, over all ReLUs, on which pictures i and j agree = sum (c c^T + (1 - c)(1 - c)^T)
score = log |det K|

One batch of N pictures, in training mode. (Mellor, Turner, Storkey, Crowley 2021, Neural Architecture Search without
Training, eq. 2.) Two pictures that no unit tells apart give two equal rows of K: log 0 = -inf.
"""

from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from ...genotype import Genotype
from .ranking import Data, Ranking, one_by_one


class Agreement(TorchDispatchMode):
    """Adds to K [N, N] at every ReLU that is computed, whether it is a module or a function."""

    def __init__(self, pictures: int, device: torch.device) -> None:
        super().__init__()
        self.kernel = torch.zeros(pictures, pictures, dtype=torch.float64, device=device)

    def __torch_dispatch__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Compute as ever; of a ReLU, look at what is active."""
        result = function(*args, **(kwargs or {}))
        if function is torch.ops.aten.relu.default:
            active = (result > 0).flatten(1).double()  # [N, U]
            self.kernel += active @ active.T + (1 - active) @ (1 - active).T
        return result


def log_determinant(kernel: Tensor) -> float:
    """log |det K| of a symmetric K [N, N] without negative eigenvalues; -inf where it is singular up to rounding."""
    values = torch.linalg.eigvalsh(kernel)  # ascending
    smallest = len(values) * torch.finfo(kernel.dtype).eps * values[-1]
    return float(values.log().sum()) if values[0] > smallest else -torch.inf


def naswot(cell: Genotype, data: Data) -> float:
    """The score of a cell; one forward pass."""
    network = data.network(cell).train()
    with torch.no_grad(), Agreement(len(data.images), data.images.device) as agreement:
        network(data.images)
    return log_determinant(agreement.kernel)


PAPER = "Mellor, Turner, Storkey, Crowley 2021, Neural Architecture Search without Training"
RANKING = Ranking("naswot", PAPER, one_by_one(naswot), passes=(1, 0))
