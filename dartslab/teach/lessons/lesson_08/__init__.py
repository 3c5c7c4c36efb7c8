"""Lesson 08: Remedies."""
