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
# # 09 · Honest evaluation
#
# **Is a search method better than chance, and how would you know?**
#
# After this notebook you will be able to
#
# - say how much of "the best of n" is luck, and correct for it,
# - measure whether two lists order cells alike, and how well any list could,
# - compare a method with random search at the same cost,
# - notice that test pictures were used for choosing,
# - compare two searches over seeds, and end in a sentence that the numbers allow.
#
# *45 minutes in class (exercises 1, 3, 6 and 7), an hour and a half alone. Prerequisites: lessons 00 and 06. Almost
# all numbers are looked up in a table; the six searches of part 5 take most of the computing time.*

# %% name="setup" tags=["collapsed"]
# set-up
import numpy as np

from dartslab.teach import check, hint, mine, predict, progress_board, quiz, reveal, solution, start, steps

start("09")

# %% [markdown]
# ## 1 · The best of many
#
# Lesson 00 asked whether a search finds better cells than chance, and trained a dozen random cells. Here *every* cell
# of its space was trained from scratch, with several seeds, and tested on the 10,000 test pictures of Fashion-MNIST
# (`docs/truth.md` says how). *A cell* means a pair here, a normal and a reduction cell. So whatever a search finds, we
# can look up what it is worth.

# %% name="table"
from dartslab.truth.describe import values_of_cells
from dartslab.truth.estimates import estimate
from dartslab.truth.table import load_table

table = load_table("lesson")
truth, cells = estimate(table), np.array(list(table.of_first_seeds("test_loss")))
test, validation, shipped = (
    np.stack(list(table.of_first_seeds(column).values()))
    for column in ("test_loss", "validation_loss", "shipped_loss")
)
print(f"{len(test)} cells, {test.shape[1]} trainings of each; the table is {table.state}")
print(f"test loss in nats: {test.min():.3f} to {test.max():.3f}, mean {test.mean():.3f}")

# %% name="p1" tags=["predict"]
predict("09.p1")

# %% name="winner"
for seed in range(test.shape[1]):
    others = np.delete(test, seed, axis=1).mean(axis=1)
    winner = test[:, seed].argmin()
    rank = 1 + int((others < others[winner]).sum())
    print(f"best with seed {seed}: loss {test[winner, seed]:.3f}")
    print(f"    with other seeds: loss {others[winner]:.3f}, rank {rank}")
    if seed == 0:
        reveal("09.p1", rank)

# %% [markdown]
# The winner was chosen *because* its loss with this seed is small. With a new seed the cell is the same, but the luck
# is not. This happens whenever the best of many is chosen. It is called the **winner's curse**. A paper that reports
# only its best run suffers from it.
#
# How small a loss does chance reach? Draw $n$ of the $C$ cells without repetition, and keep the smallest loss. Let
# $l_{(1)} \le \dots \le l_{(C)}$ be the sorted losses. The $k$-th is the best of a draw if it is drawn, and the other
# $n - 1$ cells come from the $C - k$ with larger losses. The mean over all draws is therefore
#
# $$\mathrm{E}[\text{best of } n] = \sum_{k=1}^{C} \frac{\binom{C-k}{n-1}}{\binom{C}{n}} \, l_{(k)}. \tag{09.1}$$
#
# ### Exercise 1: the best of n
#
# Return (09.1). `math.comb(a, b)` is $\binom{a}{b}$, and 0 if $b > a$. (Stuck? `hint("09.best_of")` and
# `solution("09.best_of")` help. Every exercise has both.)

# %% name="best-of" tags=["exercise"] minutes=7 points=3 difficulty=3
from math import comb, sqrt


def best_of(losses: list[float], n: int) -> float:
    """The mean of the smallest of n losses over all ways to draw n of the C losses without repetition."""
    # SOLUTION 09.best_of


# %% name="best-of-check" tags=["check"]
check("09.best_of", best_of)

# %% [markdown]
# The next cell uses your function on the trainings with seed 0. Then it asks what the chosen cells are *worth*: it
# takes the same cells, with the same factors of (09.1), and looks at their other seeds.

