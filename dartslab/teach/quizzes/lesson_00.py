"""Quiz questions and predictions of lesson 00."""

from ..question import Prediction, Question

QUESTIONS: tuple[Question, ...] = ()
PREDICTIONS: tuple[Prediction, ...] = ()
