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
# # 07 · Failure modes
#
# **Why does a longer DARTS search often end with nothing but skip connections, and can one see it coming?**
#
# After this notebook you will be able to
#
# - measure how far a search has collapsed, and watch it happen,
# - derive what pulls on $\alpha$ on one edge, and show by freezing why skip connections are favoured,
# - compute a product with a Hessian that is never built, and its eigenvalues, signs included,
# - apply a published stop rule, and say which failure it sees and which it does not.
#
# *45 minutes in class (exercises 1, 2, 4 and 5), an hour and a half alone. Prerequisites: lessons 02 and 06; 05 helps.
# The search of part 2 takes most of the computing time.*

# %% name="setup" tags=["collapsed"]
# set-up
import numpy as np
import torch

from dartslab import PUBLISHED, SearchConfig, SearchState, search
from dartslab.draw.here import here
from dartslab.teach import check, hint, mine, predict, progress_board, quiz, reveal, solution, start, steps

start("07")

# %% [markdown]
# ## 1 · What a collapse looks like
#
# A **skip connection** passes its input on. At stride 1 it has no weights and costs next to nothing. A few skip
# connections help to train a deep network (as reported in He et al. 2016, *Deep Residual Learning*). A cell that has
# nothing else computes almost nothing. Users of DARTS reported such cells: "a combination of skip_connect"
# (`D-X-Y/AutoDL-Projects#58`). The answer was that this is to be expected. A search that ends in this way has
# **collapsed**. How common are skip connections in published cells?

# %% name="p1" tags=["predict"]
predict("07.p1")

# %% name="published"
fractions = {}
for name, genotype in PUBLISHED.items():
    for kind, cell in genotype.cells.items():
        operations = [connection.operation for connection in cell.connections]
        fractions[name, kind] = operations.count("skip_connect") / len(operations)
        print(f"{name:>14}, {kind:>6}: {fractions[name, kind]:4.0%} of {len(operations)} kept edges skip")
reveal("07.p1", round(100 * max(fractions.values()), 1))

# %% [markdown]
# The authors selected these cells from several searches, in order to publish them. So these cells say little about a
# single search. We need a number that can be measured at every step of any search.
#
# ### Exercise 1: the fraction of skip connections
#
# A published genotype is a `Pairs` (`genotype.Pairs`): for each kind a flat list of (operation, predecessor), one entry
# for each **kept** edge, and a list of the nodes that are concatenated. Return the fraction of skip connections among
# the kept edges, for each kind. The instrument `skips` measures this fraction. (Stuck? `hint("07.count_skips")` and
# `solution("07.count_skips")` help. Every exercise has both.)

# %% name="count-skips" tags=["exercise"] minutes=3 points=1 difficulty=1
from dartslab.genotype import Pairs

print(PUBLISHED["DARTS_V2"].to_pairs())


def count_skips(pairs: Pairs) -> dict[str, float]:
    """The fraction of skip connections among the kept edges of each kind: {"normal": 0..1, "reduce": 0..1}."""
    # SOLUTION 07.count_skips


# %% name="count-skips-check" tags=["check"]
check("07.count_skips", count_skips)

# %% [markdown]
# ## 2 · A search that collapses
#
# A published search takes hours. `dartslab.experiment.collapse` has a search that is small enough for a lesson. In it
# $w$ learns from the same 150 pictures again and again, until it knows them by heart. $\alpha$ learns from other
# pictures. In both sets about four of ten labels are wrong. Every edge has few operations to choose from. The next cell
# first prints how many edges would skip if the operations were chosen at random. Then it runs the whole search, which
# takes one to two minutes. Meanwhile, read on to exercise 2. How many edges will skip at the end?

# %% name="p2" tags=["predict"]
predict("07.p2")

# %% name="live"
from dartslab.experiment.collapse import collapse_config, collapse_data
from dartslab.run.console import progress

