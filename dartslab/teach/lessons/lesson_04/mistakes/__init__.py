"""Known wrong answers to the exercises of lesson 04, one module for each exercise."""
