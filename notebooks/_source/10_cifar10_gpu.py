# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 10 · The whole experiment, on a GPU or smaller
#
# **What does it take to find a cell on CIFAR-10, to choose among several, to train the best from scratch, and to say
# honestly how good it is?**
#
# After this notebook you will be able to
#
# - read a forecast of the published experiment, with the time and the memory it takes on *your* machine,
# - start it as a process of its own, close this page, come back, stop it and go on with it,
# - read its report: the cell, the cost, and a test accuracy that stands beside random cells and a published one,
# - say which comparison a small run allows, and which it does not.
#
# *30 minutes in class, three quarters of an hour alone. On a processor the small run takes a minute or two of them.
# The published one takes days on a GPU, and section 2 says how many. Prerequisites: lessons 05 and 06.*

# %% name="setup" tags=["collapsed"]
# set-up
import json
import math
from pathlib import Path
from tempfile import mkdtemp

import numpy as np
import torch
from IPython.display import Markdown

from dartslab.experiment.config import Experiment, Size
from dartslab.draw.picture import show
from dartslab.teach import check, mine, predict, progress_board, quiz, reveal, start, steps
from dartslab.teach.lesson import fast

start("10")

# %% [markdown]
# ## 1 · Which machine is this?

# %% name="machine" tags=["collapsed"]
# look at this machine
from dartslab.cli.doctor import examine

for finding in examine():
    print(f"{'!!' if finding.fix else 'ok'} {finding.what}: {finding.found}")
    if finding.fix:
        print(f"      {finding.fix}")

# %% [markdown]
# The experiment has one configuration, and its default is the published one: 4 searches of 50 epochs with 16 channels and
# 8 cells, a short training of each found cell to choose the best, and 10 trainings of that one from scratch, 600 epochs
# with 36 channels and 20 cells.
#
# Where there is a GPU, this notebook runs exactly that. Where there is none it runs **the same code at a size that shows
# only that it works**: two nodes instead of four, grey pictures of 16 x 16 pixels, a few hundred steps. The next cell says
# which of the two you are looking at.

# %% name="choose" tags=["collapsed"]
# choose the published experiment or a small one
from dartslab.run.device import choose_device

gpu = choose_device("auto").type == "cuda"
if gpu:
    experiment = Experiment(order="second", seeds=4)
    out = Path("runs") / "c10"
    print("A GPU is here: what follows is the published experiment on CIFAR-10.")
else:
    sizes = {
        "search": Size(4, 3, 1, 64, steps(40)),
        "choice": Size(4, 3, 1, 64, steps(40)),
        "evaluation": Size(8, 3, 2, 64, steps(150)),
    }
    experiment = Experiment.tiny(data="fashion-mini", checkpoint_every=10, evaluations=1, random_cells=1, **sizes)
    out = Path(mkdtemp()) if fast() else Path("runs") / "small"
    print("No GPU is here: what follows is a small run of the same code on fashion-mini, which shows that")
    print("it works and finds nothing worth publishing. Section 5 shows a larger one, recorded on CIFAR-10.")

# %% [markdown]
# The same from a terminal, on this machine or on another:

# %% name="command"
from dartslab.experiment.background import command

print(command(experiment, "runs/c10" if gpu else "runs/small"))

# %% [markdown]
# ## 2 · What will it take?
#
# Nobody should begin something that takes days without knowing that it takes days. The forecast makes a few real steps of
# every kind on this machine and multiplies,
#
# $$\text{time} = \text{steps} \cdot t_{\text{step}} + \text{looks} \cdot t_{\text{look}}, \tag{10.1}$$
#
# where a *look* is a batch that is only evaluated. There is no constant in it from another machine. The memory is counted
# before the first step, by following the same code with tensors that have shapes and no numbers; a run that would not fit
# is refused in a sentence that says what to lower.

# %% name="p1" tags=["predict"]
predict("10.p1")

# %% name="cost"
from dartslab.experiment import forecast as forecasts

