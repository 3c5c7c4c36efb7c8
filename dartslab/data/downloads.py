"""The files of the data sets that torchvision reads: which are there, which are damaged; and their download.

torchvision says "not found or corrupted" of both, begins a download over damaged files without a word, and takes any
file of the right name for a part of Fashion-MNIST. Here all files are looked at first. Damaged ones are named and left
for their owner to remove; and a download that fails leaves no partial file behind.
"""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any

from ..base.messages import UserError, require

FASHION_SIZES = {  # bytes of the files inside the archives of Fashion-MNIST: a head, then a byte per pixel or label
    "train-images-idx3-ubyte": 16 + 60_000 * 28 * 28,
    "train-labels-idx1-ubyte": 8 + 60_000,
    "t10k-images-idx3-ubyte": 16 + 10_000 * 28 * 28,
    "t10k-labels-idx1-ubyte": 8 + 10_000,
}


@dataclass(frozen=True)
class DataFile:
    """One file as it should be.

    Args:
        path: where it should be.
        md5: of its contents; empty where only the size is known.
        size: in bytes; 0 where the MD5 is known.
    """

    path: Path
    md5: str = ""
    size: int = 0

    @property
    def missing(self) -> bool:
        """Whether there is no file of this name, whole or not."""
        return not self.path.is_file()

    def fault(self) -> str:
        """What is wrong with the file; empty where it is whole or missing. Reads all of it for its MD5."""
        from torchvision.datasets.utils import calculate_md5

        if self.missing:
            return ""
        try:
            if self.size:
                size = self.path.stat().st_size
                return "" if size == self.size else f"{size} bytes, expected {self.size}"
            md5 = calculate_md5(self.path)
            return "" if md5 == self.md5 else f"MD5 {md5}, expected {self.md5}"
        except OSError as error:
            return f"it cannot be read: {error.strerror or error}"


@dataclass(frozen=True)
class Source:
    """An archive and what is in it."""

    url: str
    archive: DataFile
    files: tuple[DataFile, ...]

    @property
    def missing(self) -> list[DataFile]:
        """The files that are not there."""
        return [file for file in self.files if file.missing]

    def faults(self) -> dict[Path, str]:
        """What is wrong with the files that are there; with the archive only where it is needed."""
        faults = {file.path: fault for file in self.files if (fault := file.fault())}
        if (faults or self.missing) and (fault := self.archive.fault()):
            faults[self.archive.path] = fault
        return faults

    def fetch(self) -> None:
        """Unpack the archive, downloaded first where it is not there; no partial file stays behind."""
        from torchvision.datasets.utils import download_and_extract_archive

        folder, name = self.archive.path.parent, self.archive.path.name
        new = [file for file in (self.archive, *self.files) if file.missing]
        try:
            download_and_extract_archive(self.url, str(folder), filename=name, md5=self.archive.md5)
        except BaseException:  # Ctrl-C too
            for file in new:
                if file.fault():
                    file.path.unlink()
            raise


def sources(kind: Any, root: Path) -> list[Source]:
    """The archives of one of torchvision's data sets, as its class lists them."""
    if hasattr(kind, "tgz_md5"):  # CIFAR: all in one
        listed = [*kind.train_list, *kind.test_list, (kind.meta["filename"], kind.meta["md5"])]
        files = tuple(DataFile(root / kind.base_folder / name, md5) for name, md5 in listed)
        return [Source(kind.url, DataFile(root / kind.filename, kind.tgz_md5), files)]
    raw = root / kind.__name__ / "raw"
    return [
        Source(
            kind.mirrors[0] + name,
            DataFile(raw / name, md5),
            (DataFile(raw / name.removesuffix(".gz"), size=FASHION_SIZES[name.removesuffix(".gz")]),),
        )
        for name, md5 in kind.resources
    ]


def read_files(name: str, class_name: str, to_supply: str, root: Path) -> tuple[Any, Any]:
    """Training and test part of a data set, downloaded where nothing of it is there.

    Args:
        name: of the data set, for messages.
        class_name: of torchvision's class.
        to_supply: what to put into the root folder by hand, for messages.
        root: the folder.
    Returns:
        Two of torchvision's data sets.
    Raises:
        UserError: damaged files, the rest of an interrupted download, a download that fails.
    """
    import torchvision.datasets  # here: it takes a second, and fashion-mini does without

    root = root.expanduser()
    kind = getattr(torchvision.datasets, class_name)
    archives = sources(kind, root)
    faults = {path: fault for source in archives for path, fault in source.faults().items()}
    only_archives = faults.keys() <= {source.archive.path for source in archives}
    listed = ", ".join(f"{path} ({fault})" for path, fault in faults.items())
    again = (
        f"remove what is named and give the command again to download {name!r}, or put {to_supply} into {str(root)!r}"
    )
    require(
        not faults or not only_archives,
        f"data set {name!r} is not unpacked, and its archive is not the published one, probably because a "
        f"download was interrupted: {listed}; {again}.",
    )
    require(not faults, f"data set {name!r} is damaged: {listed}; {again}.")
    with silence_warnings():
        missing = [file.path.name for source in archives for file in source.missing]
        if missing:
            all_of_it = len(missing) == sum(len(source.files) for source in archives)
            state = "is not" if all_of_it else f"is not complete ({', '.join(missing)} missing)"
            try:
                for source in archives:
                    if source.missing:
                        source.fetch()
            except (OSError, RuntimeError, HTTPException) as error:
                raise UserError(
                    f"data set {name!r} {state} in {str(root)!r} and could not be downloaded ({one_line(error)}); "
                    f"download it on a machine with a network and put {to_supply} into that folder, or use "
                    "fashion-mini, which needs none."
                ) from error
        try:
            return kind(str(root), train=True), kind(str(root), train=False)
        except (OSError, RuntimeError, ValueError, KeyError, AssertionError) as error:
            raise UserError(
                f"data set {name!r} in {str(root)!r} cannot be read ({one_line(error)}); remove it and give the "
                f"command again to download it, or put {to_supply} there again."
            ) from error


@contextmanager
def silence_warnings() -> Iterator[None]:
    """Hide warnings that a user cannot act on: CIFAR's old pickles warn about numpy, unpacking about Python 3.14."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def one_line(error: BaseException) -> str:
    """What an error says, or its name where it says nothing."""
    return " ".join(str(error).split()) or type(error).__name__
