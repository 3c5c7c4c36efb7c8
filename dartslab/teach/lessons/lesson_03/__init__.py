"""Lesson 03: Bilevel optimization."""
