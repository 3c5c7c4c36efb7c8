"""Known mistakes in the exercises of lesson 10, a module for each exercise."""
