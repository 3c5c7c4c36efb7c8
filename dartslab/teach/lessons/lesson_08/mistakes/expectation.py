"""Known wrong answers to `08.expectation`. Shape: O operations."""

import torch

from ....items import Twin

TWINS = (
    Twin(
        "the other axis",
        lambda p, estimates: estimates @ p,
        "You weight the columns: which axis says what was drawn, and which is alpha?",
    ),
    Twin(
        "not weighted",
        lambda p, estimates: estimates.mean(0),
        "All draws count alike in yours: are they equally probable?",
    ),
    Twin(
        "mean of the other axis",
        lambda p, estimates: estimates.mean(1),
        "You average over alpha, and all alike: over what should be averaged, and with which weights?",
    ),
    Twin(
        "added up",
        lambda p, estimates: estimates.sum(0),
        "You add all rows up: how often does each of them occur?",
    ),
    Twin(
        "the likeliest draw",
        lambda p, estimates: estimates[p.argmax()],
        "You take the likeliest draw alone: what about the others?",
    ),
    Twin(
        "the diagonal",
        lambda p, estimates: p * estimates.diagonal(),
        "You use one entry of each row: does a draw of one operation move only its own alpha?",
    ),
    Twin(
        "rows weighted and not added",
        lambda p, estimates: p[:, None] * estimates,
        "Your rows are weighted: what turns them into one estimate?",
    ),
    Twin(
        "columns weighted and not added",
        lambda p, estimates: p * estimates,
        "You return a table, with weights along its columns: which axis is drawn, and what is a mean?",
    ),
    Twin(
        "weighted rows added along alpha",
        lambda p, estimates: (p[:, None] * estimates).sum(1),
        "You weight the draws and then add over alpha: which axis should go?",
    ),
    Twin(
        "weighted columns added along the draws",
        lambda p, estimates: (p * estimates).sum(0),
        "Your weights lie along the columns: with which axis of the table does p run?",
    ),
    Twin(
        "divided again",
        lambda p, estimates: p @ estimates / len(p),
        "You divide by the number of operations as well: what do the probabilities sum to already?",
    ),
    Twin(
        "mean of weighted rows",
        lambda p, estimates: (p @ estimates).mean(),
        "You return one number: how many alphas are there?",
    ),
    Twin(
        "everything added up",
        lambda p, estimates: (p @ estimates).sum(),
        "You add over alpha as well: how many numbers has a gradient in alpha?",
    ),
    Twin(
        "a softmax once more",
        lambda p, estimates: torch.softmax(p, 0) @ estimates,
        "You take a softmax of p: are these alphas, or probabilities already?",
    ),
    Twin(
        "p squared",
        lambda p, estimates: p**2 @ estimates,
        "You weight with p twice: how often is an operation drawn?",
    ),
    Twin(
        "a square root too many",
        lambda p, estimates: p.sqrt() @ estimates,
        "You weight with the square root of p: do your weights sum to 1?",
    ),
    Twin(
        "logarithms",
        lambda p, estimates: p.log() @ estimates,
        "You weight with log p: which numbers say how often an operation is drawn?",
    ),
    Twin(
        "one over p",
        lambda p, estimates: (1 / p) @ estimates,
        "You divide by p: does what is rare count more in a mean?",
    ),
)
