"""Prometheus metrics, named as go-grpc-middleware names them, so that existing dashboards work."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.core import CounterMetricFamily
from prometheus_client.registry import Collector

BUCKETS = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
METHOD = ("grpc_type", "grpc_service", "grpc_method")


@dataclass(frozen=True, slots=True)
class MethodMetrics:
    """The metrics of one method, labels bound once because binding costs more than counting."""

    started: Any
    received: Any
    sent: Any
    seconds: Any
    handled: Callable[[str], Any]


class Metrics:
    """All metrics of a worker, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._started = self._counter("grpc_server_started_total", "Calls begun.", METHOD)
        self._handled = self._counter("grpc_server_handled_total", "Calls ended.", (*METHOD, "grpc_code"))
        self._received = self._counter("grpc_server_msg_received_total", "Messages received.", METHOD)
        self._sent = self._counter("grpc_server_msg_sent_total", "Messages sent.", METHOD)
        self._seconds = Histogram(
            "grpc_server_handling_seconds", "Time from call to answer.", METHOD, buckets=BUCKETS, registry=self.registry
        )

    def _counter(self, name: str, text: str, labels: tuple[str, ...]) -> Counter:
        return Counter(name, text, labels, registry=self.registry)

    def gauge(self, name: str, text: str, read: Callable[[], float]) -> None:
        """Expose a number that is read when scraped."""
        Gauge(name, text, registry=self.registry).set_function(read)

    def by_model(self, name: str, text: str, read: Callable[[], Mapping[str, float]]) -> None:
        """Expose a count a model; models that were trained since are there at the next scrape."""
        self.registry.register(_ByModel(name, text, read))

    def method(self, service: str, name: str, kind: str) -> MethodMetrics:
        """Return the metrics of a method; `kind` is unary, client_stream, server_stream or bidi_stream."""
        labels = (kind, service, name)
        return MethodMetrics(
            started=self._started.labels(*labels),
            received=self._received.labels(*labels),
            sent=self._sent.labels(*labels),
            seconds=self._seconds.labels(*labels),
            handled=cache(lambda code: self._handled.labels(*labels, code)),
        )


@dataclass(frozen=True, slots=True)
class _ByModel(Collector):
    name: str
    text: str
    read: Callable[[], Mapping[str, float]]

    def collect(self) -> Iterator[CounterMetricFamily]:
        family = CounterMetricFamily(self.name, self.text, labels=["model"])
        for model, count in sorted(self.read().items()):
            family.add_metric([model], count)
        yield family
