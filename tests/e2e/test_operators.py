"""What an operator types: a stock gRPC tool, with nothing but reflection to go by."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

BUF = Path(sys.executable).with_name("buf")
LOAD = {
    "load_metrics": {
        "arrival_rate_per_s": 90,
        "servers": [{"id": "a", "nominal_capacity_per_s": 100}, {"id": "b", "nominal_capacity_per_s": 50}],
    }
}


def _curl(server: Any, method: str, body: Any) -> "subprocess.CompletedProcess[str]":
    command = [str(BUF), "curl", "--protocol", "grpc", "--http2-prior-knowledge", "--unix-socket", str(server.socket)]
    command += ["--data", json.dumps(body), f"http://localhost/{method}"]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_a_stock_tool_predicts_over_the_unix_socket(server: Any) -> None:
    """Reflection is enough to send typed JSON and read a typed plan whose weights sum to 1."""
    told = _curl(server, "acumen.v1.Neural/Predict", LOAD)
    assert told.returncode == 0, told.stderr
    answer = json.loads(told.stdout)
    weights = {one["server"]: one["weight"] for one in answer["distributionPlan"]["weights"]}
    assert abs(sum(weights.values()) - 1) < 1e-5 and weights["a"] > weights["b"]
    assert answer["decision"]["model"] == "balance-v1"


def test_a_stock_tool_sees_the_reason_of_a_refusal(server: Any) -> None:
    """The exit status is eight times gRPC's code, and the details carry the reason."""
    told = _curl(server, "acumen.v1.Neural/Predict", {**LOAD, "model": "cache-v1"})
    assert told.returncode == 8 * 3
    assert "cache-v1" in told.stderr and "takes access_pattern" in told.stderr and "BadRequest" in told.stderr


def test_an_unknown_json_field_is_refused_by_name(server: Any) -> None:
    """A typo never reaches a model."""
    told = _curl(server, "acumen.v1.Neural/Predict", {"load_metrix": {}})
    assert told.returncode != 0 and "load_metrix" in told.stderr


def test_a_stock_tool_talks_on_a_stream(server: Any) -> None:
    """A start and an item: one result under the item's number."""
    messages = '{"start": {"model": "balance-v1"}} ' + json.dumps({"item": {"correlationId": "7", "request": LOAD}})
    command = [str(BUF), "curl", "--protocol", "grpc", "--http2-prior-knowledge", "--unix-socket", str(server.socket)]
    command += ["--data", messages, "http://localhost/acumen.v1.Neural/PredictStream"]
    told = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert told.returncode == 0, told.stderr
    assert json.loads(told.stdout)["result"]["correlationId"] == "7"


def test_health_answers_a_stock_tool_per_service(server: Any) -> None:
    """Check and List, by name."""
    told = _curl(server, "grpc.health.v1.Health/Check", {"service": "acumen.v1.Neural"})
    assert json.loads(told.stdout) == {"status": "SERVING"}
    listed = _curl(server, "grpc.health.v1.Health/List", {})
    assert json.loads(listed.stdout)["statuses"]["acumen.v1.Neural"] == {"status": "SERVING"}
