"""Known wrong answers to the exercises of lesson 05, one module for each exercise."""
