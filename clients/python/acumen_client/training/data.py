"""A file of examples on its way to `PrepareData`. No I/O but reading it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from google.protobuf.message import Message

from acumen_client.call import TRAINING, Call, Dialogue
from acumen_client.gen.v1 import training_pb2 as pb

CHUNK_BYTES = 1 << 20
FormatName = Literal["jsonl", "json", "csv"]
ENDINGS: dict[str, FormatName] = {".json": "json", ".csv": "csv"}


@dataclass(frozen=True, slots=True, kw_only=True)
class DataFile:
    """A file and what its examples are for; without a format, that of its ending, else JSON lines."""

    path: Path
    model: str
    format: FormatName | None = None

    def dialogue(self, timeout: float | None) -> Dialogue[pb.PrepareDataResponse]:
        """Return the stream that sends it."""
        named = self.format or ENDINGS.get(self.path.suffix.lower(), "jsonl")
        start = pb.PrepareDataStart(model=self.model, format=f"DATA_FORMAT_{named.upper()}")  # type: ignore[arg-type]
        call = Call(
            service=TRAINING,
            method="PrepareData",
            request=pb.PrepareDataRequest(start=start),
            response=pb.PrepareDataResponse,
            timeout_s=timeout,
        )
        return Dialogue(call=call, say=_as_it_is)

    def chunks(self) -> Iterator[pb.PrepareDataRequest]:
        """Yield the file's bytes; raises `OSError`."""
        with self.path.open("rb") as file:
            while data := file.read(CHUNK_BYTES):
                yield pb.PrepareDataRequest(chunk=data)


def _as_it_is(message: Message) -> Message:
    return message
