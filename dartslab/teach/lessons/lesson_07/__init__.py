"""Lesson 07: Failure modes."""
