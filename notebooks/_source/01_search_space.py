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
# # 01 · The search space
#
# **What exactly is searched, and how big is it?**
#
# After this notebook you will be able to
#
# - say what each of the eight candidate operations does to a real picture, and what it costs,
# - list the edges of a cell and tell a cell that a search can produce from one that it cannot,
# - count all cells of a space, and write down every one of a small space,
# - say how many numbers a differentiable search learns instead, and who shares them.
#
# *35 minutes in class, 50 alone. Prerequisite: none; lesson 00 shows the whole road first. All runs together take
# about a quarter of a minute. Stuck at an exercise: `hint("01.edges")`, and `solution("01.edges")` when you have
# had enough.*

# %% name="setup" tags=["collapsed"]
# set-up
import torch
from matplotlib.figure import Figure

from dartslab.draw.here import here
from dartslab.draw.picture import show
from dartslab.teach import check, hint, mine, predict, progress_board, quiz, reveal, solution, start, steps

start("01")

# %% [markdown]
# Four levels come up again and again: a **network** of cells, a **cell** of edges, an **edge** of operations. Here is
# the network of a small search. Click a cell, then an edge; Esc leads back. Which cells does cell 2 read? Further on a
# strip says on which of these levels a section is.

# %% name="map" tags=["widget"]
from dartslab import SearchConfig
from dartslab.widgets import NetworkMap

NetworkMap(SearchConfig.lesson())

# %% [markdown]
# ## 1 · Why count at all?
#
# The first automatic searches went about it as one opens a combination lock. *Propose* an architecture; *train* it;
# *read off* its accuracy; propose the next one. The methods differed in how they proposed:
#
# - **reinforcement learning**: a second network writes architectures and is rewarded with their accuracies,
# - **evolution**: good architectures have children that differ from them in one place,
# - **Bayesian optimisation** and its relatives: a model predicts the accuracy of what has not been trained yet.
#
# To all three the accuracy is a **black box**: an architecture goes in, one number comes out, and every number costs a
# training. The candidates are discrete: between a pool and a convolution there is nothing, so no slope says which way
# is better.
#
# | found by | GPU-days on CIFAR-10, as reported in Liu et al. 2019 (DARTS), table 1 |
# |---|---:|
# | reinforcement learning (NASNet-A) | 2000 |
# | evolution (AmoebaNet-A) | 3150 |
# | a model of the accuracy (PNAS) | 225 |
# | gradient descent (DARTS, second order) | 4 |
#
# The machines differed, and so did what was counted, so mind only the zeros: 2000 days are five and a half years of one
# GPU.
#
# The last line belongs to the method of this course. It replaces the lock by a slope: **all candidates are put into one
# network and mixed, and the proportions are learned by gradient descent while the network trains.** That is the
# *relaxation*, lesson 02. What has to be relaxed is the subject here: the candidates, the places where they stand, and
# how many combinations there are.
#
# ## 2 · The candidates
#
# Every operation takes C channels of H x W numbers and gives C channels back, at the same size (*stride 1*) or at
# half of it (*stride 2*). They must agree on that, since their outputs will be added.
#
# `sep` is short for *separable*: a **depthwise** convolution, in which each channel has a k x k kernel of its own and
# sees no other channel, then a **pointwise** one, 1 x 1, which mixes the channels; and both are done twice. `dil` is
# *dilated*: the same once, with holes in the kernel. All convolutions come as ReLU, convolution, BatchNorm.

# %% name="here-operation"
here("operation")

# %% name="p1" tags=["predict"]
predict("01.p1")

# %% name="weights-of-operations"
from dartslab import count_parameters
from dartslab.operations import operation
from dartslab.space import PUBLISHED_OPERATIONS

C = 16
print(f"weights with {C} channels   stride 1   stride 2")
for name in PUBLISHED_OPERATIONS:
    kept, halved = (count_parameters(operation(name, C, stride)) for stride in (1, 2))
    print(f"{name:<23} {kept:>10,} {halved:>10,}")
reveal("01.p1", count_parameters(operation("sep_conv_5x5", C)))

# %% [markdown]
# Look at `skip_connect`: at stride 1 it hands the picture on and has nothing to learn. At stride 2 it cannot hand it
# on, the sizes would not fit; it becomes two strided 1 x 1 convolutions (a *factorized reduce*), and these have
# weights. All of this is in `dartslab.operations`.
#
# Now a real picture, through all eight. The convolutions are untrained: their weights are random, and so is what they
# make of it. (Each panel is scaled to its own black and white.)

