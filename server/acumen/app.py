"""One worker: everything is put together here, started in order, and stopped in reverse."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from typing import Any

import prometheus_client

from acumen import __version__, log
from acumen.bank.answers import Answers
from acumen.bank.consolidating.pairs import PairModel
from acumen.bank.consolidation import Consolidation
from acumen.bank.judgement import similarity_of
from acumen.bank.reembedding import Reembedding
from acumen.bank.retrieval import Retrieval
from acumen.bank.scoring import load as load_weights
from acumen.clock import SystemClock
from acumen.config import Settings
from acumen.models import CATALOGUE
from acumen.neural.drift.baselines import Baselines
from acumen.neural.executor import BoundedExecutor
from acumen.neural.inference import Inference
from acumen.neural.predictor import Predictor
from acumen.neural.registry import CacheLimits, Registry
from acumen.neural.runtime import RuntimeConfig, kernels_of
from acumen.neural.serving import Serving
from acumen.neural.versions import Versions
from acumen.proto.v1 import neural_pb2, reasoning_bank_pb2, training_pb2
from acumen.rpc.admission import Admission
from acumen.rpc.bank_consolidate import ConsolidateServicer
from acumen.rpc.bank_distill import DistillServicer
from acumen.rpc.bank_pipeline import PipelineServicer
from acumen.rpc.bank_snapshots import SnapshotServicer
from acumen.rpc.bank_streams import BankStreamServicer
from acumen.rpc.convert import duration
from acumen.rpc.describe import Facts
from acumen.rpc.detect_drift import DriftServicer
from acumen.rpc.edge import Edge
from acumen.rpc.ensemble import EnsembleServicer
from acumen.rpc.health import Health
from acumen.rpc.incremental import IncrementalServicer
from acumen.rpc.metrics import Metrics
from acumen.rpc.neural import NeuralServicer
from acumen.rpc.predict_stream import LARGEST_WINDOW
from acumen.rpc.prepare_data import PrepareDataServicer
from acumen.rpc.reasoning_bank import ReasoningBankServicer
from acumen.rpc.registry import RegistryServicer
from acumen.rpc.rules import Rules
from acumen.rpc.server import build
from acumen.rpc.service import handler_of, requests_of
from acumen.rpc.sockets import AddressInUse, lock, private, unix_socket, worker_socket
from acumen.rpc.status import status_of
from acumen.rpc.training import TrainingServicer
from acumen.storage.datasets import Datasets
from acumen.storage.journal import SqliteJournal
from acumen.storage.predictions import PredictionLog
from acumen.text import static
from acumen.training.desk import Desk
from acumen.training.runner import Runner
from acumen.upkeep.kept import Kept, kept

NEURAL = neural_pb2.DESCRIPTOR.services_by_name["Neural"]
BANK = reasoning_bank_pb2.DESCRIPTOR.services_by_name["ReasoningBank"]
TRAINING = training_pb2.DESCRIPTOR.services_by_name["Training"]
SERVICES = (NEURAL, BANK, TRAINING)
BATCH_ITEMS = 256
LAST_WORDS_S = 0.2

_log = log.logger("app")


async def serve(settings: Settings, worker: int, alone: bool) -> None:
    """Serve until SIGTERM or SIGINT, then drain; a second signal ends the process at once.

    `worker` is this process's number; `alone` says that it holds the data folder by itself. Raises `AddressInUse`.
    """
    stopping = _signals()
    async with AsyncExitStack() as stack:
        if alone:
            stack.enter_context(lock(settings.data_dir / "lock", f"data folder {settings.data_dir}"))
        clock = SystemClock()
        started_ms = clock.now_ms()
        executor = BoundedExecutor(settings.threads)
        stack.callback(executor.close)
        predictions = PredictionLog(settings.data_dir, settings.record_buffer, settings.records_kept)
        serving = _serving(stack, settings, executor, predictions, clock)
        await stack.enter_async_context(predictions)
        keeping = await kept(stack, settings, serving, clock, worker, alone)
        journal = keeping.journal
        await serving.loaded()

        names = [service.full_name for service in SERVICES]
        metrics, health = Metrics(), Health(names)
        edge = Edge(
            Rules([request for service in SERVICES for request in requests_of(service)]),
            Admission(settings.max_in_flight, settings.max_streams),
            settings.default_deadline_ms / 1e3,
            settings.stream_idle_ms / 1e3,
        )
        facts = _facts(settings, started_ms, worker)
        desk = await _training(stack, keeping, settings, clock)
        servicers = {
            NEURAL: _neural(serving, keeping, predictions, facts, executor),
            BANK: _bank(keeping, executor, settings),
            TRAINING: _of_training(desk, settings),
        }
        handlers = [handler_of(service, parts, edge, metrics) for service, parts in servicers.items()]
        shared = settings.workers > 1
        server = build(handlers, names, health, settings.max_message_bytes, shared)
        addresses = _bind(stack, server, settings, worker)
        _expose(stack, metrics, settings, worker, serving, edge, predictions)

        await server.start()
        stack.push_async_callback(server.stop, LAST_WORDS_S)
        sweeper = asyncio.create_task(edge.sweep())
        stack.callback(sweeper.cancel)
        health.set_all(True)
        _log.info("serving", version=__version__, worker=worker, addresses=addresses, kernels=serving.config.kernels)

        await _until_told_or_lost(stopping, journal)
        _log.info("draining", worker=worker, calls=edge.admission.calls, streams=edge.admission.streams)
        health.set_all(False)
        health.close()
        done = await edge.drain(settings.drain_grace_ms / 1e3)
        _log.info("drained", worker=worker, complete=done)


@asynccontextmanager
async def kept_for(settings: Settings) -> AsyncIterator[Kept]:
    """Open what is on disk without serving it; the caller holds the data folder's lock."""
    async with AsyncExitStack() as stack:
        executor = BoundedExecutor(settings.threads)
        stack.callback(executor.close)
        predictions = PredictionLog(settings.data_dir, settings.record_buffer, settings.records_kept)
        serving = _serving(stack, settings, executor, predictions, SystemClock())
        await stack.enter_async_context(predictions)
        yield await kept(stack, settings, serving, SystemClock(), worker=0, alone=True)