print(forecasts.forecast(experiment, out))

# %% [markdown]
# Two numbers decide most of the published cost: the evaluations (10 of the found cell and 10 of the published one, to know
# the spread) and the random cells beside them. Both may be begun small and raised later in the same folder. In the
# published table the *search* takes 4 GPU-days (as reported in Liu et al. 2019, four runs together), and the evaluation
# is not counted.
#
# ### Exercise: the forecast of a search
#
# Equation 10.1 for one search. `pictures` is the number of training pictures (an even one); weights learn from one half
# of them, in batches of which the last of an epoch may be smaller, and after every epoch the search looks at the other
# half once.

# %% name="forecast" tags=["exercise"] minutes=5 points=1 difficulty=1
def forecast(pictures: int, batch_size: int, epochs: int, t_step: float, t_look: float) -> float:
    """(10.1): seconds of a step and of a look -> hours of a whole search."""
    # SOLUTION 10.forecast


# %% name="forecast-check" tags=["check"]
check("10.forecast", forecast)
days = mine("10.forecast")(50_000, 64, 50, 1.0, 0.3) / 24
print(f"the published search, with 1 s for a step and 0.3 s for a look: {days:.1f} days")

# %% [markdown]
# ## 3 · Start it, leave it, come back
#
# `start` begins a process of its own. It needs neither this page nor this kernel: close the browser, restart the kernel,
# log out. What it computes is written into its folder after every epoch, and the panel only reads that folder.

# %% name="start"
from dartslab.widgets import ExperimentPanel

panel = ExperimentPanel(out, experiment)
panel.start()
panel

# %% [markdown]
# Try it while it runs: press **stop**. It finishes its step, saves, and ends. Press **start**: it goes on from there, and
# what comes out is, bit for bit, what an uninterrupted run gives on the same processor (`tests/kills.py` kills it
# at twenty random moments and compares). If you ran all cells at once, a cell below already waits for the end of the
# small run; the buttons work all the same. A stop ends that wait too, so run the cells below again once the run is
# finished. Then restart the kernel and run this cell alone:

# %% name="again"
from pathlib import Path

from dartslab.widgets import ExperimentPanel

runs = Path("runs") / "c10", Path("runs") / "small"
begun = [folder for folder in runs if folder.is_dir()]
again = ExperimentPanel(out if "out" in globals() else (*begun, *runs)[0])
print(again.text)

# %% [markdown]
# If you restarted the kernel, now run all cells above again: what is done is not done twice.
#
# On a processor this notebook now waits for the small run. On a GPU it does not; come back when the panel says *finished*.

# %% name="wait"
if not gpu:
    await panel.done()
print(panel.text)

# %% name="p1-measured"
from dartslab.experiment.report import read_report, to_markdown

report = read_report(out)
if report:
    cost = report["cost"]
    parts = [cost["search"], cost["choice"], sum(cost.values()) - cost["search"] - cost["choice"]]
    print("hours of searches, choice and trainings from scratch:", ", ".join(f"{hours:.4f}" for hours in parts))
    reveal("10.p1", parts.index(max(parts)))

# %% [markdown]
# ## 4 · The report card
#
# A report has three parts that are easily confused, so dartslab keeps them apart:
#
# - the **choice** among the searches, by accuracy on the half of the training set that alpha learned from. It chooses, so it
#   is no result;
# - the **test accuracy** of the chosen cell, trained from scratch, once for each seed, looked at once at the very end;
# - the **baselines** at the same size and with the same training: random cells, and a published one.
#
# ### Exercise: what may be reported
#
# There are S searches. Of each you have one accuracy on the validation half, `choice` [S], and the test accuracies of
# its cell in R trainings, `tests` [S, R]. Choose a search, and say what may be reported: its number, the mean of its
# test accuracies, and how far single trainings scatter, which is their standard deviation. Divide the sum of squares by
# R - 1, as the report does, or by R: both are right here.

