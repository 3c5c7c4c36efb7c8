"""Known mistakes in the exercises of lesson 03, one file for each exercise."""
