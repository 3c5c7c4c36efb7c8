"""Configurations as they are stored with a run, and how those of an earlier version are read.

Version 2 is the present one. In version 1 `hypergradient` was called `method`, and every search was DARTS.
"""

from dataclasses import fields
from pathlib import Path
from typing import Any

from ..base.messages import UserError

VERSION = 2  # of records and checkpoints
# Fields that may differ between a run and its continuation. They change where and how a run happens, not what it
# computes; `cell`, `compile` and `channels_last` only by rounding.
FREE_FIELDS = frozenset(
    {
        *("root", "device", "checkpoint_every", "report_every", "steps", "cell", "compile", "channels_last"),
        *("instruments", "measure_every"),
    }
)
# Fields added after the first runs were stored. Their defaults are what those runs did.
ADDED_FIELDS = frozenset(
    {
        "precision",
        "channels_last",
        "report_every",
        "schedule",
        "learning_rate_decay",
        "augmentation",
        "alpha_waits",
        "tied",
        "instruments",
        "measure_every",
    }
)


def upgrade_config(values: dict[str, Any], version: int) -> dict[str, Any]:
    """The stored fields of a configuration, as the present version names them.

    Args:
        values: of a search, a training, or a whole experiment.
        version: under which they were stored, 1 or 2.
    """
    if version == 1 and "method" in values:  # a search
        return {name: value for name, value in values.items() if name != "method"} | {
            "hypergradient": values["method"],
            "method": "darts",
        }
    if version == 1 and "order" in values:  # an experiment
        return values | {"method": "darts"}
    return dict(values)


def check_version(version: Any, path: str | Path, what: str) -> int:
    """The version of a stored file, if this dartslab reads it.

    Raises:
        UserError: another one.
    """
    if version not in (1, VERSION):
        raise UserError(
            f"{path} is {what} of version {version!r}, this dartslab reads 1 and {VERSION}; use the dartslab that "
            "wrote it."
        )
    return int(version)


def read_config(cls: type, values: dict[str, Any], path: str | Path) -> Any:
    """Make a configuration from its stored fields; those of `ADDED_FIELDS` may be missing.

    Raises:
        UserError: other fields than this dartslab knows.
    """
    different = (set(values) ^ {field.name for field in fields(cls)}) - (ADDED_FIELDS - set(values))
    if different:
        raise UserError(
            f"{path} has the configuration of another version of dartslab (fields {sorted(different)} differ); "
            "resume with the version that wrote it."
        )
    return cls(**values)


def changed_fields(stored: Any, asked: Any) -> list[str]:
    """What differs between two configurations, as "name: stored -> asked"; fields in FREE_FIELDS may differ."""
    return [
        f"{field.name}: {getattr(stored, field.name)!r} -> {getattr(asked, field.name)!r}"
        for field in fields(stored)
        if field.name not in FREE_FIELDS and getattr(stored, field.name) != getattr(asked, field.name)
    ]
