"""What views ask of the notebook they run in: which cell runs, and a call at the end of each cell."""

import weakref
from functools import cache
from typing import Any

unsettled: "weakref.WeakSet[Any]" = weakref.WeakSet()  # views whose static picture is out of date


def flush() -> None:
    """Redraw every static picture that is out of date."""
    for view in list(unsettled):
        view.settle()


@cache
def flush_after_cells() -> None:
    """Have IPython call `flush` at the end of each cell, so that the saved notebook shows what the cell changed."""
    from IPython import get_ipython

    shell = get_ipython()
    if shell is not None:
        shell.events.register("post_run_cell", lambda result: flush())


def running_cell() -> tuple[str | None, int]:
    """The id of the notebook cell that is running and the number of its execution; (None, 0) outside a notebook."""
    try:
        from IPython import get_ipython

        shell = get_ipython()
        return shell.kernel.get_parent("shell")["metadata"].get("cellId"), shell.execution_count
    except (ImportError, AttributeError, KeyError, TypeError):
        return None, 0
