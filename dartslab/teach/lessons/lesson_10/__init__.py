"""Lesson 10: The whole experiment, on a GPU or smaller."""
