"""Lesson 09: Honest evaluation."""
