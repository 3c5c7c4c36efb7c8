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
# # 08 · Remedies
#
# **Which change to DARTS answers which cause of the collapse, and what does each cost?**
#
# After this notebook you will be able to
#
# - write the heart of seven published methods, a few lines each,
# - say for each which cause it answers, and what it costs,
# - measure the bias of a gradient estimator by enumeration,
# - choose a remedy, and justify the choice with numbers over seeds.
#
# *45 minutes in class (exercises 1, 5 and 6 or 8), an hour and a half alone. Prerequisites: lessons 02 and 06; lesson 07
# for the causes. Everything runs on a processor with two cores; a short search and three timed ones take under a minute.*

# %% name="setup" tags=["collapsed"]
# set-up
import numpy as np
import torch

from dartslab.draw.here import here
from dartslab.teach import check, hint, mine, predict, progress_board, quiz, reveal, solution, start
from dartslab.teach.lesson import steps

start("08")

# %% [markdown]
# Lesson 07 was about searches that end with nothing but skip connections. Many papers offer a remedy, and each begins
# with another cause:
#
# | the cause, as the authors see it | the remedy | what it changes | `dartslab/methods/` |
# |---|---|---|---|
# | a skip also carries the gradient, so it is liked for that | DARTS- | a skip more, which fades out | `darts_minus.py` |
# | skips and pools learn nothing, so they are ready first | PC-DARTS | a part of the channels, edge weights | `pc_darts.py` |
# | in a softmax one wins what others lose | FairDARTS | sigmoids, and a push | `fair_darts.py` |
# | large alphas run away from the others | Beta-DARTS | a penalty | `beta_darts.py` |
# | alpha is not what an operation is worth | DARTS-PT | the derivation | `darts_pt.py` |
# | a mixture is not a cell | GDAS, ReinMax | one operation for each draw | `gdas.py`, `reinmax.py` |
#
# Each file says what it changes, and everything it does not name is DARTS. You will write what is new in each. (Four more
# come up at the end: RobustDARTS stops early, as in lesson 07; SDARTS-RS adds noise to the mixing weights, DrNAS draws
# them; P-DARTS caps skip connections at two in a cell, whatever alpha says.)
#
# ## 1 · The skip gets a helper: DARTS-

# %% [markdown]
# A skip connection has two tasks. It is an operation that may be chosen, and it lets gradients through while the
# convolutions are still untrained. $\alpha$ cannot tell which of the two it is rewarded for. DARTS- gives the second task
# to another skip, with a weight $b$ that nobody learns.

# %% name="p1" tags=["predict"]
predict("08.p1")

# %% name="p1-measured"
from dartslab import SearchConfig
from dartslab.methods import METHODS
from dartslab.methods.method import Moment
from dartslab.relaxation import Arch

space = SearchConfig.lesson().space
skip = space.operations.index("skip_connect")
arch = Arch.create(space, generator=torch.Generator().manual_seed(0))
for progress in (0.0, 0.5, 1.0):
    weights = METHODS["darts-minus"].weights(arch, Moment("w", progress, 1.0, space))["normal"]
    print(f"{progress:.0%} done: an edge sums to {weights[0].sum():.3f}, its skip has {weights[0, skip]:.3f}")
    if progress == 0.5:
        half_done = round(float(weights[0].sum()), 3)
reveal("08.p1", half_done)

# %% [markdown]
# $$\bar o_e(x) = b\, x + \sum_o p_{e,o}\, o(x), \qquad b = 1 - \frac{\text{epochs done}}{\text{epochs}} \tag{08.1}$$
#
# (Chu et al. 2021, *DARTS-*, section 3.3.) Where the skip is the identity this is the softmax with $b$ added in one column.
# Rows are *not* made to sum to 1 again: then $b$ would take weight from the convolutions, as the skip did. And the cell is
# derived from $p$ alone. It costs next to nothing; only where an edge halves the picture it is a module more.
#
# ### Exercise 1: the helper
#
# Return the weights [E, O] of (08.1) from $\alpha$ [E, O] and the column of the skip. Epochs are counted from 0, so `epoch`
# of them are done. $\alpha$ learns through your result: use torch's operations, and cut no gradient. (`hint(...)` and
# `solution("08.auxiliary_skip")` help, here and in every exercise.)


