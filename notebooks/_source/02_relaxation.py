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
# # 02 · The continuous relaxation
#
# **How can a choice among operations have a derivative?**
#
# After this notebook you will be able to
#
# - write the mixed operation of an edge, and of a whole node,
# - say without computing what a shift of $\alpha$, a stretch and a temperature do to a mixture,
# - derive the gradient of the loss with respect to $\alpha$ and find it again in autograd's numbers,
# - explain why the operation that wins need not be the one that could do best.
#
# *40 minutes in class (the exercises on entropy and on the node are for home), 75 alone. Prerequisite: lesson 00; what
# a cell is stands in 01. All runs together take less than half a minute on two cores.*

# %% name="setup" tags=["collapsed"]
# set-up
import torch

from dartslab.draw.here import here
from dartslab.teach import check, hint, mine, predict, progress_board, quiz, reveal, solution, start

start("02")

# %% [markdown]
# ## 1 · From a choice to mixing weights
#
# One edge, eight operations, and a job on which we can see who is good at it: **move the picture two pixels to the
# right.** The next cells take real pictures $x$, the same pictures moved ($y$), and the eight operations of
# `dartslab.cell.MixedOp` with untrained weights. The loss is the mean squared error between the edge's output and $y$.
#
# Which operation should the edge use? Two ways to let numbers $\alpha$ decide, one for each operation:
#
# - **A choice:** use the operation with the largest $\alpha$.
# - **A mixture:** use all of them, operation $o$ with the **mixing weight**
#
# $$p_o = \frac{e^{\alpha_o / T}}{\sum_{o'} e^{\alpha_{o'} / T}}, \qquad \sum_o p_o = 1 \tag{02.1}$$
#
# This is the *softmax* (`dartslab.relaxation.softmax`; on plain arrays `dartslab.derive.softmax`). $T > 0$ is the
# temperature, 1 in the published method (Liu et al. 2019, eq. 2).

# %% name="here-edge"
here("edge")

# %% name="task"
from dartslab.cell import MixedOp
from dartslab.data.datasets import load_data
from dartslab.base.seeds import seeded
from dartslab.space import PUBLISHED_OPERATIONS as names

images = load_data("fashion-mini").train.images[:96].float()
images = (images - images.mean()) / images.std()
x, spare = images[:64], images[64:]  # [64, 1, 28, 28]; the spare ones are for part 5
y = x.roll(2, dims=3)
with seeded(2, "edge"):
    edge = MixedOp(names, channels=1, stride=1)
with torch.no_grad():
    outputs = torch.stack([op(x) for op in edge.candidates])  # [8, 64, 1, 28, 28]

# %% name="look" tags=["collapsed"]
# draw: the picture and the output of each operation
from matplotlib.figure import Figure

from dartslab.draw.picture import show


def row(pictures):
    """One picture of each batch, side by side; the line marks the same column in all."""
    figure = Figure(figsize=(1.2 * len(pictures), 1.5), layout="constrained", facecolor="white")
    for panel, (words, batch) in zip(figure.subplots(1, len(pictures)), pictures.items(), strict=True):
        panel.imshow(batch[1, 0], cmap="gray", vmin=float(y[1].min()), vmax=float(y[1].max()))
        panel.axvline(9.5, color="#E69F00", linewidth=1)
        panel.set_title(words, fontsize=8)
        panel.set_axis_off()
    return show(figure, f"A pair of trousers, one column marked: {', '.join(pictures)}.".replace("\n", " "))


row({"x": x, "y": y} | dict(zip(names, outputs, strict=True)))

# %% name="p1" tags=["predict"]
predict("02.p1")

# %% name="p2" tags=["predict"]
predict("02.p2")

# %% name="stairs" tags=["widget"]
from dartslab.widgets import NoDerivative

NoDerivative()

# %% name="stairs-measured" tags=["collapsed"]
# turn the dial in 120 small steps and count the changes
from dartslab.widgets.models.no_derivative import ENDS, Dial

dial, places = Dial(seed=2, temperature=1.0), torch.linspace(*ENDS, 121).tolist()
changes = {}
for words, loss in {"choice": dial.choice, "mixture": dial.mixture}.items():
    losses = [float(loss(place)) for place in places]
    changes[words] = sum(a != b for a, b in zip(losses, losses[1:]))
    print(f"{words:>8}: the loss changes at {changes[words]} of 120 small turns of the dial")