# %% name="operations-on-a-picture" tags=["collapsed"]
# draw: a picture and what each operation makes of it
from dartslab.data.datasets import load_data

data = load_data("fashion-mini")
x = data.train.images[3:4].repeat(1, 2, 1, 1) / 255  # [1, C=2, 28, 28], both channels alike
names = ("input", *PUBLISHED_OPERATIONS)
figure = Figure(figsize=(11, 3), layout="constrained")
for stride, panels in zip((1, 2), figure.subplots(2, 9), strict=True):
    outputs = [x, *(operation(name, 2, stride)(x) for name in PUBLISHED_OPERATIONS)]
    for name, panel, y in zip(names, panels, outputs, strict=True):
        panel.imshow(y[0, 0].detach(), cmap="gray")
        panel.set_title(f"{name}\n{y.shape[-2]} x {y.shape[-1]}", fontsize=8)
        panel.set_axis_off()
what = data.classes[data.train.labels[3]]
show(figure, f"A picture ({what}) and what each operation makes of it: above at stride 1, below at stride 2.")

# %% [markdown]
# `none` gives black: it is how a search can say "no connection here". The max pool fattens what is bright, the average
# pool blurs it. Which pixels *can* a convolution use? Ask autograd: a pixel of the input is used by the middle pixel of
# the output if the derivative is not zero.

# %% name="windows" tags=["collapsed"]
# draw: the pixels that one pixel of the output depends on
figure = Figure(figsize=(10, 1.9), layout="constrained")
for name, panel in zip(PUBLISHED_OPERATIONS[1:], figure.subplots(1, 7), strict=True):
    op = operation(name, 8, norm=lambda channels: torch.nn.Identity())  # BatchNorm would look at the whole picture
    noise = torch.rand(64, 8, 11, 11, requires_grad=True)
    op(noise)[:, :, 5, 5].sum().backward()
    used = noise.grad.abs().sum(dim=(0, 1)) > 0
    panel.imshow(used, cmap="cividis")
    panel.set_title(f"{name}\n{int(used.sum())} pixels", fontsize=8)
    panel.set_xticks([])
    panel.set_yticks([])
show(figure, "The pixels that one output pixel depends on: squares for pools and sep, a grid with holes for dil.")

# %% [markdown]
# `sep_conv_3x3` sees 25 pixels, not 9, because it is done twice. `dil_conv_3x3` spans the same 5 x 5 window with 9 taps
# and half the weights. Dilation adds holes, not weights.
#
# ## 3 · The places: edges of a cell
#
# A **cell** is a small directed graph without cycles. States 0 and 1 are its inputs, the outputs of the two cells
# before it. Every further state is a **node**: the sum of what arrives on its edges. With $o_{ij}$ the operation on
# the edge from state $i$ to node $j$, and N nodes,
#
# $$s_j = \sum_{i<j} o_{ij}(s_i), \qquad \text{output} = \mathrm{concat}(s_2, \dots, s_{N+1}). \tag{01.2}$$
#
# (`SearchCell` in `dartslab/cell.py`.) During the search a node reads **all** earlier states. The published cell has
# N = 4.
#
# **Exercise**, after the prediction. List the edges as `(target, source)`, in the order of the rows of $\alpha$: by
# target, then by source.

# %% name="here-cell"
here("cell")

# %% name="p2" tags=["predict"]
predict("01.p2")


# %% name="edges" tags=["exercise"] minutes=4 points=1 difficulty=1
def edges(nodes):
    """All edges (target, source) of a cell with two inputs and this many nodes; the first node is state 2."""
    # SOLUTION 01.edges


# %% name="edges-check" tags=["check"]
check("01.edges", edges)

# %% name="p2-measured" tags=["collapsed"]
# count the edges and draw the cell
from dartslab import SearchSpace
from dartslab.draw.words import describe_supernet_cell
from dartslab.draw.cells import draw_supernet_cell

edges, space = mine("01.edges"), SearchSpace(nodes=4)
listed = [tuple(edge) for edge in edges(4)]
print("the same as SearchSpace.edges:", listed == [tuple(edge) for edge in space.edges])
print("edges into nodes 2 to 5:", [sum(target == node for target, _ in listed) for node in range(2, 6)])
reveal("01.p2", len(listed))
show(draw_supernet_cell(space), describe_supernet_cell(space))