# %% name="auxiliary-skip" tags=["exercise"] minutes=5 points=2 difficulty=1
def auxiliary_skip(alpha: torch.Tensor, skip: int, epoch: int, epochs: int) -> torch.Tensor:
    """Mixing weights [E, O] of DARTS-: softmax of alpha [E, O], and b in the column `skip`; epochs from 0."""
    # SOLUTION 08.auxiliary_skip


# %% name="auxiliary-skip-check" tags=["check"]
check("08.auxiliary_skip", auxiliary_skip)

# %% [markdown]
# ## 2 · A part of the channels: PC-DARTS
#
# To send only a part of the channels through the operations saves memory. Its authors name a second effect: where most of
# a state passes by, the early lead of the operations that have nothing to learn counts for less. The first $C/k$ channels
# $x'$ go through the mixed operation, the others $x''$ pass by:
#
# $$f_e(x) = \mathrm{shuffle}_k\Big(\sum_o p_{e,o}\, o(x'),\; x''\Big) \tag{08.2}$$
#
# (Xu et al. 2020, *PC-DARTS*, eq. 2.) Without the shuffle the next node would send the same channels through its
# operations. It deals them anew: $k$ groups of $C/k$ channels become $C/k$ groups with one channel of each.

# %% name="p2" tags=["predict"]
predict("08.p2")

# %% name="p2-measured"
from dartslab import SearchState
from dartslab.data.datasets import load_data

data, count = load_data("fashion-mini", image_size=16), {}
for method in ("darts", "pc-darts"):  # 16 channels, k = 4
    net = SearchState.create(SearchConfig.lesson(method=method, channels=16, device="cpu"), data).net
    parts = {name: w.numel() for name, w in net.named_parameters() if "preprocess" not in name}
    count[method] = sum(size for name, size in parts.items() if name.startswith("cells"))
    print(f"{method:>8}: {count[method]:,} weights in the operations of all cells")
left = count["pc-darts"] / count["darts"]
reveal("08.p2", 0 if left > 0.35 else 1 if left > 0.17 else 2)

# %% [markdown]
# ### Exercise 2: cut, mix, join, shuffle
#
# `mixed` is the mixed operation of an edge with stride 1; it takes the first $C/k$ channels of x [B, C, H, W]. Leave x
# itself as it is: other edges read it too. (dartslab shuffles once for each node, which is the same, since all its edges
# are shuffled alike.)


# %% name="partial" tags=["exercise"] minutes=6 points=2 difficulty=2
def partial(x, mixed, k: int) -> torch.Tensor:
    """An edge of PC-DARTS: x [B, C, H, W] -> [B, C, H, W]; `mixed` takes and gives C/k channels."""
    # SOLUTION 08.partial


# %% name="partial-check" tags=["check"]
check("08.partial", partial)

# %% name="dealt-anew"
x, partial = torch.zeros(1, 16, 1, 1), mine("08.partial")  # 16 channels, k = 4, as in the paper
for edge in range(1, 5):  # an operation adds 1 to what goes through it
    x = partial(x, lambda part: part + 1, 4)
    seen = x.flatten().int().tolist()
    print(f"after edge {edge} in a row: {sum(map(bool, seen)):>2} of 16 channels have seen an operation: {seen}")

# %% [markdown]
# How far does one deal reach? Not to all channels; the 1 x 1 convolution at the entrance of the next cell mixes all of them.
# The price: each edge judges an operation by a part of the channels. So the search is noisier, and PC-DARTS adds a number
# $\beta$ for each edge, lets $\alpha$ wait at first, and takes larger batches with the memory that it saves.
#
# ## 3 · No race, or a slower one: FairDARTS and Beta-DARTS
#
# In a softmax one operation wins what the others lose. FairDARTS gives each a sigmoid of its own: changing one $\alpha$
# changes one weight. Then nothing makes an edge decide, so a push is added to the loss of $\alpha$:
#
# $$L_{\mathrm{val}} - 10\, \mathrm{mean}_{e,o}\big(s_{e,o} - \tfrac12\big)^2, \qquad s = \frac{1}{1 + e^{-\alpha}} \tag{08.3}$$
#
# (Chu, Zhou, Zhang, Li 2020, *Fair DARTS*; numbers from their code.) By the chain rule, with $s' = s(1 - s)$, its gradient
# in one $\alpha$ holds three factors: one from the mean, one from the square, one from the sigmoid.

