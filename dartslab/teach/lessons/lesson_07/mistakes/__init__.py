"""Known wrong answers to the exercises of lesson 07, one module for each exercise."""
