"""`PrepareData`: a file in, a data set and a report out."""

import asyncio
from dataclasses import dataclass

from acumen.errors import InvalidInput
from acumen.proto.v1 import training_pb2 as pb
from acumen.rpc.stream import Stream
from acumen.training.desk import Desk
from acumen.training.preparing import Preparing
from acumen.training.task import learner_of

TOLD_EVERY = 10_000


@dataclass(slots=True)
class PrepareDataServicer:
    """The PrepareData method; files are read on threads."""

    desk: Desk

    async def prepare_data(self, _: object, stream: Stream) -> None:
        """Read a file as it comes, store what can be learned from, say what was dropped."""
        first = await stream.read()
        if first is None or not first.HasField("start"):
            raise InvalidInput.of("message", "the first message must be start")
        entry = self.desk.trainable(first.start.model)
        preparing = Preparing(spec=entry.spec, learner=learner_of(entry), format=first.start.format)
        told = 0
        while (message := await stream.read()) is not None:
            if message.HasField("start"):
                raise InvalidInput.of("message.start", "start is sent once, as the first message")
            await asyncio.to_thread(preparing.feed, message.chunk)
            if preparing.read - told >= TOLD_EVERY:
                told = preparing.read
                progress = pb.PrepareDataProgress(read=told, kept=len(preparing.examples))
                await stream.write(pb.PrepareDataResponse(progress=progress))
        report = await asyncio.to_thread(preparing.end)
        if preparing.examples:
            report.dataset_id = await asyncio.to_thread(self.desk.datasets.store, preparing.examples)
        await stream.write(pb.PrepareDataResponse(report=report))
