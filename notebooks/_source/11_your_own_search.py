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
# # 11 · Your own search
#
# **Can you write all of DARTS yourself, and does it find what is hidden?**
#
# After this notebook you will be able to
#
# - write a whole search, from the mixed operation to the genotype, in some sixty lines,
# - differentiate through a virtual step of $w$, for any loss and any network,
# - show on a problem with a known answer that it works, and where first order is not enough,
# - compare two programs bit for bit, and say what that shows and what it does not.
#
# *60 minutes in class, 90 alone. Prerequisites: lessons 02, 05 and 06; 03 and 04 help. Everything runs on a processor
# with two cores; all searches together take about a minute.*

# %% name="setup" tags=["collapsed"]
# set-up
import torch

from dartslab.teach import check, hint, mine, predict, progress_board, quiz, reveal, solution, start
from dartslab.teach.lesson import steps
from dartslab.teach.listed import listing

torch.set_num_threads(1)  # with tensors as small as these a second thread only costs time
start("11")

# %% [markdown]
# ## 1 · What you have, and a cell
#
# You wrote five pieces of a search in earlier lessons. A notebook does not remember the functions of another one. So
# **paste yours** into the next cell, each with its check, above the last lines: `mine` takes yours once it has passed
# here, and dartslab's until then. (`top_k` uses `edge_strength`, so that one comes first.)

# %% name="yours"
# paste here, for example: def softmax(alpha, T): ...
# check("02.softmax", softmax)

softmax, mixed_op = mine("02.softmax"), mine("02.mixed_op")
split, edge_strength, top_k = mine("05.split"), mine("06.edge_strength"), mine("06.top_k")

# %% [markdown]
# Five more, and a loop, make a search. All of them speak one language. Weights $w$ and architecture $\alpha$ are
# **dictionaries** of tensors, `{name: tensor}`, and so is a gradient. A loss is a **function**
# `loss(w, alpha, batch)`; it knows the network, and the search does not. Whatever you write for one problem then runs
# on any other.
#
# First the cell. Node $j$ adds the mixed operations of its edges, and each edge $e$ from state $s_e$ has a number of its
# own, its **gain** $c_e$:
#
# $$s_j \;=\; \sum_{e \,\to\, j} c_e \; \sum_o p_{e,o}\; o(s_e), \qquad p_e = \mathrm{softmax}(\alpha_e). \tag{11.1}$$
#
# **Exercise.** `inputs` are the states 0, 1, ...; nodes follow in order. `edges[e]` is a pair (from state, to node), and
# row $e$ of `alpha` and of `gains` belong to it. All edges share one list of operations, `ops`. Your `mixed_op(x, ops,
# row)` is there. $\alpha$ and the gains learn through the cell, so the check looks at gradients too.

# %% name="cell" tags=["exercise"] minutes=8 points=2 difficulty=2
def cell(inputs, ops, alpha, edges, gains):
    """The nodes of a cell, a list: each is the sum of the mixed operations of its edges, each times its gain."""
    # SOLUTION 11.cell


# %% name="cell-check" tags=["check"]
check("11.cell", cell)
cell = mine("11.cell")

# %% [markdown]
# `hint("11.cell")` helps and `solution("11.cell")` shows one way; so for every exercise.
#
# ### A problem with a known answer
#
# The **hidden cell** of lesson 00: two pictures $a$ and $b$ go through two nodes, and on each of five edges stands one of
# seven operations. You see pictures and results. The weights $w$ are the five gains and, in the hard setting, a picture
# that is added to each node, so that they can learn a result by heart:
#
# $$L(w, \alpha) = \text{mean square of } \big(\text{your cell's nodes} + \text{learned pictures} - \text{results}\big).
#   \tag{11.2}$$
#
# $L_\mathrm{train}$ is (11.2) on some pairs of pictures, $L_\mathrm{val}$ on others. The next cell builds it on *your*
# cell. dartslab has the same loss as `problem.loss`, which adds in another order and is quicker.

# %% name="planted-loss"
from dartslab.problems.planted import EDGES, GAIN, Planted, PlantedConfig


