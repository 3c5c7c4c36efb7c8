"""Lesson 01: The search space."""
