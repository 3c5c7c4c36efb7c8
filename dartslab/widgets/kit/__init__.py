"""What all views are made of: the base class, the page, still pictures, the worker."""
