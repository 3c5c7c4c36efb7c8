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
# # 00 · A first search
#
# **Can a computer choose the wiring of a neural network by gradient descent, in about a minute, on a laptop?**
#
# After this notebook you will be able to
#
# - say what a search for a hidden cell sees, and what it changes,
# - run an architecture search on real pictures, and read its heatmap and the cell that is derived from it,
# - train that cell from scratch and compare it with random ones, over seeds,
# - say what such a small comparison shows, and what it does not.
#
# *10 minutes in class, 25 alone. No prerequisites beyond having trained a network once. If this page opened in Jupyter and
# the next cell runs, everything is installed. The comparison takes most of the computing time: one to four minutes on a
# processor with two cores.*

# %% name="setup" tags=["collapsed"]
# set-up
from dartslab import SearchConfig, SearchState, TrainConfig, TrainState, search, train
from dartslab.draw.picture import show
from dartslab.teach import check, hint, mine, predict, progress_board, quiz, reveal, solution, start, steps

start("00")

# %% [markdown]
# ## 1 · A hidden cell
#
# Two pictures, *a* and *b*, go through a small graph, a **cell**. On each of its five edges stands one of seven
# operations, and which ones is hidden. The search below sees only pictures before and after. It puts *all* operations
# on every edge, each with a **mixing weight** that it can learn, and goes downhill.

# %% name="p4" tags=["predict"]
predict("00.p4")

# %% [markdown]
# Every line is an operation, as wide as its mixing weight. Green: the leading operation is the hidden one. Orange: it is
# another one. **Play** it, move through its steps, and take other seeds: each hides another cell. The three buttons below
# it choose how the gradient of the mixing weights is computed; lessons 03 and 04 explain them, and here *exact* will do.

# %% name="planted"
from dartslab.widgets import PlantedSearch

PlantedSearch(plays=True)

# %% name="p4-measured"
from dartslab.problems.planted import Planted, PlantedConfig
from dartslab.problems.planted_search import search_planted

problem = Planted(PlantedConfig(seed=0))
*_, last = search_planted(problem, steps=steps(120))
right = problem.count_right(last.weights)
print(f"seed 0: the hidden operation leads on {right} of 5 edges; a guess is right on 0.7 of them on average")
reveal("00.p4", 0 if right < 2 else 1 if right < 5 else 2)

# %% [markdown]
# That is the idea of DARTS: a mixture on every edge, mixing weights that gradient descent moves, and in the end the
# strongest operation of each edge. Over 60 hidden cells it found all five operations in 57 cases (`python
# benchmarks/planted_search.py`), where one guess in 16,807 does. On real pictures nobody knows the answer. That makes
# everything harder, above all to say whether the search was any good.
#
# ## 2 · What is to be chosen
#
# `fashion-mini` is a piece of Fashion-MNIST that comes with dartslab: 6,000 training pictures and 5,000 test pictures
# in ten classes, 28 x 28 pixels, grey. The search sees them at 16 x 16: a third of the pixels.

# %% name="look" tags=["collapsed"]
# draw: two pictures of each class
from dartslab.data.datasets import load_data
from dartslab.draw.words import describe_images
from dartslab.draw.figures import image_grid

data = load_data("fashion-mini", image_size=16)
two_of_each = [[int(i) for i in (data.train.labels == c).nonzero()[:2]] for c in range(10)]
rows = [pair[row] for row in range(2) for pair in two_of_each]
pictures = data.train.pick(rows)
grid = image_grid(pictures.images.numpy(), pictures.labels.numpy(), data.classes)
show(grid, describe_images(pictures.labels.numpy(), data.classes))

# %% [markdown]
# A network for these pictures is a stack of **cells**. A cell is a small directed graph: states 0 and 1 are its inputs,
# the outputs of the two cells before it. Every further state is a **node** that adds up what arrives on its **edges**. On
# every edge one of several **operations** may stand: convolutions, pools, a plain connection (`skip_connect`), nothing
# at all (`none`). In the end every node keeps two edges, each with one operation. The published cells have four nodes
# and eight operations; the small search of this lesson has one node and six.
#
# Two kinds of cell are chosen: the *normal* cell keeps the resolution, the *reduction* cell halves it. Here is the whole
# network of this lesson: click a cell, then an edge, and Esc leads back.

# %% name="map" tags=["widget"]
from dartslab.widgets import NetworkMap

NetworkMap(SearchConfig.quick())

