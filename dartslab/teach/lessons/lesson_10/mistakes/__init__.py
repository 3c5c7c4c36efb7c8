"""Known wrong answers to the exercises of lesson 10, a module for each exercise."""
