"""`acumend`: parse, then serve."""

import os
import sys
import threading
from typing import NoReturn

# Before anything that reads them: one thread a product (workers are the parallelism), and no fork handlers in gRPC.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("GRPC_ENABLE_FORK_SUPPORT", "0")

import uvloop

from acumen import config, log, offline
from acumen.app import serve
from acumen.errors import EmbedderCorrupt, EmbedderNotInstalled
from acumen.index.builds import BUILDING
from acumen.rpc.sockets import AddressInUse
from acumen.supervisor import USED_WRONGLY, WORKER_VARIABLE, Supervisor, end_with_supervisor


def main() -> None:
    """Serve as flags, environment and file say, or run a verb; exits 0 after a drain, 2 when it cannot start."""
    if sys.argv[1:2] and sys.argv[1] in offline.VERBS:
        _leave(offline.main(sys.argv[1:]))
    try:
        settings = config.load(sys.argv[1:])
        log.configure(settings.log_level, settings.log_format)
        worker = os.environ.get(WORKER_VARIABLE)
        if settings.workers > 1 and worker is None:
            sys.exit(uvloop.run(Supervisor(settings).run()))
        if worker is not None:
            end_with_supervisor()
        uvloop.run(serve(settings, int(worker or 0), alone=worker is None))
        _leave(0)
    except config.ConfigError as error:
        _refuse(f"the configuration has mistakes:\n{error}")
    except (AddressInUse, EmbedderCorrupt, EmbedderNotInstalled) as error:
        _refuse(str(error))


def _refuse(text: str) -> NoReturn:
    sys.stderr.write(f"acumend: {text}\n")
    _leave(USED_WRONGLY)


def _leave(status: int) -> NoReturn:
    """Exit without waiting for a graph: nothing stops nmslib, and what was not built is built after the next start."""
    if any(thread.name.startswith(BUILDING) for thread in threading.enumerate()):
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)
    sys.exit(status)


if __name__ == "__main__":
    main()