reveal("02.p1", torch.softmax(torch.tensor([0.0, 1.0]), 0)[1])
reveal("02.p2", int(changes["choice"] == len(dial.alone) - 1))  # once between two neighbours

# %% [markdown]
# **Explain.** The view has seven simple operations of its own, and a dial that points at them in turn: it raises first
# the $\alpha$ of one, then of the next. The choice gives a staircase: its derivative is 0 wherever there is one.
# Gradient descent on it never moves, wherever you put the grey ball. The mixing weights give a slope at every $\alpha$, because
# a small step of $\alpha$ moves a small part of the picture. That is the whole trick: **not the choice gets a
# derivative; it is replaced by a mixture that has one.**
#
# Look at two more things. Turn $T$ down: the slope comes closer to the staircase and its flat parts grow; at $T = 0.1$
# the blue ball rests too. And between `skip` and `maximum` the mixture lies *below both* steps: the two together are
# better than either. Whoever keeps one operation in the end pays for that; hold this thought until part 5.
#
# **Exercise.** Write (02.1) for one edge, alpha [O], and for a table with a row for each edge, alpha [E, O]. $\alpha$ is
# to learn through it, so use torch's operations: the check looks at the gradient too, here and in the next exercises.
# It must hold for any $\alpha$ and a small $T$ too: one row may hold 1000, another 0, and neither may become `nan`.
# (`hint("02.softmax")` helps, `solution("02.softmax")` gives in.)


# %% name="softmax" tags=["exercise"] minutes=6 points=2 difficulty=1
def softmax(alpha, T):
    """Mixing weights of one edge, alpha [O], or of a whole table, alpha [E, O], at temperature T."""
    # SOLUTION 02.softmax


# %% name="softmax-check" tags=["check"]
check("02.softmax", softmax)

# %% [markdown]
# ## 2 · Under your fingers
#
# The view shows the same eight operations on a picture of your choice: their outputs, their mixing weights, and the weighted
# sum. The **entropy** says how undecided the edge is, in nats (`dartslab.derive.entropy`):
#
# $$H(p) = -\sum_o p_o \log p_o \tag{02.2}$$
#
# Answer first; then say which of the buttons below will give the smallest entropy, and which the largest.

# %% name="p3" tags=["predict"]
predict("02.p3")

# %% name="mixer" tags=["widget", "collapsed"]
# the mixer, and six buttons that set it
import ipywidgets

from dartslab.widgets import RelaxationMixer

mixer = RelaxationMixer()
base = mixer.settings | {"sep_conv_3x3": 2.0}
stops = {
    "one at 2": {},
    "all 3 higher": dict.fromkeys(names, 3.0) | {"sep_conv_3x3": 5.0},
    "all doubled": {"sep_conv_3x3": 4.0},
}
stops |= {f"T = {T}": {"temperature": T} for T in (0.5, 20.0, 0.05)}
buttons = [ipywidgets.Button(description=words) for words in stops]
for button in buttons:
    button.on_click(lambda pressed: mixer.hear(base | stops[pressed.description]))
display(mixer, ipywidgets.HBox(buttons))

# %% name="p3-measured" tags=["collapsed"]
# the six settings in numbers
seen = {}
for words, settings in stops.items():  # what the buttons do, one after the other
    frame = mixer.frame(base | settings)
    seen[words] = frame["weights"]
    leader, other = frame["weights"][4], frame["weights"][0]
    print(f"{words:>12}: sep_conv_3x3 {leader:.4f}, each other {other:.4f}, entropy {frame['entropy']:.3f} nats")
mixer.hear(base)  # the view above goes back to its first setting
added, doubled = (seen[words] != seen["one at 2"] for words in ("all 3 higher", "all doubled"))
reveal("02.p3", ((3, 2), (1, 0))[added][doubled])

# %% [markdown]
# **Explain.** Three lines of algebra for what you saw:
#
# - **A shift does nothing.** $e^{(\alpha_o + c)/T} = e^{c/T} e^{\alpha_o/T}$, and $e^{c/T}$ stands in numerator and
#   denominator of (02.1). Only *differences* within a row count: an edge with eight operations has seven degrees of
#   freedom.
# - **A stretch is a temperature.** Doubling every $\alpha$ is the same as halving $T$: compare the two lines above.
# - **The two ends.** $p_o / p_{o'} = e^{(\alpha_o - \alpha_{o'})/T}$. For $T \to \infty$ every ratio goes to 1: equal
#   mixing weights, entropy $\log 8 = 2.079$. For $T \to 0$ it goes to 0 or $\infty$: the largest $\alpha$ takes all, which is
#   the choice of part 1, with entropy 0.
#
# The rows sum to 1, not the columns: operations of one edge compete with each other, edges do not. A softmax over edges
# gives a table of the same shape, runs without an error, and is wrong (reported for NNI in microsoft/nni#3224).
#
# **Exercise.** Write (02.2) for mixing weights [O], and for a table [E, O], one entropy per edge. They may be 0: $0 \log 0$
# counts as 0.