def loss_of(problem):
    """L(w, alpha, pairs) of a hidden cell, computed with your cell."""
    ops = problem.candidates()  # seven functions of a batch of pictures

    def loss(w, alpha, pairs):
        nodes = cell(list(pairs.before), ops, alpha["alpha.normal"], EDGES, 1 + GAIN * w["gain"])
        nodes = [node + problem.memory * learned for node, learned in zip(nodes, w["memory"])]
        return sum((node - result).square().mean() for node, result in zip(nodes, pairs.results)) / 2

    return loss


# %% name="same-loss"
HARD = {"memorise": True, "pairs": 1, "light": 1.5}  # one training pair, brighter than the four validation pairs
hard = Planted(PlantedConfig(seed=1, **HARD))
w, alpha = hard.first_weights, hard.first_alpha.parameters()
print({name: list(t.shape) for name, t in (*w.items(), *alpha.items())})
for name, pairs in (("L_train", hard.train), ("L_val", hard.val)):
    ours, library = loss_of(hard)(w, alpha, pairs), hard.loss(w, alpha, pairs)
    print(f"{name}: yours {ours:.6f}, dartslab's {library:.6f}, difference {abs(ours - library):.0e}")

# %% [markdown]
# ## 2 · Two hypergradients
#
# The **hypergradient** says how the validation loss changes with $\alpha$. First order takes it at the present $w$:
#
# $$g_1 = \partial_\alpha L_\mathrm{val}(w, \alpha). \tag{11.3}$$
#
# **Exercise.** Return it as a dictionary with the names of `alpha`. Two arguments are not needed here; they are there
# because all hypergradients are called alike. Leave the tensors that were passed in as they came: no gradient stays on
# them, and none asks for gradients that did not before.

# %% name="first-order" tags=["exercise"] minutes=4 points=1 difficulty=1
def first_order(loss, w, alpha, train, val, xi):
    """The derivative of the loss on `val` with respect to alpha at the present w, {name: tensor}."""
    # SOLUTION 11.first_order


# %% name="first-order-check" tags=["check"]
check("11.first_order", first_order)
first_order = mine("11.first_order")

# %% [markdown]
# The exact one lets $w$ answer by one virtual step, so that $\alpha$ enters twice:
#
# $$\begin{gathered} w' = w - \xi\, \nabla_w L_\mathrm{train}(w, \alpha), \qquad
#   v = \nabla_{w'} L_\mathrm{val}(w', \alpha), \\
#   g = \frac{d}{d\alpha} L_\mathrm{val}\big(w'(\alpha), \alpha\big)
#   = \underbrace{\partial_\alpha L_\mathrm{val}(w', \alpha)}_{\text{direct}}
#   \; \underbrace{-\,\xi\,\big[\partial^2_{\alpha, w} L_\mathrm{train}(w, \alpha)\big]\, v}_{\text{implicit}}.
#   \end{gathered} \tag{11.4}$$
#
# In lessons 03 and 04 you computed the two terms one by one. You may do that again, with a finite difference or a
# product. Or let autograd do what it is made for: if $w'$ keeps its history, one derivative gives both terms.
#
# **Exercise.** Return $g$ for dictionaries of any names and shapes. A finite difference passes too.

# %% name="exact" tags=["exercise"] minutes=10 points=3 difficulty=3
def exact(loss, w, alpha, train, val, xi):
    """The derivative of the loss on `val` at w' with respect to alpha; w' is one step from w on `train`."""
    # SOLUTION 11.exact


# %% name="exact-check" tags=["check"]
check("11.exact", exact)
exact = mine("11.exact")

# %% [markdown]
# How do both stand beside the architect's, which takes other ways (`dartslab.architect`)? And how far are they from each
# other, in the hard setting, at the start of a search?

# %% name="beside-architect" tags=["collapsed"]
# your two hypergradients beside the architect's
from dartslab import architect
from dartslab.bilevel import Bilevel, VirtualStep

xi, bilevel = 0.9, Bilevel(hard.loss, hard.loss, VirtualStep(0.9))
slopes = {}
for name, function in {"first_order": first_order, "exact": exact}.items():
    slopes[name] = function(loss_of(hard), w, alpha, hard.train, hard.val, xi)["alpha.normal"]
    library = architect.HYPERGRADIENTS[name](bilevel, w, alpha, hard.train, hard.val)["alpha.normal"]
    off = (slopes[name] - library).norm() / library.norm()
    print(f"{name:>11}: length {slopes[name].norm():.3f}, from the architect's {off:.0e} of that")
