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
# *45 minutes in class (exercises 1, 2, 4 and 5), an hour and a half alone. Prerequisites: lessons 02 and 06; 05 helps. The
# search of part 2 takes most of the computing time.*

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
# A **skip connection** hands on its input. It has nothing to learn and costs nothing, and a few of them do a network
# good. A cell that consists of them alone computes next to nothing. Yet that is what users of DARTS found: "a
# combination of skip_connect" (`D-X-Y/AutoDL-Projects#58`), and the answer was that this is to be expected. A search that
# ends so has **collapsed**. How much skipping is usual in cells that were published?

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
# These cells were selected, out of several searches and by people who wanted to publish them, so they say little about
# searches. What we need is a number that can be measured at every step of any search.
#
# ### Exercise 1: the fraction of skip connections
#
# A published genotype is a `Pairs` (`genotype.Pairs`): for each kind a flat list of (operation, predecessor), one entry
# for each **kept** edge, and a list of the nodes that are concatenated. Return the fraction of skip connections among the
# kept edges, for each kind. This is what the instrument `skips` measures. (Stuck? `hint("07.count_skips")`,
# `solution("07.count_skips")`; the same for every exercise.)

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
# A published search takes hours; `dartslab.experiment.collapse` holds one that was made small enough for a lesson. There
# $w$ learns from 150 pictures, again and again, until it knows them by heart, and $\alpha$ learns from others; four of ten
# labels are wrong, in both. Every edge has few operations to choose from; the first line that the next cell prints says
# how many edges would skip if a die chose. It runs the whole search (one to two minutes; read on to exercise 2
# meanwhile). Where will it end?

# %% name="p2" tags=["predict"]
predict("07.p2")

# %% name="live"
from dartslab.experiment.collapse import collapse_config, collapse_data
from dartslab.run.console import progress

measured = {"instruments": ("skips", "skip_weight"), "measure_every": 12}  # accuracies every third time
config = collapse_config("collapse", steps=steps(), device="cpu", **measured)
state, rows = SearchState.create(config, collapse_data("collapse")), []
print(f"edges choose among {', '.join(config.operations)}: by chance {1 / len(config.operations):.0%} would skip")
for event in progress(search(state)):
    if (found := event.instruments) is not None:
        rows.append({"step": event.step, "train": event.train_accuracy, "validation": event.val_accuracy})
        for name in ("skips", "skip_weight"):  # the mean over the kinds of cell
            rows[-1][name] = np.mean([value for key, value in found.items() if key.startswith(name + ".")])
print(f"{event.step} steps, {event.seconds:.0f} s; of the kept edges {rows[-1]['skips']:.0%} skip at the end")

# %% name="live-picture" tags=["collapsed"]
# draw: skips and both accuracies over the steps
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
# *skips* is what would be kept, *skip weight* the mean mixing weight behind it, *train* the accuracy on the batch that
# $w$ has just learned from, *validation* on the pictures of $\alpha$. Read them in this order: what happens first, the
# gap between the two accuracies or the skips? And does the weight warn before the derived cell changes?
#
# One seed is an anecdote, whether it has collapsed or not. So five seeds of this search were recorded, and five of each of
# several others with one thing changed: a cause taken away, or a remedy put in. (Only *3,000 pictures, slow w* changes two
# things: it takes one cause away and puts another in.)

# %% name="p3" tags=["predict"]
predict("07.p3")

# %% name="collapse-view" tags=["widget"]
from dartslab.widgets import Collapse

Collapse()  # recorded searches: fraction of skips, eigenvalue, both accuracies, and the cell

# %% name="p3-measured"
from dartslab.experiment.collapse import SEEDS, VARIANTS, recorded_collapse

count_skips = mine("07.count_skips")  # yours once it has passed, else dartslab's: nobody is blocked


def skipping(record, row=-1):
    """The fraction of skip connections in what a recorded search would derive at a row, all cells together."""
    return np.mean(list(count_skips(record.genotype(row).to_pairs()).values()))


names = "collapse", "many pictures", "slow w"
records = {name: [recorded_collapse(name, seed) for seed in SEEDS] for name in names}
for name, runs in records.items():
    print(f"{name:>14} ({VARIANTS[name].label}): " + ", ".join(f"{skipping(record):.0%}" for record in runs))
