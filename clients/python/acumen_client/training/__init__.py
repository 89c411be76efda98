"""The client's side of training: `client.training` and `client.aio.training`."""

from acumen_client.training.awaiting import AioTraining
from acumen_client.training.blocking import Training

__all__ = ["AioTraining", "Training"]
