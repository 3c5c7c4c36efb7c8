"""Known wrong answers to the exercises of lesson 01, a module for each exercise."""