cosine = torch.nn.functional.cosine_similarity(*(slope.flatten() for slope in slopes.values()), dim=0)
print(f"cosine of first order and exact: {cosine:.2f}")

# %% [markdown]
# ## 3 · A step, a search
#
# Algorithm 1 of Liu et al. 2019, for two optimisers that hold the tensors of $\alpha$ and $w$:
#
# $$\alpha \leftarrow \mathrm{Adam}\big(\alpha,\, g(w, \alpha)\big), \qquad \text{then} \qquad
#   w \leftarrow \mathrm{SGD}\big(w,\, \nabla_w L_\mathrm{train}(w, \alpha)\big). \tag{11.5}$$
#
# In lesson 05 you wrote it with plain descent. Here optimisers make the moves: each reads the gradient that stands in
# `.grad` of its tensors when `step()` is called. $\xi$ is the length of the step that $w$ is about to make:
# `sgd.param_groups[0]["lr"]`.
#
# **Exercise.** `hypergradient(loss, w, alpha, train, val, xi)` is one of your two functions. Nothing is returned; $w$ and
# $\alpha$ move where they are. $w$ asks for gradients, $\alpha$ does not.

# %% name="search-step" tags=["exercise"] minutes=8 points=3 difficulty=2
def search_step(loss, w, alpha, train, val, hypergradient, adam, sgd):
    """One step of a search, in place: Adam moves alpha by the hypergradient, then SGD moves w."""
    # SOLUTION 11.search_step


# %% name="search-step-check" tags=["check"]
check("11.search_step", search_step)
search_step = mine("11.search_step")

# %% [markdown]
# **Exercise.** The whole search. `train(step)` and `val(step)` give the batches of a step, counted from 0. Return the
# history of $\alpha$: a list of dictionaries, the start first, then one after each step.

# %% name="whole-search" tags=["exercise"] minutes=5 points=2 difficulty=2
def whole_search(loss, w, alpha, train, val, hypergradient, adam, sgd, steps):
    """Copies of alpha: before the first step, and after each; train(step) and val(step) give its batches."""
    # SOLUTION 11.whole_search


# %% name="whole-search-check" tags=["check"]
check("11.whole_search", whole_search)
whole_search = mine("11.whole_search")

# %% [markdown]
# **Exercise.** And the end of it: read the cell off. Your `top_k(alpha, operations, k)` gives (row, operation) for the
# edges into *one* node. Here is a whole cell: let every node keep $k$ of its edges, as (from state, to node, operation).
# Edges may come in any order, and a state need not have an edge into every node.

# %% name="read-off" tags=["exercise"] minutes=6 points=2 difficulty=2
def read_off(alpha, operations, edges, k):
    """The k strongest edges into each node as (from state, to node, operation); row e of alpha: edges[e]."""
    # SOLUTION 11.read_off


# %% name="read-off-check" tags=["check"]
check("11.read_off", read_off)
read_off = mine("11.read_off")

# %% [markdown]
# ## 4 · Does it find what is hidden?
#
# That is all of DARTS. Here it is in one piece, without docstrings and comment lines:

# %% name="one-screen"
pieces = (softmax, mixed_op, cell, split, first_order, exact)
listing(*pieces, search_step, whole_search, edge_strength, top_k, read_off)

# %% [markdown]
# Let it search: a hidden cell in the easy setting, four training pairs, first order. Guess first.

# %% name="p1" tags=["predict"]
predict("11.p1")

# %% name="find"
def find(problem, loss, hypergradient):
    """The history of alpha of your search for a hidden cell; all pairs are in every step."""
    w = {name: t.clone().requires_grad_() for name, t in problem.first_weights.items()}
    alpha = problem.first_alpha.clone().parameters()
    adam = torch.optim.Adam(alpha.values(), lr=0.1, betas=(0.5, 0.999))
    sgd, halves = torch.optim.SGD(w.values(), lr=0.9), (lambda step: problem.train, lambda step: problem.val)
    rows = whole_search(loss, w, alpha, *halves, hypergradient, adam, sgd, steps(120))
    return [row["alpha.normal"] for row in rows]


