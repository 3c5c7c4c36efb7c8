"""Answers to `02.softmax`, right and wrong, for tests of what checks say."""

import time

import torch

NAME = "02.softmax"


def right(alpha, T):
    return torch.softmax(alpha / T, -1)


def for_ever(alpha, T):
    while True:
        time.sleep(0.01)


def for_ever_and_deaf(alpha, T):
    while True:
        try:
            time.sleep(0.01)
        except Exception:
            continue


def changes_its_input(alpha, T):
    return alpha.div_(T).softmax(-1)
