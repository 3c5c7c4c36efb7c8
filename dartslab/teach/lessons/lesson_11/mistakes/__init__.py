"""Known wrong answers to the exercises of lesson 11, one module for each exercise."""
