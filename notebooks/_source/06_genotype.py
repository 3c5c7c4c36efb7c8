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
# # 06 · The genotype
#
# **What is lost between the supernet and the network that is kept?**
#
# After this notebook you will be able to
#
# - derive a cell from a table of $\alpha$ by hand, and name four ways to get it wrong,
# - read a published genotype and draw it,
# - measure what each step from mixture to cell costs,
# - say why the accuracy of a search is not the result of a search.
#
# *35 minutes in class (exercises 1, 2 and 4), an hour alone. Prerequisites: lessons 00 and 02. A processor
# with two cores is enough.*

# %% name="setup" tags=["collapsed"]
# set-up
import numpy as np
import torch

from dartslab.draw.here import here
from dartslab.teach import check, hint, mine, predict, progress_board, quiz, reveal, solution, start
from dartslab.teach.lesson import steps

start("06")

# %% [markdown]
# ## 1 · How strong is an edge?

# %% name="here-edge"
here("edge")

# %% [markdown]
# A search ends with a table of numbers, $\alpha$, and a supernet that computes everything at once. What is wanted is
# a cell: for every node two edges, on each edge one operation. So the table has to be read, and public code has read
# it wrong in several ways. Take a node with three edges:

# %% name="p1" tags=["predict"]
predict("06.p1")

# %% name="three-edges"
from dartslab.derive import softmax

alpha = np.array([[1.0] * 8, [10.0] * 8, [10.0] * 8])
alpha[0, 4], alpha[1, 3], alpha[2, 1] = 5, 11, 15
weights = softmax(alpha)
for edge, row in enumerate(weights):
    print(f"edge {edge}: largest alpha {alpha[edge].max():4.0f}, largest mixing weight {row.max():.2f}")
kept = sorted(int(edge) for edge in weights.max(axis=1).argsort()[-2:])
reveal("06.p1", {(0, 1): 0, (0, 2): 1, (1, 2): 2}[tuple(kept)])

# %% [markdown]
# The edge with the 5 beats the one with the 11. What a mixed operation uses is not $\alpha$ but
#
# $$p_{e,o} = \frac{\exp \alpha_{e,o}}{\sum_{o'} \exp \alpha_{e,o'}} \tag{06.1}$$
#
# (`relaxation.softmax`), and a constant added to a whole row of $\alpha$ changes nothing in it. Eleven among tens is a
# mild wish, five among ones a strong one. **Raw $\alpha$ cannot be compared between edges.** This node is from
# `khanrc/pt.darts#38`: that repository ranked edges by raw $\alpha$, and so kept other edges than the published rule.
#
# The published **strength** of an edge is its largest mixing weight, `none` left aside:
#
# $$s_e = \max_{o \neq \texttt{none}} \; p_{e,o} \tag{06.2}$$
#
# (`derive.edge_strengths`). The softmax of (06.1) runs over *all* operations. Only the maximum of (06.2)
# passes over `none`.
#
# ### Exercise 1: strength
#
# Given $\alpha$ [E, O] and the names of its columns, return the strength of every edge. `none` may stand in any
# column. If you are stuck: `hint("06.edge_strength")`, and in the end `solution("06.edge_strength")`.


# %% name="edge-strength" tags=["exercise"] minutes=5 points=2 difficulty=2
def edge_strength(alpha: torch.Tensor, operations: tuple[str, ...]) -> torch.Tensor:
    """The largest mixing weight of every edge over the operations other than `none`: alpha [E, O] -> [E]."""
    # SOLUTION 06.edge_strength


# %% name="edge-strength-check" tags=["check"]
check("06.edge_strength", edge_strength)

# %% [markdown]
# ## 2 · Two edges for every node, and what `none` has to say
#
# `none` is a candidate like the others: it computes zeros. It can take most of an edge, yet no derived cell contains
# it. So does it matter at all? A node may keep one of these two edges; which?

# %% name="p2" tags=["predict"]
predict("06.p2")

