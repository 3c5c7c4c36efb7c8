"""`python -m dartslab`, the same as `dartslab`: see `cli.main`."""

import os
import sys
from contextlib import nullcontext

from .base.stops import stops_interrupt

RUNS = ("search", "train", "reproduce")  # those of `cli.commands`, which is not loaded yet


def main() -> None:
    """Run the command line, and say in a sentence also where it is stopped before it has been loaded.

    Processes of torchrun are left alone: it ends them with SIGTERM where one of them has failed, and waits.
    """
    alone = os.environ.get("WORLD_SIZE", "1") == "1"
    try:
        with stops_interrupt() if alone and sys.argv[1:2] and sys.argv[1] in RUNS else nullcontext():
            from .cli.main import main as command_line

            command_line()
    except KeyboardInterrupt:
        sys.exit("dartslab: stopped before it began; give the same command again")


if __name__ == "__main__":
    main()