# %% name="result" tags=["exercise"] minutes=6 points=2 difficulty=2
def result(choice: np.ndarray, tests: np.ndarray) -> tuple[int, float, float]:
    """The chosen search, mean and standard deviation of its test accuracies."""
    # SOLUTION 10.result


# %% name="result-check" tags=["check"]
check("10.result", result)
rng = np.random.default_rng(0)  # 2,000 times four searches whose cells are equally good: 0.70, give or take 0.02
drawn = [(rng.normal(0.7, 0.02, 4), rng.normal(0.7, 0.02, (4, 3))) for _ in range(2_000)]
report_of = mine("10.result")
honest = np.mean([report_of(choice, tests)[1] for choice, tests in drawn])
by_test = np.mean([tests.mean(axis=1).max() for _, tests in drawn])
print(f"mean of what is reported: chosen by validation {honest:.3f}, chosen by the test set {by_test:.3f}")

# %% name="report"
text = to_markdown(report) if report else "It is not finished yet; run this cell again later."
Markdown(text.replace("# ", "### "))

# %% [markdown]
# ## 5 · A recorded run on CIFAR-10
#
# The next cells show **a recording**, whatever machine you have: 3 searches of first order on 10,000 real CIFAR-10 pictures,
# 8 epochs each, reduced until one processor core could do everything in an afternoon. `docs/using.md` names the command
# that made it, and the report at the end of this section says in which ways it differs from the published experiment. The
# searches differ in nothing but their seed: the order of the pictures and the first weights. The recording keeps every
# 8th step.

# %% name="p2" tags=["predict"]
predict("10.p2")

# %% name="recorded"
from dartslab.experiment.folder import recorded_experiment
from dartslab.widgets import Replay

kept = recorded_experiment("cifar10_reduced")
Replay(kept / "search-0", kept / "search-1")

# %% [markdown]
# Scrub through both at once. Which edges agree, and from which step on?

# %% name="p2-measured"
from dartslab.genotype import Genotype

found = read_report(kept)
cells = [Genotype.from_json(json.dumps(seed["genotype"])).normal for seed in found["seeds"]]
common = set.intersection(*({tuple(connection) for connection in cell.connections} for cell in cells))
edges = set.intersection(*({tuple(connection)[:2] for connection in cell.connections} for cell in cells))
print(f"of 8 connections, {len(common)} are in all three cells; of 8 edges, whatever stands on them, {len(edges)}")
reveal("10.p2", 0 if len(common) < 2 else 1 if len(common) < 6 else 2)

# %% name="recorded-cell"
from dartslab.draw.words import describe_genotype
from dartslab.draw.cells import draw_genotype

genotype = Genotype.from_json(json.dumps(found["genotype"]))
show(draw_genotype(genotype), f"The chosen cells of the recorded run. {describe_genotype(genotype)}")

# %% name="p3" tags=["predict"]
predict("10.p3")

# %% name="recorded-accuracy"
from dartslab.draw.words import describe_dots
from dartslab.draw.figures import accuracy_dots
from dartslab.experiment.report import accuracy_groups

groups = accuracy_groups(found)
means = [found["test_accuracy"][group]["mean"] for group in ("chosen", "random", "DARTS_V2")]
reveal("10.p3", int(np.argmax(means)))
show(accuracy_dots(groups), describe_dots(groups))

# %% name="recorded-report"
Markdown(to_markdown(found).replace("# ", "### "))

# %% [markdown]
# Before you believe the picture, look at the column *parameters*: "the same size" means the same number of channels and of
# cells. The cells themselves differ, and a cell of convolutions has several times the parameters of one of skip
# connections. A network that is trained so briefly is above all one that learns quickly: where the published cell
# stands here says something about these steps, and nothing about the 600 epochs that it was found for.
#
# ### Exercise: random cells of the same size
#
# A fairer comparison takes only the random cells with about as many `parameters` [N] as the found cell has. It has
# `found` of them, and the two numbers may differ by at most `within` times `found`. What is the mean of the `accuracies`
# [N] of these random cells? Where there is no such cell, there is no such number: return `None`.

