"""The notebook cell that is running."""


def running_cell() -> tuple[str | None, int]:
    """The id of the notebook cell that is running and the number of its execution; (None, 0) outside a notebook."""
    try:
        from IPython import get_ipython

        shell = get_ipython()
        return shell.kernel.get_parent("shell")["metadata"].get("cellId"), shell.execution_count
    except (ImportError, AttributeError, KeyError, TypeError):
        return None, 0
