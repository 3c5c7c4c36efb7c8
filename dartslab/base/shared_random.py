"""Random numbers that are the same in Python and in JavaScript, for what a page computes and Python computes again."""

import math

_WORD = 0xFFFFFFFF  # 32 bits


class SharedRandom:
    """The generator mulberry32; `shared_random.js` is the same.

    Its state is 32 bits and moves on by a constant; two multiplications mix it into a number. Source: Tommy Ettinger,
    2017, public domain.

    Args:
        seed: its lowest 32 bits count.
    """

    def __init__(self, seed: int) -> None:
        self._state = seed & _WORD

    def uniform(self) -> float:
        """A number in [0, 1)."""
        self._state = (self._state + 0x6D2B79F5) & _WORD
        mixed = self._state
        mixed = ((mixed ^ (mixed >> 15)) * (mixed | 1)) & _WORD
        mixed ^= (mixed + (mixed ^ (mixed >> 7)) * (mixed | 61)) & _WORD
        return (mixed ^ (mixed >> 14)) / 2**32

    def below(self, n: int) -> int:
        """One of 0 ... n - 1, all as likely."""
        return int(self.uniform() * n)

    def normal(self) -> float:
        """A number of the normal distribution with mean 0 and variance 1, by the formula of Box and Muller."""
        radius = math.sqrt(-2 * math.log(1 - self.uniform()))
        return radius * math.cos(2 * math.pi * self.uniform())

    def permutation(self, n: int) -> list[int]:
        """0 ... n - 1 in random order, by the shuffle of Fisher and Yates."""
        order = list(range(n))
        for last in range(n - 1, 0, -1):
            other = self.below(last + 1)
            order[last], order[other] = order[other], order[last]
        return order