measured = {"instruments": ("skips", "skip_weight"), "measure_every": 12}  # accuracies every third time
config = collapse_config("collapse", steps=steps(), device="cpu", **measured)
state, rows = SearchState.create(config, collapse_data("collapse")), []
print(f"an edge has {', '.join(config.operations)}: chosen at random {1 / len(config.operations):.0%} would skip")
for event in progress(search(state)):
    if (found := event.instruments) is not None:
        rows.append({"step": event.step, "train": event.train_accuracy, "validation": event.val_accuracy})
        for name in ("skips", "skip_weight"):  # the mean over the kinds of cells
            rows[-1][name] = np.mean([value for key, value in found.items() if key.startswith(name + ".")])
print(f"{event.step} steps, {event.seconds:.0f} s; of the kept edges {rows[-1]['skips']:.0%} skip at the end")

# %% name="live-picture" tags=["collapsed"]
# draw the skips and both accuracies over the steps
from matplotlib.figure import Figure

from dartslab.draw.picture import show
from dartslab.draw.style import plain_axes

styles = {"skips": "o-", "skip_weight": "s:", "train": "--", "validation": "-"}
colors = "#00507A", "#56B4E9", "#C44E00", "#1A1A1A"
curves = {name: [(row["step"], row[name]) for row in rows if row[name] is not None] for name in styles}
plain_axes(panel := (figure := Figure(figsize=(7, 3), layout="constrained")).subplots())
for (name, style), color in zip(styles.items(), colors):
    panel.plot(*zip(*curves[name]), style, markersize=3, color=color, label=name.replace("_", " "))
panel.set(xlabel="step", ylim=(0, 1.03))
panel.legend(frameon=False)
reveal("07.p2", round(100 * rows[-1]["skips"], 1))
told = "; ".join(f"{name} {one[0][1]:.2f} at first, {one[-1][1]:.2f} at the end" for name, one in curves.items())
show(figure, f"A search over {rows[-1]['step']} steps: {told}.")

# %% [markdown]
# *skips* is the fraction of the kept edges that skip in the cell derived at this step. *skip weight* is the mean mixing
# weight of the skip connections. *train* is the accuracy on the batch from which $w$ has just learned. *validation* is
# the accuracy on the pictures of $\alpha$. Which happens first: do the two accuracies move apart, or does the number of
# skips grow? Does the skip weight rise before the derived cell changes?
#
# One seed proves nothing, whether it collapsed or not. So this search was recorded with five seeds, and so were several
# variants of it. A variant changes one thing: it removes a cause, or it adds a remedy. (Only *3,000 pictures, slow w*
# changes two things: it removes one cause and adds another.)

# %% name="p3" tags=["predict"]
predict("07.p3")

# %% name="collapse-view" tags=["widget"]
from dartslab.widgets import Collapse

Collapse()  # recorded searches: fraction of skips, eigenvalue, both accuracies, and the cell

# %% name="p3-measured"
from dartslab.experiment.collapse import SEEDS, VARIANTS, recorded_collapse

count_skips = mine("07.count_skips")  # your answer if it has passed, else dartslab's


def skipping(record, row=-1):
    """The fraction of skip connections in what a recorded search would derive at a row, all cells together."""
    return np.mean(list(count_skips(record.genotype(row).to_pairs()).values()))


names = "collapse", "many pictures", "slow w"
records = {name: [recorded_collapse(name, seed) for seed in SEEDS] for name in names}
for name, runs in records.items():
    print(f"{name:>14} ({VARIANTS[name].label}): " + ", ".join(f"{skipping(record):.0%}" for record in runs))
reveal("07.p3", sum(skipping(record) >= 0.75 for record in records["collapse"]))

