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
# - write the central step of seven published methods, a few lines each,
# - say for each which cause it answers, and what it costs,
# - measure the bias of a gradient estimator by enumeration,
# - choose a remedy, and justify the choice with numbers over seeds.
#
# *45 minutes in class (exercises 1, 5 and 6 or 8), an hour and a half alone. Prerequisites: lessons 02 and 06; lesson
# 07 for the causes. A processor with two cores is enough.*

# %% name="setup" tags=["collapsed"]
# set-up
import numpy as np
import torch

from dartslab.draw.here import here
from dartslab.teach import check, hint, mine, predict, progress_board, quiz, reveal, solution, start
from dartslab.teach.lesson import steps

start("08")

# %% [markdown]
# Lesson 07 was about searches that end with nothing but skip connections. Many papers propose a remedy, and each paper
# names its own cause:
#
# | the cause, as the authors see it | the remedy | what it changes | `dartslab/methods/` |
# |---|---|---|---|
# | a skip also carries gradients; alpha rewards that | DARTS- | one more skip, which fades out | `darts_minus.py` |
# | skips and pools learn nothing, so they are ready first | PC-DARTS | fewer channels are mixed; edge weights | `pc_darts.py` |
# | in a softmax one gains what others lose | FairDARTS | sigmoids; a second term in the loss | `fair_darts.py` |
# | large alphas move ever further from the others | Beta-DARTS | a penalty on large alphas | `beta_darts.py` |
# | alpha does not say what an operation is worth | DARTS-PT | how the cell is derived | `darts_pt.py` |
# | a supernet mixes, a found cell does not | GDAS, ReinMax | draws one operation for each edge | `gdas.py`, `reinmax.py` |
#
# Each file says what its method changes. Everything else is as in DARTS. You will write the new part of each method.
# (Four more methods come up at the end. RobustDARTS stops early, as in lesson 07. SDARTS-RS adds noise to the mixing
# weights. DrNAS draws the mixing weights. P-DARTS keeps at most two skip connections in a cell, whatever alpha says.)
#
# ## 1 · An auxiliary skip connection: DARTS-

# %% [markdown]
# A skip connection has two tasks. It is an operation that may be chosen. It also lets gradients through while the
# convolutions are still untrained. $\alpha$ cannot distinguish the two: a skip that helps in either task gains weight.
# DARTS- gives the second task to an auxiliary skip connection, whose weight $b$ is not learned.

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
    print(f"{progress:.0%} done: the weights sum to {weights[0].sum():.3f}, the skip has {weights[0, skip]:.3f}")
    if progress == 0.5:
        half_done = round(float(weights[0].sum()), 3)
reveal("08.p1", half_done)

# %% [markdown]
# Let $x$ be the input of edge $e$, $\bar o_e(x)$ its output, and $p_{e,o}$ the softmax of $\alpha$, the mixing weight
# of operation $o$:
#
# $$\bar o_e(x) = b\, x + \sum_o p_{e,o}\, o(x), \qquad b = 1 - \frac{\text{epochs done}}{\text{epochs}} \tag{08.1}$$
#
# (Chu et al. 2021, *DARTS-*, section 3.3.) Where the skip is the identity, this is the softmax with $b$ added in one
# column. The rows are *not* scaled to sum to 1: then $b$ would take weight from the convolutions, as the skip did. The
# cell is derived from $p$ alone. The auxiliary skip costs next to nothing. It is one more module only on an edge that
# halves the picture.
#
# ### Exercise 1: the auxiliary skip
#
# The space has E edges and O operations. Return the weights [E, O] of (08.1) from $\alpha$ [E, O] and the column of the
# skip. Epochs are counted from 0, so `epoch` epochs are done. $\alpha$ learns through your result: use torch's
# operations, and do not detach anything. (`hint("08.auxiliary_skip")` and `solution("08.auxiliary_skip")` help. Every
# exercise has both.)


