"""Cut `fashion-mini` from the original Fashion-MNIST: class-balanced, with the index of every picture kept.

    python tools/cut_fashion_mini.py FOLDER

FOLDER holds the four original files (train-images-idx3-ubyte.gz, ...), as offered by
https://github.com/zalandoresearch/fashion-mnist or by Debian's package dataset-fashion-mnist.
The training part comes from the original training file, the test part from the original test file; the search splits
the training part once more, by seed, so that weights, alpha and test see three disjoint sets.
"""

import gzip
import hashlib
import sys
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent.parent / "dartslab" / "data" / "fashion_mini"
PER_CLASS = {"train": (600,), "t10k": (100, 400)}  # drawn one after the other: a later draw leaves the earlier as it is
SEED = 0


def read_idx(path: Path) -> np.ndarray:
    """An array from Fashion-MNIST's own format: two zero bytes, a type, the number of axes, the axes, the numbers."""
    raw = gzip.decompress(path.read_bytes())
    shape = np.frombuffer(raw, ">i4", count=raw[3], offset=4)
    return np.frombuffer(raw, np.uint8, offset=4 + 4 * raw[3]).reshape(shape)


def main(folder: Path) -> None:
    """Write train.npz and test.npz and print what is in them."""
    generator = np.random.default_rng(SEED)
    for part, draws in PER_CLASS.items():
        images = read_idx(folder / f"{part}-images-idx3-ubyte.gz")
        labels = read_idx(folder / f"{part}-labels-idx1-ubyte.gz")
        index = np.zeros(0, dtype=int)
        for per_class in draws:
            left = [np.setdiff1d(np.flatnonzero(labels == c), index) for c in range(10)]
            chosen = [generator.choice(one, per_class, replace=False) for one in left]
            index = np.concatenate([index, np.sort(np.concatenate(chosen))])
        name = HERE / ("train.npz" if part == "train" else "test.npz")
        np.savez_compressed(name, images=images[index], labels=labels[index], index=index.astype(np.int32))
        digest = hashlib.sha256(images[index].tobytes() + labels[index].tobytes()).hexdigest()
        print(f"{name.name}: {len(index)} pictures, {name.stat().st_size / 2**20:.2f} MiB, sha256 {digest}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
