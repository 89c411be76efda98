"""What Prometheus finds."""

from prometheus_client import generate_latest

from acumen.rpc.metrics import Metrics


def test_a_model_that_was_trained_since_is_there_at_the_next_scrape() -> None:
    """Counts are read when scraped, one a model, under one name."""
    counts, metrics = {"balance-v1": 2}, Metrics()
    metrics.by_model("acumen_inferences", "Inferences answered.", lambda: counts)
    assert b'acumen_inferences_total{model="balance-v1"} 2.0' in generate_latest(metrics.registry)
    counts |= {"balance-v1": 5, "mine": 1}
    text = generate_latest(metrics.registry)
    assert b'{model="balance-v1"} 5.0' in text and b'{model="mine"} 1.0' in text
