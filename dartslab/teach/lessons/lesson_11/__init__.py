"""Lesson 11: Your own search."""