# %% name="entropy" tags=["exercise"] minutes=5 points=1 difficulty=1
def entropy(weights):
    """The entropy of an edge in nats: mixing weights [O] -> one number, a table [E, O] -> [E]."""
    # SOLUTION 02.entropy


# %% name="entropy-check" tags=["check"]
check("02.entropy", entropy)

# %% [markdown]
# ## 3 · What exactly is mixed?
#
# Every operation of the edge sees the same $x$, and the **outputs** are added (`dartslab.cell.MixedOp.forward`):
#
# $$\bar o(x) = \sum_o p_o \; o(x) \tag{02.3}$$
#
# **Exercise.** Write it. `ops` is a list of functions, `alpha` the raw numbers, $T = 1$. At stride 2 an operation's
# output is smaller than `x`.


# %% name="mixed-op" tags=["exercise"] minutes=8 points=2 difficulty=2
def mixed_op(x, ops, alpha):
    """The sum of all operations, each with its mixing weight, the softmax of alpha [O]."""
    # SOLUTION 02.mixed_op


# %% name="mixed-op-check" tags=["check"]
check("02.mixed_op", mixed_op)

mixed_op = mine("02.mixed_op")  # yours once it has passed; the node below uses it

# %% [markdown]
# "Mixing weights" sounds as if the *kernels* of the convolutions were mixed, and some texts put it that way. If that
# came to the same, one convolution with a mixed kernel would do, for an eighth of the work. So: two operations of one
# kind with kernels $k_1$, $k_2$, half and half. Is the mean of their outputs the output of one operation with kernel
# $(k_1 + k_2)/2$?

# %% name="p4" tags=["predict"]
predict("02.p4")

# %% name="kernels" tags=["collapsed"]
# mix kernels and mix outputs: how far are they apart?
from torch.nn.functional import batch_norm, conv2d, relu

with seeded(0, "kernels"):
    first, second = ((torch.randn(1, 1, 3, 3), torch.randn(1, 1, 1, 1)) for _ in range(2))
mean, differences = [(a + b) / 2 for a, b in zip(first, second, strict=True)], []
kinds = {
    "convolution": lambda k, s: conv2d(x, k),
    "ReLU, convolution": lambda k, s: conv2d(relu(x), k),
    "ReLU, convolution, BatchNorm": lambda k, s: batch_norm(conv2d(relu(x), k), None, None, training=True),
    "convolution, convolution": lambda k, s: conv2d(conv2d(x, k), s),
}
for kind, op in kinds.items():
    outside = (op(*first) + op(*second)) / 2
    differences.append(float((op(*mean) - outside).norm() / outside.norm()))
    print(f"{kind:>28}: relative difference {differences[-1]:.1e}")
reveal("02.p4", 0 if max(differences) < 1e-5 else 1 if min(differences) < 1e-5 else 2)

# %% [markdown]
# **Explain.** What counts is whether the output is **linear in the kernel**. A convolution is; a ReLU *before* it
# changes nothing, for it acts on $x$ and not on the kernel (1e-7 is rounding). A BatchNorm divides by a standard
# deviation that depends on the kernel. Two convolutions in a row multiply two kernels, and a product of means is not a
# mean of products, although there is no ReLU at all. Every convolution in the search space has a BatchNorm and two
# layers of kernels: **in DARTS outputs are mixed, and all eight are computed.** That is why a search costs as much as
# it does.
#
# A **node** adds what its edges bring; each edge has its own input, operations and row of $\alpha$
# (`dartslab.cell.SearchCell.forward`; Liu et al. 2019, eq. 1):
#
# $$s_j = \sum_{i < j} \bar o_{ij}(s_i) \tag{02.4}$$
#
# **Exercise.** Write it for E edges: `inputs` [E], `ops` E lists of functions, `alpha` [E, O].

# %% name="here-cell"
here("cell")