# %% [markdown]
# Choose the causes in the view one after the other: more pictures for $w$, fewer steps, a slower $\alpha$. Which of
# them changes the fraction of skips, in how many seeds, and by how much? To explain *why*, we look at what changes
# $\alpha$.
#
# ## 3 · Unfair competition
#
# Take one edge with input $x$, at fixed $w$. Its output is the mixture $\bar{o}(x) = \sum_k p_k\, k(x)$ with
# $p = \mathrm{softmax}(\alpha)$; the sum goes over the operations $k$ of the edge. Let
# $g = \partial L_\mathrm{val} / \partial \bar{o}(x)$ be the gradient of the validation loss in this output: one number
# for each number of the output. $\langle \cdot, \cdot \rangle$ is the scalar product. With the derivative of the
# softmax (lesson 02), the derivative in the $\alpha$ of an operation $o$ is
#
# $$\frac{\partial L_\mathrm{val}}{\partial \alpha_o}
#   = p_o \Big( \langle g, o(x) \rangle - \sum_k p_k \langle g, k(x) \rangle \Big) \tag{07.1}$$
#
# (the mixture of Liu et al. 2019, section 2.2, differentiated). Gradient descent raises $\alpha_o$ where this
# derivative is below 0. There the output of $o$ points *against* $g$ more than the mixture does. **Only the present
# output of an operation counts**, computed with its present $w$. The output that it could have after more training does
# not appear.


# %% name="here-edge"
here("edge")

# %% [markdown]
# ### Exercise 2: what pulls on alpha
#
# An edge has O operations, and an output has N numbers. Given the outputs [O, N], $g$ [N] and $p$ [O], return (07.1)
# for all operations of the edge, without autograd. The cell after the check applies your function to the first edge of
# another search, which has learned nothing yet. There $w$ learns from half of the pictures, and every edge has a skip
# connection and two convolutions. A single batch says little. The mean over ten batches says in which direction
# $\alpha$ moves first.

# %% name="pull-on-alpha" tags=["exercise"] minutes=6 points=2 difficulty=2
def pull_on_alpha(outputs: torch.Tensor, g: torch.Tensor, p: torch.Tensor) -> torch.Tensor:
    """dL/dalpha of one edge: outputs of its operations [O, N], g = dL/d(mixed output) [N], p [O] -> [O]."""
    # SOLUTION 07.pull_on_alpha


# %% name="pull-on-alpha-check" tags=["check"]
check("07.pull_on_alpha", pull_on_alpha)

# %% name="one-edge"
from dartslab.data.datasets import load_data

settings = {"batch_size": 32, "learning_rate": 0.1, "crop_padding": 0, "steps": steps(20), "device": "cpu"}
names = "skip_connect", "sep_conv_3x3", "dil_conv_3x3"
small = SearchConfig.lesson(image_size=12, operations=names, cell="reference", **settings)
pictures = load_data("fashion-mini", image_size=small.image_size)
fresh, seen, pulls = SearchState.create(small, pictures), {}, []
edge, pull_on_alpha = fresh.net.cells[0].mixed[0], mine("07.pull_on_alpha")
edge.register_forward_hook(lambda module, given, mixture: seen.update(x=given[0], mixture=mixture))
for batch in map(fresh.val, range(10)):
    loss = torch.nn.functional.cross_entropy(fresh.net(batch.images, fresh.weights()), batch.labels)
    (g,) = torch.autograd.grad(loss, seen["mixture"])
    outputs = torch.stack([operation(seen["x"]) for operation in edge.candidates]).detach().flatten(1)
    pulls.append(np.asarray(pull_on_alpha(outputs, g.flatten(), fresh.weights()["normal"][0])))
for name, pull in zip(small.operations, np.mean(pulls, 0), strict=True):
    print(f"{name:>12}: dL/dalpha {pull:+.5f}, so alpha {'rises' if pull < 0 else 'falls'}")

# %% [markdown]
# These are the very first steps, in which even the classifier has learned nothing. The usual explanation is about the
# steps after them. A skip connection passes on what the cells before it have learned, and needs no training of its own.
# A convolution has to be trained before its output is useful. Its gradient has the factor $p_o$: an operation that
# loses weight learns more slowly, and an operation that learns more slowly may lose weight. Chu et al. 2020 (FairDARTS)
# call this an unfair advantage. Is it the cause? To test it, **we prevent the convolutions from learning**.
#
# ### Exercise 3: which parameters to freeze
#
# `"cells.1.mixed.3.candidates.2.5.weight"` is a parameter of cell 1, on edge 3, of the operation in column 2. Given
# such names and the names of the operations, return the names that belong to a **convolution** of an edge. (At stride 2
# a skip connection has parameters too. These are not frozen, and neither are the stem and the classifier.)
#
# Below the check two searches are compared. In one of them the convolutions of all edges keep their initial $w$. In the
# other they learn from the first step. Everything else is the same. Each search runs with five seeds, and for 20 steps
# only, because the explanation is about the beginning of a search.