# %% name="p1" tags=["predict"]
predict("00.p1")

# %% name="space"
config = SearchConfig.quick(steps=steps())
space = config.space
count = space.count_cells()
print(f"{space.nodes} node, {len(space.edges)} edges, {len(space.operations)} operations:", *space.operations)
print(f"{count:,} different cells of each kind, {count**2:,} pairs of a normal and a reduction cell")
published = SearchConfig.published().space.count_cells()
print(f"in the published space {published:,} of each kind, {published**2:.1e} pairs")
reveal("00.p1", 0 if count < 1_000 else 1 if count < 1_000_000 else 2)

# %% [markdown]
# Training every one of the published space is out of the question, and of this small one it would take an hour. The idea
# of *DARTS* (Liu, Simonyan, Yang, 2019) is not to choose at first: **every edge computes all operations and mixes them**,
#
# $$\bar o(x) = \sum_k p_k \; o_k(x), \qquad p_k = \frac{e^{\alpha_k}}{\sum_j e^{\alpha_j}}
#   = \mathrm{softmax}(\alpha)_k. \tag{00.1}$$
#
# The numbers $\alpha$, one for each operation of an edge, can be learned by gradient descent like any weight; $p_k$ is the **mixing
# weight** of an operation, computed by `softmax` in `dartslab.relaxation`.

# %% name="supernet-cell"
from dartslab.draw.cells import draw_supernet_cell

show(draw_supernet_cell(space), f"A cell before the search: all {len(space.edges)} edges hold all operations.")

# %% [markdown]
# ### Exercise: the first mixing weight
#
# Before the search all $\alpha$ are equal (but for a tiny random number). What is then the mixing weight of each
# operation of an edge that has eight, as in the published space? Write a number in place of the three dots, then run the check.

# %% name="share" tags=["exercise"] minutes=1 points=1 difficulty=1
# SOLUTION 00.share

# %% name="share-check" tags=["check"]
check("00.share", share)

# %% [markdown]
# ## 3 · Predict, then search
#
# A step of the search has two halves, and each looks at its own half of the training pictures:
#
# $$\alpha \text{ moves to lower } L_{\mathrm{val}}(w, \alpha), \qquad
#   \text{then the weights } w \text{ move to lower } L_{\mathrm{train}}(w, \alpha). \tag{00.2}$$
#
# This is `alpha_step` and `weight_step` in `dartslab.run.search`. For the first 94 of the 141 steps $\alpha$ waits here and
# only $w$ learns, so that no operation is judged before its weights have learned. (The published search does not wait.
# It moves $\alpha$ with a learning rate of 0.0003, over 19,550 steps; in so few steps that
# would hardly leave the start, so this small search uses 0.05.)

# %% name="p2" tags=["predict"]
predict("00.p2")

# %% [markdown]
# The heatmap refreshes every five steps: a row is an edge, a column an operation, the number its mixing weight. Outlined is what
# would be kept if the search stopped now. Until step 94 nothing moves.

# %% name="search"
from IPython.display import display

from dartslab import Recorder
from dartslab.draw.words import describe_heatmap
from dartslab.draw.figures import alpha_heatmap
from dartslab.run.console import progress

state = SearchState.create(config, data)
recorder = Recorder(state)
live = display(display_id=True)
for event in progress(recorder.watch(search(state))):
    if event.step % 5 == 1 or event.step == event.steps:
        weights = state.weights()
        title = f"mixing weights after step {event.step} of {event.steps}"
        live.update(show(alpha_heatmap(space, weights, title), describe_heatmap(space, weights)))

# %% name="p2-measured"
table = state.weights()["reduce"]
row, best = divmod(int(table.argmax()), len(space.operations))
favourite = space.operations[best]
target, source = space.edges[row]
print(f"largest mixing weight in the reduction cell: {favourite}, {table.max():.2f}, on edge {source} -> {target}")
reveal("00.p2", ["conv" in favourite, "pool" in favourite, favourite == "skip_connect", True].index(True))

# %% [markdown]
# The curves show the same search over time. The network in which all operations are mixed is called the **supernet**; its
# accuracy is *not* the result of the search, only a sign that it learns.

# %% name="curves"
from dartslab.draw.curves import loss_curves
from dartslab.draw.words import describe_curves

record = recorder.record
show(loss_curves(record.columns), describe_curves(record.columns))

# %% [markdown]
# Now choose. Every node keeps its **two strongest edges** (this one has no more), and on each of them the **strongest operation** other than
# `none`. What remains is the *genotype* (`top_k` in `dartslab.derive`).