# %% name="p3" tags=["predict"]
predict("08.p3")

# %% [markdown]
# ### Exercise 3: the push
#
# Write the gradient of the extra loss, without $L_{\mathrm{val}}$, in $\alpha$ [E, O]: by hand, without autograd.


# %% name="push-apart" tags=["exercise"] minutes=6 points=2 difficulty=2
def push_apart(alpha: torch.Tensor) -> torch.Tensor:
    """The gradient, in alpha [E, O], of -10 times the mean of (s - 1/2)^2 over all s = sigmoid(alpha)."""
    # SOLUTION 08.push_apart


# %% name="push-apart-check" tags=["check"]
check("08.push_apart", push_apart)

# %% name="p3-measured"
push_apart, pair = mine("08.push_apart"), torch.tensor([[0.01, -0.01, 0.0]], dtype=torch.float64)
for step in range(41):
    if step % 10 == 0:
        print(f"after {step:>2} steps: alpha {pair[0].tolist()[0]:+.3f}, {pair[0, 1]:+.3f} and {pair[0, 2]:+.3f}")
    pair = pair - 0.5 * push_apart(pair)
first, second = pair[0, :2].tolist()
reveal("08.p3", 0 if abs(first) < 0.01 else 1 if first * second < 0 else 2 if second > 0 else 3)
one = torch.zeros(1, 8)
one[0, 3] = 1  # one alpha of eight is raised
for name, function in {"softmax": lambda a: a.softmax(1), "sigmoid": torch.sigmoid}.items():
    changed = int(((function(one) - function(0 * one)).abs() > 1e-6).sum())
    print(f"{name}: one alpha was raised, {changed} of 8 weights changed")

# %% [markdown]
# $\alpha = 0$ is where the push is 0, and where it starts; but it is an *unstable* point: whoever is a little above goes
# up, whoever is a little below goes down. So the first steps of $L_{\mathrm{val}}$ count for much. Several operations of an
# edge may come out near 1; only the strongest is kept. An edge below a threshold is dropped, so that a node may even end
# without input.
#
# Beta-DARTS does the opposite: it keeps the softmax, and holds large alphas back, more and more:
#
# $$L_{\mathrm{val}} + \lambda\, \mathrm{mean}_e \log \sum_o e^{\alpha_{e,o}}, \qquad
#   \lambda = 25 \cdot \text{progress} \tag{08.4}$$
#
# (Ye et al. 2022, *Beta-DARTS*; the mean is over the edges of both kinds together.) Its gradient is $\lambda\, p_{e,o}$
# over the number of edges: what weighs most is pulled down most. It belongs into *every* loss of $\alpha$: in a public
# implementation it was missing in the second-order step, and did nothing there.
#
# ### Exercise 4: the penalty
#
# $\alpha$ comes as {kind: [E, O]}, and the kinds may have different numbers of edges. $\alpha$ learns through it.


# %% name="beta-penalty" tags=["exercise"] minutes=3 points=1 difficulty=1
def beta_penalty(alpha: dict[str, torch.Tensor], progress: float) -> torch.Tensor:
    """25 progress times the mean of log sum_o exp(alpha[e, o]) over all edges; alpha {kind: [E, O]}."""
    # SOLUTION 08.beta_penalty


# %% name="beta-penalty-check" tags=["check"]
check("08.beta_penalty", beta_penalty)

# %% [markdown]
# ## 4 · Not alpha, but what is missed: DARTS-PT
#
# So far $\alpha$ was mended. Wang et al. 2021 (*Rethinking Architecture Selection in Differentiable NAS*, algorithm 1) leave
# the search as it is and no longer read $\alpha$: an operation is kept if the supernet loses most without it,
#
# $$o_e = \arg\min_{o \neq \texttt{none}} \mathrm{accuracy}\big(p \text{ with } p_{e,o} = 0\big). \tag{08.5}$$
#
# First a search to ask: one epoch by DARTS, some ten seconds. Then predict.

