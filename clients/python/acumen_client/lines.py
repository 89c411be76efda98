"""Channels in turn: one address a channel, one after the other, from any thread."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import grpc
import grpc.aio

from acumen_client import channel
from acumen_client.call import BANK, NEURAL, TRAINING
from acumen_client.gen.v1 import neural_pb2_grpc, reasoning_bank_pb2_grpc, training_pb2_grpc

C = TypeVar("C", grpc.Channel, grpc.aio.Channel)
_STUBS: Mapping[str, Any] = {
    NEURAL: neural_pb2_grpc.NeuralStub,
    BANK: reasoning_bank_pb2_grpc.ReasoningBankStub,
    TRAINING: training_pb2_grpc.TrainingStub,
}


@dataclass(frozen=True, slots=True)
class Line(Generic[C]):
    """A channel and the methods of every service on it."""

    channel: C
    stubs: Mapping[str, Any]

    @classmethod
    def over(cls, channel: C) -> "Line[C]":
        """Return the line over a channel."""
        return cls(channel, {service: stub(channel) for service, stub in _STUBS.items()})

    def method(self, service: str, name: str) -> Any:
        """Return gRPC's own callable for a method."""
        return getattr(self.stubs[service], name)


class Lines(Generic[C]):
    """The lines to every address; each call takes the next."""

    def __init__(self, channels: Sequence[C]) -> None:
        self._lines: tuple[Line[C], ...] = tuple(Line.over(one) for one in channels)
        self._turns = itertools.count()

    def next(self) -> Line[C]:
        """Return the line whose turn it is."""
        return self._lines[next(self._turns) % len(self._lines)]

    def channels(self) -> tuple[C, ...]:
        """Return every channel."""
        return tuple(line.channel for line in self._lines)


def blocking(targets: Sequence[str], tls: channel.Tls | None) -> Lines[grpc.Channel]:
    """Open lines for blocking calls."""
    return Lines([channel.open_channel(target, tls) for target in targets])


def awaitable(targets: Sequence[str], tls: channel.Tls | None) -> Lines[grpc.aio.Channel]:
    """Open lines for awaitable calls of the running loop."""
    return Lines([channel.open_aio_channel(target, tls) for target in targets])