# %% name="derive"
from dartslab.draw.words import describe_genotype
from dartslab.draw.cells import draw_genotype

found = state.genotype()
show(draw_genotype(found), describe_genotype(found))

# %% [markdown]
# ### Exercise: derive one edge yourself
#
# Given the numbers $\alpha$ of one edge, return the operation that a derivation would keep on it: the one with
# the largest mixing weight, `none` left aside, wherever it stands in the list. (`hint("00.strongest")` helps,
# `solution("00.strongest")` tells.)

# %% name="strongest" tags=["exercise"] minutes=3 points=1 difficulty=1
import numpy as np


def strongest(alpha: np.ndarray, operations: tuple[str, ...]) -> str:
    """The name of the strongest operation other than `none`; alpha is [O]."""
    # SOLUTION 00.strongest


# %% name="strongest-check" tags=["check"]
check("00.strongest", strongest)

# %% name="strongest-use"
strongest = mine("00.strongest")
for edge, alpha in zip(space.edges, record.alpha("normal")[-1]):
    kept = any((c.node, c.predecessor) == edge for c in found.normal.connections)
    end = "" if kept else ", the edge is dropped"
    print(f"edge {edge.source} -> {edge.target}: {strongest(alpha, space.operations)}{end}")

# %% [markdown]
# ## 4 · Is it any good?
#
# The honest question is not "how accurate is it?" but "**is it better than cells drawn at random?**" So all are built into
# networks and trained from scratch on all training pictures, alike: the cell that was found with three seeds, and twelve
# random cells with one seed each. The test pictures were not touched until now.

# %% name="p3" tags=["predict"]
predict("00.p3")

# %% name="compare" tags=["collapsed"]
# train the found cell three times and twelve random cells once
from dartslab.derive import random_genotype

cells = {"found": [found] * 3, "random": [random_genotype(space, seed) for seed in range(12)]}


def train_all(cells, name):
    """Test accuracies of cells that are trained from scratch, each with a seed of its own."""
    accuracies = []
    for seed, cell in enumerate(cells):
        training = TrainState.create(TrainConfig.quick(seed=seed, steps=steps()), cell, data)
        *_, last = progress(train(training), f"{name} cell, seed {seed}")
        accuracies.append(last.test_accuracy)
    return accuracies


accuracies = {name: train_all(several, name) for name, several in cells.items()}

# %% name="report"
from dartslab.draw.words import describe_dots
from dartslab.draw.figures import accuracy_dots

for name, values in accuracies.items():
    spread = f"{np.mean(values):.1%} ± {np.std(values, ddof=1):.1%}"
    print(f"{name:>6} cells: {spread} test accuracy (mean ± standard deviation of {len(values)})")
show(accuracy_dots(accuracies), describe_dots(accuracies))

# %% [markdown]
# ### Exercise: how sure is the difference?
#
# A mean of $n$ runs with variance $s^2$ (estimated with $n - 1$) has itself the variance $s^2 / n$. The difference of two
# means, counted in its own standard error, is
#
# $$z = \frac{\bar a - \bar b}{\sqrt{s_a^2 / n_a + s_b^2 / n_b}}. \tag{00.3}$$
#
# After many runs a difference is called visible if $|z| > 2$. The spread of only three runs is hardly known, and chance
# alone goes beyond 2 more often; the limit then follows from Student's $t$ distribution.

# %% name="in-standard-errors" tags=["exercise"] minutes=6 points=2 difficulty=2
def in_standard_errors(a: np.ndarray, b: np.ndarray) -> float:
    """The difference of the means of a [n] and b [m], divided by its standard error."""
    # SOLUTION 00.in_standard_errors


# %% name="in-standard-errors-check" tags=["check"]
check("00.in_standard_errors", in_standard_errors)

# %% name="p3-measured" tags=["collapsed"]
# compare the two means
from dartslab.base.statistics import compare_means

in_standard_errors = mine("00.in_standard_errors")
a, b = (np.array(accuracies[name]) for name in ("found", "random"))
z = in_standard_errors(a, b)
print(f"found minus random: {a.mean() - b.mean():+.1%}, that is {z:+.1f} standard errors")
difference = compare_means(a, b)
if difference.limit is not None:
    print(f"chance alone exceeds {difference.limit:.1%} in 1 of 20 such comparisons")
reveal("00.p3", 2 if difference.verdict != "different" else 0 if difference.points > 0 else 1)

