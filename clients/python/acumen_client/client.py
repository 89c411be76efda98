"""The client: one object for the blocking, the awaitable and the callback forms of every call."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from types import TracebackType

from acumen_client import awaiting, blocking, calls, channel, drift_calls, ensemble_calls, lines, versions
from acumen_client.archives import AioArchives, Archives
from acumen_client.bank import AioBank, Bank
from acumen_client.call import Defaults
from acumen_client.retry import RetryPolicy
from acumen_client.settings import Settings
from acumen_client.training import AioTraining, Training


class Model(Archives):
    """A handle on one model: the same calls, its name filled in."""

    get_model = blocking.blocking(calls.get_model)
    load_model = blocking.blocking(calls.load_model)
    unload_model = blocking.blocking(calls.unload_model)
    predict = blocking.blocking(calls.predict)
    predict_future = blocking.starting(calls.predict)
    predict_batch = blocking.blocking(calls.predict_batch)
    predict_stream = blocking.conversing(calls.predict_stream)
    validate_input = blocking.blocking(calls.validate_input)
    list_versions = blocking.blocking(versions.list_versions)
    rollback_model = blocking.blocking(versions.rollback_model)
    delete_model = blocking.blocking(versions.delete_model)
    verify_model = blocking.blocking(versions.verify_model)
    detect_drift = blocking.blocking(drift_calls.detect_drift)
    detect_drift_future = blocking.starting(drift_calls.detect_drift)
    benchmark = blocking.watching(calls.benchmark)


class AioModel(AioArchives):
    """A handle on one model for asyncio."""

    get_model = awaiting.awaiting(calls.get_model)
    load_model = awaiting.awaiting(calls.load_model)
    unload_model = awaiting.awaiting(calls.unload_model)
    predict = awaiting.awaiting(calls.predict)
    predict_batch = awaiting.awaiting(calls.predict_batch)
    predict_stream = awaiting.conversing(calls.predict_stream)
    validate_input = awaiting.awaiting(calls.validate_input)
    list_versions = awaiting.awaiting(versions.list_versions)
    rollback_model = awaiting.awaiting(versions.rollback_model)
    delete_model = awaiting.awaiting(versions.delete_model)
    verify_model = awaiting.awaiting(versions.verify_model)
    detect_drift = awaiting.awaiting(drift_calls.detect_drift)
    benchmark = awaiting.watching(calls.benchmark)


class AioClient(AioModel):
    """The awaitable form of `Client`; reached as `client.aio`, usable from any event loop."""

    list_models = awaiting.awaiting(calls.list_models)
    update_config = awaiting.awaiting(calls.update_config)
    record_outcome = awaiting.awaiting(calls.record_outcome)
    get_runtime = awaiting.awaiting(calls.get_runtime)
    ensemble = awaiting.awaiting(ensemble_calls.ensemble)

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings, awaiting.LoopLines(settings))
        self._models: dict[str, AioModel] = {}

    def model(self, name: str) -> AioModel:
        """Return the handle on a model, the same one each time."""
        return self._models.setdefault(name, AioModel(_of_model(self._settings, name), self._lines))

    @cached_property
    def bank(self) -> AioBank:
        """The calls of the reasoning bank."""
        return AioBank(self._settings, self._lines)

    @cached_property
    def training(self) -> AioTraining:
        """The calls of training."""
        return AioTraining(self._settings, self._lines)

    async def close(self) -> None:
        """Close the running loop's channels; calls in flight are cancelled."""
        await self._lines.close()


class Client(Model):
    """A connection to a server, or to several that share one journal.

    `address` is `unix:/path`, `host:port` or several with commas between; without one, `ACUMEN_ADDRESS` or the socket
    of this user's server. `timeout` is in seconds and holds for unary calls that state none. `token` is sent as a
    bearer token: use it with `tls` or a Unix socket. Nothing is connected before the first call. Every failure is an
    `AcumenError`.
    """

    list_models = blocking.blocking(calls.list_models)
    update_config = blocking.blocking(calls.update_config)
    record_outcome = blocking.blocking(calls.record_outcome)
    get_runtime = blocking.blocking(calls.get_runtime)
    ensemble = blocking.blocking(ensemble_calls.ensemble)
    ensemble_future = blocking.starting(ensemble_calls.ensemble)

    def __init__(
        self,
        address: str | None = None,
        *,
        namespace: str = "default",
        timeout: float | None = 30.0,
        token: str | None = None,
        tls: channel.Tls | None = None,
        retry: RetryPolicy | None = None,
    ) -> None:
        settings = Settings(
            targets=channel.targets(channel.default_address() if address is None else address),
            tls=tls,
            token=token,
            retry=retry or RetryPolicy(),
            defaults=Defaults(namespace=namespace, timeout_s=timeout),
        )
        super().__init__(settings, lines.blocking(settings.targets, tls))
        self._models: dict[str, Model] = {}

    @property
    def address(self) -> str:
        """Where calls go."""
        return ",".join(self._settings.targets)

    @cached_property
    def bank(self) -> Bank:
        """The calls of the reasoning bank."""
        return Bank(self._settings, self._lines)

    @cached_property
    def training(self) -> Training:
        """The calls of training."""
        return Training(self._settings, self._lines)

    @cached_property
    def aio(self) -> AioClient:
        """The same calls, to be awaited."""
        return AioClient(self._settings)

    def model(self, name: str) -> Model:
        """Return the handle on a model, the same one each time."""
        return self._models.setdefault(name, Model(_of_model(self._settings, name), self._lines))

    def close(self) -> None:
        """Close the channels of the blocking calls; those in flight are cancelled."""
        for opened in self._lines.channels():
            opened.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    async def __aenter__(self) -> Client:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aio.close()
        self.close()


def _of_model(settings: Settings, name: str) -> Settings:
    return replace(settings, defaults=replace(settings.defaults, model=name))
