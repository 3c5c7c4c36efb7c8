"""Lesson 04: Supernet and architect."""