# %% name="same-size" tags=["exercise"] minutes=6 points=2 difficulty=2
def same_size(found: int, parameters: np.ndarray, accuracies: np.ndarray, within: float) -> float | None:
    """Mean accuracy of the random cells of about the same size, or None."""
    # SOLUTION 10.same_size


# %% name="same-size-check" tags=["check"]
check("10.same_size", same_size)
size, sizes = found["parameters"]["chosen"][0], np.array(found["parameters"]["random"])
accuracies = np.array(found["test_accuracy"]["random"]["values"])
mean_of = mine("10.same_size")
for within in (0.1, 0.25, 0.5):
    mean = mean_of(size, sizes, accuracies, within)
    print(f"random cells within {within:.0%} of {size:,} parameters:", "none" if mean is None else f"{mean:.2%}")

# %% [markdown]
# Four questions for the picture of the dots, and for every table of a paper:
#
# 1. Is the distance between the groups larger than their spread? With how many trainings was the spread measured?
# 2. Is the baseline at the same size, trained in the same way? (Random cells of this space are strong: 3.29 % test error
#    against 2.76 %, as reported in Liu et al. 2019.)
# 3. Was the test set looked at before the end, by anybody, for any choice?
# 4. How long was everything trained, and would the order be the same later?
#
# ## 6 · From there to other data
#
# The cell that was found on CIFAR-10 is moved to other data: the same cell, another stem, other sizes. These are the networks
# of the publication; parameters are counted with and without the auxiliary head, and multiply-adds are those of
# convolutions and linear layers in one forward pass of one picture.

# %% name="transfer" tags=["collapsed"]
# build the networks of the publication and count
from dartslab import PUBLISHED
from dartslab.network import Network, count_multiply_adds
from dartslab.supernet import count_parameters

networks = {
    "CIFAR-10, 36 channels, 20 cells": ({"channels": 36, "layers": 20, "classes": 10}, (3, 32, 32)),
    "CIFAR-100, 36 channels, 20 cells": ({"channels": 36, "layers": 20, "classes": 100}, (3, 32, 32)),
    "ImageNet, 48 channels, 14 cells": (
        {"channels": 48, "layers": 14, "classes": 1000, "stem": "imagenet"},
        (3, 224, 224),
    ),
}
for name, (size, shape) in networks.items():
    with torch.device("meta"):
        net = Network(PUBLISHED["DARTS_V2"], **size)
    head, whole = count_parameters(net.auxiliary), count_parameters(net)
    multiply_adds = count_multiply_adds(net, shape)
    print(f"{name}: {whole - head:,} parameters, with the head {whole:,}; {multiply_adds:,} multiply-adds")

# %% [markdown]
# ## Quiz

# %% name="q1" tags=["quiz"]
quiz("10.q1")

# %% name="q2" tags=["quiz"]
quiz("10.q2")

# %% name="q3" tags=["quiz"]
quiz("10.q3")

# %% [markdown]
# ## Summary
#
# - The experiment is a list of runs, each in a folder of its own; what is finished is never done twice.
# - Time and memory are measured here and now, before it starts.
# - The run outlives the notebook; stop, kill and full disk cost at most what came after the last checkpoint.
# - The choice is made on validation data, and the test set is looked at once.
# - Random cells are a fair comparison where they are as large and trained as long.
# - A small run shows that the code works. Only the published size may stand beside published numbers.
#
# **Reading.** Liu, Simonyan, Yang 2019, *DARTS: Differentiable Architecture Search*, section 3; Li, Talwalkar 2019, *Random
# Search and Reproducibility for Neural Architecture Search*; `docs/gpu.md` for several GPUs, several machines, and what
# was verified on which hardware.

# %% name="progress"
progress_board("10")
