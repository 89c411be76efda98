"""`Consolidate` and `Reembed`: long work on one namespace, with progress."""

from dataclasses import dataclass

from acumen.bank.consolidation import Consolidation
from acumen.bank.reembedding import Reembedding
from acumen.proto.v1 import reasoning_bank_pb2 as pb
from acumen.rpc.stream import Stream


@dataclass(slots=True)
class ConsolidateServicer:
    """The Consolidate and Reembed methods over a worker's bank."""

    consolidation: Consolidation
    reembedding: Reembedding

    async def consolidate(self, request: pb.ConsolidateRequest, stream: Stream) -> None:
        """Send steps as they are applied, then the report."""
        async for message in self.consolidation.run(request):
            await stream.write(message)

    async def reembed(self, request: pb.ReembedRequest, stream: Stream) -> None:
        """Embed a namespace anew, with progress."""
        async for message in self.reembedding.run(request):
            await stream.write(message)