# %% name="search"
from dartslab import search
from dartslab.draw.figures import alpha_heatmap
from dartslab.draw.picture import show
from dartslab.draw.words import describe_heatmap
from dartslab.run.console import progress as with_progress

state = SearchState.create(SearchConfig.lesson(epochs=1, steps=steps(), device="cpu"), data)
for _ in with_progress(search(state), "darts"):
    pass
weights = state.weights()
title = f"mixing weights after {state.step} steps of DARTS"
show(alpha_heatmap(space, weights, title), describe_heatmap(space, weights))

# %% name="p4" tags=["predict"]
predict("08.p4")

# %% [markdown]
# ### Exercise 5: chosen by removal
#
# `accuracy(table)` measures a table [E, O] of mixing weights. Set the weight of one operation to 0, and leave all others
# as they are: whoever makes them sum to 1 again has changed them too. Give the name of the operation that is missed most.


# %% name="choose-by-removal" tags=["exercise"] minutes=6 points=2 difficulty=2
def choose_by_removal(accuracy, weights: torch.Tensor, edge: int, operations: tuple[str, ...]) -> str:
    """The operation of an edge, other than `none`, that is missed most; accuracy(table) of a table [E, O]."""
    # SOLUTION 08.choose_by_removal


# %% name="choose-by-removal-check" tags=["check"]
check("08.choose_by_removal", choose_by_removal)

# %% name="p4-measured" tags=["collapsed"]
# ask the supernet on every edge, with 256 validation pictures
from dartslab.run.steps import evaluate

choose_by_removal, agree = mine("08.choose_by_removal"), 0
for kind, table in weights.items():

    def quality(changed, kind=kind):  # minus the loss: with so few pictures many accuracies are equal
        return -evaluate(lambda x: state.net(x, weights | {kind: changed}), state.val.plain(256))[0]

    for row, edge in enumerate(space.edges):
        by_alpha = max(space.choices, key=lambda column: float(table[row, column]))
        missed = choose_by_removal(quality, table, row, space.operations)
        agree += missed == space.operations[by_alpha]
        names = f"alpha says {space.operations[by_alpha]:<13} missed most is {missed}"
        print(f"{kind:>6}, {edge.source} → {edge.target}: {names}")
reveal("08.p4", agree)

# %% [markdown]
# Two rules, one supernet. Which is right? Neither is, by itself: both ask a $w$ that was trained in company (lesson 06).
# DARTS-PT therefore chooses one edge after the other and trains on in between. That is its price: a pass over the
# validation half for every operation of every edge, and that training.
#
# ## 5 · One operation for each draw: GDAS and ReinMax
#
# A cell has one operation on an edge, so why search with a mixture? GDAS draws one, and computes only that. With noise $n$
# from a Gumbel distribution the largest of $\log p + n$ is operation $o$ with probability $p_o$. For the gradient the draw is
# made soft:
#
# $$i = \arg\max_o\, (\log p_o + n_o), \quad q = \mathrm{softmax}\Big(\frac{\log p + n}{\tau}\Big), \quad
#   \nabla_\alpha = \langle g, o_i(x) \rangle \; \frac{q_i\,(e_i - q)}{\tau} \tag{08.6}$$
#
# (Dong, Yang 2019, section 3.2), with $g$ the gradient of the loss in the output of the edge, $e_i$ the vector with a 1 at
# $i$, and $q_i(e_i - q)$ row $i$ of $\mathrm{diag}(q) - q q^{\top}$. **Only the operation that was drawn** gives a gradient:
# the others were not computed. In a public implementation their weights were added as bare numbers
# (`D-X-Y/AutoDL-Projects#36`).
#
# ### Exercise 6: the gradient of one draw
#
# Return (08.6) for one edge: alpha [O], gumbel [O] (the noise $n$), tau, outputs [O, N] and g [N].


# %% name="sampled-gradient" tags=["exercise"] minutes=8 points=3 difficulty=3
def sampled_gradient(alpha, gumbel, tau: float, outputs, g) -> torch.Tensor:
    """The gradient of GDAS in alpha [O], for one draw of gumbel [O]; outputs [O, N], g = dL/d(edge) [N]."""
    # SOLUTION 08.sampled_gradient


# %% name="sampled-gradient-check" tags=["check"]
check("08.sampled_gradient", sampled_gradient)

