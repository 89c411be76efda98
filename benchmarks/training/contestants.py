"""The two sides; both take the same steps: forward, cross-entropy, backward, clip, Adam with decay, average."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from acumen.neural.fit import Adam
from acumen.neural.tape import Node, Tape
from benchmarks.training.problems import EXAMPLES, Array, Problem

ACTIVATIONS: dict[str, Callable[[Any], Any]] = {
    "gelu": lambda x: functional.gelu(x, approximate="tanh"),
    "relu": functional.relu,
    "identity": lambda x: x,
}


class Acumen:
    """The tape and its Adam."""

    def __init__(self, problem: Problem, batch: Callable[[], Array]) -> None:
        self.problem, self.batch = problem, batch
        self.adam = Adam(problem.weights, problem.schedule())

    def step(self) -> None:
        """Take one step."""
        nodes = {name: Node(value) for name, value in self.adam.weights.items()}
        self.loss(nodes, self.batch()).backward()
        self.adam.update({name: node.grad for name, node in nodes.items() if node.grad is not None})

    def loss(self, nodes: dict[str, Any], index: Array) -> Node:
        """Return the mean loss of some examples."""
        problem, tape = self.problem, Tape()
        x: Any = tape.embedding_bag(nodes["table"], *problem.bags(index)) if problem.ids.size else problem.x[index]
        logits = tape.layers(x, nodes, problem.layers, problem.activations)
        return tape.cross_entropy(logits, problem.target[index]) * (1 / index.size)

    def whole(self) -> float:
        """Return the mean loss of all examples."""
        return float(self.loss(self.adam.weights, np.arange(EXAMPLES)).value)


class PyTorch:
    """Tensors, autograd and fused AdamW; `bare` neither clips nor averages."""

    def __init__(self, problem: Problem, batch: Callable[[], Array], bare: bool = False) -> None:
        self.problem, self.batch, self.bare, self.schedule = problem, batch, bare, problem.schedule()
        self.weights = {name: torch.tensor(value, requires_grad=True) for name, value in problem.weights.items()}
        self.parameters = list(self.weights.values())
        self.averaged = [value.detach().clone() for value in self.parameters]
        decay = self.schedule.weight_decay
        self.adam = torch.optim.AdamW(self.parameters, lr=1.0, weight_decay=decay, eps=1e-8, fused=True)
        self.x, self.target = torch.from_numpy(problem.x), torch.from_numpy(problem.target)
        self.taken = 0

    def step(self) -> None:
        """Take one step."""
        self.adam.param_groups[0]["lr"] = self.schedule.rate(self.taken)
        self.taken += 1
        self.adam.zero_grad(set_to_none=True)
        self.loss(self.batch()).backward()
        if not self.bare:
            torch.nn.utils.clip_grad_norm_(self.parameters, self.schedule.clip)
        self.adam.step()
        if not self.bare:
            keep = min(self.schedule.ema, (1 + self.taken) / (10 + self.taken))
            with torch.no_grad():
                torch._foreach_lerp_(self.averaged, self.parameters, 1 - keep)

    def loss(self, index: Array) -> Any:
        """Return the mean loss of some examples."""
        x, picked = self._input(index), torch.from_numpy(index)
        for layer, activation in zip(self.problem.layers, self.problem.activations, strict=True):
            weight, bias = self.weights[f"net/{layer}/w"], self.weights[f"net/{layer}/b"]
            x = ACTIVATIONS[activation](torch.addmm(bias, x, weight))
        return functional.cross_entropy(x, self.target[picked])

    def _input(self, index: Array) -> Any:
        if not self.problem.ids.size:
            return self.x[torch.from_numpy(index)]
        ids, ends, factors = (torch.from_numpy(part) for part in self.problem.bags(index))
        table = self.weights["table"]
        return functional.embedding_bag(ids, table, ends[:-1], mode="sum", per_sample_weights=factors)

    def whole(self) -> float:
        """Return the mean loss of all examples."""
        with torch.no_grad():
            return float(self.loss(np.arange(EXAMPLES)))