easy = Planted(PlantedConfig(seed=3))
history = find(easy, loss_of(easy), first_order)

# %% name="p1-measured" tags=["collapsed"]
# read the cell off after each step
hidden = {(*edge, easy.names[o]) for edge, o in zip(EDGES, easy.answer)}
right = [len(hidden & set(read_off(alpha, easy.names, EDGES, k=3))) for alpha in history]
print("hidden:  ", *sorted(hidden))
print("you read:", *sorted(read_off(history[-1], easy.names, EDGES, k=3)))
late = [step + 1 for step, count in enumerate(right) if count < len(EDGES)]
reveal("11.p1", max(late, default=0))

# %% name="found" tags=["collapsed"]
# compare with dartslab's search, and draw what was found
from dartslab.draw.picture import show
from dartslab.problems.planted_search import search_planted
from dartslab.widgets.planted_search import describe_planted, draw_planted, planted_frame

frame = planted_frame(easy, [softmax(table, 1.0) for table in history])
*_, library = search_planted(easy, "first_order", steps=steps(120))
off = float((history[-1] - library.alpha).abs().max())
print(f"from dartslab's own search for it: {off:.0e} in alpha at most")
show(draw_planted(frame), describe_planted(frame))

# %% [markdown]
# Green leads and is hidden. On the right is how the hidden operations rose, one curve for each edge. Cell, gradient, step,
# loop and reading were your own functions.
#
# ## 5 · Where first order is not enough
#
# Now the hard setting: $w$ can learn by heart, and there is one training pair, too bright. A third hypergradient joins,
# the naive one, in which $\alpha$ learns from the training pair too. With your `first_order` it is one line.
#
# Six hidden cells, three hypergradients. To save time the loss is dartslab's (`problem.loss`), which equals yours to
# the last digits, as measured above. The search stays yours: it takes any loss.

# %% name="p2" tags=["predict"]
predict("11.p2")

# %% name="hard"
def single_level(loss, w, alpha, train, val, xi):
    return first_order(loss, w, alpha, train, train, xi)


ways = {"single level": single_level, "first order": first_order, "exact": exact}
problems = [Planted(PlantedConfig(seed=seed, **HARD)) for seed in range(6, 12)]
found = {name: [find(problem, problem.loss, way) for problem in problems] for name, way in ways.items()}
counts = {}
for name, runs in found.items():
    counts[name] = [problem.count_right(rows[-1]) for problem, rows in zip(problems, runs)]
    whole = sum(count == len(EDGES) for count in counts[name])
    surest = max(float(softmax(rows[-1], 1.0).max()) for rows in runs)
    edges = f"{sum(counts[name]):>2} of 30 edges {counts[name]}"
    print(f"{name:>12}: {whole} of 6 cells found whole, {edges}; largest mixing weight {surest:.2f}")
reveal("11.p2", sum(counts["first order"]))

# %% name="rise" tags=["collapsed"]
# draw: how the hidden operations rose
from matplotlib.figure import Figure

from dartslab.draw.style import plain_axes
from dartslab.widgets.planted_search import draw_rise

shown = max(range(6), key=lambda k: counts["exact"][k] - counts["first order"][k])  # where they differ most
panels = (figure := Figure(figsize=(10, 2.8), layout="constrained")).subplots(1, 3, sharey=True)
for panel, (name, runs) in zip(panels, found.items()):
    plain_axes(panel)
    draw_rise(panel, planted_frame(problems[shown], [softmax(table, 1.0) for table in runs[shown]]))
    panel.set_title(f"{name}: {counts[name][shown]} of 5 edges", fontsize=10)
panels[0].set_ylabel("mixing weight of the hidden operation", fontsize=8)
words = ", ".join(f"{name} {counts[name][shown]} of 5" for name in found)
show(figure, f"Mixing weights of the hidden operations, cell {6 + shown}; edges right in the end: {words}.")