# %% name="auxiliary-skip" tags=["exercise"] minutes=5 points=2 difficulty=1
def auxiliary_skip(alpha: torch.Tensor, skip: int, epoch: int, epochs: int) -> torch.Tensor:
    """Mixing weights [E, O] of DARTS-: softmax of alpha [E, O], and b in the column `skip`; epochs from 0."""
    # SOLUTION 08.auxiliary_skip


# %% name="auxiliary-skip-check" tags=["check"]
check("08.auxiliary_skip", auxiliary_skip)

# %% [markdown]
# ## 2 · A part of the channels: PC-DARTS
#
# PC-DARTS sends only a part of the channels through the operations. This saves memory. Its authors name a second
# effect: most of a state does not go through the operations, so the early advantage of operations without weights
# counts for less. Let a state $x$ have $C$ channels. Its first $C/k$ channels $x'$ go through the mixed operation, the
# other channels $x''$ are passed on unchanged. The edge $e$ gives
#
# $$f_e(x) = \mathrm{shuffle}_k\Big(\sum_o p_{e,o}\, o(x'),\; x''\Big) \tag{08.2}$$
#
# (Xu et al. 2020, *PC-DARTS*, eq. 2.) Without the shuffle the next node would send the same channels through its
# operations. The shuffle reorders the channels: $k$ groups of $C/k$ channels become $C/k$ groups of $k$ channels. Each
# new group has one channel from each old group.

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
# `mixed` is the mixed operation of an edge with stride 1. It takes the first $C/k$ channels of x [B, C, H, W]: B
# pictures, C channels, height H and width W. Do not change x itself: other edges read it too. (dartslab shuffles once
# for each node. The result is the same, because all edges of a node are shuffled alike.)


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
# Have all channels gone through an operation after four edges in a row? No, but the 1 x 1 convolution at the input of
# the next cell mixes all channels. PC-DARTS has a price: each edge judges an operation by a part of the channels, and
# this makes the search less stable (as reported in Xu et al. 2020). So PC-DARTS adds a number $\beta$ for each edge,
# does not train $\alpha$ in the first epochs, and uses the saved memory for larger batches.
#
# ## 3 · No competition, or less of it: FairDARTS and Beta-DARTS
#
# In a softmax one operation gains what the others lose. FairDARTS gives each operation a sigmoid of its own, so a
# change of one $\alpha$ changes one weight. But then nothing makes an edge decide. So FairDARTS adds a second term to
# the validation loss $L_{\mathrm{val}}$ of $\alpha$. It pushes every sigmoid $s_{e,o}$ away from 1/2, and is called
# **the push** here. The mean goes over all edges $e$ and operations $o$:
#
# $$L_{\mathrm{val}} - 10\, \mathrm{mean}_{e,o}\big(s_{e,o} - \tfrac12\big)^2, \qquad s = \frac{1}{1 + e^{-\alpha}} \tag{08.3}$$
#
# (Chu, Zhou, Zhang, Li 2020, *Fair DARTS*; numbers from their code.) The derivative of the sigmoid is $s' = s(1 - s)$.
# By the chain rule the gradient of the push in one $\alpha$ is $-10$ times three factors: one from the mean, one from
# the square and one from the sigmoid.

# %% name="p3" tags=["predict"]
predict("08.p3")

