"""`python -m dartslab`, the same as `dartslab`: see `cli.main`."""

from .cli.main import main

if __name__ == "__main__":
    main()
