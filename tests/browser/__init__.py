"""Tests that click in a real JupyterLab."""
