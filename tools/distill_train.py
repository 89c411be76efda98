"""Learning the table: rows whose sums point where the teacher's sentence vectors point."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import torch  # type: ignore[import-not-found]
from numpy.typing import NDArray
from torch import Tensor  # type: ignore[import-not-found]
from torch.nn import functional as F  # type: ignore[import-not-found]  # noqa: N812

from tools.distill_corpus import Lesson

Floats: TypeAlias = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """Everything that decides the outcome, besides texts and teacher."""

    seed: int = 1
    dimension: int = 256
    epochs: int = 4
    batch: int = 1024
    learning_rate: float = 2e-3
    warm_up_steps: int = 100
    temperature: float = 0.05
    smoothing: float = 1e-3  # of the start: a / (a + p), Arora et al. 2017
    kept_of_start: float = 0.25  # Keeps what the texts do not show: Wortsman et al. 2022 (arXiv:2109.01903), section 3.


class Bags:
    """Token numbers of texts, end to end."""

    def __init__(self, ids: Sequence[Sequence[int]]) -> None:
        self._lengths = np.array([len(bag) for bag in ids])
        self._starts = np.concatenate([[0], np.cumsum(self._lengths)])
        self._flat = np.concatenate([np.array(bag, np.int64) for bag in ids])

    def sums(self, table: Tensor, rows: NDArray[np.int64]) -> Tensor:
        """Return (len(rows), d) unit sums of the table's rows over the bags."""
        flat = np.concatenate([self._flat[self._starts[r] : self._starts[r + 1]] for r in rows])
        offsets = np.concatenate([[0], np.cumsum(self._lengths[rows])[:-1]])
        summed = F.embedding_bag(torch.from_numpy(flat), table, torch.from_numpy(offsets), mode="sum")
        return F.normalize(summed, dim=1, eps=1e-6)


def projection(vectors: Floats, dimension: int) -> Floats:
    """Return (384, d): the directions that hold most of the teacher's sentence vectors, not centred."""
    _, directions = np.linalg.eigh((vectors.T @ vectors).astype(np.float64))
    return directions[:, ::-1][:, :dimension].astype(np.float32)


def naive_start(words: Floats, axes: Floats, smoothing: float, special: int) -> Floats:
    """Return the table to start from: each token's own vector, centred, projected, and weighted against frequency.

    The frequency of a token is taken from its number (Zipf's law); the first `special` tokens are left out.
    """
    frequency = 1 / np.arange(1, len(words) + 1)
    frequency /= frequency.sum()
    table = ((words - words.mean(0)) * (smoothing / (smoothing + frequency))[:, None]) @ axes
    table[:special] = 0
    return (table / np.median(np.linalg.norm(table, axis=1))).astype(np.float32)


def learn(start: Floats, lesson: Lesson, axes: Floats, recipe: Recipe, say: Callable[[str], Any]) -> Floats:
    """Return the learned table (v, d), averaged with the start.

    The loss is 1 - cosine to the projected teacher, plus the divergence of the similarities within a batch from the
    teacher's, both as softmax at one temperature (relational distillation, Fang et al. 2021, arXiv:2101.04731).
    """
    draw, vectors, bags = np.random.default_rng(recipe.seed), lesson.vectors, Bags(lesson.ids)
    table = torch.nn.Parameter(torch.from_numpy(start.copy()))
    optimiser = torch.optim.Adam([table], lr=recipe.learning_rate, betas=(0.9, 0.99), fused=True)
    wanted = F.normalize(torch.from_numpy(vectors @ axes), dim=1)
    taught = torch.from_numpy(vectors)
    per_epoch = len(vectors) // recipe.batch
    for step in range(recipe.epochs * per_epoch):
        if step % per_epoch == 0:
            order = draw.permutation(len(vectors))
        rows = order[step % per_epoch * recipe.batch :][: recipe.batch]
        optimiser.param_groups[0]["lr"] = _rate(step, recipe, per_epoch)
        loss = _loss(bags.sums(table, rows), wanted[rows], taught[rows], recipe.temperature)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        if step % per_epoch == per_epoch - 1:
            say(f"epoch {step // per_epoch + 1}: loss {loss.item():.4f}")
    learned: Floats = table.detach().numpy()
    return recipe.kept_of_start * start + (1 - recipe.kept_of_start) * learned


def _rate(step: int, recipe: Recipe, per_epoch: int) -> float:
    warm = min(1.0, (step + 1) / recipe.warm_up_steps)
    return recipe.learning_rate * warm * 0.5 * (1 + math.cos(math.pi * step / (recipe.epochs * per_epoch)))


def _loss(found: Tensor, wanted: Tensor, taught: Tensor, temperature: float) -> Tensor:
    itself = torch.eye(len(found)) * 1e4
    target = torch.softmax(taught @ taught.T / temperature - itself, dim=1)
    similar = torch.log_softmax(found @ found.T / temperature - itself, dim=1)
    divergence = (torch.xlogy(target, target) - target * similar).sum(1).mean()
    return (1 - (found * wanted).sum(1)).mean() + divergence


def spreading(dimension: int, seed: int) -> Floats:
    """Return a random rotation (d, d), Haar-distributed (Stewart 1980).

    Principal axes put most of a vector's length into a few components, and int8 then wastes its range on the others;
    turned at random all components are of one size. Cosines stay as they are.
    """
    drawn, upper = np.linalg.qr(np.random.default_rng(seed).standard_normal((dimension, dimension)))
    return (drawn * np.sign(np.diag(upper))).astype(np.float32)


def quantised(table: Floats, largest_scale: int = 255) -> tuple[NDArray[np.int8], NDArray[np.uint8]]:
    """Return rows and whole-number scales, so that scale times row is the table in units of its largest element."""
    largest = np.abs(table).max(axis=1)
    unit = largest.max() / (127 * largest_scale)
    scales = np.clip(np.ceil(largest / (127 * unit)), 1, largest_scale)
    rows = np.clip(np.rint(table / (unit * scales)[:, None]), -127, 127)
    return rows.astype(np.int8), scales.astype(np.uint8)
