"""All quiz questions and predictions by name: one module for each lesson, so that a cell holds a name and no answer."""

from ..question import Prediction, Question
from ..registry import Registry

QUESTIONS: Registry[Question] = Registry("quizzes", "QUESTIONS", "quiz question")
PREDICTIONS: Registry[Prediction] = Registry("quizzes", "PREDICTIONS", "prediction")
