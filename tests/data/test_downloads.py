"""CIFAR and Fashion-MNIST: what is whole is read, what is damaged is named, and a broken download leaves nothing.

The data sets are small ones in files of the real names; torchvision's checksums are replaced by theirs. The network is
a function that serves the archives, refuses, or breaks in the middle.
"""

import gzip
import hashlib
import io
import pickle
import tarfile
import urllib.request
from collections.abc import Callable
from http.client import IncompleteRead
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError

import numpy as np
import pytest
import torch
import torchvision.datasets

from dartslab.data import downloads
from dartslab.data.datasets import load_data
from sentences import refusal

NAMES = ["cifar10", "cifar100", "fashion-mnist"]
GENERATOR = np.random.default_rng(0)
BY_HAND = {
    "cifar10": "the folder cifar-10-batches-py",
    "cifar100": "the folder cifar-100-python",
    "fashion-mnist": "FashionMNIST/raw/ with the four original files, packed (.gz) or unpacked,",
}


def md5(contents: bytes) -> str:
    return hashlib.md5(contents).hexdigest()


class Small:
    """A data set of 4 training and 2 test pictures.

    Attributes:
        files, archives: {path below the root: contents}.
        pixels: the first training picture, [C, H, W].
        classes: how many there are.
    """

    def __init__(self, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
        self.name, self.files, self.archives = name, {}, {}
        make = self.fashion if name == "fashion-mnist" else self.cifar
        make(monkeypatch)

    def cifar(self, monkeypatch: pytest.MonkeyPatch) -> None:
        kind = {"cifar10": torchvision.datasets.CIFAR10, "cifar100": torchvision.datasets.CIFAR100}[self.name]
        labels = "labels" if self.name == "cifar10" else "fine_labels"
        self.classes = 10 if self.name == "cifar10" else 100
        contents = {}
        for file, _ in [*kind.train_list, *kind.test_list]:
            pixels = GENERATOR.integers(0, 256, (2, 3 * 32 * 32), np.uint8)
            contents[file] = pickle.dumps({"data": pixels, labels: [1, 0]})
        contents[kind.meta["filename"]] = pickle.dumps({kind.meta["key"]: [f"c{i}" for i in range(self.classes)]})
        self.pixels = pickle.loads(contents[kind.train_list[0][0]])["data"][0].reshape(3, 32, 32)
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
            for file, written in contents.items():
                entry = tarfile.TarInfo(f"{kind.base_folder}/{file}")
                entry.size = len(written)
                tar.addfile(entry, io.BytesIO(written))
        self.files = {f"{kind.base_folder}/{file}": written for file, written in contents.items()}
        self.archives = {kind.filename: buffer.getvalue()}
        for part in ("train_list", "test_list"):
            monkeypatch.setattr(kind, part, [[file, md5(contents[file])] for file, _ in getattr(kind, part)])
        monkeypatch.setattr(kind, "meta", kind.meta | {"md5": md5(contents[kind.meta["filename"]])})
        monkeypatch.setattr(kind, "tgz_md5", md5(buffer.getvalue()))

    def fashion(self, monkeypatch: pytest.MonkeyPatch) -> None:
        kind = torchvision.datasets.FashionMNIST
        resources, self.classes = [], 10
        for archive, _ in kind.resources:
            file = archive.removesuffix(".gz")
            shape = (4, 28, 28) if "images" in file else (4,)
            numbers = GENERATOR.integers(0, 10, shape, np.uint8)
            if file == "train-images-idx3-ubyte":
                self.pixels = numbers[:1]
            head = bytes([0, 0, 8, len(shape)]) + np.array(shape, ">i4").tobytes()
            packed = gzip.compress(head + numbers.tobytes())
            self.files[f"FashionMNIST/raw/{file}"] = head + numbers.tobytes()
            self.archives[f"FashionMNIST/raw/{archive}"] = packed
            resources.append((archive, md5(packed)))
            monkeypatch.setitem(downloads.FASHION_SIZES, file, len(head) + numbers.size)
        monkeypatch.setattr(kind, "resources", resources)

    def put(self, root: Path, contents: dict[str, bytes]) -> None:
        """Write files below a root folder."""
        for name, written in contents.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_bytes(written)

    def check(self, root: Path) -> None:
        """The data set can be read and is the right one."""
        data = load_data(self.name, root)
        assert torch.equal(data.train.images[0], torch.from_numpy(self.pixels))
        assert len(data.classes) == self.classes


@pytest.fixture(params=NAMES)
def small(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Small:
    return Small(request.param, monkeypatch)


class Network:
    """Stands for `urllib.request.urlopen`.

    Args:
        archives: {path: contents} that it serves by their last name.
        error: raised after so many bytes; None ends the answer there without a word, as some servers do.
        after: bytes; none at all is no network.
    Attributes:
        asked: names of the archives that were asked for.
    """

    def __init__(self, archives: dict[str, bytes], error: BaseException | None = None, after: int = 10**9) -> None:
        self.bodies = {name.rpartition("/")[2]: body for name, body in archives.items()}
        self.error, self.after, self.asked = error, after, []

    def __call__(self, request: urllib.request.Request, *rest: Any, **named: Any) -> "Answer":
        name = request.full_url.rpartition("/")[2]
        self.asked.append(name)
        if self.after == 0 and self.error is not None:
            raise self.error
        return Answer(request.full_url, self.bodies[name], self.error, self.after)


class Answer(io.BytesIO):
    """What a server answers."""

    def __init__(self, url: str, body: bytes, error: BaseException | None, after: int) -> None:
        super().__init__(body[:after])
        self.url, self.length = url, len(body)
        self.error = error if after < len(body) else None

    def read(self, size: int | None = -1) -> bytes:
        read = super().read(size)
        if not read and self.error is not None:
            raise self.error
        return read


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Callable[[Network], Network]:
    def replace(network: Network) -> Network:
        monkeypatch.setattr(urllib.request, "urlopen", network)
        return network

    return replace


@pytest.fixture
def nobody(use) -> Network:
    """A network that must not be asked."""
    return use(Network({}))


def left(root: Path) -> set[str]:
    """All files below a folder."""
    return {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}


def test_whole_files_are_read_and_no_network_is_asked(small: Small, tmp_path: Path, nobody: Network) -> None:
    small.put(tmp_path, small.files)
    small.check(tmp_path)
    assert nobody.asked == []


def test_whole_archives_are_unpacked_and_no_network_is_asked(small: Small, tmp_path: Path, nobody: Network) -> None:
    small.put(tmp_path, small.archives)
    small.check(tmp_path)
    assert nobody.asked == [] and left(tmp_path) == {*small.files, *small.archives}


def test_where_nothing_is_there_it_is_downloaded_once(small: Small, tmp_path: Path, use) -> None:
    network = use(Network(small.archives))
    small.check(tmp_path / "new")
    assert set(network.asked) == set(network.bodies)
    network.asked.clear()
    small.check(tmp_path / "new")
    assert network.asked == []


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (URLError("no network"), "<urlopen error no network>"),
        (ConnectionRefusedError(111, "Connection refused"), "[Errno 111] Connection refused"),
        (TimeoutError("timed out"), "timed out"),
        (HTTPError("http://x", 404, "Not Found", None, None), "HTTP Error 404: Not Found"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_cannot_be_had_is_asked_for_by_name(small: Small, tmp_path: Path, use, error, reason: str) -> None:
    use(Network({}, error, after=0))
    assert refusal(load_data, small.name, tmp_path) == (
        f"data set '{small.name}' is not in '{tmp_path}' and could not be downloaded ({reason}); download it on a "
        f"machine with a network and put {BY_HAND[small.name]} into that folder, or use fashion-mini, which needs none."
    )


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ConnectionResetError(104, "Connection reset by peer"), "[Errno 104] Connection reset by peer"),
        (URLError("unreachable"), "<urlopen error unreachable>"),
        (IncompleteRead(b"abc"), "IncompleteRead(3 bytes read)"),
        (None, "File not found or corrupted."),
    ],
    ids=["reset", "url", "incomplete", "silent end"],
)
def test_a_download_that_breaks_leaves_nothing(small: Small, tmp_path: Path, use, error, reason: str) -> None:
    use(Network(small.archives, error, after=60))
    sentence = refusal(load_data, small.name, tmp_path)
    assert f"'{small.name}' is not in '{tmp_path}' and could not be downloaded ({reason}" in sentence
    assert left(tmp_path) == set()
    use(Network(small.archives))
    small.check(tmp_path)