# %% [markdown]
# A dashed orange curve: in the end another operation leads on that edge. All three are the same search; only their
# hypergradients differ. In single level $\alpha$ soon rests where it is: $w$ has its one pair by heart, and that pair
# has nothing more to say. First order looks at other pairs, but believes that $w$ stays. Exact knows that $w$ will
# answer.
#
# Single level may lead on more edges than first order, and still finds no cell. Its largest mixing weight says why: at the
# start all are 0.14. It began in the right direction and stopped. First order is sure, and often of the wrong operation.
#
# Over 60 other hard cells it was 4, 24 and 53 whole cells, for dartslab's search (`python
# benchmarks/planted_search.py`). This problem was built so that the answer of $w$ matters; what that means for real
# networks is open, see lesson 04.
#
# ## 6 · On real pictures, bit for bit
#
# Nothing in your search knows about hidden cells. Give it another loss: the cross-entropy of a supernet on
# `fashion-mini`, two nodes and six operations. The network is dartslab's, as in lesson 04. The split, the mixing weights,
# the hypergradient, the step, the loop and the reading are yours.
#
# Then **the same search by dartslab**, `search(state)`, beside it. Both must begin alike, so `begin` makes for each of
# them a state with the same seed: first weights, first $\alpha$, both optimisers, and the batches, which are a function
# of (seed, purpose, step). Into it go **your halves**. To keep (11.5) as simple as it is, the learning rate of $w$ stays
# at 0.05, and its gradient is never clipped.

# %% name="settings" tags=["collapsed"]
# the pictures and the settings of both searches
import numpy as np
from torch.func import functional_call
from torch.nn.functional import cross_entropy

from dartslab import Recorder, SearchConfig, SearchState, search
from dartslab.data.datasets import load_data

data = load_data("fashion-mini", image_size=16)
plain = {"schedule": "cosine", "learning_rate": 0.05, "learning_rate_min": 0.05, "clip": 1e9, "alpha_waits": 0}
config = SearchConfig.quick(nodes=2, batch_size=32, steps=steps(60), device="cpu", **plain)
print(config.space.operations)


# %% name="begin"
def begin():
    """A search that has not begun, on your halves."""
    state = SearchState.create(config, data)
    for_w, for_alpha = (torch.tensor(sorted(int(k) for k in half)) for half in split(data.train.labels.numpy()))
    state.train.part, state.val.part = data.train.pick(for_w), data.train.pick(for_alpha)
    return state


def picture_loss(net, softmax):
    """L(w, alpha, batch) of a supernet whose mixing weights are made by `softmax` of one table."""

    def loss(w, alpha, batch):
        weights = {kind: softmax(alpha[f"alpha.{kind}"]) for kind in ("normal", "reduce")}
        return cross_entropy(functional_call(net, w, (batch.images, weights)), batch.labels)

    return loss


# %% name="p3" tags=["predict"]
predict("11.p3")

# %% name="both-run"
def run(softmax, hypergradient=first_order):
    """The history of alpha of your search on the pictures."""
    state = begin()
    loss, w, alpha = picture_loss(state.net, softmax), dict(state.net.named_parameters()), state.arch.parameters()
    halves, optimizers = (state.train, state.val), (state.alpha_optimizer, state.optimizer)
    return whole_search(loss, w, alpha, *halves, hypergradient, *optimizers, config.steps)


own = run(lambda table: softmax(table, 1.0))
state = begin()
recorder = Recorder(state)
*_, last = recorder.watch(search(state))
record = recorder.record
print(f"{last.step} steps; dartslab's supernet classifies {last.val_accuracy:.0%} of the validation half")


# %% name="p3-measured" tags=["collapsed"]
# how far your alpha is from dartslab's
def apart(rows):
    """The largest difference from dartslab's alpha after each step; 0 means equal to the last bit."""
    names = [f"alpha.{kind}" for kind in config.space.kinds]
    return [
        max(float(np.abs(row[name].numpy() - record.columns[name][k]).max()) for name in names)
        for k, row in enumerate(rows[1:])
    ]


distances = apart(own)
for step in (1, 2, 10, 20, 40, 60):
    if step <= config.steps:
        print(f"after step {step:>2}: {distances[step - 1]:.1e}")
reveal("11.p3", 0 if distances[-1] == 0 else 1 if distances[-1] < 1e-5 else 2)

# %% name="replay" tags=["widget", "collapsed"]
# both searches, side by side
from dartslab.run.recorder import record_of
from dartslab.widgets import Replay