# %% [markdown]
# The $k$-th node has $k + 1$ states before it, so
#
# $$E = \sum_{k=1}^{N} (k+1) = \frac{N(N+3)}{2} = 2 + 3 + 4 + 5 = 14. \tag{01.3}$$
#
# **Why two inputs?** In the end every node keeps *two different* predecessors. With one input the first node would
# have a single state to read and nothing to choose; with two, even node 2 is complete. And an edge from the older input
# lets a cell look past its neighbour, as a residual connection does. (NASNet's cells, which came before, have two as
# well.) The inputs are not joined to each other: both are finished before the cell begins.
#
# ## 4 · Which graphs are cells?
#
# After the search every node keeps two of its edges and one operation on each: that is the **genotype**. Two guesses
# about such cells come first, since the builder below answers both. With it you can make a cell by hand: click an edge,
# then an operation; *graph* draws both cells once they are valid. It begins with DARTS_V2, the published cell. The
# buttons under it set it to four cells; read what it says beside each. Then go on yourself: what is the smallest cell
# that it calls valid? (Where nothing is live, the picture shows the second of the four, and the cell after the buttons
# puts all of them into words.)

# %% name="p3" tags=["predict"]
predict("01.p3")

# %% name="p4" tags=["predict"]
predict("01.p4")

# %% name="builder" tags=["widget"]
from dartslab.widgets import CellBuilder

builder = CellBuilder(genotype="DARTS_V2")
builder

# %% name="builder-buttons" tags=["widget", "collapsed"]
# four buttons that set the builder above
import ipywidgets

from dartslab.widgets.models.built_cells import cells_of, put

space, whole = builder.space, cells_of(builder.space, "DARTS_V2")
row = {tuple(edge): number for number, edge in enumerate(space.edges)}
states = {"DARTS_V2": whole, "one edge less": put(space, whole, "normal", row[5, 2], "none")}
states["node 5 empty"] = put(space, states["one edge less"], "normal", row[5, 0], "none")
states["a third edge"] = put(space, whole, "normal", row[5, 4], "skip_connect")
buttons = {name: ipywidgets.Button(description=name, tooltip=f"show: {name}") for name in states}
for name, button in buttons.items():
    button.on_click(lambda _, name=name: setattr(builder, "cells", states[name]))
ipywidgets.HBox(list(buttons.values()))

# %% name="p3-measured"
frames = {name: builder.frame(builder.settings | {"cells": cells}) for name, cells in states.items()}
for name, frame in reversed(frames.items()):  # what the buttons do, in words
    print(f"{name}: {frame['reason'] or frame['facts'][1]}\n")
builder.cells = states["one edge less"]
less = frames["one edge less"]
reveal("01.p3", 2 if less["reason"] else int("not among" in less["facts"][1]))

# %% [markdown]
# Two rules, and they are not the same. A graph is a **valid** cell if it can be computed: every node has an input,
# and every edge comes from an earlier state. It can be **derived** by the published rule only if every node reads
# exactly two *different* states, each through an operation other than `none`. Nobody has to read a node: in the normal
# cell of DARTS_V2 no node reads 3 or 4. They still count, since the output concatenates all nodes.
#
# **Exercise.** Write the second rule down.


# %% name="valid-cell" tags=["exercise"] minutes=7 points=2 difficulty=2
def valid_cell(connections, nodes):
    """Whether a derivation can produce this cell.

    Connections are (node, predecessor, operation), nodes 2, 3, ...
    """
    # SOLUTION 01.valid_cell


# %% name="valid-cell-check" tags=["check"]
check("01.valid_cell", valid_cell)

# %% [markdown]
# ## 5 · How many cells?
#
# Now count what a derivation can produce. A cell is fixed once every node has said **which two** of its earlier
# states it reads, and on each of these two edges **which operation** it keeps. The cell after the check holds the
# number against your guess of section 4.


# %% name="count-cells" tags=["exercise"] minutes=6 points=2 difficulty=2
def count_cells(nodes, operations):
    """How many different cells of one kind a derivation can produce; `operations` are names, `none` may be one."""
    # SOLUTION 01.count_cells


# %% name="count-cells-check" tags=["check"]
check("01.count_cells", count_cells)

# %% name="p4-measured"
from math import log10