# %% name="frozen-parameters" tags=["exercise"] minutes=4 points=1 difficulty=1
def frozen_parameters(names: list[str], operations: tuple[str, ...]) -> list[str]:
    """Those names that belong to a convolution among the candidates of an edge."""
    # SOLUTION 07.frozen_parameters


# %% name="frozen-parameters-check" tags=["check"]
check("07.frozen_parameters", frozen_parameters)

# %% name="p4" tags=["predict"]
predict("07.p4")

# %% name="freeze"
from dataclasses import replace

from dartslab.run.search import one_step

frozen_parameters, skip = mine("07.frozen_parameters"), small.operations.index("skip_connect")


def skip_course(seed: int, freeze: bool) -> list[float]:
    """The mean mixing weight of skip connections after each step of a search."""
    run, course = SearchState.create(replace(small, seed=seed), pictures), []
    begun = {name: tensor.detach().clone() for name, tensor in run.net.named_parameters()}
    held = frozen_parameters(list(begun), small.operations) if freeze else []
    for _ in range(small.steps):
        one_step(run)  # what `search` repeats
        for name in held:
            run.net.get_parameter(name).data.copy_(begun[name])  # undoes the step of w
        course.append(np.mean([float(table[:, skip].mean()) for table in run.weights().values()]))
    return course


courses = {freeze: np.array([skip_course(seed, freeze) for seed in range(5)]) for freeze in (True, False)}
for freeze, course in courses.items():
    ends = ", ".join(f"{one:.2f}" for one in course[:, -1])
    what = "frozen" if freeze else "learning"
    print(f"{what}: skip weight after {course.shape[1]} steps {ends}; mean {course[:, -1].mean():.3f}")
leads = courses[True][:, -1] - courses[False][:, -1]
lead = leads.mean()
print(f"frozen minus learning: {lead:+.3f} in the mean, from {leads.min():+.3f} to {leads.max():+.3f}")
reveal("07.p4", 0 if lead > 0.03 else 1 if lead < -0.03 else 2)

# %% [markdown]
# The two searches differ in one thing only, so a difference in the skip weight comes from this one thing. The spread
# over five seeds says how certain the difference is. A large $\alpha$ says that an operation helps *with its present
# $w$*. It does not say that this operation is the better one (a question in `quark0/darts#124`). Freezing is the
# extreme case: the operation never learns. Milder cases are the first steps of every search, a learning rate of $w$
# that is too small, and pictures from which $w$ can learn nothing more.
#
# ## 4 · Can one see it coming?
#
# At its end a search jumps from the mixture to one operation on each edge. This is a large change of $\alpha$. For a
# change $d$ of $\alpha$, the validation loss is approximately
#
# $$L_\mathrm{val}(\alpha + d) \approx L_\mathrm{val}(\alpha) + \langle \partial_\alpha L_\mathrm{val}, d \rangle
#   + \tfrac{1}{2} \langle d, H d \rangle, \qquad H = \partial^2_\alpha L_\mathrm{val} \text{ at fixed } w. \tag{07.2}$$
#
# $H$ is the Hessian. If it has a large positive eigenvalue, a large change $d$ may raise the loss a lot. As reported in
# Zela et al. 2020 (section 4), the largest eigenvalue $\lambda_\mathrm{max}$ rises in searches that end with bad cells.
# $H$ has as many rows as $\alpha$ has numbers, and it need not be built. Its product with a vector $v$ costs two
# backward passes (Pearlmutter 1994):
#
# $$H v = \partial_\alpha \, \langle \partial_\alpha L_\mathrm{val}, v \rangle, \qquad v \text{ fixed.} \tag{07.3}$$
#
# ### Exercise 4: a product with the Hessian
#
# `loss(alpha)` is one number. `alpha` and `v` are tensors of the same shape, a vector or a table. Treat `v` as a
# constant, even where it is the same tensor as `alpha`. Do not change the tensors that you are given.