# %% name="curse" tags=["collapsed"]
# draw: the best of n random cells, as reported and with other seeds
from math import comb

from matplotlib.figure import Figure

from dartslab.draw.picture import show
from dartslab.draw.style import TRAIN, VALIDATION, plain_axes

best_of, C, counts = mine("09.best_of"), len(test), (1, 2, 3, 5, 8, 12, 20, 35, 60, 100)
reported = [float(best_of(test[:, 0].tolist(), n)) for n in counts]
others = test[test[:, 0].argsort(), 1:].mean(axis=1)  # other seeds, in the order of seed 0
worth = [sum(comb(C - k, n - 1) / comb(C, n) * others[k - 1] for k in range(1, C + 1)) for n in counts]
plain_axes(panel := (figure := Figure(figsize=(7, 2.8), layout="constrained")).subplots())
panel.semilogx(counts, reported, "o-", color=TRAIN, label="reported: its own loss, seed 0")
panel.semilogx(counts, worth, "s--", color=VALIDATION, label="the same cells, other seeds")
panel.set(xlabel="n: random cells that were trained", ylabel="test loss of the best, nats")
panel.set_xticks(counts, counts, minor=False)
panel.legend(frameon=False)
told = "; ".join(f"n = {n}: {a:.3f}, {b:.3f}" for n, a, b in zip(counts, reported, worth, strict=True))
show(figure, f"Test loss of the best of n cells, as reported and with other seeds: {told}.")

# %% [markdown]
# The reported loss falls with every further draw. Does the worth of the chosen cell fall as well? The distance between
# the curves is the luck that the choice adds. Is it larger at small or at large $n$? If a method is judged by its best
# run, compare it with the best of equally many random cells.
#
# All cells of the table are in the view below. Each dot is a cell. Find the best one, and compare the spread of its
# seeds with its distance from the next ones. Then choose an operation. What do most of the good cells have in common?

# %% name="explorer" tags=["widget"]
from dartslab.widgets import TruthExplorer

TruthExplorer(table)

# %% [markdown]
# ## 2 · How well can one know an order?
#
# A ranking of cells, by size or by some score, is judged by how well it agrees with the truth. **Kendall's tau** looks
# at all pairs of cells:
#
# $$\tau = \frac{\sum_{i<j} \operatorname{sign}(x_i - x_j) \operatorname{sign}(y_i - y_j)}{\sqrt{a\,b}}, \tag{09.2}$$
#
# where $a$ pairs differ in $x$ and $b$ pairs differ in $y$ (Kendall 1945). It is 1 for the same order, -1 for the
# opposite one, and near 0 for lists that have nothing to do with each other. Sizes are often equal. Such pairs are
# **tied**: their sign is 0, and $a$ or $b$ does not count them. How large is tau between two trainings of the same
# cells?

# %% name="p2" tags=["predict"]
predict("09.p2")

# %% [markdown]
# ### Exercise 2: Kendall's tau
#
# Return (09.2). Each pair counts once. There is at least one untied pair in each list.


# %% name="kendall-tau" tags=["exercise"] minutes=7 points=2 difficulty=2
def kendall_tau(first: list[float], second: list[float]) -> float:
    """(same order - opposite order) / sqrt(a b); a, b: pairs that are not tied in first, in second; [C] each."""
    # SOLUTION 09.kendall_tau


# %% name="kendall-tau-check" tags=["check"]
check("09.kendall_tau", kendall_tau)

# %% name="taus"
kendall_tau = mine("09.kendall_tau")
some = np.random.default_rng(0).permutation(len(test))[:200]  # all pairs of all cells would take long
between_seeds = float(kendall_tau(test[some, 0].tolist(), test[some, 1].tolist()))
print(f"two seeds, test loss, {len(some)} cells: {between_seeds:.2f}")
print(f"the true order and one seed, test loss: {truth.expected_tau(1):.2f} is expected")
one_training = kendall_tau(validation[some, 0].tolist(), test[some, 0].tolist())
print(f"one seed, validation and test loss: {one_training:.2f}")
for column in ("parameters", "multiply_adds"):
    sizes = (-values_of_cells(table, column, cells[some])).tolist()  # large: a small loss is expected
    print(f"{column} and test loss: {kendall_tau(sizes, test[some, 0].tolist()):.2f}")