reveal("07.p3", sum(skipping(record) >= 0.75 for record in records["collapse"]))

# %% [markdown]
# Switch the causes in the view, one at a time: more pictures for $w$, fewer steps, a slower $\alpha$. Which of them changes
# the fraction of skips, in how many seeds, and by how much? To say *why*, one has to look at what moves $\alpha$.
#
# ## 3 · Unfair competition
#
# On one edge, at fixed $w$, the mixture is $\bar{o}(x) = \sum_k p_k\, o_k(x)$ with $p = \mathrm{softmax}(\alpha)$. Let
# $g = \partial L_\mathrm{val} / \partial \bar{o}(x)$, as many numbers as an output has. Through the softmax (lesson 02)
#
# $$\frac{\partial L_\mathrm{val}}{\partial \alpha_o}
#   = p_o \Big( \langle g, o(x) \rangle - \sum_k p_k \langle g, k(x) \rangle \Big) \tag{07.1}$$
#
# (Liu et al. 2019, section 2.2, differentiated). A descent raises $\alpha_o$ where this is below 0: where the output of
# $o$ points *against* $g$ more than the mixture does. **Only what an operation gives now counts**, with its present $w$.
# What it could give after some training appears nowhere.


# %% name="here-edge"
here("edge")

# %% [markdown]
# ### Exercise 2: what pulls on alpha
#
# Given the outputs [O, N], $g$ [N] and $p$ [O], return (07.1) for all operations of the edge, without autograd. The cell
# after the check asks it about another search, one that has learned nothing yet, on the first edge of its first cell: half
# of the pictures for $w$, a skip connection and two convolutions on every edge. A single batch says little; the mean over
# ten says where $\alpha$ will go first.

# %% name="pull-on-alpha" tags=["exercise"] minutes=6 points=2 difficulty=2
def pull_on_alpha(outputs: torch.Tensor, g: torch.Tensor, p: torch.Tensor) -> torch.Tensor:
    """dL/dalpha of one edge: what its operations give [O, N], g = dL/d(mixed output) [N], p [O] -> [O]."""
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
# So much for the very first steps, in which even the classifier knows nothing. The argument is about what comes next. A
# skip connection hands on what the cells before it have learned, and needs nothing of its own. A convolution has to be
# trained before its output points anywhere in particular, and its gradient carries the factor $p_o$: what loses weight
# learns more slowly, and what learns more slowly may lose weight. Chu et al. 2020 (FairDARTS) speak of an unfair
# advantage. Is it a good story, or a cause? **Take the learning away and look.**
#
# ### Exercise 3: which parameters to freeze
#
# `"cells.1.mixed.3.candidates.2.5.weight"` is a parameter of cell 1, on edge 3, of the operation in column 2. Given such
# names and the names of the operations, return the names that belong to a **convolution** of an edge. (At stride 2 a
# skip connection has parameters too. They shall go on learning, and so shall the stem and the classifier.)
#
# Below the check two searches are compared, the same in everything else: in one the convolutions of all edges keep the $w$
# that they started with, in the other they learn from the first step. Five seeds each, for 20 steps only: the question is
# who comes first.


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
            run.net.get_parameter(name).data.copy_(begun[name])  # takes the step of w back
        course.append(np.mean([float(table[:, skip].mean()) for table in run.weights().values()]))
    return course


courses = {freeze: np.array([skip_course(seed, freeze) for seed in range(5)]) for freeze in (True, False)}
for freeze, course in courses.items():
    ends = ", ".join(f"{one:.2f}" for one in course[:, -1])
    what = "frozen" if freeze else "learning"
    print(f"convolutions {what}: after {course.shape[1]} steps {ends}; mean {course[:, -1].mean():.3f}")
leads = courses[True][:, -1] - courses[False][:, -1]
lead = leads.mean()
print(f"frozen minus learning: {lead:+.3f} in the mean, from {leads.min():+.3f} to {leads.max():+.3f}")
reveal("07.p4", 0 if lead > 0.03 else 1 if lead < -0.03 else 2)