def _bank(keeping: Kept, executor: BoundedExecutor, settings: Settings) -> list[Any]:
    state, writes, upkeep, journal = keeping.state, keeping.writes, keeping.upkeep, keeping.journal
    embedder = state.bank.preparer.embedder
    retrieval = Retrieval(embedder, load_weights())
    slow = settings.embedder != "static"
    answers = Answers(state.bank, retrieval, similarity_of(embedder), executor, writes.clock, slow)
    consolidation = Consolidation(writes, executor, PairModel.load(static.load() if slow else embedder), upkeep.holder)
    return [
        ReasoningBankServicer(state.bank, answers, writes, journal, upkeep, writes.clock),
        BankStreamServicer(state.bank, writes, journal),
        DistillServicer(writes, executor),
        ConsolidateServicer(consolidation, Reembedding(writes, executor)),
        PipelineServicer(answers, writes, consolidation),
        SnapshotServicer(state.bank, upkeep.folder, upkeep, settings.max_snapshot_bytes),
    ]


def _neural(
    serving: Serving, keeping: Kept, predictions: PredictionLog, facts: Facts, executor: BoundedExecutor
) -> list[Any]:
    journal, clock = keeping.journal, keeping.writes.clock
    return [
        NeuralServicer(serving, journal, predictions, facts),
        DriftServicer(serving, journal, predictions, Baselines(executor)),
        EnsembleServicer(serving, journal),
        RegistryServicer(serving, journal, clock),
    ]


def _of_training(desk: Desk, settings: Settings) -> list[Any]:
    return [
        TrainingServicer(desk, desk.journal, desk.clock),
        PrepareDataServicer(desk),
        IncrementalServicer(desk, desk.journal, settings.data_dir / "jobs"),
    ]


async def _training(stack: AsyncExitStack, keeping: Kept, settings: Settings, clock: SystemClock) -> Desk:
    state = keeping.state
    datasets = Datasets(settings.data_dir / "datasets")
    desk = Desk(keeping.journal, state.jobs, state.serving.registry.versions, datasets, clock)
    runner = Runner(
        desk=desk,
        folder=settings.data_dir / "jobs",
        holder=keeping.upkeep.holder,
        kernels=lambda: state.serving.config.kernels,
        status_of=lambda error: status_of(error, ""),
    )
    await stack.enter_async_context(runner)
    return desk