count_cells = mine("01.count_cells")
for nodes in range(1, 6):
    print(f"{nodes} nodes: {int(count_cells(nodes, PUBLISHED_OPERATIONS)):>19,} cells of a kind")
cells = int(count_cells(4, PUBLISHED_OPERATIONS))
print(f"two kinds, chosen independently: {cells**2:.4g} pairs")
reveal("01.p4", log10(cells))

# %% [markdown]
# The product runs over nodes, since each chooses for itself; and it has two factors, wiring and operations:
#
# $$\prod_{k=1}^{N} \underbrace{\frac{(k+1)\,k}{2}}_{\text{which two of } k+1} \underbrace{(O-1)^2}_{\text{operations}}
# \;=\; \prod_{k=1}^{4} 49\,\frac{(k+1)\,k}{2} = 1\,037\,664\,180 \qquad (N = 4,\ O = 8). \tag{01.4}$$
#
# (`SearchSpace.count_cells`.) Beware of $(k+1)k/2$: it is **not** a number of edges. Node $k$ has $k+1$ edges, and
# this is the number of ways to keep two of them. Nor is it $8^2$: `none` is a candidate while searching and never
# wins.
#
# ## 6 · All of them
#
# A space small enough can be written out: two nodes, and only `skip_connect` and `sep_conv_3x3` to choose from.
#
# **Exercise.** List every cell a derivation can produce, once. A cell is a list of `(node, predecessor, operation)`;
# their order does not matter, and `none` may be among the operations. `itertools` has `combinations` and `product`.

# %% name="all-cells" tags=["exercise"] minutes=8 points=3 difficulty=3
from itertools import combinations, product


def all_cells(nodes, operations):
    """Every cell of the space, each once, as a list of (node, predecessor, operation)."""
    # SOLUTION 01.all_cells


# %% name="all-cells-check" tags=["check"]
check("01.all_cells", all_cells)

# %% [markdown]
# With the list in hand you can be the black box of section 1. The next two cells draw four cells, build a network of
# one cell from each, train it for a dozen steps on real pictures and read off one number; twice, with different first
# weights. **Before you run them:** will the two numbers of one cell lie closer together than those of different cells?

# %% name="random-search"
from dartslab import Genotype, Network
from dartslab.genotype import Cell

pictures, labels = load_data("fashion-mini", image_size=14).train
pictures, training = pictures.float() / 255 - 0.5, steps(12)


def evaluate(cell, seed, batch=32):
    """The black box: a cell goes in, its accuracy on 500 pictures it was not trained on comes out."""
    torch.manual_seed(seed)
    net = Network(Genotype(Cell(cell, (2, 3), "normal")), channels=4, layers=1, auxiliary=False, input_channels=1)
    sgd = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
    for first in range(0, batch * training, batch):
        sgd.zero_grad()
        torch.nn.functional.cross_entropy(net(pictures[first:][:batch])[0], labels[first:][:batch]).backward()
        sgd.step()
    return float((net(pictures[-500:])[0].argmax(1) == labels[-500:]).float().mean())


# %% name="random-search-run" tags=["collapsed"]
# train four cells, twice each, and draw their accuracies
from time import perf_counter

from dartslab.draw.figures import accuracy_dots
from dartslab.draw.words import describe_dots

torch.set_num_threads(1)  # networks as small as these gain nothing from a second one
valid_cell, small = mine("01.valid_cell"), ("skip_connect", "sep_conv_3x3")
listed = [list(cell) for cell in mine("01.all_cells")(2, small)]
print(f"{len(listed)} listed, {sum(valid_cell(c, 2) for c in listed)} valid, {count_cells(2, small)} counted")
drawn = torch.randperm(len(listed), generator=torch.Generator().manual_seed(0))[:4].tolist()
begun = perf_counter()
found = {f"cell {n + 1} of {len(listed)}": [evaluate(listed[n], seed) for seed in (0, 1)] for n in drawn}
each_s = (perf_counter() - begun) / 8
print(f"{each_s:.2f} s for one number of {training} steps: {len(listed)} cells take {len(listed) * each_s:.0f} s,")
print(f"the {cells:,} cells of the published space, at this price, {cells * each_s / 3600 / 24 / 365:,.0f} years")
gaps, means = zip(*((abs(a - b), (a + b) / 2) for a, b in found.values()), strict=True)
print(f"two seeds of a cell: up to {max(gaps):.1%} apart; means of two cells: up to {max(means) - min(means):.1%}")
show(accuracy_dots(found), describe_dots(found))

