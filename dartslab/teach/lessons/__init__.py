"""The Python of each lesson, one folder each, found by its name: exercises, answers, questions."""