async def _until_told_or_lost(stopping: asyncio.Event, journal: SqliteJournal) -> None:
    """Wait for a signal, or for the journal to fail: a worker that cannot follow it must be started anew."""
    told = asyncio.ensure_future(stopping.wait())
    events: list[asyncio.Future[Any]] = [told, journal.failed]
    await asyncio.wait(events, return_when=asyncio.FIRST_COMPLETED)
    told.cancel()
    if journal.failed.done() and (error := journal.failed.exception()):
        _log.error("the journal cannot be followed", cause=str(error))


def _signals() -> asyncio.Event:
    stopping = asyncio.Event()

    def stop(number: int) -> None:
        if stopping.is_set():
            os._exit(128 + number)  # asked twice: now
        stopping.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop, number)
    return stopping


def _loader() -> ThreadPoolExecutor:
    """Return the threads that read models; their own, so that loading and inference never wait for each other."""
    return ThreadPoolExecutor(2, thread_name_prefix="loading")


def _serving(
    stack: AsyncExitStack,
    settings: Settings,
    executor: BoundedExecutor,
    predictions: PredictionLog,
    clock: SystemClock,
) -> Serving:
    config = RuntimeConfig(
        memory_max_bytes=settings.model_cache_bytes,
        threads=settings.threads,
        batch_window_ms=settings.batch_window_ms,
        kernels=settings.kernels,
    )
    limits = CacheLimits(
        keep=settings.model_cache, models=settings.model_cache_size, size_bytes=settings.model_cache_bytes
    )
    versions = Versions(CATALOGUE, settings.data_dir / "models")
    registry = Registry(versions, Inference(kernels_of(settings.kernels)), limits, stack.enter_context(_loader()))
    return Serving(registry, Predictor(predictions.add, clock), executor, config)


def _facts(settings: Settings, started_ms: int, worker: int) -> Facts:
    limits = neural_pb2.Limits(
        message_bytes=settings.max_message_bytes,
        calls_in_flight=settings.max_in_flight,
        streams=settings.max_streams,
        batch_items=BATCH_ITEMS,
        stream_window=LARGEST_WINDOW,
        default_deadline=duration(settings.default_deadline_ms / 1e3),
        stream_idle=duration(settings.stream_idle_ms / 1e3),
    )
    grace_s = settings.drain_grace_ms / 1e3
    return Facts(started_ms=started_ms, worker=worker, workers=settings.workers, limits=limits, drain_grace_s=grace_s)


def _bind(stack: AsyncExitStack, server: Any, settings: Settings, worker: int) -> list[str]:
    addresses = []
    if settings.socket:
        path = worker_socket(settings.socket, worker)
        addresses.append(_bound(server, stack.enter_context(unix_socket(path))))
    if settings.tcp:
        addresses.append(_bound(server, settings.tcp))
    return addresses


def _bound(server: Any, address: str) -> str:
    try:
        with private():
            port = server.add_insecure_port(address)
    except RuntimeError as error:
        raise AddressInUse(f"{address} cannot be bound: {error}") from None
    return address if address.startswith("unix:") else f"{address.rpartition(':')[0]}:{port}"


def _expose(
    stack: AsyncExitStack,
    metrics: Metrics,
    settings: Settings,
    worker: int,
    serving: Serving,
    edge: Edge,
    predictions: PredictionLog,
) -> None:
    metrics.gauge("acumen_calls_in_flight", "Unary calls worked on.", lambda: edge.admission.calls)
    metrics.gauge("acumen_open_streams", "Streams open.", lambda: edge.admission.streams)
    metrics.gauge("acumen_predictions_dropped", "Records dropped for lack of room.", lambda: predictions.dropped)
    usage = serving.registry.usage
    metrics.by_model(
        "acumen_inferences", "Inferences answered.", lambda: {m: u.inferences for m, u in dict(usage).items()}
    )
    metrics.by_model(
        "acumen_inference_failures", "Inputs refused.", lambda: {m: u.failures for m, u in dict(usage).items()}
    )
    if settings.metrics:
        stack.enter_context(_metrics_port(metrics, settings.metrics, worker))


@contextmanager
def _metrics_port(metrics: Metrics, address: str, worker: int) -> Iterator[None]:
    host, _, port = address.rpartition(":")
    number = int(port) + worker if int(port) else 0
    try:
        server, thread = prometheus_client.start_http_server(number, host, metrics.registry)
    except OSError as error:
        raise AddressInUse(f"metrics address {host}:{number} cannot be bound: {error.strerror}") from None
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
