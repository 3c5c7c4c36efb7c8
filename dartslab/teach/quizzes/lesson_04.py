"""Quiz questions and predictions of lesson 04."""

from ..question import Prediction, Question

QUESTIONS: tuple[Question, ...] = ()
PREDICTIONS: tuple[Prediction, ...] = ()