# %% name="three-rules"
pairs = {
    (1, 2): np.array([[0.40, 0.50, 0.10], [0.30, 0.35, 0.35]]),  # a row is an edge: none, conv, pool
    (3, 4): np.array([[0.90, 0.08, 0.02], [0.10, 0.50, 0.40]]),
}
for edges, pair in pairs.items():
    others = pair[:, 1:]
    rules = {
        "largest weight but none": others.max(axis=1),
        "sum of all but none": others.sum(axis=1),
        "none taken out first": (others / others.sum(axis=1, keepdims=True)).max(axis=1),
    }
    for rule, strengths in rules.items():
        print(f"edges {edges}, {rule:<23}: {strengths.round(2)}, keeps edge {edges[strengths.argmax()]}")
reveal("06.p2", int(pairs[1, 2][:, 1:].max(axis=1).argmax()))

# %% [markdown]
# Only one operation of an edge survives, so the **sum** says nothing about the survivor. Edges (1) and (2) were put
# to the authors in `quark0/darts#45`, and their answer was: the paper and the code, edge 1.
#
# Edge (3) mostly wants nothing, edge (4) knows what it wants. Whoever takes `none` out before the softmax keeps edge
# (3). So `none` plays a part without ever winning: **what it takes from an edge is missing in that edge's strength.**
# It speaks against the edge, and it is heard only where a node has more edges than it may keep. (As reported in
# `quark0/darts#32`, in a full search `none` held 0.47 of an edge; its next best operation, 0.11, is that edge's
# strength.)
#
# ### Exercise 2: the edges of a node
#
# Row $s$ of $\alpha$ [S, O] belongs to the edge from state $s$ into one node. Keep the $k$ strongest *edges*, each
# with its best operation,
#
# $$o_e = \arg\max_{o \neq \texttt{none}} \; p_{e,o}, \tag{06.3}$$
#
# and return them as (predecessor, operation), in any order (`derive.top_k` does it for a whole cell). Two
# edges, not two operations: a node reads $k$ *different* predecessors.


# %% name="top-k" tags=["exercise"] minutes=8 points=3 difficulty=2
edge_strength = mine("06.edge_strength")  # yours once it has passed, else dartslab's: nobody is blocked


def top_k(alpha: torch.Tensor, operations: tuple[str, ...], k: int) -> list[tuple[int, str]]:
    """The k strongest edges into one node as (predecessor, operation); row s of alpha [S, O]: the edge from s."""
    # SOLUTION 06.top_k


# %% name="top-k-check" tags=["check"]
check("06.top_k", top_k)

# %% [markdown]
# ## 3 · From a real search to a drawn cell
#
# Enough of invented rows. The next cell searches on real pictures, as in lesson 00, for 80 steps: ten to thirty seconds.
# Each table is one kind of cell, each row an edge, ✓ what is kept. Then your two functions are all that is needed:
# `space.rows(node)` gives the rows of $\alpha$ that lead into a node, your `top_k` chooses among them, and the
# library's `derive.top_k` must come to the same cell.
#
# **Predict** from the tables, before you run the cell below them: which node has a close decision?

# %% name="search"
from dartslab import SearchConfig, SearchState, search
from dartslab.data.datasets import load_data
from dartslab.draw.words import describe_heatmap
from dartslab.draw.figures import alpha_heatmap
from dartslab.draw.picture import show
from dartslab.run.console import progress

data = load_data("fashion-mini", image_size=16)
state = SearchState.create(SearchConfig.lesson(steps=steps(80), device="cpu"), data)
*_, last = progress(search(state))
space, weights = state.config.space, state.weights()
print(f"the supernet classifies {last.val_accuracy:.1%} of the pictures that alpha learned from")
title = f"mixing weights after {state.step} steps"
show(alpha_heatmap(space, weights, title), describe_heatmap(space, weights))

# %% name="derive"
from dartslab.draw.style import TITLES

top_k = mine("06.top_k")
found, none = state.genotype(), space.operations.index("none")
for kind, cell in found.cells.items():
    alpha = state.arch.alpha[kind].detach()
    strengths = edge_strength(alpha, space.operations)
    for node in cell.nodes:
        kept = dict(top_k(alpha[space.rows(node)], space.operations, 2))
        same = kept == {c.predecessor: c.operation for c in cell.into(node)}
        print(f"{TITLES[kind]}, node {node}: {'as' if same else 'NOT as'} the library derives it")
        for row in space.rows(node):
            source = space.edges[row].source
            print(f"  {source} → {node}: strength {float(strengths[row]):.3f}, ", end="")
            print(f"none {float(weights[kind][row, none]):.3f}, {kept.get(source, '-')}")