# %% [markdown]
# Is that gradient right on average? With five operations there are five draws, so no drawing is needed: **enumerate**. For a
# loss $f$ of the weights of one edge the mean loss is $\sum_i p_i f(e_i)$, and an estimator that gives $\hat g_i$ at draw $i$
# has the mean $\sum_i p_i\, \hat g_i$. Two estimators, with $g_i = \nabla f(e_i)$ and $J(q) = \mathrm{diag}(q) - q q^{\top}$:
#
# $$\text{straight-through: } J(p)\, g_i \qquad
#   \text{ReinMax: } 2\, J\Big(\frac{p + e_i}{2}\Big)\, g_i - \tfrac12\, J(p)\, g_i \tag{08.7}$$
#
# (Liu, Dong, Liu, Yu, Gao 2023, *Bridging Discrete and Backpropagation*, algorithm 2.)

# %% name="p5" tags=["predict"]
predict("08.p5")

# %% [markdown]
# ### Exercises 7 and 8: the mean of an estimator, and ReinMax
#
# `estimates` [O, O] has in row $i$ what an estimator gives where $i$ is drawn. `gradient` [O] is $g_i$.


# %% name="expectation" tags=["exercise"] minutes=2 points=1 difficulty=1
def expectation(p: torch.Tensor, estimates: torch.Tensor) -> torch.Tensor:
    """The mean of an estimator over all draws: p [O], estimates [O, O], row i where i is drawn -> [O]."""
    # SOLUTION 08.expectation


# %% name="expectation-check" tags=["check"]
check("08.expectation", expectation)


# %% name="reinmax" tags=["exercise"] minutes=7 points=3 difficulty=3
def reinmax(alpha: torch.Tensor, drawn: int, gradient: torch.Tensor) -> torch.Tensor:
    """The estimate of ReinMax in alpha [O]; gradient [O] is that of the loss where `drawn` has weight 1."""
    # SOLUTION 08.reinmax


# %% name="reinmax-check" tags=["check"]
check("08.reinmax", reinmax)

# %% name="losses" tags=["collapsed"]
# two losses of five weights, their gradients at each draw and on average
random, eye = torch.Generator().manual_seed(0), torch.eye(5, dtype=torch.float64)
alpha, matrix = (torch.randn(size, generator=random, dtype=torch.float64) for size in ((5,), (5, 5)))
losses = {"quadratic": lambda q: (matrix @ q).square().sum(), "cubic": lambda q: (matrix @ q).pow(3).sum()}


def mean_loss(alpha, f):
    """sum_i p_i f(e_i)"""
    return sum(q * f(e) for q, e in zip(alpha.softmax(0), eye))


at_draws = {name: torch.stack([torch.func.grad(f)(e) for e in eye]) for name, f in losses.items()}  # row i: g_i
exact = {name: torch.func.grad(mean_loss)(alpha, f) for name, f in losses.items()}

# the bias of each estimator, by enumeration; that of GDAS by many draws
from dartslab.base.seeds import gumbel

expectation, reinmax, draw_one = mine("08.expectation"), mine("08.reinmax"), mine("08.sampled_gradient")
p, bias, error = alpha.softmax(0), {}, {}
noise = [gumbel(p.shape, random).double() for _ in range(steps(5000))]
for loss, g in at_draws.items():
    means = {"straight-through": expectation(p, torch.stack([p * (row - p @ row) for row in g]))}
    for tau in (1.0, 0.1):
        draws = torch.stack([draw_one(alpha, n, tau, eye, g[(p.log() + n).argmax()]) for n in noise])
        means[name := f"GDAS, tau {tau}"] = draws.mean(0)
        error[loss, name] = float((draws.std(0) / len(draws) ** 0.5).norm() / exact[loss].norm())
    means["ReinMax"] = expectation(p, torch.stack([reinmax(alpha, i, row) for i, row in enumerate(g)]))
    for name, mean in means.items():
        bias[loss, name] = float((mean - exact[loss]).norm() / exact[loss].norm())
        cosine = float(torch.cosine_similarity(mean, exact[loss], dim=0))
        drawn = f" ± {error[loss, name]:.2f}" if (loss, name) in error else ""
        print(f"{loss:>9}, {name:<16}: cosine {cosine:+.3f}, relative bias {bias[loss, name]:7.2g}{drawn}")