reveal("09.p2", round(between_seeds, 2))

# %% [markdown]
# Two trainings of the same cells do not agree on the order. So **no ranking can be expected to reach 1**: even the true
# order does not, when it is compared with one training. A ranking that is as good as one more training reaches the tau
# between seeds. Validation and test loss of *one* training agree better, because they share the luck of its seed. And
# before you praise a clever score, look at the last two lines. Does the number of parameters, which costs nothing, order
# the cells as well as one more training?
#
# More trainings help, and so does a statistical model. Let $x_{ij}$ be the loss of training $j$ of cell $i$, with $S$
# trainings of each cell. The *true value* of a cell is its mean over all possible seeds, and $v^2$ is the variance of
# the true values. $s^2$ is the variance between the trainings of one cell (divide by $S - 1$), averaged over the
# cells. The means $\bar x_i$ vary for both reasons: their variance over the cells (divide by $C - 1$) is on average
# $v^2 + s^2 / S$. Let $m$ be the mean over all cells. If $v$ and $s$ are known, the linear estimate of the true value
# with the smallest mean squared error is
#
# $$\hat x_i = m + B\,(\bar x_i - m), \qquad B = \frac{v^2}{v^2 + s^2 / S}, \qquad
#   v^2 = \max\!\Big(0,\; \operatorname{Var}_i(\bar x_i) - \frac{s^2}{S}\Big). \tag{09.3}$$
#
# The means are moved towards $m$; this is called **shrinkage** (Robinson 1991, *That BLUP is a good thing*). Here $v^2$
# and $s^2$ are themselves estimated.
#
# ### Exercise 3: how much is luck?
#
# Given the losses [C, S], return the estimates [C].


# %% name="shrink" tags=["exercise"] minutes=8 points=3 difficulty=3
def shrink(values: np.ndarray) -> np.ndarray:
    """The estimates (09.3) of the true values of the cells from S trainings of each: [C, S] -> [C]."""
    # SOLUTION 09.shrink


# %% name="shrink-check" tags=["check"]
check("09.shrink", shrink)

# %% name="shrunken"
shrink = mine("09.shrink")
estimates, best = np.asarray(shrink(test)), test.mean(axis=1).argmin()
print(f"spread between cells {truth.between:.3f} nats, between seeds of a cell {truth.within:.3f}")
print(f"best mean of {test.shape[1]}: {test[best].mean():.3f}; estimate {estimates[best]:.3f}")
told = []
for seed in range(test.shape[1]):  # leave a seed out; the others choose the best 20
    old, new = np.delete(test, seed, axis=1), test[:, seed]
    top = old.mean(axis=1).argsort()[:20]
    told.append([old[top].mean(), np.asarray(shrink(old))[top].mean(), new[top].mean()])
means, moved, left_out = np.mean(told, axis=0)
print(f"the best 20 by two seeds: mean {means:.4f}, estimate {moved:.4f}")
print(f"the seed that was left out: {left_out:.4f}")

# %% [markdown]
# The last line tests (09.3): the seed that is left out had no part in the choice of the best 20. To which of the two
# numbers is it nearer, on average over the three seeds? If it is larger than both, look at the view: do the best cells
# lie as far from the mean as the worst ones? (09.3) moves both ends alike.
#
# ## 3 · At the same cost
#
# A search that costs as much as five trainings must be compared with five random cells, not with one. This baseline is
# **random search**: train $n$ random cells, and keep the best one *by validation loss*. Its **regret** is the loss of
# the kept cell minus that of the best one.

# %% name="p3" tags=["predict"]
predict("09.p3")

# %% [markdown]
# ### Exercise 4: random search, many times
#
# `drawn` [R, n] holds the places, in `validation` and `test`, of the cells that each of R searches trains. Return the
# **test** losses [R] of the cells that the searches keep.


