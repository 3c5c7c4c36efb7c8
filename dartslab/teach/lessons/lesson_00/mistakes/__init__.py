"""Known wrong answers to the exercises of lesson 00, a module for each exercise."""