right = [name for (loss, name), size in bias.items() if loss == "quadratic" and size < 1e-9]
reveal("08.p5", "ReinMax" if right == ["ReinMax"] else "straight-through" if right else "none of them")

# %% [markdown]
# A bias that points the same way (cosine near 1) does little harm; one that turns the gradient does. ReinMax is exact up to
# a quadratic loss, and not beyond; and it needs *all* operations computed, so it gives up what GDAS saves. GDAS was drawn
# and not enumerated: ± is the standard error of its mean, and a bias that is hardly larger may be chance. Read from the
# table what a smaller $\tau$ does to the bias, and what to the error: a single draw gets noisier.
#
# ## 6 · What they cost, and what they do to a collapse
#
# Every method is a file that names its changes, so yours is one as well: your penalty of exercise 4 becomes a method in one
# line. Beside it DARTS and GDAS. Which step is cheapest, and by how much?

# %% name="p6" tags=["predict"]
predict("08.p6")

# %% name="p6-measured"
from time import perf_counter

from dartslab.methods.method import Method
from dartslab.run.search import one_step

beta_penalty = mine("08.beta_penalty")
METHODS["mine"] = Method("mine", "you", penalty=lambda arch, weights, now: beta_penalty(arch.alpha, now.progress))
configs = {name: SearchConfig.lesson(method=name, device="cpu") for name in ("darts", "mine", "gdas")}
runs = {name: SearchState.create(config, data) for name, config in configs.items()}
spent = {name: [] for name in runs}
for _ in range(steps(20)):
    for name, run in runs.items():  # in turn: what else this machine does slows all of them alike
        begun = perf_counter()
        one_step(run)
        spent[name].append(perf_counter() - begun)
seconds = {name: np.median(each) for name, each in spent.items()}
for name, of_a_step in seconds.items():
    print(f"{name:>5}: {of_a_step:.3f} s a step, {of_a_step / seconds['darts']:.2f} x DARTS")
reveal("08.p6", min(range(3), key=lambda k: abs((0.125, 0.5, 1)[k] - seconds["gdas"] / seconds["darts"])))

# %% name="cannot-act" tags=["collapsed"]
# what cannot act in a search of only 20 steps
for method in METHODS:
    config = SearchConfig.lesson(method=method, epochs=1, steps=20, device="cpu")
    for sentence in SearchState.create(config, data).idle_settings():
        print(sentence)

# %% [markdown]
# So short a search leaves these remedies nothing to do, and a remedy that cannot act in a run is no evidence for or
# against itself. That is why a search says so before it begins.
# (`python benchmarks/methods.py` measures all of them at the lesson's size, in passes and in calls.)
#
# And do they help? A live search is one seed, so here are **recorded** searches of the collapse of lesson 07: the same
# setting, several seeds, one thing changed in each, a cause taken away or a remedy put in. The cells that they found were
# then trained from scratch.

# %% name="variants"
from dartslab.experiment.collapse import SEEDS, VARIANTS, recorded_collapse, retrained_accuracies, seconds_of

print(f"{len(SEEDS)} searches of each")
for name, variant in VARIANTS.items():
    print(f"{variant.kind:>8}: {name}" + f", {variant.label}" * (variant.label != name))

# %% name="p7" tags=["predict"]
predict("08.p7")

# %% name="collapse" tags=["widget"]
from dartslab.widgets import Collapse

Collapse("darts-minus")  # recorded searches: choose another variant, move the step

# %% name="p7-measured" tags=["collapsed"]
# each variant beside the collapse, seed by seed
from dartslab.base.statistics import compare_means


def kept_operations(record):
    """The operations of the edges that a recorded search kept."""
    return [c.operation for cell in record.genotype().cells.values() for c in cell.connections]