# %% [markdown]
# The two searches differ in one thing, so what differs in the skip weight comes from it; the spread of five seeds says how
# sure that is. A large $\alpha$ says that an operation helps *with the $w$ it has now*. It does not say that it is the
# better operation (asked in `quark0/darts#124`). Freezing is the extreme case: an operation that never learns. Less extreme
# are the first steps of every search, a learning rate of $w$ that is too small, and pictures that have nothing more to
# teach.
#
# ## 4 · Can one see it coming?
#
# A search ends with a jump: from the mixture to one operation on each edge. Around the place where it stands,
#
# $$L_\mathrm{val}(\alpha + d) \approx L_\mathrm{val}(\alpha) + \langle \partial_\alpha L_\mathrm{val}, d \rangle
#   + \tfrac{1}{2} \langle d, H d \rangle, \qquad H = \partial^2_\alpha L_\mathrm{val} \text{ at fixed } w. \tag{07.2}$$
#
# If $H$ has a large eigenvalue, a long way $d$ may cost much. Zela et al. 2020 (section 4) found that the largest one,
# $\lambda_\mathrm{max}$, rises in searches that end with bad cells. $H$ has as many rows as $\alpha$ has numbers. It is
# never built; a product with it costs two passes backward (Pearlmutter 1994):
#
# $$H v = \partial_\alpha \, \langle \partial_\alpha L_\mathrm{val}, v \rangle, \qquad v \text{ fixed.} \tag{07.3}$$
#
# ### Exercise 4: a product with the Hessian
#
# `loss(alpha)` is one number, `alpha` and `v` are tensors of one shape, a vector or a table. `v` stays fixed even where it
# is the same tensor as `alpha`. Leave what you were given as it is.


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
# The **power iteration** (Golub, Van Loan 2013, chapter 8.2) needs nothing but such products. From
# $v_0 = \text{start} / \lVert \text{start} \rVert$,
#
# $$v_{k+1} = \frac{H v_k}{\lVert H v_k \rVert}, \qquad \lambda = \langle v_n, H v_n \rangle \tag{07.4}$$
#
# after $n$ steps. $\lambda$ is the **Rayleigh quotient** of the last direction. $\lVert H v \rVert$ has its size as well,
# and loses its sign. Which eigenvalue will be found here?

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
# "The largest eigenvalue" of the paper is the largest **in the order of numbers**, 3 here: the direction in which the loss
# bends *upwards* most. Power iteration finds the largest *magnitude*. If that is below 0, a second iteration with
# $H - \lambda I$ helps, whose largest magnitude belongs to the largest eigenvalue of $H$ (`largest_eigenvalue` in
# `dartslab.base.eigenvalues`). `lanczos` in the same file uses all products it has made and not only the last one, finds
# both ends at once, and is what the instrument `lambda_max` runs.
#
# ### Exercise 5: the power iteration
#
# Make exactly `steps` steps of (07.4) and return $\lambda$ with its sign. (One more product for the quotient is no step.)
# The cell after the check puts both functions together, on the search of part 2 at its end.

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
# Compare the power iteration with both ends that Lanczos finds. Where these have nearly the same size and opposite signs,
# the iteration takes long, and after a few steps its number may be neither of them.
#
# One batch is a small sample, and how far the five numbers lie apart says how much one measurement is worth. The authors
# were asked whether the gradient has to be near 0 before an eigenvalue means something; the answer was that the noise of
# mini-batches allowed no conclusion (`automl/RobustDARTS#4`). So a rule must not trust a single measurement.
#
# ## 5 · Stopping in time
#
# RobustDARTS (Zela et al. 2020, section 4.3, with the numbers of its code; `methods/robust_darts.py`) measures
# $\lambda_\mathrm{max}$ 25 times in a search, every 2 of 50 epochs. Measurements are numbered from 0: $\lambda_0, \lambda_1,
# \dots$ The rule:
#
# $$m_t = \tfrac{1}{5}\,(\lambda_{t-2} + \dots + \lambda_{t+2}), \qquad
#   \text{stop at the first } t \text{ with } \; m_{t-4} > 0, \;\; \frac{m_t}{m_{t-4}} > 1.3, \;\; t - 4 \ge 4. \tag{07.5}$$
#
# $m_t$ is known only when $\lambda_{t+2}$ has been measured. Measurement 4 ends the first fifth of the search, and no
# earlier cell is taken. What is taken is the cell **of measurement $t-4$**: from before the growth. (The recorded searches
# were measured every 36 steps; the cell below prints how often. The rule counts measurements all the same.)
#
# ### Exercise 6: when to stop
#
# Given the whole series, return the number of the measurement whose cell is taken, or `None` where the rule never stops.
# Below the check it meets the recorded searches. A good alarm rings in searches that collapse, early enough, and keeps
# silent in the others.


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
        measured = np.flatnonzero(np.isfinite(column))  # the rows in which it was
        taken, words = stop_epoch([float(value) for value in column[measured]]), "the rule does not stop"
        if taken is not None:
            stopped[name] += 1
            skips = skipping(record, measured[int(taken)])
            words = f"measurement {taken} of {len(measured)} is taken, {skips:.0%} skips"
        print(f"{name:>14}: {words}; at the end {skipping(record):.0%}")
