"""Lesson 00: A first search."""
