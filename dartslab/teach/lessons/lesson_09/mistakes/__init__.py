"""Known wrong answers to the exercises of lesson 09, one module for each exercise."""