reveal("07.p6", stopped["collapse"])

# %% [markdown]
# Compare three things: in how many of the collapsing searches it stops, whether the taken cell has fewer skips than the
# last one, and whether it stops where nothing was wrong. A rule that stops everywhere is no detector.
#
# ## 6 · Two mechanisms, one alarm
#
# Two of the recorded variants make the competition unfair in two ways. In *collapse* $w$ has **few pictures**: it learns
# them by heart, wrong labels and all, and what the convolutions do then helps less on the pictures of $\alpha$. In
# *slow w* there are more pictures, and the learning rate of $w$ is so **small** that the convolutions learn little.
# *many pictures* is the control. Which of the two does the eigenvalue see?

# %% name="p7" tags=["predict"]
predict("07.p7")

# %% name="two-mechanisms"
def late(record, name: str) -> float:
    """The mean over what was measured in the last fifth of a search."""
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
# Read the rows from left to right. The gap between *train* and *validation* tells the first mechanism from the second: a $w$
# that knows its pictures by heart, and a $w$ that knows little. See whether $\lambda_\mathrm{max}$ tells them apart too,
# by how much, and whether the seeds of a row lie closer together than the rows. Look for collapsed seeds whose eigenvalue
# is no larger than the control's: where there are some, the alarm is an alarm for *one* way to fail.
#
# ## What these runs can and cannot show
#
# - They **can** show what happens to the skip weight where the others cannot learn, and whether an alarm that sees one
#   mechanism sees another.
# - They **cannot** show how often published searches collapse, nor that their cause is one of these two: space, pictures
#   and lengths here were chosen so that a collapse fits into two minutes.
# - Many skips are not in themselves a bad cell. Whether it is one is asked by training it from scratch, over seeds
#   (lesson 06).
#
# **In five lines**
#
# - A search has collapsed if most kept edges hold a skip connection; that is measured, not felt.
# - $\alpha$ follows what operations give with their present $w$; a skip connection needs no $w$ of its own.
# - Freezing the convolutions separates "is better" from "was ready first".
# - $H v$ takes two passes backward; the Rayleigh quotient keeps the sign; the largest in the order of numbers needs a shift
#   or Lanczos.
# - A stop rule averages noisy measurements and takes the cell from before the growth; it sees what its number sees.

# %% name="questions" tags=["quiz"]
from IPython.display import display

display(quiz("07.q1"), quiz("07.q2"), quiz("07.q3"))

# %% [markdown]
# **Harder.** (a) Write `largest(product, start, steps)` from your power iteration and one shift, and find the smallest
# eigenvalue in the same way. When do both iterations together find the same number twice? (b) Give the convolutions a head
# start instead of freezing them: `replace(small, alpha_waits=1)` lets $w$ learn alone for one epoch. How far does the skip
# weight get then, in as many steps of $\alpha$? (c) Let the two searches of part 3 run for 100 steps: what becomes of the
# difference, and who catches up?
#
# **Reading.** Zela, Elsken, Saikia, Marrakchi, Brox, Hutter 2020, *Understanding and Robustifying Differentiable
# Architecture Search*, sections 3 and 4. Chu, Zhou, Zhang, Li 2020, *Fair DARTS*, section 3, on what makes the
# competition unfair.
#
# **Next.** Now that the causes have names, each remedy can be asked which of them it takes away:
# [lesson 08](08_remedies.ipynb).

# %% name="progress"
progress_board("07")
