"""Lesson 05: Live search."""