# %% [markdown]
# ## 5 · Better than what?
#
# Random cells are one thing to compare with. Another needs no search either: the **largest** cell of the space, with
# `sep_conv_3x3` on every edge.

# %% name="p5" tags=["predict"]
predict("00.p5")

# %% name="largest"
from dartslab import Genotype, count_parameters

pairs = [("sep_conv_3x3", 0), ("sep_conv_3x3", 1)]
largest = Genotype.from_pairs(pairs, [2], pairs, [2])
accuracies["largest"] = train_all([largest] * 3, "largest")
for name, cell in {"found": found, "largest": largest}.items():
    size = count_parameters(TrainState.create(TrainConfig.quick(), cell, data).net)
    print(f"{name:>7} cell: {np.mean(accuracies[name]):.1%}, {size:,} weights")
show(accuracy_dots(accuracies), describe_dots(accuracies))

# %% name="p5-measured"
against = compare_means(accuracies["found"], accuracies["largest"])
print(f"found minus largest: {against.points:+.1%}")
reveal("00.p5", 1 if against.verdict != "different" else 0 if against.points > 0 else 2)

# %% [markdown]
# A few cells are a sample. In this small space *every* cell was trained from scratch with several seeds, once and for all
# (`docs/truth.md`). So we can look up the truth about the search that you have just seen: what rank the derived cell had
# after each step.

# %% name="rank"
from dartslab.draw.ranks import describe_ranks, rank_curves
from dartslab.truth.rank import rank_cell, ranks_of_record
from dartslab.truth.table import load_table

truth = load_table("lesson")
for name, cell in {"found": found, "largest": largest}.items():
    print(f"{name} cell: {rank_cell(truth, cell)}")
course = {"this search": [ranks_of_record(truth, record)]}
show(rank_curves(course, rank_cell(truth, found).of), describe_ranks(course))

# %% [markdown]
# At first the line is flat: $\alpha$ waits while $w$ learns, and the derived cell is that of the random start. (The
# accuracies of the table are estimates from other trainings, so they differ a little from yours above.)

# %% [markdown]
# ## What this run can and cannot show
#
# - It **can** show that the mechanics work: $\alpha$ leaves its starting point, and the cell that comes out is one of the
#   better ones of its space, over and over: the cells of 8 searches were 3.3 points ahead of 24 random ones (95 %: 2.1
#   to 4.5; `python benchmarks/beats_chance.py`).
# - It **cannot** show that you need DARTS for that. In the reduction cell of this space, convolutions are worth more
#   than pools, so the largest cell is a good one and costs no search. It is not the best one: see its rank. Lessons 06
#   and 09 compare with more than that.
# - It says nothing about larger spaces. The seeds of the found cell catch the luck of training, not the luck of *one
#   search*.
# - Random cells are strong in the published space too: as reported in Liu et al. 2019, the best of 24 random cells
#   reached 3.29 ± 0.15 % error on CIFAR-10, against 2.76 ± 0.09 % for the searched one.
#
# **In five lines**
#
# - A cell is a graph.
# - On every edge all operations are mixed by a softmax of $\alpha$.
# - $\alpha$ learns on one half of the training pictures, $w$ on the other.
# - The strongest operations are kept and trained from scratch.
# - Compare with random cells, over seeds, before believing anything.

# %% name="q1" tags=["quiz"]
quiz("00.q1")

# %% name="q2" tags=["quiz"]
quiz("00.q2")

# %% name="q3" tags=["quiz"]
quiz("00.q3")

# %% [markdown]
# **Harder.** Search again with `SearchConfig.quick(seed=3)`. On how many of the two kept edges of each kind do the two
# genotypes agree? How many would agree by chance?
#
# **Reading.** Liu, Simonyan, Yang, *DARTS: Differentiable Architecture Search*, ICLR 2019, sections 1 and 2. Li, Talwalkar,
# *Random Search and Reproducibility for Neural Architecture Search*, UAI 2019.
#
# **Next.** [Lesson 01](01_search_space.ipynb) counts what was chosen from; [lesson 02](02_relaxation.ipynb) takes the
# mixture (00.1) apart; [lesson 05](05_live_search.ipynb) lets you stop a search at any step. A larger one from a
# terminal: `python -m dartslab search --data fashion-mini --out runs/a`.
#
# The board below shows what is done in all lessons; it is kept on this machine and sent nowhere.

# %% name="progress"
progress_board()