# %% name="mixed-node" tags=["exercise"] minutes=7 points=2 difficulty=2
def mixed_node(inputs, ops, alpha):
    """The sum of the mixed operations of all edges into a node."""
    # SOLUTION 02.mixed_node


# %% name="mixed-node-check" tags=["check"]
check("02.mixed_node", mixed_node)

mixed_node = mine("02.mixed_node")  # and on a real cell:
from dartslab.cell import SearchCell
from dartslab.space import SearchSpace

with seeded(0, "cell"):
    cell = SearchCell(SearchSpace(nodes=1), 1, 1, channels=1, reduction=False, halve=False)
    table = torch.randn(2, len(names))  # alpha of its two edges
with torch.no_grad():
    ours = mixed_node(cell.preprocess(x, y), [mixed.candidates for mixed in cell.mixed], table)
    theirs = cell(x, y, torch.softmax(table, dim=1))
print(f"on a SearchCell, {len(x)} pictures: largest difference {(torch.as_tensor(ours) - theirs).abs().max():.1e}")

# %% [markdown]
# ## 4 · The gradient
#
# Everything from $\alpha$ to the loss is smooth now, so autograd gives $\partial L / \partial \alpha$. What does it
# say? Look at one operation before you compute: `none` answers every picture with zeros. Whatever its mixing weight, it adds
# nothing to (02.3).

# %% name="p5" tags=["predict"]
predict("02.p5")

# %% name="gradient"
with seeded(0, "alpha"):
    alpha = torch.randn(len(names))
leaf = alpha.clone().requires_grad_()
p = torch.softmax(leaf, dim=0)
p.retain_grad()  # keep dL/dp as well
loss = ((p[:, None, None, None, None] * outputs).sum(dim=0) - y).square().mean()
loss.backward()
print(f"{'':>12} weight p   g = dL/dp   dL/dalpha")
for name, weight, g, slope in zip(names, p, p.grad, leaf.grad, strict=True):
    print(f"{name:>12}  {weight:7.3f}  {g:+10.4f}  {slope:+10.4f}")
print(f"{'sum':>12}  {p.sum():7.3f}  {'':>10}  {leaf.grad.sum():+10.0e}")
reveal("02.p5", int(leaf.grad[0] != 0))

# %% [markdown]
# **Explain.** Derive it. Write $z = \sum_{o'} e^{\alpha_{o'}}$, so $p_o = e^{\alpha_o} / z$ ($T = 1$), and use the
# quotient rule. The numerator depends on $\alpha_{o'}$ only if $o' = o$; the denominator always does,
# $\partial z / \partial \alpha_{o'} = e^{\alpha_{o'}}$:
#
# $$\frac{\partial p_o}{\partial \alpha_{o'}} = \frac{\delta_{oo'} e^{\alpha_o}}{z}
#   - \frac{e^{\alpha_o} e^{\alpha_{o'}}}{z^2} = p_o \left( \delta_{oo'} - p_{o'} \right) \tag{02.5}$$
#
# where $\delta_{oo'}$ is 1 for $o = o'$ and 0 else.
#
# By (02.3), $g_o = \partial L / \partial p_o$ is the product of the slope $\partial L / \partial \bar o$ with $o(x)$,
# summed over all pixels. The chain rule sums over every mixing weight that $\alpha_o$ moves,
# $\sum_{o'} g_{o'} p_{o'} (\delta_{oo'} - p_o)$, and leaves
#
# $$\frac{\partial L}{\partial \alpha_o} = p_o \Big( g_o - \sum_{o'} p_{o'} g_{o'} \Big) \tag{02.6}$$
#
# Read it aloud: *an operation loses ground if its $g$ is larger than the weighted mean of all $g$.* It is a
# competition; no operation is judged alone.
#
# **See it.** Gradient descent moves $\alpha_o$ by a step size times the **push** $-\partial L / \partial \alpha_o$. In
# the view below an edge has seven simple operations, each at the height of its $\alpha$. Under it stands its strip, as
# wide as its mixing weight $p_o$ and as high as its $g_o$. The line is the *level*, the weighted mean of all $g$. So a push is
# an area: the strip's width times its depth below the level.
#
# 1. *A fair race*: press Play, then "pour the orange into the blue". What is left over?
# 2. Reset. Drag the picture of `shift` far up, then far down. Where is its push largest?
# 3. Answer the question, then press *Late bloomer*. Its kernels learn while $\alpha$ moves, and only conv 5×5 can
#    learn the target. Then switch on "alpha waits", and play again.
# 4. *Clones*: one operation is there twice. Who leads? Under "more" is Adam: what do its steps add up to?

