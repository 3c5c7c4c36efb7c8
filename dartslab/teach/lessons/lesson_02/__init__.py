"""Lesson 02: The continuous relaxation."""