# %% name="before-and-after"
from dartslab.draw.words import describe_genotype
from dartslab.draw.cells import draw_genotype

show(draw_genotype(found), describe_genotype(found))

# %% [markdown]
# Read it from left to right: the two inputs are the outputs of the two cells before; a node adds what its two arrows
# bring; the output stacks all nodes. Every arrow is a row of the tables, its label the column with the ✓.
#
# Two things to find in the list above the drawing. Node 2 never has to decide: exactly two edges lead into it, and it
# keeps both, whatever they weigh. And is there an edge that went although a weaker one stayed elsewhere? That is no
# mistake: edges compete within a node, and no rule compares two nodes, let alone two cells.
#
# ### Exercise 3: read a published cell
#
# Published genotypes are flat lists of (operation, predecessor). The node is not written down: two entries belong to
# the first node, the next two to the second, and so on; the states 0 and 1 are the inputs. Return the arrows of the
# drawing as (from state, to node, operation), in any order. Graphviz draws from such arrows, a line `a -> b
# [label=...]` each: the cell after the check shows your drawing, and the next one the library's.

# %% name="arrows" tags=["exercise"] minutes=5 points=2 difficulty=1
from dartslab import PUBLISHED

pairs = PUBLISHED["DARTS_V2"].to_pairs().normal
print(pairs)


def arrows(pairs: list[tuple[str, int]]) -> list[tuple[int, int, str]]:
    """The published flat list as (from state, to node, operation); two entries belong to each node."""
    # SOLUTION 06.arrows


# %% name="arrows-check" tags=["check"]
check("06.arrows", arrows)

# %% name="your-drawing"
from dartslab.draw.dot import CellGraph
from dartslab.draw.words import describe_cell

graph = CellGraph("mine")
graph.attr(rankdir="LR")
graph.attr("node", shape="circle")
for source, target, operation in mine("06.arrows")(pairs):
    graph.edge(str(source), str(target), label=operation)
show(graph, f"drawn from the list of arrows: {describe_cell(PUBLISHED['DARTS_V2'].normal)}")

# %% name="published"
from IPython.display import display

for name in ("DARTS_V1", "DARTS_V2"):
    genotype = PUBLISHED[name]
    display(show(draw_genotype(genotype), f"{name}. {describe_genotype(genotype)}"))
    for kind, cell in genotype.cells.items():
        from_inputs = sum(c.predecessor < 2 for c in cell.connections)
        plain = sum(c.operation == "skip_connect" or "pool" in c.operation for c in cell.connections)
        words = f"{from_inputs} start at an input, {plain} have no weights"
        print(f"{name}, {kind}: of {len(cell.connections)} edges {words}")

# %% [markdown]
# The published cells are shallow and wide: most of their edges start at an input, and the reduction cells consist of
# pools and skips alone. Is that because such cells are good, or because such edges are learned fast?
#
# ## 4 · What the cut costs
#
# Back to your own search. The supernet classifies pictures with *all* operations mixed; how well, the search has
# printed. Now the mixture is taken apart while **no weight $w$ is trained**: what was learned in company has to do
# alone.
#
# There are two ways down. *Sharpen*: the temperature of the softmax falls, until each edge has one operation left.
# *Drop*: operations are switched off one after the other, the weakest first. Both end with *derived*: two edges per
# node, one operation on each, with weight 1.

# %% name="p3" tags=["predict"]
predict("06.p3")

# %% name="gap-view" tags=["widget"]
from dartslab.widgets import DiscretizationGap

view = DiscretizationGap(state)  # measures every stage on 256 pictures of the half that alpha learned from
view

# %% name="gap-buttons" tags=["widget", "collapsed"]
# buttons that set the view above
from ipywidgets import Button, HBox


def go(path, stage):
    view.controls["path"].value = path
    view.controls["stage"].value = stage


