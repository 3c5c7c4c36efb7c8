"""Known wrong answers to the exercises of lesson 03, one file for each exercise."""