# %% name="p7" tags=["predict"]
predict("02.p7")

# %% name="race" tags=["widget"]
from dartslab.widgets import AlphaRace

AlphaRace()

# %% name="race-measured"
from dartslab.widgets.models.alpha_race import leaders

ways = {"120 steps": {}, "alpha waits 200 steps, then 120": {"wait": True}, "320 steps": {"steps": 320}}
led = {words: leaders("late bloomer", range(100), **way).count("conv 5×5") for words, way in ways.items()}
for words, times in led.items():
    print(f"{words:>31}: conv 5×5 leads in {times} of 100 races")
reveal("02.p7", led["120 steps"])

# %% [markdown]
# **Explain.**
#
# - **The pushes sum to 0**, as the last column of the table does. The orange just fills the blue, for the level is the
#   mean: $\sum_o p_o (\text{level} - g_o) = \text{level} - \text{level}$. A common shift of $\alpha$ changes nothing,
#   so no push leads that way. Adam divides each push by its usual size, so its steps do not sum to 0.
# - **`none` is pushed too.** It has $g = 0$, as its output is 0, but the level is not 0, and that is what it is
#   compared with. More `none` means less of everybody else.
# - **The factor $p_o$ in front.** Who has hardly any mixing weight hardly moves, up or down. The same factor stands in front of
#   the gradient of its kernel, so it hardly learns either.
# - **So the leader need not be the best.** The late bloomer starts with a useless kernel, loses its mixing weight before it has
#   learned, and then learns slowly. Some lost races turn later, others have not turned after 1000 steps (`python benchmarks/alpha_race.py`); with time to
#   learn before $\alpha$ moves it leads far more often, and not only because it had more steps. Twins share what one
#   would have: each of them may fall behind an operation that is worse.
#
# **Exercise.** Write (02.6) for any temperature: $\alpha / T$ takes the place of $\alpha$ in (02.1). What is put in
# front? No autograd needed, though it may be used. Large $\alpha$ must do no harm here either.


# %% name="softmax-gradient" tags=["exercise"] minutes=10 points=3 difficulty=3
def softmax_gradient(alpha, T, g):
    """dL/dalpha [O] from g = dL/dp [O], where p = softmax(alpha / T)."""
    # SOLUTION 02.softmax_gradient


# %% name="softmax-gradient-check" tags=["check"]
check("02.softmax_gradient", softmax_gradient)

softmax_gradient = mine("02.softmax_gradient")  # and on the table above:
ours = torch.as_tensor(softmax_gradient(alpha, 1.0, p.grad))
print(f"(02.6) against autograd: largest difference {(ours - leaf.grad).abs().max():.1e}")
jacobian = torch.autograd.functional.jacobian(lambda a: torch.softmax(a, dim=0), alpha)
p = torch.softmax(alpha, dim=0)
ours = torch.diag(p) - torch.outer(p, p)
print(f"(02.5) against autograd: largest difference {(ours - jacobian).abs().max():.1e}")

# %% [markdown]
# ## 5 · Descend on alpha alone
#
# Now let $\alpha$ learn the job of part 1, with your own functions and **the weights of all operations fixed**. All
# mixing weights start at 1/8; 200 steps of plain gradient descent,
# $\alpha \leftarrow \alpha - 2\, \partial L / \partial \alpha$. Which operation can move a picture by two pixels?
# `none`, pools and `skip_connect` have no kernel to do it with; the convolutions have. A `dil_conv_3x3` reaches exactly
# two pixels far.

# %% name="p6" tags=["predict"]
predict("02.p6")

# %% name="descend"
from dartslab.teach import steps

softmax = mine("02.softmax")


def descend(outputs, y, T=1.0):
    """The mixing weights [O] after gradient descent on alpha alone."""
    alpha = torch.zeros(len(outputs))
    for _ in range(steps(200)):
        p = torch.as_tensor(softmax(alpha, T))
        slope = 2 * (torch.tensordot(p, outputs, dims=1) - y) / y.numel()  # dL / d(weighted sum)
        g = (slope * outputs).flatten(1).sum(dim=1)
        alpha = alpha - 2.0 * torch.as_tensor(softmax_gradient(alpha, T, g))
    return torch.as_tensor(softmax(alpha, T))


untrained = descend(outputs, y)
reveal("02.p6", names[int(untrained.argmax())])

