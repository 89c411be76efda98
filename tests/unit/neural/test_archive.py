"""A version as one file: equal bytes for equal contents, and every damage named."""

import hashlib
import io
import tarfile
from pathlib import Path

import pytest

from acumen.errors import ModelCorrupt
from acumen.models import CATALOGUE
from acumen.neural.archive import pack, unpack

FOLDER: Path = next(entry for entry in CATALOGUE if entry.name == "reference-v1").folder


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_an_archive_is_what_it_was_made_of() -> None:
    """Packing twice gives equal bytes; unpacked, the card vouches for the weights."""
    data = pack(FOLDER)
    assert data == pack(FOLDER)
    archive = unpack(data, _sha256(data))
    assert archive.card.model == "reference-v1"
    assert archive.card.weights_sha256 == _sha256(archive.weights)


def test_damage_is_named(tmp_path: Path) -> None:
    """A wrong hash, a cut, a missing part, an exchanged part and a file that is no archive are each refused."""
    data = pack(FOLDER)
    with pytest.raises(ModelCorrupt, match="was announced"):
        unpack(data, "0" * 64)
    with pytest.raises(ModelCorrupt, match="archive"):
        unpack(data[:1000], _sha256(data[:1000]))
    with pytest.raises(ModelCorrupt, match="tar"):
        unpack(b"x" * 2000, _sha256(b"x" * 2000))
    (tmp_path / "card.json").write_bytes((FOLDER / "card.json").read_bytes())
    (tmp_path / "weights.safetensors").write_bytes(b"other weights")
    exchanged = pack(tmp_path)
    with pytest.raises(ModelCorrupt, match="vouches"):
        unpack(exchanged, _sha256(exchanged))
    (tmp_path / "card.json").write_text("{")
    broken = pack(tmp_path)
    with pytest.raises(ModelCorrupt, match="does not parse"):
        unpack(broken, _sha256(broken))


def test_names_in_an_archive_lead_nowhere(tmp_path: Path) -> None:
    """A member that climbs out of its folder is not written anywhere: only the two known names are read."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        member = tarfile.TarInfo("../../evil")
        member.size = 4
        archive.addfile(member, io.BytesIO(b"evil"))
    with pytest.raises(ModelCorrupt, match="lacks"):
        unpack(out.getvalue(), _sha256(out.getvalue()))
    assert not list(tmp_path.iterdir())