# %% name="random-search" tags=["exercise"] minutes=5 points=2 difficulty=2
def random_search(validation: np.ndarray, test: np.ndarray, drawn: np.ndarray) -> np.ndarray:
    """The test loss of what each random search keeps: losses [C] and the places of drawn cells [R, n] -> [R]."""
    # SOLUTION 09.random_search


# %% name="random-search-check" tags=["check"]
check("09.random_search", random_search)

# %% name="p3-measured"
random_search, chance, shares = mine("09.random_search"), np.random.default_rng(1), {}
for n in (1, 2, 5, 10, 25):
    drawn = np.stack([chance.permutation(len(test))[:n] for _ in range(2000)])
    kept = np.asarray(random_search(validation[:, 0], truth.shrunken, drawn))  # judged by the estimates
    shares[n] = float(truth.better_than(kept).mean())
    low, high = np.quantile(kept - truth.shrunken.min(), [0.025, 0.975])
    print(f"n = {n}: better than {shares[n]:.0f} % of the cells; regret {low:.3f} to {high:.3f} nats in 95 %")
reveal("09.p3", round(shares[5], 1))

# %% [markdown]
# Random search is strong where good cells are frequent: how frequent are they here? (As reported in Li, Talwalkar 2019,
# random search with early stopping did at least as well as ENAS, and random search with shared weights did better
# still. As reported in Yang, Esperança, Carlucci 2020, many methods are hardly better than the average random cell, once
# all are trained alike.) The kept cells are judged by all their trainings here, also by the one that chose them. With
# other seeds alone they are slightly worse.
#
# ## 4 · Pictures that should not have been seen
#
# Suppose somebody trains every cell once and keeps the one with the smallest loss on the 5,000 test pictures that come
# with dartslab. The reported result is the loss of this cell on the same pictures. Two things are wrong with it: the
# *pictures* were used to choose, and so was this one *training*. The table can separate them. It holds the loss on all
# 10,000 test pictures. This gives the loss on the other 5,000. The table also has other seeds.

# %% name="p4" tags=["predict"]
predict("09.p4")

# %% [markdown]
# ### Exercise 5: the pictures that nobody used
#
# `whole` is the mean loss over `count` pictures, and `seen` the mean loss over `used` of them. Return the mean loss
# over the other pictures.


# %% name="unseen" tags=["exercise"] minutes=3 points=1 difficulty=1
def unseen(whole: float, seen: float, count: int, used: int) -> float:
    """The mean loss of the other count - used pictures; whole: of all, seen: of the used ones."""
    # SOLUTION 09.unseen


# %% name="unseen-check" tags=["check"]
check("09.unseen", unseen)

# %% name="leak" tags=["collapsed"]
# choose by 5,000 test pictures, then look at other pictures and at other seeds
unseen, leads = mine("09.unseen"), []
rest = np.vectorize(unseen)(test, shipped, 10_000, 5_000)


def lead(losses: np.ndarray, cell: int) -> float:
    """The mean loss of all cells minus that of one; losses [C, S]."""
    return float(losses.mean() - losses[cell].mean())


for seed in range(test.shape[1]):
    chosen, same = int(shipped[:, seed].argmin()), [seed]
    new = [other for other in range(test.shape[1]) if other != seed]
    leads.append([lead(losses[:, seeds], chosen) for seeds in (same, new) for losses in (shipped, rest)])
as_reported, new_pictures, new_seeds, both = np.mean(leads, axis=0)
print(f"lead over the mean of all cells, as reported: {as_reported:.3f} nats")
print(f"other pictures, same trainings: {new_pictures:.3f}; same pictures, other seeds: {new_seeds:.3f}")
print(f"other pictures and other seeds: {both:.3f}")
lost = 1 - new_pictures / as_reported, 1 - new_seeds / as_reported
reveal("09.p4", 2 if max(lost) < 0.1 else int(lost[1] > lost[0]))