# %% [markdown]
# **Explain.** Surprised? With these weights no convolution moves anything: they are random. The blurred picture is the
# least wrong, and that is all $\alpha$ can see: by (02.6) it compares outputs **as they are**, never what an operation
# could learn.
#
# Give them what they lacked. The next cell trains the weights of every operation, each by itself, on the 32 spare
# pictures, for 60 steps. Then $\alpha$ starts again from equal mixing weights. Say first: who wins now?

# %% name="train-weights" tags=["collapsed"]
# train the weights of every operation, then alpha again
from copy import deepcopy

trained = deepcopy(edge)
optimizer = torch.optim.Adam(trained.parameters(), lr=0.05)
for _ in range(steps(60)):
    loss = sum((op(spare) - spare.roll(2, dims=3)).square().mean() for op in trained.candidates)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
with torch.no_grad():
    learned = torch.stack([op(x) for op in trained.candidates])
fitted = descend(learned, y)

# %% name="shares" tags=["collapsed"]
# compare untrained and trained operations
entropy = mine("02.entropy")
print(f"{'':>12}  untrained: alone  weight    trained: alone  weight")
for k, name in enumerate(names):
    alone = [(made[k] - y).square().mean() for made in (outputs, learned)]
    print(f"{name:>12}  {alone[0]:16.3f}  {untrained[k]:6.3f}  {alone[1]:15.3f}  {fitted[k]:6.3f}")
shown = {"x": x, "y": y}
for words, made, mix in (("untrained", outputs, untrained), ("trained", learned, fitted)):
    best, mixture = 1 + int(mix[1:].argmax()), torch.tensordot(mix, made, dims=1)  # `none` is never kept
    shown |= {f"mixture\n{words}": mixture, f"{names[best]}\n{words}": made[best]}
    losses = [(result - y).square().mean() for result in (mixture, made[best])]
    print(f"{words}: loss {losses[0]:.3f} with the mixture, {losses[1]:.3f} with {names[best]} alone,")
    print(f"{'':>10} entropy {float(entropy(mix)):.2f} nats")
row(shown)

# %% [markdown]
# **Explain.** The same edge, the same job, the same rule for $\alpha$; only the weights differ, and with them the
# winner. In a search the weights learn *while* $\alpha$ moves, as in the late bloomer's race: an operation that is
# quick to be useful gets ahead.
#
# The last cell also shows the **discretization gap**: each time the mixture has a smaller loss than the operation that
# would be kept. Nothing in (02.1) asks a mixture to become a choice. Lesson 06 measures this on whole networks.
#
# *What this run can show:* how $\alpha$ ranks operations at given weights. *What it cannot:* which operation belongs
# into a cell. It is one edge, one channel, one job, one draw of the weights: try another seed in `seeded(2, "edge")`.
# What stays, what changes?
#
# **In five lines**
#
# - A choice is a staircase and has no useful derivative; a softmax of $\alpha$ gives mixing weights, and they have one.
# - Only differences within a row count; $T \to 0$ is the choice, $T \to \infty$ the plain mean.
# - Outputs are mixed, not kernels, and a node sums its edges.
# - The gradient compares each operation with the weighted mean of all, as their weights are now.
# - The mixture may be better than everything that can be kept of it.

# %% name="q1" tags=["quiz"]
quiz("02.q1")

# %% name="q2" tags=["quiz"]
quiz("02.q2")

# %% name="q3" tags=["quiz"]
quiz("02.q3")

# %% [markdown]
# **Harder.** A choice forwards, a mixture backwards: in `descend`, make `slope` from the operation with the largest
# $\alpha$ alone, and leave `softmax_gradient` as it is (with autograd this is called a *straight-through estimator*).
# What does $g$ compare now? Does the descent still find the winner, and is there still a gap?
#
# **Reading.** Liu, Simonyan, Yang 2019, *DARTS: Differentiable Architecture Search*, sections 2.1 and 2.2.
# `dartslab/relaxation.py` and `dartslab/cell.py`: with the docstrings two pages. Jang, Gu, Poole 2017, *Categorical
# Reparameterization with Gumbel-Softmax*: a choice by lot that keeps a derivative.
#
# **Next.** Here the weights were fixed while $\alpha$ moved. If both move, which of them should use which pictures, and
# does $\alpha$ have to know that the weights will answer? [Lesson 03](03_bilevel.ipynb).

# %% name="progress"
progress_board("02")
