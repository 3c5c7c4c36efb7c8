"""Published searches, one file each: what each changes about DARTS. A method is found by the name of its file.

`methods/pc_darts.py` holds METHOD, which `METHODS["pc-darts"]` gives. Asking for the names loads no torch. A method of
your own needs no file here: `METHODS["mine"] = Method(...)`, or a file of your own, `METHODS["path/to/mine.py"]`.
"""

from typing import TYPE_CHECKING

from ..base.by_file import ByFile

if TYPE_CHECKING:
    from .method import Method

METHODS: "ByFile[Method]" = ByFile(__name__, "method")