drops = len(view.columns["paths"]["drop"]) - 1
stops = {"mixture": ("sharpen", 0), "T = 0.1": ("sharpen", 4), "half dropped": ("drop", drops // 2)}
stops |= {"one left on each edge": ("drop", drops - 1), "derived": ("drop", drops)}
buttons = {name: Button(description=name, tooltip=f"show {name}", layout={"width": "auto"}) for name in stops}
for name, button in buttons.items():
    button.on_click(lambda button: go(*stops[button.description]))
HBox(list(buttons.values()))

# %% name="p3-measured"
go(*stops["derived"])  # the view above follows
for path, found_stages in view.columns["paths"].items():
    first, before, end = (found_stages[k] for k in (0, -2, -1))
    print(f"{path}: mixture {first['accuracy']:.1%}, {before['name']} {before['accuracy']:.1%}, ", end="")
    print(f"derived {end['accuracy']:.1%} with {end['left']} operations")
reveal("06.p3", round(100 * end["accuracy"], 1))

# %% [markdown]
# Dropping weak operations costs little for a long time: what is left shares the weight anew. The fall comes late,
# when operations go that carried something. The derivation itself makes two cuts: edges go, then operations. Take
# them one by one.
#
# ### Exercise 4: two stages of the gap as tables
#
# The supernet takes any table of mixing weights. `kept` [E, O] marks what the genotype keeps: one entry in each kept
# row. Return two tables,
#
# $$C_{e,o} = p_{e,o}\,[\,e \text{ is kept}\,], \qquad D_{e,o} = [\,e \text{ is kept and } o = o_e\,]: \tag{06.4}$$
#
# first the kept edges, still mixed; then one operation each, with weight 1, which is the last stage of the view
# (`discretization_steps` in `dartslab.instruments.gap`). Rows of the other edges are 0. The cells below then measure
# the stages of a run with one and the same $w$ on the 5,000 test pictures: neither $w$ nor $\alpha$ has learned from
# them, and nothing is chosen by what comes out.


# %% name="discretize" tags=["exercise"] minutes=6 points=2 difficulty=2
def discretize(weights: torch.Tensor, kept: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Two tables [E, O]: the kept edges still mixed, and the kept operations alone with weight 1."""
    # SOLUTION 06.discretize


# %% name="discretize-check" tags=["check"]
check("06.discretize", discretize)

# %% [markdown]
# One search is one number for each stage, and another seed gives others. So two more searches run first, the same but
# for their seed. Each takes as long as the search above.

# %% name="more-runs"
runs = [state]
for seed in [seed for seed in range(3) if seed != state.config.seed]:  # the same seed would be the same run
    other = SearchState.create(SearchConfig.lesson(steps=steps(80), seed=seed, device="cpu"), data)
    for _ in progress(search(other), f"seed {seed}"):
        pass
    runs.append(other)
print(f"seeds of the searches: {[run.config.seed for run in runs]}")

# %% name="measure"
from dartslab.data.batches import plain_batches
from dartslab.derive import top_k_mask
from dartslab.run.steps import evaluate


def supernet_accuracy(run: SearchState, tables: dict[str, torch.Tensor]) -> float:
    """Share of the test pictures that the supernet of a run classifies with these mixing weights."""
    mixing = {kind: torch.as_tensor(table, dtype=torch.float32) for kind, table in tables.items()}
    batches = plain_batches(data.test, run.val.normalize, run.config.batch_size)
    return evaluate(lambda x: run.net(x, mixing), batches)[1]


# %% name="four-stages"
from dartslab.draw.waterfall import draw_waterfall

discretize = mine("06.discretize")
stages = {"mixture": [], "two edges, mixed": [], "one operation each": []}
for run in runs:
    mixture = {kind: torch.as_tensor(table) for kind, table in run.weights().items()}
    cut = {kind: discretize(table, torch.tensor(top_k_mask(space, table))) for kind, table in mixture.items()}
    steps_down = [mixture, *({kind: tables[k] for kind, tables in cut.items()} for k in (0, 1))]
    for name, tables in zip(stages, steps_down, strict=True):
        stages[name].append(supernet_accuracy(run, tables))
draw_waterfall(stages)

# %% [markdown]
# Each dot is a search. The first bar is the mean of the mixture, every other one the change of the mean; below a stage
# stands the range of the searches. The two changes together are the **discretization gap**, in percentage points: 100
# times a difference of accuracies, not a ratio. Users met it early (`quark0/darts#47`). It does not say that the cell
# is bad: every $w$ was trained as a part of a sum, and nobody has trained it alone. So the same $w$ is the wrong judge,
# before the cut as after it. What judges a cell?
#
# ## 5 · Trained from scratch
#
# The published answer: throw $w$ away, build a network of the derived cells alone, train it from scratch, test it.
# Beside it a cell drawn at random, with as many edges, one operation on each. A network has 8 channels here and sees
# all 6,000 training pictures twice, 188 steps; the supernet had 4 channels and 80 steps. (That is one more reason why
# the two accuracies do not compare.)

# %% name="here-network"
here("network")

# %% name="p4" tags=["predict"]
predict("06.p4")

# %% name="train" tags=["collapsed"]
# train the found cell and a random one from scratch
from dartslab import TrainConfig, TrainState, count_parameters, train
from dartslab.derive import random_genotype

cells = {"found": found, "random": random_genotype(space, seed=0)}
scratch = {}
for name, genotype in cells.items():
    training = TrainState.create(TrainConfig.lesson(epochs=2, steps=steps(), device="cpu"), genotype, data)
    *_, last = progress(train(training), f"{name} cell")
    scratch[name] = last.test_accuracy
    size = count_parameters(training.net)
    words = f"{last.test_accuracy:.1%} of the test pictures after {last.step} steps, {size:,} parameters"
    print(f"{name} cell: {words}")
lead = 100 * (scratch["found"] - scratch["random"])
reveal("06.p4", 0 if lead > 2 else 1 if lead < -2 else 2)

# %% [markdown]
# **One seed is an anecdote.** One search, one random cell, one training run each: another seed may turn the order
# round. 188 steps reward what learns fast, and the two cells differ in size: a convolution brings parameters, a pool
# none. Lesson 00 shows how to ask properly: several seeds, mean and spread.
#
# Last, the whole way in one picture: the cells of the two other searches are trained as well, each as long as those above.
# And a test of the judge: what does the supernet, with its $w$, think of the *random* cell?

# %% name="whole-way"
rng = np.random.default_rng(0)  # as in random_genotype
drawn = {kind: top_k_mask(space, rng.random((len(space.edges), len(space.operations)))) for kind in space.kinds}
judged = {"found": stages["one operation each"][0], "random": supernet_accuracy(state, drawn)}
for name in cells:
    print(f"{name:>6} cell: {judged[name]:.1%} with the search's w, {scratch[name]:.1%} from scratch")
retrained = [scratch["found"]]
for seed, run in enumerate(runs[1:], training.config.seed + 1):
    config = TrainConfig.lesson(epochs=2, steps=steps(), seed=seed, device="cpu")
    *_, last = progress(train(TrainState.create(config, run.genotype(), data)), f"cell of seed {run.config.seed}")
    retrained.append(last.test_accuracy)
draw_waterfall(stages | {"retrained": retrained})

# %% [markdown]
# The last bar is no repair of the gap: *retrained* is another network, with 8 channels and $w$ of its own, trained for
# more steps. It stands beside the others because a search is made for it, and not for the mixture. And three searches
# are a look at the spread, not a test.
#
# The supernet knows little of the random cell: operations with a small mixing weight got small gradients, and
# their $w$ has hardly learned to do anything alone. So the supernet's verdict on a cell is mostly about what the
# search itself liked, and what the cell can do when it is trained is another question.
#
# ## 6 · Another task, another cell?
#
# `fashion-turned` asks another question about the same pictures: by how many quarters was a picture turned? The kind of
# clothing no longer matters, its orientation does. A pool treats all directions alike; a convolution can tell them
# apart. Search for both tasks with the quick search of lesson 00, ten to twenty seconds each.

# %% name="p5" tags=["predict"]
predict("06.p5")

# %% name="two-tasks" tags=["collapsed"]
# search for both tasks and compare the cells
kept, genotypes = {}, {}
for name in ("fashion-mini", "fashion-turned"):
    task = load_data(name, image_size=16)
    quick = SearchState.create(SearchConfig.quick(data=name, seed=0, steps=steps()), task)
    for event in progress(search(quick), name):
        pass
    genotypes[name] = quick.genotype()
    kept[name] = {
        kind: sorted((c.predecessor, c.operation) for c in cell.connections)
        for kind, cell in genotypes[name].cells.items()
    }
    for kind, edges in kept[name].items():
        print(f"{name:>14}, {kind}: " + ", ".join(f"{operation} of input {source}" for source, operation in edges))
pairs = [zip(*(cells[kind] for cells in kept.values()), strict=True) for kind in ("normal", "reduce")]
agree = sum(one == other for pair in pairs for one, other in pair)
print(f"{agree} of 4 edges have the same operation")
reveal("06.p5", agree)

# %% [markdown]
# What is each of the two cells worth on the clothing? All cells of this space were trained on it, with several seeds
# (lesson 09), so both can be looked up.

# %% name="ranks"
from dartslab.truth.rank import rank_cell
from dartslab.truth.table import load_table

for name, genotype in genotypes.items():
    print(f"found with {name}: {rank_cell(load_table('lesson'), genotype)}")

# %% [markdown]
# Before you conclude anything: two searches for *one* task, with different seeds, disagree on some edges too. Eight
# searches for each task were compared (`python benchmarks/beats_chance.py`). Their cells, trained from scratch, were
# ahead of random ones by 3.3 points (95 %: 2.1 to 4.5) on the clothing and by 3.1 (1.7 to 4.6) on the turns. Ahead of
# random cells with *as many convolutions* it was 1.2 (0.1 to 2.4) and 0.3 (-0.5 to 1.2): most of what the search finds is
# that convolutions are worth it. And the largest cell of the quick search's space, `sep_conv_3x3` everywhere, was as
# good as the found ones, without any search.
#
# ## What this run can and cannot show
#
# - It **can** show that the mixture and the cell are two different networks, and what each cut between them costs.
# - It **cannot** show whether the search found a good cell. That takes several searches, several random cells and
#   several training runs of each, and a training that is long enough.
# - People ask what accuracy a search should end with (`quark0/darts#60`), and whether its weights can be used
#   (`#172`). The accuracy is a sign that the search learns; its weights are thrown away; what it hands on is the
#   genotype.
#
# **In five lines**
#
# - The strength of an edge is its largest mixing weight other than that of `none`, after a softmax over all operations.
# - A node keeps its two strongest edges, each with one operation.
# - `none` weakens an edge and is never kept.
# - Cutting the mixture down costs accuracy, because $w$ was trained for the mixture.
# - A cell is judged after training from scratch, against random cells, over seeds.

# %% name="q1" tags=["quiz"]
quiz("06.q1")

# %% name="q2" tags=["quiz"]
quiz("06.q2")

# %% name="q3" tags=["quiz"]
quiz("06.q3")

# %% [markdown]
# **Harder.** (a) Between *mixture* and *one operation each* you first took edges away, then operations. Turn the
# order round: all edges, one operation on each, then two edges. Do the two cuts cost the same? (b) Let ties go to the
# earlier predecessor: which cell does an $\alpha$ of zeros give, and why must a derivation say so?
#
# **Reading.** Liu, Simonyan, Yang 2019, *DARTS*, sections 2.4 and 3. Wang et al. 2021, *Rethinking Architecture
# Selection in Differentiable NAS*: they ask each operation what the supernet loses without it, instead of reading
# $\alpha$.
#
# **Next.** [Lesson 07](07_failure.ipynb) lets a search fail, and asks why. [Lesson 09](09_honest_evaluation.ipynb) asks
# how good a search is among all cells. In [lesson 11](11_your_own_search.ipynb) all of it is your own: mixed operation,
# hypergradient, step, search. [Lesson 10](10_cifar10_gpu.ipynb) is the whole experiment, from several searches to a
# report, on a GPU or smaller.

# %% name="progress"
progress_board("06")