kept = {name: [kept_operations(recorded_collapse(name, seed)) for seed in SEEDS] for name in VARIANTS}
skips = {name: np.array([one.count("skip_connect") / len(one) for one in found]) for name, found in kept.items()}
test = {name: [np.mean(cell) for cell in cells] for name, cells in retrained_accuracies().items()}  # in %
fewer = {name: int((found < skips["collapse"]).sum()) for name, found in skips.items()}
for name, found in skips.items():
    edges = "/".join(str(count) for count in sorted({len(one) for one in kept[name]}))
    words = f"skips {found.mean():4.0%} of {edges} kept ({found.min():4.0%} to {found.max():4.0%})"
    better, cost = compare_means(test[name], test["collapse"]), np.mean(seconds_of(name))
    cells = f"from scratch {np.mean(test[name]):.1f} %"
    if name != "collapse":
        words += f", fewer in {fewer[name]} of {len(SEEDS)}"
        slower = cost / np.mean(seconds_of("collapse"))
        cells += f", {better.points:+.1f} ± {better.error or 0:.1f}; time x {slower:.2f}"
    print(f"{name:>13}: {words}; {cells}")
print(f"random cells from scratch: {np.mean(test['random']):.1f} %")
reveal("08.p7", sum(fewer[name] == len(SEEDS) for name in VARIANTS if VARIANTS[name].kind == "remedy"))

# %% [markdown]
# The numbers behind ± are standard errors of a difference of two means. Read the table by its columns:
#
# - **How many seeds?** If a change did nothing, it would still be ahead in any one seed as often as not. How often would it
#   be ahead in all of them, and how many remedies were tried here?
# - **By how much**, and do the ranges overlap? Of how many edges is it a fraction (`fair-darts`)? Which variants change the
#   *cause*, and which only its effect? `p-darts-cap` may not keep a third skip: its number is its rule, and no finding.
# - **Are the cells better?** Fewer skips are a sign; accuracy from scratch is the question. Do the two go together, and
#   which remedies find cells that are better than those of the collapse, or than random ones?
# - **At which cost?** What else could the same time buy: more pictures, a shorter search, a second seed?
#
# ### Your choice
#
# For a new task with little data and one night on this machine: which remedy, against which cause, and which number of the
# table would have made you choose another, or none? Three sentences, to be defended against your neighbour.
#
# ## What these runs can and cannot show
#
# - They **can** show what each remedy changes, what it costs, and whether it keeps fewer skips and finds better cells in
#   this setting.
# - They **cannot** show that a remedy works elsewhere: this space is tiny, its collapse was made with few
#   pictures and wrong labels, and the numbers of a remedy were chosen by its authors for searches of their own length.
# - Tables in papers often report the best of several searches (`yuhuixu1993/PC-DARTS#47`). That is not what one search
#   gives you.
#
# **In five lines**
#
# - A remedy is an answer to a cause: ask which, before you ask how well.
# - DARTS- helps the skip beside the softmax, PC-DARTS mixes fewer channels, FairDARTS ends the race, Beta-DARTS slows it.
# - DARTS-PT changes nothing in the search and asks what is missed, one operation at a time, the rest left as it is.
# - GDAS computes one operation and pays with a biased gradient; ReinMax computes all and is exact for quadratics.
# - Count seeds, name the cost, and say what could not act.

# %% name="questions" tags=["quiz"]
from IPython.display import display

display(quiz("08.q1"), quiz("08.q2"), quiz("08.q3"))

# %% [markdown]
# **Harder.** (a) DARTS+ stops a search at the end of the first epoch whose normal cell keeps two skip connections. Write
# `two_skips(cells)` for a list of derived cells, one after each epoch, and say which seeds of the recorded collapse it would
# stop, and when: `recorded_collapse(seed=...).genotype(row)` is what would be derived at a row. (b) SDARTS-RS adds noise
# from $-\epsilon$ to $\epsilon$ to every mixing weight, in the step of $w$ only, clamps it to 0 to 1, and makes rows sum
# to 1. Write it as a method of your own, as above, and let `dartslab methods check` look at it. Why must the noise come from
# `moment.generator()`?
#
# **Reading.** The heads of the files in `dartslab/methods/`, each half a page with its equations. Zela et al. 2020,
# *Understanding and Robustifying Differentiable Architecture Search*: the remedy that stops early. Li, Talwalkar 2019,
# *Random Search and Reproducibility for NAS*: what a remedy has to beat.
#
# **Next.** [Lesson 10](10_cifar10_gpu.ipynb) is the whole experiment, in which a remedy would have to prove itself;
# `docs/methods.md` lists all methods and says how to add yours.

# %% name="progress"
progress_board("08")
