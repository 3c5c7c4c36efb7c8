"""Known wrong answers to the exercises of lesson 08, one module for each exercise."""
