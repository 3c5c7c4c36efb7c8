"""All exercises by name. One module for each lesson, loaded when one of its exercises is asked for."""

from ..exercise import Exercise
from ..registry import Registry

EXERCISES: Registry[Exercise] = Registry("exercises", "EXERCISES", "exercise")
