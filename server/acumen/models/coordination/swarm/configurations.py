"""The 24 configurations: topology, branching and batch, and the links each of them makes between places."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

STAR, TREE, MESH, RING, PIPELINE, MARKET, BLACKBOARD = range(1, 8)
NAMES: Final = ("star", "tree", "mesh", "ring", "pipeline", "market", "blackboard")
TABLE: Final = np.array(
    [
        (STAR, 0, 1), (STAR, 0, 2), (STAR, 0, 4),
        (TREE, 2, 1), (TREE, 2, 4), (TREE, 4, 1), (TREE, 4, 4), (TREE, 8, 1), (TREE, 8, 4),
        (MESH, 4, 1), (MESH, 8, 1), (MESH, 0, 1),
        (RING, 1, 4), (RING, 2, 1), (RING, 2, 4),
        (PIPELINE, 1, 1), (PIPELINE, 2, 1), (PIPELINE, 4, 1),
        (MARKET, 4, 1), (MARKET, 4, 4), (MARKET, 0, 4),
        (BLACKBOARD, 0, 1), (BLACKBOARD, 0, 4), (BLACKBOARD, 0, 16),
    ],
    np.int64,
)  # fmt: skip
COUNT: Final = len(TABLE)
TOPOLOGY: Final = TABLE[:, 0] - 1
INDEX: Final = {tuple(row): i for i, row in enumerate(TABLE.tolist())}


def name(index: int) -> str:
    """Return a configuration in words."""
    topology, branching, batch = TABLE[index].tolist()
    words = {TREE: "children", MESH: "links", RING: "ways", PIPELINE: "lanes", MARKET: "bidders"}
    width = f" of {branching or 'all'} {words[topology]}" if topology in words else ""
    return f"{NAMES[topology - 1]}{width}, {batch} at once"


def edges(index: int, n: int, lane: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return (e, 2) links between places 0..n-1, the smaller first, ascending: a connected graph for every `n`.

    `lane` (n,) is the lane of each place in a pipeline, -1 for those that do no tasks and hang on the leader, where all
    lanes start. What has no links of its own (markets, meshes without bound) has the leader's.
    """
    topology, branching, _ = TABLE[index].tolist()
    places = np.arange(1, n)
    pairs = np.stack([np.zeros_like(places), places], axis=1)
    if topology == TREE:
        pairs[:, 0] = (places - 1) // branching
    elif topology == RING:
        pairs = np.stack([np.arange(n), (np.arange(n) + 1) % n], axis=1)
    elif topology == MESH and branching:
        reach = reaches(n, branching)
        ends = (np.arange(n)[:, None] + reach[None, :]) % n
        pairs = np.stack([np.repeat(np.arange(n), reach.size), ends.ravel()], axis=1)
    elif topology == PIPELINE:
        pairs = _lanes(lane)
    return _tidy(pairs, n)


def reaches(n: int, branching: int) -> NDArray[np.int64]:
    """Return how far the links of a mesh reach around the circle of places: powers of n, the first is 1."""
    steps = np.arange(branching // 2)
    return np.asarray(float(n) ** (2.0 * steps / branching) + 0.5, np.int64)


def _lanes(lane: NDArray[np.int64]) -> NDArray[np.int64]:
    pairs = [(0, place) for place in np.flatnonzero(lane < 0).tolist()]
    for number in range(int(lane.max(initial=-1)) + 1):
        chain = np.flatnonzero(lane == number).tolist()
        pairs += list(zip([0, *chain[:-1]], chain, strict=True))
    return np.array(pairs, np.int64).reshape(-1, 2)


def _tidy(pairs: NDArray[Any], n: int) -> NDArray[np.int64]:
    """Order each pair and all of them; drop doubles and loops."""
    low, high = pairs.min(axis=1), pairs.max(axis=1)
    keys = np.unique((low * n + high)[low != high])
    return np.stack([keys // n, keys % n], axis=1)
