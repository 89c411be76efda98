"""The process of a job: `python -m acumen.training.child FOLDER`, its messages framed on standard output.

SIGTERM makes it save its state and end. It ends with the server that started it: the kernel tells it when that is gone.
"""

import ctypes
import os
import signal
import sys
from pathlib import Path
from typing import BinaryIO

# Before NumPy reads them: one thread a product, as the server computes, so that results are equal.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

from acumen.errors import AcumenError, MemoryLimit
from acumen.proto.storage.v1.training_pb2 import WorkerFailure, WorkerMemory, WorkerMessage
from acumen.storage.framing import frame
from acumen.training import memory
from acumen.training.lesson import Told
from acumen.training.work import Work

NICENESS = 19  # with SCHED_BATCH it does not preempt a call that is being answered
_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Work on the folder that is named, and say what came of it."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != int(sys.argv[2]):  # it was gone already
        sys.exit(1)
    os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
    os.nice(NICENESS)
    told: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: told.append(number))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal's Ctrl-C is for the server, which then says what to do
    out = _pipe()

    def send(message: WorkerMessage) -> None:
        out.write(frame(message))
        out.flush()

    work = Work(Path(sys.argv[1]), send, lambda: bool(told))
    try:
        work.run()
    except Told:
        send(WorkerMessage(paused=True))
    except (MemoryLimit, MemoryError):
        held = WorkerMemory(resident_bytes=memory.resident_bytes(), limit_bytes=work.plan.memory_limit_bytes)
        send(WorkerMessage(failed=WorkerFailure(memory=held)))
    except AcumenError as error:
        send(WorkerMessage(failed=WorkerFailure(data=str(error))))


def _pipe() -> BinaryIO:
    """Take standard output for messages; whatever else is printed goes to standard error."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return out


if __name__ == "__main__":
    main()
