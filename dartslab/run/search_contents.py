"""What a checkpoint of a search holds: taken from a state, and put back into one."""

from typing import TYPE_CHECKING, Any

from ..base.numerics import match_formats
from ..fast.stacked import from_reference, to_reference
from ..relaxation import Arch
from .distributed import broadcast_
from .method_steps import Measurement

if TYPE_CHECKING:
    from .search_state import SearchState


def search_contents(state: "SearchState") -> dict[str, Any]:
    """The complete state without the data; tensors are shared, not copied."""
    return {
        "step": state.step,
        "seconds": state.seconds,
        "last_loss": state.last_loss,
        "net": state.net.state_dict(),
        "arch": state.arch.state_dict(),
        "momentum": to_reference(state.net, state.momentum()),
        "alpha_optimizer": state.alpha_optimizer.state_dict(),
        "choices": list(state.choices),
        "measurements": [tuple(done) for done in state.measurements],
        "taken": state.taken,
    }


def restore_search(state: "SearchState", contents: dict[str, Any]) -> None:
    """Put back what `search_contents` returned; the configuration stays as it is."""
    state.net.load_state_dict(contents["net"])
    arch = Arch(**contents["arch"])
    for name, tensor in arch.parameters().items():
        state.arch.parameters()[name].copy_(tensor)
    state.arch.mask.clear()
    state.arch.mask.update({kind: mask.to(state.device) for kind, mask in arch.mask.items()})
    state.optimizer.state.clear()
    if contents["momentum"]:
        buffers = from_reference(state.net, contents["momentum"])
        for name, parameter in state.net.named_parameters():
            state.optimizer.state[parameter]["momentum_buffer"] = buffers[name].to(parameter)
        match_formats(state.optimizer)
    state.alpha_optimizer.load_state_dict(contents["alpha_optimizer"])
    state.choices = list(contents.get("choices", ()))  # version 1 has none of these three
    state.measurements = [Measurement(*done) for done in contents.get("measurements", ())]
    state.taken = contents.get("taken")
    state.unread.clear()
    state.step, state.seconds, state.last_loss = contents["step"], contents["seconds"], contents["last_loss"]
    broadcast_([*state.parameters().values(), *state.momentum().values()])