def test_ctrl_c_in_a_download_leaves_nothing(small: Small, tmp_path: Path, use) -> None:
    use(Network(small.archives, KeyboardInterrupt(), after=60))
    with pytest.raises(KeyboardInterrupt):
        load_data(small.name, tmp_path)
    assert left(tmp_path) == set()


def test_a_disk_that_is_full_while_it_unpacks_leaves_whole_files_only(
    small: Small, tmp_path: Path, nobody: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    small.put(tmp_path, small.archives)
    first, second = list(small.files)[:2] if small.name != "fashion-mnist" else ("", next(iter(small.files)))

    def half(*arguments: object) -> None:
        whole = {first: small.files[first]} if first else {}
        small.put(tmp_path, whole | {second: small.files[second][:-1]})
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("torchvision.datasets.utils.extract_archive", half)
    assert "could not be downloaded ([Errno 28] No space left on device)" in refusal(load_data, small.name, tmp_path)
    assert left(tmp_path) == {first, *small.archives} - {""}


def spoiled(contents: bytes, name: str) -> tuple[bytes, str]:
    """Damaged contents, and what is said of them; of the files of Fashion-MNIST only the size is known."""
    if name.endswith("-ubyte"):
        return contents[:-5], f"{len(contents) - 5} bytes, expected {len(contents)}"
    other = contents[:-1] + bytes([contents[-1] ^ 1])
    return other, f"MD5 {md5(other)}, expected {md5(contents)}"


@pytest.mark.parametrize("number", [0, 1, -1], ids=["first", "second", "last"])
def test_a_damaged_file_is_named_and_nothing_is_touched(small: Small, tmp_path: Path, nobody, number: int) -> None:
    name = list(small.files)[number]
    contents, fault = spoiled(small.files[name], name)
    small.put(tmp_path, small.files | {name: contents})
    assert refusal(load_data, small.name, tmp_path) == (
        f"data set '{small.name}' is damaged: {tmp_path / name} ({fault}); remove what is named and give the command "
        f"again to download '{small.name}', or put {BY_HAND[small.name]} into '{tmp_path}'."
    )
    assert nobody.asked == [] and (tmp_path / name).read_bytes() == contents


def test_all_damaged_files_are_named_at_once(small: Small, tmp_path: Path, nobody: Network) -> None:
    small.put(tmp_path, {name: spoiled(contents, name)[0] for name, contents in small.files.items()})
    sentence = refusal(load_data, small.name, tmp_path)
    assert all(
        f"{tmp_path / name} ({spoiled(contents, name)[1]})" in sentence for name, contents in small.files.items()
    )


def test_the_rest_of_an_interrupted_download_is_told_apart(small: Small, tmp_path: Path, nobody: Network) -> None:
    name, contents = next(iter(small.archives.items()))
    small.put(tmp_path, {name: contents[:50]})
    assert refusal(load_data, small.name, tmp_path) == (
        f"data set '{small.name}' is not unpacked, and its archive is not the published one, probably because a "
        f"download was interrupted: {tmp_path / name} (MD5 {md5(contents[:50])}, expected {md5(contents)}); remove "
        f"what is named and give the command again to download '{small.name}', or put {BY_HAND[small.name]} into "
        f"'{tmp_path}'."
    )
    assert nobody.asked == [] and left(tmp_path) == {name}


def test_after_removing_what_is_named_the_download_goes_through(small: Small, tmp_path: Path, use) -> None:
    name, contents = next(iter(small.archives.items()))
    small.put(tmp_path, {name: contents[:50]})
    use(Network(small.archives))
    refusal(load_data, small.name, tmp_path)
    (tmp_path / name).unlink()
    small.check(tmp_path)


def test_a_damaged_archive_beside_whole_files_is_nobodys_trouble(small: Small, tmp_path: Path, nobody) -> None:
    small.put(tmp_path, small.files | dict.fromkeys(small.archives, b"half"))
    small.check(tmp_path)


def test_a_file_that_is_missing_is_named_or_taken_from_its_archive(small: Small, tmp_path: Path, use) -> None:
    use(Network({}, URLError("no network"), after=0))
    name = list(small.files)[-1]
    small.put(tmp_path, small.files)
    (tmp_path / name).unlink()
    last = Path(name).name
    assert f"is not complete ({last} missing) in '{tmp_path}'" in refusal(load_data, small.name, tmp_path)
    small.put(tmp_path, {list(small.archives)[-1]: list(small.archives.values())[-1]})
    small.check(tmp_path)


def test_files_of_the_right_size_and_wrong_contents_are_refused(tmp_path: Path, nobody, monkeypatch) -> None:
    small = Small("fashion-mnist", monkeypatch)
    small.put(tmp_path, {name: bytes(len(contents)) for name, contents in small.files.items()})
    assert "data set 'fashion-mnist' in " in (sentence := refusal(load_data, "fashion-mnist", tmp_path))
    assert "cannot be read" in sentence


def test_a_file_that_may_not_be_read_is_named(tmp_path: Path, nobody, monkeypatch) -> None:
    small = Small("cifar10", monkeypatch)
    small.put(tmp_path, small.files)

    def locked(path: Path) -> str:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("torchvision.datasets.utils.calculate_md5", locked)
    assert "data_batch_1 (it cannot be read: Permission denied)" in refusal(load_data, "cifar10", tmp_path)
