"""Known mistakes in the exercises of lesson 02, one file for each exercise."""
