"""DARTS: a softmax over the operations of every edge; the two strongest edges of a node are kept.

weights[e, o] = exp(alpha[e, o] / T) / sum_o' exp(alpha[e, o'] / T)        (Liu et al. 2019, DARTS, eq. 2; T = 1)
"""

from .method import Method

METHOD = Method("darts", "Liu, Simonyan, Yang 2019, DARTS: Differentiable Architecture Search")
