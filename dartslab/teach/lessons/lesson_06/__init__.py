"""Lesson 06: The genotype."""