# %% name="hessian-vector" tags=["exercise"] minutes=8 points=3 difficulty=3
from collections.abc import Callable


def hessian_vector(loss: Callable, alpha: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    """H v, where H is the second derivative of loss(alpha); alpha, v and the result have one shape."""
    # SOLUTION 07.hessian_vector


# %% name="hessian-vector-check" tags=["check"]
check("07.hessian_vector", hessian_vector)

# %% name="product"
from dartslab.run.measuring import subject_of

hessian_vector, subject = mine("07.hessian_vector"), subject_of(state)  # the search of part 2, at its end
tables = state.arch.parameters()  # one table of alpha for each kind
point = torch.stack([table.detach() for table in tables.values()])


def product(v: torch.Tensor, batch=subject.val_batch) -> torch.Tensor:
    """H v of the search at its end on one batch, flat."""
    loss = lambda alpha: subject.loss_in_alpha(subject.w, dict(zip(tables, alpha, strict=True)), batch)
    return torch.as_tensor(hessian_vector(loss, point, v.view_as(point))).flatten()


print(f"alpha has {point.numel()} numbers, so H would have {point.numel() ** 2}")

# %% [markdown]
# The **power iteration** (Golub, Van Loan 2013, chapter 8.2) needs only such products. It begins with
# $v_0 = \text{start} / \lVert \text{start} \rVert$,
#
# $$v_{k+1} = \frac{H v_k}{\lVert H v_k \rVert}, \qquad \lambda = \langle v_n, H v_n \rangle \tag{07.4}$$
#
# after $n$ steps. $\lambda$ is the **Rayleigh quotient** of the last direction $v_n$. After many steps the length
# $\lVert H v_n \rVert$ has the same magnitude as $\lambda$, but a length has no sign. Which eigenvalue will the next
# cell find?

# %% name="p5" tags=["predict"]
predict("07.p5")

# %% name="three-eigenvalues"
from dartslab.base.eigenvalues import random_start
from dartslab.base.eigenvalues import power_iteration as library_iteration

H, first = torch.diag(torch.tensor([3.0, 1.0, -5.0])), random_start(3).float()
value, direction = library_iteration(lambda v: H @ v, first)
above, _ = library_iteration(lambda v: H @ v - value * v, first)
print(f"power iteration: {value:.3f}; the length of H v: {float((H @ direction).norm()):.3f}")
print(f"of H - ({value:.0f}) I: {above:.3f}; shifted back: {value + above:.3f}")
reveal("07.p5", {3: 0, 1: 1, -5: 2}[round(value)])

# %% [markdown]
# "The largest eigenvalue" of the paper is the largest **in the order of numbers**, here 3. It belongs to the direction
# in which the loss bends *upwards* most. Power iteration finds the eigenvalue of the largest *magnitude*. If this
# $\lambda$ is below 0, run a second power iteration with $H - \lambda I$, where $I$ is the identity matrix. The
# eigenvalue of the largest magnitude of $H - \lambda I$ belongs to the largest eigenvalue of $H$. `largest_eigenvalue`
# in `dartslab.base.eigenvalues` does this. `lanczos` in the same file uses all products that it has made, not only the
# last one. It finds the smallest and the largest eigenvalue at the same time. The instrument `lambda_max` uses it.
#
# ### Exercise 5: the power iteration
#
# Make exactly `steps` steps of (07.4) and return $\lambda$ with its sign. (The product for the Rayleigh quotient is not
# counted as a step.) The cell after the check applies both of your functions to the search of part 2 at its end.

# %% name="power-iteration" tags=["exercise"] minutes=6 points=2 difficulty=2
def power_iteration(product: Callable, start: torch.Tensor, steps: int) -> float:
    """v . H v after `steps` times v <- H v / |H v| from start / |start|; product(v) gives H v."""
    # SOLUTION 07.power_iteration


# %% name="power-iteration-check" tags=["check"]
check("07.power_iteration", power_iteration)

# %% name="on-the-supernet"
from dartslab.base.eigenvalues import lanczos

power_iteration, first = mine("07.power_iteration"), random_start(point.numel()).float()
for count in (1, 3, 10):
    print(f"power iteration, {count:2} steps: {float(power_iteration(product, first, count)):+.4f}")
ends = lanczos(product, first, 10).values
print(f"Lanczos, 10 products: smallest {float(ends[0]):+.4f}, largest {float(ends[-1]):+.4f}")
found = [float(lanczos(lambda v: product(v, state.val(k)), first, 10).values[-1]) for k in range(5)]
print("the largest on five batches, w and alpha the same: " + ", ".join(f"{value:.3f}" for value in found))

# %% [markdown]
# Compare the power iteration with the two eigenvalues that Lanczos finds. If these two have nearly the same magnitude
# and opposite signs, the power iteration needs many steps. After a few steps its result may be near neither of them.
#
# One batch is a small sample. The spread of the five numbers says how reliable one measurement is. A user asked the
# authors whether the gradient has to be near 0 before an eigenvalue means something. The answer was that the noise of
# mini-batches allowed no conclusion (`automl/RobustDARTS#4`). So a rule must not rely on a single measurement.
#
# ## 5 · Stopping in time
#
# RobustDARTS (Zela et al. 2020, section 4.3, with the numbers of its code; `methods/robust_darts.py`) measures
# $\lambda_\mathrm{max}$ 25 times in a search: after every second of 50 epochs. Let $\lambda_0, \lambda_1, \dots$ be
# these measurements, and $m_t$ the mean of five of them. The rule is
#
# $$m_t = \tfrac{1}{5}\,(\lambda_{t-2} + \dots + \lambda_{t+2}), \qquad
#   \text{stop at the first } t \text{ with } \; m_{t-4} > 0, \;\; \frac{m_t}{m_{t-4}} > 1.3, \;\; t - 4 \ge 4. \tag{07.5}$$
#
# The mean $m_t$ is known only after $\lambda_{t+2}$ has been measured. The rule takes the cell **of measurement
# $t-4$**, from before the growth. It takes no cell from before measurement 4, which ends the first fifth of the search.
# (In the recorded searches $\lambda_\mathrm{max}$ was measured every 36 steps. The cell below prints how often. There,
# too, $t$ counts measurements.)
#
# ### Exercise 6: when to stop
#
# Given all measurements of a search, return the number of the measurement whose cell is taken, or `None` if the rule
# never stops the search. Below the check your function is applied to the recorded searches. A good rule stops the
# searches that collapse, early enough, and does not stop the others.


# %% name="stop-epoch" tags=["exercise"] minutes=8 points=3 difficulty=3
def stop_epoch(values: list[float]) -> int | None:
    """The number of the measurement whose cell is taken, by (07.5); None where the search runs to its end."""
    # SOLUTION 07.stop_epoch


# %% name="stop-epoch-check" tags=["check"]
check("07.stop_epoch", stop_epoch)

# %% name="p6" tags=["predict"]
predict("07.p6")

# %% name="stops"
stop_epoch, stopped = mine("07.stop_epoch"), dict.fromkeys(records, 0)
for name, runs in records.items():
    for record in runs:
        column = record.columns["instrument.lambda_max"]
        measured = np.flatnonzero(np.isfinite(column))  # the rows in which it was measured
        taken, words = stop_epoch([float(value) for value in column[measured]]), "the rule does not stop"
        if taken is not None:
            stopped[name] += 1
            skips = skipping(record, measured[int(taken)])
            words = f"measurement {taken} of {len(measured)} is taken, {skips:.0%} skips"
        print(f"{name:>14}: {words}; at the end {skipping(record):.0%}")
reveal("07.p6", stopped["collapse"])

# %% [markdown]
# Compare three things: how many of the collapsing searches the rule stops, whether the cell that it takes has fewer
# skips than the last cell, and whether it stops searches that did not collapse. A rule that stops every search detects
# nothing.
#
# ## 6 · Two mechanisms, one eigenvalue
#
# Two of the recorded searches make the competition unfair, each in its own way. In *collapse* $w$ has **few pictures**.
# It learns them by heart, with their wrong labels. Then the convolutions help less on the pictures of $\alpha$. In
# *slow w* there are more pictures, but the learning rate of $w$ is so **small** that the convolutions learn little. The
# control is *many pictures*. Which of the two mechanisms does the eigenvalue show?

# %% name="p7" tags=["predict"]
predict("07.p7")

# %% name="two-mechanisms"
def late(record, name: str) -> float:
    """The mean of the values that were measured in the last fifth of a search."""
    known = record.columns[name][np.isfinite(record.columns[name])]
    return float(known[-max(1, len(known) // 5) :].mean())


eigenvalues = {name: [late(run, "instrument.lambda_max") for run in runs] for name, runs in records.items()}
for name, runs in records.items():
    numbers = [[skipping(run), late(run, "train_accuracy"), late(run, "val_accuracy")] for run in runs]
    words = zip(("skips", "train", "validation"), np.mean(numbers, axis=0), strict=True)
    print(f"{name:>14}: " + ", ".join(f"{word} {mean:.0%}" for word, mean in words), end="; ")
    print("lambda_max " + ", ".join(f"{value:.2f}" for value in eigenvalues[name]))
control, *others = (np.mean(eigenvalues[name]) for name in ("many pictures", "collapse", "slow w"))
reveal("07.p7", [(1, 0), (0, 1), (1, 1), (0, 0)].index(tuple(int(other > 1.3 * control) for other in others)))

# %% [markdown]
# Read each row from left to right. The gap between *train* and *validation* distinguishes the two mechanisms: in the
# first $w$ knows its pictures by heart, in the second $w$ has learned little. Does $\lambda_\mathrm{max}$ distinguish
# them too, and by how much? Do the seeds of one row lie closer together than the rows? Look for collapsed seeds whose
# eigenvalue is no larger than that of the control. If there are some, a small eigenvalue does not say that all is well,
# even if the mean of the row is large.
#
# ## What these runs can and cannot show
#
# - They **can** show what happens to the skip weight if the convolutions cannot learn, and whether a number that shows
#   one mechanism also shows the other.
# - They **cannot** show how often published searches collapse, or that those collapse for one of these two reasons. The
#   space, the pictures and the number of steps were chosen here so that a search collapses within two minutes.
# - A cell with many skips need not be a bad cell. To find out, train it from scratch with several seeds (lesson 06).
#
# **In five lines**
#
# - A search has collapsed if at least three quarters of its kept edges hold a skip connection. This fraction can be
#   measured at every step.
# - $\alpha$ follows the outputs that operations have with their present $w$. A skip connection needs no $w$ of its own.
# - Freezing the convolutions separates "is better" from "was ready first".
# - $H v$ takes two backward passes. The Rayleigh quotient keeps the sign. The largest eigenvalue needs a shift or
#   Lanczos.
# - A stop rule averages noisy measurements and takes the cell from before the growth. It detects only what they show.

# %% name="questions" tags=["quiz"]
from IPython.display import display

display(quiz("07.q1"), quiz("07.q2"), quiz("07.q3"))

# %% [markdown]
# **Harder.** (a) Write `largest(product, start, steps)` from your power iteration and one shift, and find the smallest
# eigenvalue in the same way. When do the two power iterations find the same number? (b) Train the convolutions first
# instead of freezing them: `replace(small, alpha_waits=1)` lets $w$ learn alone for one epoch. How large is the skip
# weight then, after the same number of steps of $\alpha$? (c) Let the two searches of part 3 run for 100 steps. Does
# the difference between them grow or shrink?
#
# **Reading.** Zela, Elsken, Saikia, Marrakchi, Brox, Hutter 2020, *Understanding and Robustifying Differentiable
# Architecture Search*, sections 3 and 4. Chu, Zhou, Zhang, Li 2020, *Fair DARTS*, section 3, on what makes the
# competition unfair.
#
# **Next.** [Lesson 08](08_remedies.ipynb) asks of each published remedy which cause it answers, and what it costs.

# %% name="progress"
progress_board("07")