replay = Replay(record_of(config, own[1:]), record)  # A is yours, B is dartslab's
replay

# %% [markdown]
# Drag the step. Where do A and B part so far that you can see it, and do they keep the same cell in the end? (A is
# yours; it kept its $\alpha$ and no losses.)
#
# If yours differed: is it wrong, then? Change one thing and look again. `torch.softmax` computes the formula of your
# `softmax` in the order in which dartslab does. Everything else stays yours.

# %% name="bit-for-bit"
from dartslab.draw.style import TITLES

same = run(lambda table: torch.softmax(table, dim=-1))
print(f"with torch.softmax: at most {max(apart(same)):g} apart in {config.steps} steps")
equal = all(torch.equal(same[-1][f"alpha.{kind}"], state.arch.alpha[kind]) for kind in config.space.kinds)
print("alpha after the last step is equal bit for bit:", equal)
edges = [(edge.source, edge.target) for edge in config.space.edges]
for kind, derived in state.genotype().cells.items():
    read = set(read_off(same[-1][f"alpha.{kind}"], config.operations, edges, k=2))
    agrees = read == {(c.predecessor, c.node, c.operation) for c in derived.connections}
    print(f"{TITLES[kind]}: you read off {'what' if agrees else 'something else than'} dartslab derives")

# %% [markdown]
# Equality to the last bit is the hardest comparison of two programs: one sum in another order would show. It says that
# your search **is** dartslab's. It does not say that the cell is good. And if a rounding alone gave another cell above,
# then *this search of sixty steps does not know which of the two is better*; that is what several seeds are for.
#
# **And the exact one?** Yours takes another way through the network than `architect.exact`, so these two cannot be equal
# bit for bit. How far apart are they in one step?

# %% name="exact-on-pictures" tags=["collapsed"]
# your exact hypergradient beside the architect's
from dartslab.run.problem import bilevel_problem

fresh, xi = begin(), config.learning_rate
tables = fresh.arch.parameters()
given = dict(fresh.net.named_parameters()), tables, fresh.train(0), fresh.val(0)
yours = exact(picture_loss(fresh.net, lambda table: torch.softmax(table, dim=-1)), *given, xi)
its = architect.exact(bilevel_problem(fresh.net, fresh.arch, fresh.relaxation, VirtualStep(xi)), *given)
for name in tables:
    off = float((yours[name] - its[name]).norm() / its[name].norm())
    print(f"{name}: {off:.0e} apart, relative to its length")

# %% [markdown]
# ## What these runs can and cannot show
#
# - They **can** show that your search works: it finds what was hidden, and it computes what dartslab computes.
# - They **cannot** show that a cell found on pictures is better than another; nothing was trained from scratch here.
#
# **In five lines**
#
# - A search needs a loss of (w, alpha, batch) and nothing else of the network.
# - The hypergradient is one derivative; through a virtual step that keeps its history it has both terms.
# - A step moves alpha on validation pictures, then w on training pictures, at the new alpha.
# - On a hidden cell you can say whether a search is right; there exact finds what first order misses.
# - On real pictures a rounding may change the cell, so one search is an anecdote.

# %% name="questions" tags=["quiz"]
display(quiz("11.q1"), quiz("11.q2"), quiz("11.q3"))

# %% [markdown]
# **Harder.** (a) `run(lambda table: softmax(table, 1.0), exact)` searches with your exact hypergradient; it takes several
# times as long. Is it nearer to another seed of first order, or to the same? (b) Hide a cell of your own,
# `PlantedConfig(hidden=("turn", "keep", "blur", "edges", "mirror"))`, and find the smallest number of training pairs with
# which first order still finds it. (c) Put another loss of your own into `whole_search`: one with a penalty on
# convolutions, for example.
#
# **Reading.** Liu, Simonyan, Yang 2019, *DARTS*, algorithm 1 and section 2.3, once more, with your code beside it. Then
# `dartslab/architect.py` and `dartslab/run/search.py`: you have written both.
#
# **Next.** [Lesson 10](10_cifar10_gpu.ipynb) is the whole experiment: several searches, a choice, training from scratch,
# a report. Or change your search: `docs/extending.md` shows how a method of your own joins the library.

# %% name="progress"
progress_board("11")