# %% [markdown]
# ### Exercise 3: the push
#
# Return the gradient of the push alone, without $L_{\mathrm{val}}$, in $\alpha$ [E, O]. Compute it without autograd.


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
# A search starts with $\alpha$ near 0, where the gradient of the push is 0. But this point is *unstable*: an $\alpha$ a
# little above 0 rises, an $\alpha$ a little below 0 falls. So the first steps of $L_{\mathrm{val}}$ count for much. At
# the end several operations of an edge may have a weight near 1, and only the strongest is kept. An edge below a
# threshold is dropped, so a node may end without input.
#
# Beta-DARTS does the opposite. It keeps the softmax, and it adds a penalty that holds large alphas back. The penalty
# grows with the progress of the search, which goes from 0 to 1:
#
# $$L_{\mathrm{val}} + \lambda\, \mathrm{mean}_e \log \sum_o e^{\alpha_{e,o}}, \qquad
#   \lambda = 25 \cdot \text{progress} \tag{08.4}$$
#
# (Ye et al. 2022, *Beta-DARTS*; the mean is over the edges of both kinds together.) The gradient of the penalty is
# $\lambda\, p_{e,o}$ divided by the number of edges, with $p_{e,o}$ the softmax of $\alpha$. So the operation with the
# largest weight is pulled down most. The penalty belongs to *every* loss of $\alpha$, in the second-order step too. If it
# is missing there, it has no effect.
#
# ### Exercise 4: the penalty
#
# `alpha` is a dictionary {kind: [E, O]}. The kinds may have different numbers of edges. $\alpha$ learns through your
# result.


# %% name="beta-penalty" tags=["exercise"] minutes=3 points=1 difficulty=1
def beta_penalty(alpha: dict[str, torch.Tensor], progress: float) -> torch.Tensor:
    """25 progress times the mean of log sum_o exp(alpha[e, o]) over all edges; alpha {kind: [E, O]}."""
    # SOLUTION 08.beta_penalty


# %% name="beta-penalty-check" tags=["check"]
check("08.beta_penalty", beta_penalty)

# %% [markdown]
# ## 4 · Chosen by removal, not by alpha: DARTS-PT
#
# The methods so far change how $\alpha$ is learned. Wang et al. 2021 (*Rethinking Architecture Selection in
# Differentiable NAS*, algorithm 1) leave the search as it is, but derive the cell without $\alpha$. On edge $e$ they
# keep the operation $o_e$ whose removal costs the supernet most accuracy:
#
# $$o_e = \arg\min_{o \neq \texttt{none}} \mathrm{accuracy}\big(p \text{ with } p_{e,o} = 0\big). \tag{08.5}$$
#
# The next cell makes a search to which we can apply this: one epoch of DARTS, about ten seconds. Run it, then predict.

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
# `accuracy(table)` measures the supernet with a table [E, O] of mixing weights. Set the weight of one operation to 0,
# and leave all others as they are: scaling them to sum to 1 would change them too. Return the name of the operation
# that is missed most: the one without which the accuracy is smallest.


# %% name="choose-by-removal" tags=["exercise"] minutes=6 points=2 difficulty=2
def choose_by_removal(accuracy, weights: torch.Tensor, edge: int, operations: tuple[str, ...]) -> str:
    """The operation of an edge, other than `none`, that is missed most; accuracy(table) of a table [E, O]."""
    # SOLUTION 08.choose_by_removal


# %% name="choose-by-removal-check" tags=["check"]
check("08.choose_by_removal", choose_by_removal)

# %% name="p4-measured" tags=["collapsed"]
# remove each operation of every edge once, measured on 256 validation pictures
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
# Two rules read the same supernet. Which rule is right? Neither is right by itself: both use a $w$ that was trained
# with all operations in the mixture (lesson 06). Therefore DARTS-PT chooses one edge after the other, and trains the
# supernet further in between. Its cost is this training, and a pass over the validation half for every operation of
# every edge.
#
# ## 5 · One operation for each draw: GDAS and ReinMax
#
# A found cell has one operation on each edge, so why search with a mixture? GDAS draws one operation and computes only
# this one. Let $n_o$ be noise from a Gumbel distribution, one number for each operation. Then $\log p_o + n_o$ is
# largest for operation $o$ with probability $p_o$. The drawn operation has the number $i$. For the gradient, a softmax
# $q$ with temperature $\tau$ takes the place of the draw:
#
# $$i = \arg\max_o\, (\log p_o + n_o), \quad q = \mathrm{softmax}\Big(\frac{\log p + n}{\tau}\Big), \quad
#   \nabla_\alpha = \langle g, o_i(x) \rangle \; \frac{q_i\,(e_i - q)}{\tau} \tag{08.6}$$
#
# (Dong, Yang 2019, section 3.2). Here $o_i(x)$ is the output of the drawn operation, $g$ the gradient of the loss in
# the output of the edge, and $e_i$ the vector with a 1 at $i$ and 0 elsewhere. $q_i(e_i - q)$ is row $i$ of
# $\mathrm{diag}(q) - q q^{\top}$. **Only the drawn operation** gives a gradient, because the others were not computed.
# In a public implementation the weights of the others were added to the output as numbers (`D-X-Y/AutoDL-Projects#36`).
#
# ### Exercise 6: the gradient of one draw
#
# Return $\nabla_\alpha$ of (08.6) for one edge, from alpha [O], gumbel [O] (the noise $n$), tau, outputs [O, N] and g
# [N].