# %% [markdown]
# This is random search, and its answers are noisy: compare the two numbers in the last line above. The first weights
# alone move a dot, and a dozen steps say little about what a cell is worth in the end. Longer trainings say more and
# cost more. A cleverer proposal saves trainings; it does not save *the* training that stands behind every answer.
#
# ## 7 · What is learned instead
#
# A network stacks cells; the published search uses 8. Two of them are **reduction cells**, which halve the resolution
# and double the channels; the rest are **normal cells**. The supernet holds all 8 operations on every edge, and a
# table $\alpha$ with a row per edge and a column per operation says how to mix them.
#
# How many numbers does $\alpha$ hold in all? Predict; let the stack show you who reads which table; then, as an
# **exercise**, write the count down for any space.

# %% name="here-network"
here("network")

# %% name="p5" tags=["predict"]
predict("01.p5")

# %% name="stack"
from dartslab.space import skeleton

reads = ["stem", "stem", *range(8)]
for layer, place in enumerate(
    skeleton(layers=8, channels=16, concatenated={"normal": 4, "reduce": 4}, stem_channels=48)
):
    older, newer = reads[layer : layer + 2]
    print(f"cell {layer} reads {older!s:>4} and {newer!s:>4}, {place.channels:>2} channels: alpha[{place.kind!r}]")


# %% name="alpha-count" tags=["exercise"] minutes=4 points=1 difficulty=1
def alpha_count(nodes, operations, kinds, layers):
    """Numbers in alpha for a supernet of `layers` cells; `operations` and `kinds` are names."""
    # SOLUTION 01.alpha_count


# %% name="alpha-count-check" tags=["check"]
check("01.alpha_count", alpha_count)

# %% name="p5-measured" tags=["collapsed"]
# count the numbers in alpha and in w
from dartslab import Arch, Supernet

alpha_count = mine("01.alpha_count")
arch = Arch.create(space := SearchSpace())
print({kind: tuple(table.shape) for kind, table in arch.alpha.items()})
for layers in (5, 8):
    with torch.device("meta"):  # shapes without numbers: only to count
        net = Supernet(space, channels=16, layers=layers)
    numbers = alpha_count(space.nodes, space.operations, space.kinds, layers)
    print(f"{layers:>2} cells: {count_parameters(net):>9,} weights w, {numbers} numbers in alpha")
reveal("01.p5", sum(table.numel() for table in arch.alpha.values()))

# %% [markdown]
# $$|\alpha| = \underbrace{2}_{\text{kinds}} \cdot \underbrace{14}_{E} \cdot \underbrace{8}_{O} = 224. \tag{01.5}$$
#
# (`Arch.create`.) A cell does **not** have an $\alpha$ of its own. Every cell has its own *weights* $w$; all normal
# cells read one table and all reduction cells another. So what was learned with 8 cells can be built with 20. Here
# `none` has a column like the others: it takes part in the mixture, though it is never kept.
#
# Searched are, for two kinds of cell, which two states a node reads and through which operation. **Not** searched, but
# set by people: the list of operations, the number of nodes, of cells and of channels, the two inputs, where reductions
# stand, that all nodes are concatenated.
#
# **In five lines**
#
# - Eight operations keep the shape; a cell has two inputs, four nodes and 14 edges.
# - A derivation keeps two edges a node and one operation on each.
# - That makes 1,037,664,180 cells of a kind, about $10^{18}$ pairs.
# - A black box pays a training for each one it looks at.
# - DARTS learns 224 real numbers instead, by gradient descent.

# %% name="q1" tags=["quiz"]
quiz("01.q1")

# %% name="q2" tags=["quiz"]
quiz("01.q2")

# %% name="q3" tags=["quiz"]
quiz("01.q3")

# %% [markdown]
# **Harder.** If node 3 does not read node 2, the two can change their names, and the network computes the same up to
# the order of its channels. How many of the cells in your list are left if such twins count once? And why does the
# builder, made with `nodes=5`, not offer the NASNet cell?
#
# **Reading.** Liu, Simonyan, Yang, *DARTS: Differentiable Architecture Search*, 2019, section 2.1, and the count in its
# appendix; in the library `space.py` and `counting.py`, which numbers all cells of a space.
#
# **Next.** [Lesson 02](02_relaxation.ipynb) mixes the eight operations of an edge: how can a choice have a slope?

# %% name="progress"
progress_board("01")
