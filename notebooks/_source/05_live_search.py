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
# # 05 · Live search
#
# **When does a search make up its mind, and can you change it?**
#
# After this notebook you will be able to
#
# - run a search step by step, pause it, go on, and read entropy and margin: how decided every edge is,
# - put the halves of a step in order, and give each its own pictures,
# - interfere while it runs, and say what the interference did and what it did not,
# - say what a second-order step costs, and what would have to be compared before it is called better.
#
# *40 minutes in class, 40 alone. Prerequisite: lesson 00; lesson 02 helps. Everything runs on a processor with two
# cores; the searches take about a minute altogether.*

# %% name="setup" tags=["collapsed"]
# set-up
import numpy as np

from dartslab import SearchConfig, SearchState, search
from dartslab.teach import check, hint, mine, predict, progress_board, quiz, reveal, solution, start, steps
from dartslab.widgets import Replay, SearchPanel

start("05")

# %% [markdown]
# ## 1 · One step at a time
#
# Below you will see a search that has not begun: two nodes, eight operations, pictures of `fashion-mini`. Each table is
# one kind of cell: a row is an edge, a column an operation, the number its **mixing weight** at temperature $T$,
#
# $$p_o = \frac{e^{\alpha_o / T}}{\sum_{o'} e^{\alpha_{o'} / T}}, \qquad T = 1 \text{ for now.} \tag{05.1}$$
#
# ✓ marks what would be kept if the search ended now. To the right of every row stand
#
# $$\text{entropy} = -\sum_o p_o \log p_o \quad\text{in nats, } \log 8 = 2.08 \text{ when all eight are equal,} \tag{05.2}$$
#
# and the **margin**: the largest weight minus the second largest, `none` left aside (05.3). A small margin means that the
# next steps may still turn the choice round. (05.1) and (05.2) are `softmax` and `entropy` in `dartslab.derive`.
#
# In one step $\alpha$ moves by Adam, here with a learning rate of 0.05. Predict first. Then run the cell with the panel,
# which returns at once: the search runs beside the notebook, in a thread, and its buttons answer while it does. Click
# **step** once and look at the weights. (Keyboard: Tab to a button, then Enter.) The cell below the panel makes the same
# step in a search of its own and measures it, so it does not matter what else you press.

# %% name="p1" tags=["predict"]
predict("05.p1")

# %% name="panel" tags=["widget"]
config = SearchConfig.lesson(steps=steps(60), batch_size=32)
panel = SearchPanel(config)
panel

# %% name="one-step"
first = SearchState.create(config)
before = first.weights()["normal"].numpy()
next(search(first))
moved = np.abs(first.weights()["normal"].numpy() - before)
mean, largest = moved.mean(), moved.max()
print(f"step {first.step}: the mean change of a weight is {mean:.4f}, the largest {largest:.4f}")
reveal("05.p1", int(np.abs(np.log(np.array([0.0005, 0.005, 0.05]) / moved.mean())).argmin()))

# %% [markdown]
# The first steps say little about *how much* better an operation is, and it takes some tens of them to make up a mind.
#
# ### Exercise: the margin
#
# Given the eight $\alpha$ of one edge, at $T = 1$, and the names of the operations, return the margin (05.3).
# (`hint("05.margin")` and `solution("05.margin")` help, here and in every exercise.)

# %% name="margin" tags=["exercise"] minutes=5 points=2 difficulty=2
def margin(alpha: np.ndarray, operations: tuple[str, ...]) -> float:
    """Largest minus second largest mixing weight of an edge, `none` left aside; alpha is [O]."""
    # SOLUTION 05.margin


# %% name="margin-check" tags=["check"]
check("05.margin", margin)

# %% [markdown]
# ## 2 · Inside a step
#
# Two things learn, and each looks at pictures of its own. With $\xi$ the learning rate of $w$, one step of a first-order
# search is
#
# $$\alpha \leftarrow \alpha - \mathrm{Adam}\big[\nabla_\alpha L_{\mathrm{val}}(w, \alpha)\big] \qquad
#   \text{then} \qquad
#   w \leftarrow w - \xi\, \mathrm{SGD}\big[\nabla_w L_{\mathrm{train}}(w, \alpha)\big]. \tag{05.4}$$
#
# Mind the *then*: the weight step already uses the new $\alpha$. Some summaries of the paper say that both steps start
# from the previous $\alpha$ and $w$; its algorithm 1, the published code and dartslab give the weight step the new one.
#
# The two arrows are `alpha_step` and `weight_step` in `dartslab.run.search`. We shall call them one at a time.

# %% name="p2" tags=["predict"]
predict("05.p2")

# %% name="who-moves" tags=["collapsed"]
# one step of alpha, one step of w: who moves?
from dartslab.run.search import alpha_step, weight_step


