"""Data sets are named by what they hold, and a damaged one is refused."""

from pathlib import Path

import pytest

from acumen.errors import DatasetNotFound, DataUnusable
from acumen.proto.models.v1.text_pb2 import Text
from acumen.proto.v1.training_example_pb2 import TrainingExample
from acumen.storage.datasets import Datasets, read


def _examples(n: int) -> list[TrainingExample]:
    return [TrainingExample(text=Text(text=f"text {i}")) for i in range(n)]


def test_equal_examples_are_one_data_set(tmp_path: Path) -> None:
    """Storing twice makes one file that reads back as it was; an unknown id is not found."""
    datasets = Datasets(tmp_path / "d")
    name = datasets.store(_examples(100))
    assert datasets.store(_examples(100)) == name != datasets.store(_examples(99))
    assert read(datasets.path(name)) == _examples(100)
    assert len(list((tmp_path / "d").iterdir())) == 2
    for unknown in ("0" * 32, "../d", ""):
        with pytest.raises(DatasetNotFound):
            datasets.path(unknown)


def test_damage_is_found(tmp_path: Path) -> None:
    """A flipped bit or a missing end is refused with the file's name."""
    datasets = Datasets(tmp_path)
    path = datasets.path(datasets.store(_examples(50)))
    whole = path.read_bytes()
    flipped = bytearray(whole)
    flipped[len(whole) // 2] ^= 1
    for damaged in (bytes(flipped), whole[:-5]):
        path.write_bytes(damaged)
        with pytest.raises(DataUnusable, match="is damaged"):
            read(path)


def test_the_oldest_unused_are_let_go(tmp_path: Path) -> None:
    """Beyond what is kept, only data sets that a job needs stay."""
    datasets = Datasets(tmp_path)
    names = [datasets.store(_examples(n)) for n in range(1, 6)]
    datasets.forget({names[0]}, 0)
    assert [path.stem for path in tmp_path.iterdir()] == [names[0]]
