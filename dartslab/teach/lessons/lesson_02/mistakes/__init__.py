"""Known wrong answers to the exercises of lesson 02, one file for each exercise."""
