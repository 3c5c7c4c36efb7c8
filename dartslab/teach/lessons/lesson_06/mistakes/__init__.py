"""Known wrong answers to the exercises of lesson 06, one module for each exercise."""
