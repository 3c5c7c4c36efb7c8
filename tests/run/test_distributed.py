"""Data parallel searching on two processes that talk over gloo: the same numbers as one process, or one sentence."""

import os
import signal
import socket
import subprocess
import sys
import time
import weakref
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

import tiny
from dartslab import Record, SearchState, search
from dartslab.architect import HYPERGRADIENTS, first_order
from dartslab.base.messages import UserError
from dartslab.bilevel import Bilevel, VirtualStep, own_gradients, toy_problem, toy_start
from dartslab.data.batches import Batch
from dartslab.run.distributed import (
    any_process_says,
    check_equal,
    join,
    leave,
    mean,
    mean_gradients,
    rank,
    ranks,
    run_collective,
)
from dartslab.run.errors import RankError
from dartslab.run.problem import bilevel_problem

PICTURES = 9  # an odd number: the shares of two processes differ


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def pair(task: str, *words: object, kill: bool = False) -> list[subprocess.CompletedProcess[str]]:
    """Run a function of this file in two processes that meet as torchrun's do; with `kill` one may die."""
    here = {"WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(free_port())}
    here["PYTHONPATH"] = os.pathsep.join([str(Path(tiny.__file__).parent), os.environ.get("PYTHONPATH", "")])
    arguments = [sys.executable, __file__, task, *map(str, words)]
    started = [
        subprocess.Popen(
            arguments,
            env=os.environ | here | {"RANK": str(number), "LOCAL_RANK": str(number)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for number in range(2)
    ]
    done = []
    for process in started:
        out, err = process.communicate(timeout=300)
        done.append(subprocess.CompletedProcess(arguments, process.returncode, out, err))
    if not kill:
        assert [one.returncode for one in done] == [0, 0], done[0].stderr + done[1].stderr
    return done


def mixture() -> tuple[Bilevel, dict[str, Tensor], dict[str, Tensor], Batch, Batch]:
    """A smooth problem in float64 without batch statistics, one step in."""
    random = torch.Generator().manual_seed(0)

    def normal(*shape: int) -> Tensor:
        return torch.randn(shape, generator=random, dtype=torch.float64)

    w: dict[str, Tensor] = {"a": normal(6, 6), "b": normal(6, 6), "head": normal(6, 4)}
    alpha: dict[str, Tensor] = {"alpha": normal(2)}

    def loss(w: Any, alpha: Any, batch: Batch) -> Tensor:
        shares = torch.softmax(alpha["alpha"], 0)
        x = shares[0] * torch.tanh(batch.images @ w["a"]) + shares[1] * F.softplus(batch.images @ w["b"])
        return batch.share * F.cross_entropy(x @ w["head"], batch.labels)

    train, val = (Batch(normal(PICTURES, 6), torch.arange(PICTURES) % 4) for _ in range(2))
    step = VirtualStep(0.3, 0.9, 0.02, {name: 0.1 * normal(*value.shape) for name, value in w.items()})
    return Bilevel(loss, loss, step), w, alpha, train, val


def share(batch: Batch, number: int, of: int) -> Batch:
    labels = batch.labels[number::of]
    return Batch(batch.images[number::of], labels, len(labels) * of / len(batch.labels))


def hypergradients() -> None:
    problem, w, alpha, train, val = mixture()
    toy, (toy_w, toy_alpha) = toy_problem(VirtualStep(0.3)), toy_start()
    joined = {name: hypergradient(problem, w, alpha, train, val) for name, hypergradient in HYPERGRADIENTS.items()}
    toys = {name: hypergradient(toy, toy_w, toy_alpha, None, None) for name, hypergradient in HYPERGRADIENTS.items()}
    join()
    shares = [share(batch, rank(), ranks()) for batch in (train, val)]
    assert len(shares[0].labels) == (5, 4)[rank()]
    for name, hypergradient in HYPERGRADIENTS.items():
        found = hypergradient(replace(problem, average=mean_gradients), w, alpha, *shares)["alpha"]
        own = hypergradient(problem, w, alpha, *shares)["alpha"]
        assert (found - joined[name]["alpha"]).abs().max() < 1e-10, name
        assert (own - joined[name]["alpha"]).abs().max() > 1e-3, name  # without averaging it is another
        same = hypergradient(replace(toy, average=mean_gradients), toy_w, toy_alpha, None, None)["a"]
        assert abs(same - toys[name]["a"]) < 1e-10, name
        check_equal({"found": found}, 0)
    leave()


def means(port: str, quiet: str) -> None:
    join()
    mine = [torch.full((2, 3), float(rank())), torch.arange(4.0).expand(2, 4) * (1 + 2 * rank())]
    ones, rising = mean(mine)
    assert torch.equal(ones, torch.full((2, 3), 0.5))
    assert torch.equal(rising, 2 * torch.arange(4.0).expand(2, 4))
    assert mine[0].mean() == rank()
    assert any_process_says(rank() == 1)
    assert not any_process_says(False)
    leave()
    os.environ["MASTER_PORT"] = port  # they meet again, and the second falls silent
    join(timedelta(seconds=2))
    if rank() == 0:
        with pytest.raises(RankError, match=r"ended or did not answer \(.*\); the run stopped"):
            mean(mine)
        Path(quiet).touch()
    while not Path(quiet).exists():
        time.sleep(0.05)
    os._exit(0)


def small_search(folder: str) -> None:
    join()
    state = SearchState.create(tiny.search_config(steps=4, validate_every=2, batch_size=15), tiny.pictures())
    assert len(state.train(0).labels) == (8, 7)[rank()]
    events = list(search(state))  # compares the checksums after every step
    torch.save({"learned": state.parameters(), "losses": [e.train_loss for e in events]}, f"{folder}/{rank()}.pt")
    state.arch.alpha["normal"].view(-1)[0] += rank() * 1e-7
    with pytest.raises(RuntimeError, match=r"after step 4 the 2 processes no longer hold .* \(1 of .* alpha.normal\)"):
        check_equal(state.parameters(), state.step)
    leave()
    assert threads_of("gloo") == []  # one that outlives this line can abort the process while Python shuts down


def threads_of(name: str) -> list[str]:
    """The threads of this process with this word in their names; none where the system does not list them."""
    names = [task.read_text() for task in Path("/proc/self/task").glob("*/comm")]
    return [found for found in names if name in found]


def command(*words: str) -> None:
    from dartslab.cli.main import main

    main(list(words))


def test_the_mean_of_tensors_and_a_stop_asked_of_one_and_one_that_hangs(tmp_path: Path) -> None:
    pair("means", free_port(), tmp_path / "quiet")


def test_each_hypergradient_is_that_of_the_joined_batch() -> None:
    pair("hypergradients")


def test_two_processes_stay_bit_equal_and_a_difference_is_named(tmp_path: Path) -> None:
    pair("small_search", tmp_path)
    one, other = (torch.load(tmp_path / f"{number}.pt") for number in range(2))
    assert one["losses"] == other["losses"]
    assert all(torch.equal(tensor, other["learned"][name]) for name, tensor in one["learned"].items())


def test_what_was_exchanged_is_kept_until_the_processes_part() -> None:
    seen: list[weakref.ref[Tensor]] = []
    run_collective(lambda tensor: seen.append(weakref.ref(tensor)), torch.zeros(1))
    assert seen[0]() is not None
    leave()
    assert seen[0]() is None


def test_batch_statistics_of_a_share_make_another_gradient_than_those_of_the_joined_batch() -> None:
    state = SearchState.create(tiny.search_config(), tiny.pictures())
    problem = replace(bilevel_problem(state.net, state.arch, state.relaxation, VirtualStep(0.1)), average=own_gradients)

    def gradient(batch: Batch) -> Tensor:
        found = first_order(problem, dict(state.net.named_parameters()), state.arch.parameters(), None, batch)
        return torch.cat([table.flatten() for table in found.values()])

    batch = state.val(0)
    joined = gradient(batch)
    mean_of_shares = (gradient(share(batch, 0, 2)) + gradient(share(batch, 1, 2))) / 2
    assert (mean_of_shares - joined).norm() / joined.norm() > 0.01  # see docs/decisions.md, decision 22


SPACE = "--nodes 1 --channels 2 --layers 3 --operations none max_pool_3x3 skip_connect"
SMALL = f"--data fashion-mini --image-size 8 {SPACE} --epochs 1 --device cpu".split()


@pytest.mark.long
def test_the_command_line_under_torchrun_records_once(tmp_path: Path) -> None:
    out = tmp_path / "run"
    words = ["--standalone", "--nproc-per-node", "2"]
    words += ["-m", "dartslab", "search", "--out", str(out), *SMALL, "--steps", "5"]
    done = subprocess.run(
        [sys.executable, "-m", "torch.distributed.run", *words], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("recorded in") == 1
    assert len(Record.load(out)) == 5
    assert SearchState.load(out / "checkpoint.pt").step == 5


@pytest.mark.long
@pytest.mark.parametrize("killed", [1, 0])
def test_a_killed_process_ends_the_other_with_one_sentence_and_a_checkpoint(tmp_path: Path, killed: int) -> None:
    out = tmp_path / "run"
    words = ["search", "--out", str(out), *SMALL, "--checkpoint-every", "1"]
    done = pair("killing", killed, *words, kill=True)
    assert done[killed].returncode == -signal.SIGKILL
    left = done[1 - killed]
    assert left.returncode == 1
    assert left.stderr.startswith("dartslab: another process of this search ended or did not answer (")
    assert left.stderr.endswith("Start all processes again and continue with --resume.\n")
    assert left.stderr.count("\n") == 1
    step = SearchState.load(out / "checkpoint.pt").step
    assert 3 <= step <= len(Record.load(out)) <= step + 1
    if killed == 0:
        return  # to start again takes the same way
    resumed = pair("command", "search", "--out", out, "--resume", *SMALL, "--steps", step + 2)
    assert f"resuming {out} at step {step} of {step + 2}" in resumed[0].stdout
    assert resumed[1].stdout == ""


def killing(killed: str, *words: str) -> None:
    """The command, in a process that kills itself in the middle of its fourth step if it is the one to be killed.

    The other ends in order: with no thread left that exchanges tensors.
    """
    room: Any = sys.modules["dartslab.run.search"]
    step = room.weight_step

    def deadly(state: SearchState, *others: Any) -> Any:
        if state.step == 3 and rank() == int(killed):
            time.sleep(0.2)
            os.kill(os.getpid(), signal.SIGKILL)
        return step(state, *others)

    room.weight_step = deadly
    try:
        command(*words)
    finally:
        assert threads_of("gloo") == []


def test_a_batch_smaller_than_the_processes_is_refused() -> None:
    state = SearchState.create(tiny.search_config(), tiny.pictures())
    part = state.train.part
    with pytest.raises(UserError, match="has 2 of the 50 training pictures, and each of the 4 processes"):
        type(state.train)(part, state.train.normalize, 16, 0, "training", ranks=4)


def test_training_a_derived_network_under_torchrun_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORLD_SIZE", "2")
    with pytest.raises(SystemExit, match="`train` runs in one process, but torchrun started several"):
        command("train", "--genotype", "DARTS_V2", "--data", "fashion-mini")


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