# %% name="sampled-gradient" tags=["exercise"] minutes=8 points=3 difficulty=3
def sampled_gradient(alpha, gumbel, tau: float, outputs, g) -> torch.Tensor:
    """The gradient of GDAS in alpha [O], for one draw of gumbel [O]; outputs [O, N], g = dL/d(edge) [N]."""
    # SOLUTION 08.sampled_gradient


# %% name="sampled-gradient-check" tags=["check"]
check("08.sampled_gradient", sampled_gradient)

# %% [markdown]
# Is this gradient right on average? With five operations there are five possible draws, so we **enumerate** them
# instead of drawing. Let $f$ be a loss that depends on the weights of one edge. Its mean over the draws is
# $\sum_i p_i f(e_i)$. An estimator that gives $\hat g_i$ for draw $i$ has the mean $\sum_i p_i\, \hat g_i$. With
# $g_i = \nabla f(e_i)$ and $J(q) = \mathrm{diag}(q) - q q^{\top}$, two estimators are
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
# Row $i$ of `estimates` [O, O] is the estimate $\hat g_i$ for draw $i$. `gradient` [O] is $g_i$ for the drawn operation
# $i$.


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
# two losses of five weights, their gradients for each draw and on average
random, eye = torch.Generator().manual_seed(0), torch.eye(5, dtype=torch.float64)
alpha, matrix = (torch.randn(size, generator=random, dtype=torch.float64) for size in ((5,), (5, 5)))
losses = {"quadratic": lambda q: (matrix @ q).square().sum(), "cubic": lambda q: (matrix @ q).pow(3).sum()}


def mean_loss(alpha, f):
    """sum_i p_i f(e_i)"""
    return sum(q * f(e) for q, e in zip(alpha.softmax(0), eye))


at_draws = {name: torch.stack([torch.func.grad(f)(e) for e in eye]) for name, f in losses.items()}  # row i: g_i
exact = {name: torch.func.grad(mean_loss)(alpha, f) for name, f in losses.items()}

