"""A walk through folders that finds pictures by their names, once each, and keeps what it leaves out."""

import os
from pathlib import Path

from ..base.messages import UserError, require, show

PICTURES = frozenset(  # how the names of pictures end
    (
        *(".jpg", ".jpeg", ".jpe", ".jfif", ".mpo", ".png", ".apng", ".gif", ".webp", ".avif", ".bmp", ".dib", ".tif"),
        *(".tiff", ".ppm", ".pgm", ".pbm", ".pnm", ".pfm", ".tga", ".jp2", ".j2k", ".qoi", ".pcx", ".dds", ".ico"),
    )
)
MADE_BY_PROGRAMS = frozenset(  # folders that programs make beside pictures, in small letters
    (
        *("@eadir", "#recycle", "#snapshot", "@recycle", "__macosx", "__pycache__", "$recycle.bin", "lost+found"),
        "system volume information",
    )
)
HIDDEN, LINKED, NO_FILE, OTHER = "hidden", "linked and read already", "no ordinary file", "no picture by its name"


class Walk:
    """Looks through a folder, and keeps what it leaves out.

    Args:
        root: the folder.
    Raises:
        UserError: a folder that cannot be listed.
    """

    def __init__(self, root: Path) -> None:
        self.root = str(root)
        self.left_out: dict[str, dict[str, None]] = {}
        self.class_folders: dict[str, str] = {}  # where each really is -> its path
        self.above: set[str] = set()  # every folder that holds one of them
        self.linked: set[str] = set()  # folders outside that links led to

    def leave_out(self, why: str, path: str) -> None:
        """Note a path that is not read."""
        self.left_out.setdefault(why, {})[os.path.relpath(path, self.root)] = None

    def scan(self, folder: str) -> tuple[list[str], list[str]]:
        """The folders and the files in a folder, by name; hidden ones are left out."""
        try:
            names = sorted(os.listdir(folder))
        except OSError as error:
            raise UserError(
                f"folder {show(folder)} cannot be listed ({error.strerror or error}); allow reading it, or remove it."
            ) from error
        folders: list[str] = []
        files: list[str] = []
        for name in names:
            path = os.path.join(folder, name)
            is_folder = os.path.isdir(path)
            if name.startswith(".") or (is_folder and name.casefold() in MADE_BY_PROGRAMS):
                self.leave_out(HIDDEN, path)
            else:
                (folders if is_folder else files).append(path)
        return folders, files

    def add_class_folder(self, folder: str) -> None:
        """Note where a class folder really is.

        Raises:
            UserError: it is, by a link, another class folder or a part of one.
        """
        real = os.path.realpath(folder)
        known = self.class_folders
        inside = [known[other] for other in (real, *parents(real)) if other in known]
        around = [path for other, path in known.items() if real in parents(other)] if real in self.above else []
        require(
            not inside and not around,
            f"the class folders {show(''.join((inside + around)[:1]))} and {show(folder)} are one and the same by a "
            "link, so pictures would be read twice; remove the link.",
        )
        self.class_folders[real] = folder
        self.above.update(parents(real))

    def leads_back(self, link: str) -> bool:
        """Whether a link leads to a folder that is read anyway, or that holds one; if not, it is from now on."""
        real = os.path.realpath(link)
        if real in self.above or real in self.linked or any(p in self.class_folders for p in (real, *parents(real))):
            return True
        self.linked.add(real)
        return False

    def pictures(self, folder: str) -> list[str]:
        """All pictures in a class folder and in folders inside it, in the order of their paths."""
        found, waiting = [], [(folder, False)]
        while waiting:
            here, outside = waiting.pop()
            folders, files = self.scan(here)
            for inner in folders:
                by_link = outside or os.path.islink(inner)
                if by_link and self.leads_back(inner):
                    self.leave_out(LINKED, inner)
                else:
                    waiting.append((inner, by_link))
            found.append((here, [file for file in files if self.is_picture(file)]))
        return [file for _, files in sorted(found) for file in files]

    def is_picture(self, file: str) -> bool:
        """Whether a file is taken for a picture, by its name alone."""
        if os.path.splitext(file)[1].lower() not in PICTURES:
            self.leave_out(OTHER, file)
        elif os.path.exists(file) and not os.path.isfile(file):  # a pipe, for example, on which reading would wait
            self.leave_out(NO_FILE, file)
        else:
            return True
        return False


def parents(path: str) -> list[str]:
    """All folders that hold a path."""
    return [str(parent) for parent in Path(path).parents]