def snapshot(state):
    """Copies of alpha and of all weights w, each as one long row."""
    tensors = (state.arch.parameters().values(), state.net.parameters())
    return [np.concatenate([t.detach().numpy().ravel() for t in group]) for group in tensors]


state = SearchState.create(config)
train_batch, val_batch = state.train(0), state.val(0)  # the batches of step 0, one from each half
points = [snapshot(state)]
# Each call moves one of the two and leaves the other.
alpha_step(state, train_batch, val_batch, learning_rate=0.05)
points.append(snapshot(state))
weight_step(state, train_batch, learning_rate=0.05)
points.append(snapshot(state))

# %% name="who-moved"
for name, (old, new) in {"alpha_step": points[:2], "weight_step": points[1:]}.items():
    alphas, weights = (int((a != b).sum()) for a, b in zip(old, new))
    print(f"{name:>11}: moved {alphas} of {old[0].size} alphas and {weights:,} of {old[1].size:,} weights")
for half in (state.train, state.val):
    counts = np.bincount(half.part.labels.numpy())
    print(f"{half.purpose} half: {counts.sum()} pictures, {counts.min()} to {counts.max()} of each class")
reveal("05.p2", 2 if alphas == 0 else 0)

# %% [markdown]
# That the weight step leaves $\alpha$ alone is no law of nature: the training loss has a gradient with respect to
# $\alpha$ as well. If $\alpha$ is registered among the weights of the network, `SGD(net.parameters())` holds it too and
# moves it, on the *training* pictures. Nothing fails, the loss even falls faster. That happened in a public
# implementation (dragen1860/DARTS-PyTorch, issue 5).
#
# ### Exercise: in which order?
#
# - **A**: SGD moves $w$
# - **B**: the gradient of the validation loss with respect to $\alpha$ is taken
# - **C**: the gradient of the training loss with respect to $w$ is taken
# - **D**: Adam moves $\alpha$
#
# Write the order of one step as a text of four letters.

# %% name="step-order" tags=["exercise"] minutes=2 points=1 difficulty=1
# SOLUTION 05.step_order

# %% name="step-order-check" tags=["check"]
check("05.step_order", step_order)

# %% [markdown]
# ### Exercise: two halves
#
# `validation` in this lesson is *not* a test set. It is one half of the training pictures, set aside so that $\alpha$
# judges weights by pictures they did not learn from. Divide the training set for a search: no picture in both halves,
# none left over, **each class divided evenly**. (Every class has an even number of pictures here.)

