"""A version of a model as one file: a tar of its weights and its card, equal bytes for equal contents."""

import hashlib
import io
import tarfile
from dataclasses import dataclass
from pathlib import Path

from google.protobuf import json_format

from acumen.errors import ModelCorrupt
from acumen.neural import weights
from acumen.neural.recipe import WEIGHTS
from acumen.proto.v1.model_pb2 import Card

CARD = "card.json"
LARGEST_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class Archive:
    """What an archive holds, checked: the card vouches for the weights."""

    card: Card
    weights: bytes

    def write(self, folder: Path) -> None:
        """Write both files into a folder."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / WEIGHTS).write_bytes(self.weights)
        (folder / CARD).write_text(json_format.MessageToJson(self.card, indent=1) + "\n")


def pack(folder: Path) -> bytes:
    """Return the archive of a version's folder."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name in (CARD, WEIGHTS):
            data = (folder / name).read_bytes()
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(data), 0o644
            archive.addfile(member, io.BytesIO(data))
    return out.getvalue()


def unpack(data: bytes, sha256: str) -> Archive:
    """Return what an archive holds; raises `ModelCorrupt` naming the part that is wrong."""
    actual = hashlib.sha256(data).hexdigest()
    if actual != sha256:
        raise ModelCorrupt(f"archive: has SHA-256 {actual[:12]}, {sha256[:12]} was announced")
    members = _members(data)
    for name in (CARD, WEIGHTS):
        if name not in members:
            raise ModelCorrupt(f"archive: lacks {name}")
    try:
        card = json_format.Parse(members[CARD], Card())
    except json_format.ParseError as error:
        raise ModelCorrupt(f"{CARD}: does not parse: {error}") from None
    if weights.digest(members[WEIGHTS]) != card.weights_sha256:
        raise ModelCorrupt(f"{WEIGHTS}: is not the one the card vouches for")
    return Archive(card, members[WEIGHTS])


def _members(data: bytes) -> dict[str, bytes]:
    """Return the files of an archive by name; nothing is written, so names cannot lead anywhere."""
    try:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
            files = [(one.name, archive.extractfile(one)) for one in archive.getmembers() if one.isfile()]
            return {name: file.read() for name, file in files if file is not None}
    except (tarfile.TarError, UnicodeDecodeError) as error:
        raise ModelCorrupt(f"archive: is no tar file: {error}") from None
