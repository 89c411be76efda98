"""`acumend`: parse, then serve."""

import os
import sys
import threading

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
        sys.exit(offline.main(sys.argv[1:]))
    try:
        settings = config.load(sys.argv[1:])
        log.configure(settings.log_level, settings.log_format)
        worker = os.environ.get(WORKER_VARIABLE)
        if settings.workers > 1 and worker is None:
            sys.exit(uvloop.run(Supervisor(settings).run()))
        if worker is not None:
            end_with_supervisor()
        uvloop.run(serve(settings, int(worker or 0), alone=worker is None))
        _leave()
    except config.ConfigError as error:
        _refuse(f"the configuration has mistakes:\n{error}")
    except (AddressInUse, EmbedderCorrupt, EmbedderNotInstalled) as error:
        _refuse(str(error))


def _leave() -> None:
    """End without a graph that is still being built: nothing stops nmslib, and the next start builds it again."""
    if any(thread.name.startswith(BUILDING) for thread in threading.enumerate()):
        sys.stderr.flush()
        os._exit(0)


def _refuse(text: str) -> None:
    sys.stderr.write(f"acumend: {text}\n")
    sys.exit(USED_WRONGLY)


if __name__ == "__main__":
    main()
