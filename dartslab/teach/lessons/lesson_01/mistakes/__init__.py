"""Known mistakes in the exercises of lesson 01, a module for each exercise."""