# the bias of each estimator by enumeration; the bias of GDAS by many draws
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
# A bias does little harm if the mean estimate still points in the direction of the gradient (cosine near 1). It does
# harm if the mean estimate points elsewhere. ReinMax is exact for linear and quadratic losses, but not for the cubic
# one. It computes *all* operations, so it does not save the time that GDAS saves. GDAS was drawn and not enumerated: ±
# is the standard error of its mean, and a bias that is hardly larger than ± may be chance. What does a smaller $\tau$
# do to the bias for each of the losses, and to the standard error? (The larger it is, the noisier is a single draw.)
#
# ## 6 · What they cost, and what they do to a collapse
#
# A method names its changes to DARTS and nothing else. So one line turns your penalty from exercise 4 into a method.
# The cell after the prediction times its step beside those of DARTS and GDAS. Which step is cheapest, and by how much?

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
    for name, run in runs.items():  # in turn, so that other work of this machine slows all of them alike
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
# In so short a search these remedies have no effect. Such a search says nothing for or against them. Therefore every
# search names what cannot act before it begins. (`python benchmarks/methods.py` measures the cost of all methods at the
# lesson's size, in passes and in calls.)
#
# Do the remedies help? A live search has one seed only. So here are **recorded** searches with several seeds: the
# collapse of lesson 07 and its variants. A variant changes one thing: it removes a cause, or it adds a remedy. (Only
# *slow w* changes two.) The cells that these searches found were then trained from scratch.

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
    """The operations on the edges that a recorded search kept."""
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
# - **How many seeds?** A change without any effect would still keep fewer skips in about half of the seeds, if there
#   were no ties. How often would it keep fewer in all of them? How many remedies were tried here?
# - **By how much?** Do the ranges overlap? Of how many kept edges is each number a fraction (`fair-darts`)? Which
#   variants change the *cause*, and which only its effect? The rule of `p-darts-cap` allows no third skip, so its
#   number of skips is no finding. Its stages cannot act here, where an edge has only two operations.
# - **Are the cells better?** Fewer skips are only a sign. The accuracy after training from scratch is the answer. Do
#   the two agree? Which remedies find better cells than the collapse, and which find better cells than random ones?
# - **At what cost?** What else could be done in the same time: more pictures, a second seed?
#
# ### Your choice
#
# You have a new task, little data and one night on this machine. Which remedy do you choose, and against which cause?
# Which number of the table would have made you choose another remedy, or none? Write three sentences, and defend them
# against your neighbour.
#
# ## What these runs can and cannot show
#
# - They **can** show what each remedy changes, what it costs, and whether it keeps fewer skips and finds better cells
#   in this setting.
# - They **cannot** show that a remedy works elsewhere. This space is tiny. Its collapse was made with few pictures and
#   wrong labels. The authors of a remedy chose its settings for searches of another length.
# - Tables in papers often report the best of several searches (`yuhuixu1993/PC-DARTS#47`). One search is worse than
#   this on average.
#
# **In five lines**
#
# - A remedy answers a cause. Ask which cause before you ask how well it works.
# - DARTS- adds a skip beside the softmax, PC-DARTS mixes fewer channels, FairDARTS replaces the softmax by sigmoids,
#   and Beta-DARTS adds a penalty on large alphas.
# - DARTS-PT leaves the search as it is. It removes one operation at a time, and keeps the one that is missed most.
# - GDAS computes one operation, and its gradient is biased. ReinMax computes all, and is exact for quadratic losses.
# - Say how many seeds there were, what the remedy cost, and what could not act.

# %% name="questions" tags=["quiz"]
from IPython.display import display

display(quiz("08.q1"), quiz("08.q2"), quiz("08.q3"))

# %% [markdown]
# **Harder.** (a) DARTS+ stops a search at the end of the first epoch whose normal cell keeps two skip connections.
# Write `two_skips(cells)` for a list of derived cells, one after each epoch. Which seeds of the recorded collapse would
# it stop, and when? `recorded_collapse(seed=...).genotype(row)` is the cell that would be derived at a row. (b)
# SDARTS-RS adds noise from $-\epsilon$ to $\epsilon$ to every mixing weight, in the step of $w$ only, clamps it to 0 to
# 1, and makes rows sum to 1. Write it as a method of your own, as above, and let `dartslab methods check` look at it.
# Why must the noise come from `moment.generator()`?
#
# **Reading.** The heads of the files in `dartslab/methods/`, each half a page with its equations. Zela et al. 2020,
# *Understanding and Robustifying Differentiable Architecture Search*: the remedy that stops early. Li, Talwalkar 2019,
# *Random Search and Reproducibility for NAS*: what a remedy has to beat.
#
# **Next.** [Lesson 09](09_honest_evaluation.ipynb) asks how one would know that a remedy is better than chance.
# `docs/methods.md` lists all methods and says how to add yours.

# %% name="progress"
progress_board("08")
