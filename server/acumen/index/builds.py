"""Graphs made in the background."""

import os
from concurrent.futures import CancelledError, Executor, ThreadPoolExecutor, wait
from threading import get_native_id

from acumen import log
from acumen.errors import StorageFull
from acumen.index.cache import GraphCache, key_of
from acumen.index.graph import build
from acumen.index.hnsw import GraphSegment
from acumen.index.sizes import Sizes
from acumen.index.width import measured_width
from acumen.storage.failpoints import failpoint
from acumen_accel import Graph

BUILDING = "graphs"  # what the threads that build are called
NICENESS = 19

_log = log.logger("index")


def builder() -> ThreadPoolExecutor:
    """Return an executor of one thread, which builds with what others leave of the processors.

    Linux has a niceness for each thread, which those that it starts inherit: a graph takes minutes, and a server on one
    processor would answer at half its speed meanwhile.
    """
    return ThreadPoolExecutor(1, thread_name_prefix=BUILDING, initializer=_yield_to_others)


def _yield_to_others() -> None:
    os.setpriority(os.PRIO_PROCESS, get_native_id(), NICENESS)


class Builds:
    """Gives segments their graphs, from the cache or newly built, one after the other as the executor allows."""

    def __init__(self, executor: Executor, sizes: Sizes, graphs: GraphCache | None) -> None:
        self._executor, self._sizes, self._graphs = executor, sizes, graphs
        self._waiting: list[GraphSegment] = []

    def start(self, segment: GraphSegment) -> None:
        """See to a segment's graph, if it is worth one."""
        self._waiting = [one for one in self._waiting if one.building and not one.building.done()]
        if segment.wants_graph and segment.graph is None:
            segment.building = self._executor.submit(self._give, segment)
            self._waiting.append(segment)

    def _give(self, segment: GraphSegment) -> None:
        key = key_of(segment.block, self._sizes)
        graph = self._graphs.load(key, segment.rows) if self._graphs else None
        try:
            built = build(segment.block, self._sizes) if graph is None else graph
        except StorageFull as error:  # the rows are scanned as long as there is none
            _log.warning("graph not built", cause=str(error))
            return
        failpoint("segment.built")
        segment.adopt(built, measured_width(segment.block, built, self._sizes), key)
        failpoint("segment.adopted")
        if self._graphs and graph is None:
            self._save(self._graphs, key, built)

    @staticmethod
    def _save(graphs: GraphCache, key: bytes, graph: Graph) -> None:
        """Keep a graph for the next start; where the disk refuses, it will be built again then."""
        try:
            graphs.save(key, graph)
        except OSError as error:
            _log.warning("graph not saved", cause=str(error))
        failpoint("segment.saved")

    def settle(self, timeout_s: float | None = None) -> bool:
        """Wait until nothing is being built and return whether that came about; raises what a build raised."""
        futures = [one.building for one in self._waiting if one.building]
        done, pending = wait(futures, timeout_s)
        for future in done:
            try:
                future.result()
            except CancelledError:
                continue
        return not pending
