"""Problems for DARTS whose answer is known."""