# %% [markdown]
# Only the last number is what the cell is worth to somebody else. A leak need not be large to matter: compare what is
# lost with the differences between the best cells in the view above. Which of the two drops in the lead would
# shrink with more test pictures, and which with more trainings?
#
# The rule that follows: choose by validation, report test, **and report a training that had no part in the choice**.
#
# ## 5 · A study with three seeds
#
# Now a question of your own. The quick search lets $\alpha$ wait while $w$ learns. Is that better than no wait? Each
# search runs with three seeds, and both kinds of search use the same seeds: the same first $w$ and the same batches.
# The result is the regret of the found cell, looked up. You may replace `change` by another setting that keeps the
# space, such as `{"alpha_waits": 1}` or `{"alpha_learning_rate": 0.01}`.

# %% name="p5" tags=["predict"]
predict("09.p5")

# %% name="study"
from time import process_time

from dartslab import Recorder, SearchState, search
from dartslab.data.datasets import load_data
from dartslab.run.console import progress
from dartslab.truth.rank import rank_cell

change = {"alpha_waits": 0}
data, regrets, records, took = load_data("fashion-mini", image_size=16), {"changed": [], "quick": []}, {}, []
for name, settings in {"changed": change, "quick": {}}.items():
    for seed in range(3):
        settings = {"steps": steps(), "device": "cpu"} | settings | {"seed": seed}
        state, begun = SearchState.create(table.plan.search_with(**settings), data), process_time()
        recorder = Recorder(state)
        for _ in progress(recorder.watch(search(state)), f"{name}, seed {seed}"):
            pass
        records[name, seed] = recorder.record
        took.append(process_time() - begun)
        found = rank_cell(table, state.genotype())
        regrets[name].append(found.regret)
        print(f"{name}, seed {seed}: {found}")

# %% [markdown]
# Each seed gives a pair of regrets, and $d_i$ is their difference, changed minus quick. Bad luck that both searches
# share cancels in $d_i$. So what counts is the spread of the *differences*. The 95 % interval of their mean is
#
# $$\bar d \pm t \, \frac{s_d}{\sqrt n}, \tag{09.4}$$
#
# where $s_d$ is the standard deviation of the $d_i$ (divide by $n - 1$), and $t$ the 97.5 % quantile of Student's
# distribution with $n - 1$ degrees of freedom: 4.30 for three seeds, 2.78 for five, 1.96 in the limit of many
# (Student 1908). The formula assumes that the $d_i$ are normally distributed, and takes the regrets in the table as
# exact; `dartslab truth compare` adds their error. Two searches that find the same cell have $d_i = 0$. Where this
# happens often, the $d_i$ are not normally distributed, and a few seeds say little.
#
# ### Exercise 6: the same seeds for both
#
# Return the lower and the upper end of (09.4). The function gets the losses of both searches, in the order of the
# seeds, and $t$.


# %% name="paired-interval" tags=["exercise"] minutes=6 points=2 difficulty=2
def paired_interval(first: list[float], second: list[float], t: float) -> tuple[float, float]:
    """Both ends of (09.4), for the mean of first - second; entries with the same place belong to the same seed."""
    # SOLUTION 09.paired_interval


# %% name="paired-interval-check" tags=["check"]
check("09.paired_interval", paired_interval)

# %% [markdown]
# ### Exercise 7: the sentence that is allowed
#
# `interval` is that of a difference of **losses**, first minus second. Return what may be said of the first search:
# `"better"` or `"worse"` if 0 lies outside of the interval (an end belongs to it), else `"cannot be told apart"`. For
# `None` return `"one search has no interval"`.


# %% name="verdict" tags=["exercise"] minutes=3 points=1 difficulty=1
def verdict(interval: tuple[float, float] | None) -> str:
    """What the interval of a difference of losses, first - second, allows to say of the first search."""
    # SOLUTION 09.verdict


# %% name="verdict-check" tags=["check"]
check("09.verdict", verdict)

# %% name="p5-measured"
from dartslab.base.statistics import t_quantile
from dartslab.truth.found import seconds_of_training
from dartslab.truth.rank import search_at_random

