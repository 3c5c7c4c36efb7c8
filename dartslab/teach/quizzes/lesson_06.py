"""Quiz questions and predictions of lesson 06."""

from ..question import Prediction, Question

QUESTIONS: tuple[Question, ...] = ()
PREDICTIONS: tuple[Prediction, ...] = ()