# %% name="split" tags=["exercise"] minutes=6 points=2 difficulty=2
def split(labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The indices of the pictures that w learns from, and of those that alpha learns from; labels is [N]."""
    # SOLUTION 05.split


# %% name="split-check" tags=["check"]
check("05.split", split)

# %% [markdown]
# ### Exercise: the alternation
#
# Now write (05.4) yourself, with plain gradient descent for both. `train(step)` and `val(step)` give the batches of a
# step, as `state.train` and `state.val` did above; `loss(w, alpha, batch)` is a scalar. Return the new `w` and `alpha`,
# and leave the tensors that were passed in as they are.

# %% name="alternation" tags=["exercise"] minutes=8 points=3 difficulty=3
import torch


def alternation(w, alpha, loss, train, val, step, rate):
    """(w, alpha) after one step of a first-order search, both moved by plain gradient descent with `rate`."""
    # SOLUTION 05.alternation


# %% name="alternation-check" tags=["check"]
check("05.alternation", alternation)

# %% [markdown]
# ## 3 · Let it play
#
# Now the whole run. When will the derived cell change for the last time? Predict, then run the cell below, which presses
# **play**, and watch the ✓ marks and the margins in the panel above. **pause** rests after the present step, **play** goes
# on, **step epoch** runs to the end of the pass over the pictures, **stop** ends the run where it is.
#
# Press what you like: all numbers from here on come from the same search in a second panel, `alone`, which is not shown.
# The cell runs it to half-way, keeps a checkpoint that we shall come back to, and runs it to its end.

# %% name="p3" tags=["predict"]
predict("05.p3")

# %% name="play"
import tempfile
from asyncio import to_thread
from pathlib import Path

panel.play()  # the panel above, to watch
alone, half_way = SearchPanel(config), Path(tempfile.mkdtemp()) / "half_way.pt"
half = alone.search.steps // 2
alone.step(half)
await to_thread(alone.wait)  # the buttons above work meanwhile
alone.search.save(half_way)
print(f"kept at step {alone.search.step}")
alone.play()
await to_thread(alone.wait)
print(alone.text)

# %% [markdown]
# ### Exercise: when did the search make up its mind?
#
# A record is the log of a run. `record.columns` holds one entry per step: `step`, the losses, every $\alpha$, and
# `genotype`, a number that stands for what would be derived then (equal numbers, equal genotypes). Return the **last step
# at which it changed**: from there on the search wanted the same until its end.

# %% name="last-change" tags=["exercise"] minutes=5 points=2 difficulty=2
def last_change(steps: np.ndarray, genotypes: np.ndarray) -> int:
    """The last step at which the genotype differs from the one before; the first step if it never does.

    steps and genotypes are [T]; equal numbers in `genotypes` mean equal genotypes.
    """
    # SOLUTION 05.last_change


# %% name="last-change-check" tags=["check"]
check("05.last_change", last_change)

# %% name="p3-measured" tags=["collapsed"]
# find the last change
last_change = mine("05.last_change")
record = alone.record
log = record.columns
derived = [record.genotype(k) for k in range(len(record))]
cells = [str([sorted(cell.connections) for cell in genotype.cells.values()]) for genotype in derived]
first_seen = np.array([cells.index(cell) for cell in cells])
for what, number in {"genotype": log["genotype"], "cell, whatever the order": first_seen}.items():
    settled, changes = last_change(log["step"], number), np.count_nonzero(np.diff(number))
    print(f"{what}: {changes} changes in {len(number)} steps, the last at step {settled:.0f}")
reveal("05.p3", 100 * settled / log["step"][-1])

# %% [markdown]
# A genotype lists the connections of a node by strength, so `genotype` also changes when two of them only swap places; the
# second line leaves that out. A search that still changes near its end was stopped by its budget, not by a decision.
#
# ## 4 · Interfere, twice
#
# Both times the search goes on from the checkpoint at half-way for some twenty steps, so everything before is the same.
# First, the **temperature** in (05.1) falls from 1 to 0.3. Second, with the temperature left at 1, the **learning rate
# of** $\alpha$ rises from 0.05 to 0.3. Predict both.

# %% name="p4" tags=["predict"]
predict("05.p4")

# %% name="p5" tags=["predict"]
predict("05.p5")

# %% name="interfere-run" tags=["collapsed"]
# go on from half-way with a lower temperature
from dartslab.derive import entropy

cooled = SearchPanel(SearchState.load(half_way))
before, wanted = cooled.search.weights()["normal"].numpy(), cooled.genotype
cooled.controls["temperature"].value = 0.3  # what its slider does; no step has been made yet
after = cooled.search.weights()["normal"].numpy()
print(f"mean entropy {entropy(before).mean():.3f} -> {entropy(after).mean():.3f} nats at once")
print(f"the derived cell is {'the same' if cooled.genotype == wanted else 'another'} at once")
ahead = min(20, alone.search.steps - half)
cooled.step(ahead // 2)
cooled.wait()
text = cooled.state()  # for later
cooled.step(ahead - ahead // 2)
cooled.wait()
records = {"alone": alone.record, "cooled": cooled.record}
reveal("05.p4", int((before.argmax(1) != after.argmax(1)).any()))

# %% name="interfere" tags=["widget"]
cooled  # as the cell above left it; what you do in it changes no number below

# %% [markdown]
# Dividing by $T < 1$ stretches all differences of an edge by the same factor: entropy falls, the order stays. *Between*
# edges the order may change: a node keeps the two edges with the largest weights, and the softmax is not the same stretch
# for every row. So the derived cell can change although no edge changes its mind and $\alpha$ has not moved at all; the
# cell above says whether it did here.

# %% name="p5-measured" tags=["collapsed"]
# go on from half-way with a higher learning rate of alpha
hurried = SearchPanel(SearchState.load(half_way))
hurried.controls["alpha_learning_rate"].value = 0.3
hurried.step(ahead)
hurried.wait()
records["hurried"] = hurried.record
margin, ends = mine("05.margin"), {}
for name, record in records.items():
    row = int(np.flatnonzero(record.columns["step"] == half + ahead)[0])  # the same step in all three
    scaled = record.alpha("normal")[row].astype(float) / record.columns["temperature"][row]
    margins = [margin(alpha, config.operations) for alpha in scaled]
    ends[name] = entropy(record.weights(row)["normal"]).mean()
    print(f"{name:>7}: entropy {ends[name]:.2f} nats, margins {min(margins):.3f} to {max(margins):.3f}")
difference = ends["hurried"] - ends["alone"]
reveal("05.p5", 1 if abs(difference) < 0.05 else 0 if difference < 0 else 2)

# %% name="hurry" tags=["widget"]
hurried

# %% [markdown]
# Both interventions make large margins, by different means: the temperature sharpens what $\alpha$ says already, the
# learning rate drives $\alpha$ itself, noise of single batches included. A large margin is a decided search. It is not
# evidence that the decision is good.
#
# `Replay` lays two records side by side. Drag the step slider (or focus it and use the arrow keys), or choose a change in
# *go to*: these are the steps at which something else would be derived than one step before.
#
# And can you show somebody exactly this? What a panel did is in a short text: the step, and every change on the way. The
# cell below the view follows such a text to the same numbers, since every random decision is a function of (seed,
# purpose, step).

# %% name="replay" tags=["widget", "collapsed"]
# both records side by side
pair = records["alone"], records["cooled"]
replay = Replay(*pair)
warm, cold = (
    {step: record.genotype(row) for row, step in enumerate(record.columns["step"])} for record in pair
)
apart = [int(step) for step in cold if cold[step] != warm[step]]
print(f"cooled after step {half}: another genotype at {len(apart)} of {len(cold)} steps")
if apart:
    replay.controls["step"].value = apart[0]  # where they part
replay

# %% name="restore"
print(text)
again = SearchPanel(SearchState.load(half_way))
again.restore(text)
again.wait()
now, then = again.record.alpha("normal")[-1], records["cooled"].alpha("normal")[len(again.record) - 1]
print(f"step {again.search.step}: the same alpha, bit for bit: {np.array_equal(now, then)}")

# %% [markdown]
# ## 5 · Is a dearer step a better step?
#
# So far $\nabla_\alpha$ treated $w$ as a constant. The second-order hypergradient (lessons 03 and 04) lets $w$ answer to
# $\alpha$ by one virtual step, exactly or by a finite difference. What does it cost?

# %% name="p6" tags=["predict"]
predict("05.p6")

# %% name="costs" tags=["collapsed"]
# time a step in three ways
for shown in (panel, cooled, hurried):  # so that none of them computes meanwhile
    shown.pause()
    shown.wait()
seconds = {}
for name in ("first_order", "finite_difference", "exact"):
    events = search(SearchState.create(SearchConfig.lesson(hypergradient=name, batch_size=32)))
    clock = [next(events).seconds for _ in range(4)]  # the first step warms up
    seconds[name] = np.diff(clock).min()  # the least disturbed of three
    print(f"{name:>17}: {seconds[name]:.2f} s a step, {seconds[name] / seconds['first_order']:.1f} x first order")
reveal("05.p6", round(seconds["exact"] / seconds["first_order"], 1))

# %% [markdown]
# | as reported in Liu et al. 2019, DARTS | search, GPU-days | CIFAR-10 test error, % |
# |---|---|---|
# | first order | 1.5 | 3.00 ± 0.14 |
# | second order | 4 | 2.76 ± 0.09 |
# | random cells, best of 24 | 4 | 3.29 ± 0.15 |
#
# The second order is better there, on average, and took more than twice the time. Nobody asked what first order does with
# 4 GPU-days. On other data the ranks may differ; and these errors are of *derived* cells, trained from scratch. No
# accuracy that a panel above showed may stand in this table.
#
# ## What these runs can and cannot show
#
# - They **can** show how a choice comes about: small margins, marks that jump, and what two interventions do to both.
# - They **cannot** show that cooling, hurrying, or a dearer gradient is good. Whether another cell is better is asked by
#   training both from scratch, over seeds, as in lesson 00.
#
# **In five lines**
#
# - A step moves $\alpha$ on one half of the training pictures, then $w$ on the other; neither touches the other's.
# - Entropy says how evenly an edge mixes, the margin how far its choice is from turning round.
# - A decision is made by its last change, not its first.
# - Temperature changes mixing weights without $\alpha$, the learning rate changes $\alpha$; both make a search decided,
#   and neither makes it right.
# - A better gradient is worth what else its time could have bought.

# %% name="q1" tags=["quiz"]
quiz("05.q1")

# %% name="q2" tags=["quiz"]
quiz("05.q2")

# %% name="q3" tags=["quiz"]
quiz("05.q3")

# %% [markdown]
# **Harder.** Run the search with `SearchConfig.lesson(hypergradient="single_level", batch_size=32)`, where $\alpha$
# learns from the training batch, and one with `hypergradient="first_order"`. Which of the two has the larger gap between training and
# validation loss at the end of an epoch, and over how many seeds does that hold?
#
# **Reading.** Liu, Simonyan, Yang, *DARTS: Differentiable Architecture Search*, ICLR 2019: section 2.3 and algorithm 1
# (compare its order with yours). Zela et al., *Understanding and Robustifying Differentiable Architecture Search*, ICLR
# 2020: when a search should be stopped.
#
# **Next.** [Lesson 06](06_genotype.ipynb) takes the decision itself apart: from mixing weights to a cell, and what is
# lost on the way.

# %% name="progress"
progress_board("05")
