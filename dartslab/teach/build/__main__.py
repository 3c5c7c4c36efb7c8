"""`python -m dartslab.teach.build`: see `notebooks`."""

from .notebooks import main

if __name__ == "__main__":
    main()