paired_interval, verdict = mine("09.paired_interval"), mine("09.verdict")
low, high = paired_interval(regrets["changed"], regrets["quick"], t_quantile(2))
sentence = verdict((float(low), float(high)))
print(f"changed minus quick: {low:+.3f} to {high:+.3f} nats (n = 3)")
print(f"With three seeds, changed compared with quick: {sentence}.")
search_costs, training = float(np.median(took)), seconds_of_training(table.plan)
cells_for_it = max(1, round(search_costs / training))
at_random = search_at_random(table, cells_for_it).mean - truth.shrunken.min()
print(f"a search takes {search_costs:.0f} s of processor time, a training {training:.0f} s")
print(f"random search with {cells_for_it} cells, at the cost of a search: regret {at_random:.3f} nats")
print("mean regrets: " + ", ".join(f"{name} {np.mean(values):.3f}" for name, values in regrets.items()))
reveal("09.p5", ("better", "worse", "cannot be told apart").index(sentence))

# %% [markdown]
# *Cannot be told apart* is a result too. It does not say that both are equal. How many seeds would have been needed?
# The interval narrows as $1/\sqrt n$, and $t$ falls as well. How do both compare with random search at their cost?
#
# The table knows every cell, so it can also say how good the cell was after each step. The next cell looks up what
# would have been derived after each step.

# %% name="course"
from dartslab.draw.ranks import describe_ranks, rank_curves
from dartslab.truth.rank import ranks_of_record

courses = {name: [ranks_of_record(table, records[name, seed]) for seed in range(3)] for name in regrets}
show(rank_curves(courses, len(test)), describe_ranks(courses))

# %% [markdown]
# While $\alpha$ waits, the derived cell is that of the random start, and the line is flat. A rank that still jumps at
# the end is a warning: another step, another cell. At which step should $\alpha$ have been read? If you choose this
# step from the picture, you have used the truth to choose, and part 4 applies.
#
# ## What this table can and cannot show
#
# - It **can** show how a method compares with random search *in this space, with these pictures and this training*.
#   How much does the size of a cell explain in it? See part 2.
# - It **cannot** show that a method is good or bad in another space. Nobody has trained all cells of the published one.
# - The table holds for one way of training. With a longer training, the order of the cells may change.
#
# **In five lines**
#
# - The best of many is partly luck. Other seeds show how much; shrinkage corrects it.
# - Trainings differ, so no ranking can be expected to reach a tau of 1. Its first baseline is the size of the cell.
# - Random search at the same cost is the baseline of every search.
# - Choose by validation. Report test pictures and trainings that had no part in the choice.
# - Pair the seeds, give an interval, and say only what it allows.

# %% name="questions" tags=["quiz"]
from IPython.display import display

display(quiz("09.q1"), quiz("09.q2"), quiz("09.q3"))

# %% [markdown]
# **Harder.** (a) From the terminal, `dartslab truth compare darts gdas parameters` compares whole methods with random
# search at the same cost, with five seeds. Write a method of your own in a file and add it
# (`dartslab methods check mine.py`). (b) How many seeds does a study need to show a difference of 0.01 nats? Estimate
# it from your three differences, and then from the spread of random search. (c) Draw the curve of part 1 for accuracies
# instead of losses (`best_of` takes the smallest value: negate them). Which column of the table has less noise,
# compared with the spread between cells?
#
# **Reading.** Li, Talwalkar 2019, *Random Search and Reproducibility for Neural Architecture Search*. Yang, Esperança,
# Carlucci 2020, *NAS Evaluation is Frustratingly Hard*. Yu, Sciuto, Jaggi, Musat, Salzmann 2020, *Evaluating the Search
# Phase of Neural Architecture Search*. Lindauer, Hutter 2020, *Best Practices for Scientific Research on Neural
# Architecture Search*.
#
# **Next.** [Lesson 10](10_cifar10_gpu.ipynb) is a whole experiment with a report, on a GPU or smaller.

# %% name="progress"
progress_board("09")
