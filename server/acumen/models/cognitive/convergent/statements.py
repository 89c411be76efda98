"""Statements of generated problems: a topic, and now and then words that hint at what the numbers say."""

import numpy as np

from acumen_accel.problem_graph import Problem

TOPICS = (
    "Move the billing service to the new queue", "Write the quarterly report from twelve sources",
    "Upgrade the database without downtime", "Find why the nightly import is slow", "Translate the manual",
    "Add single sign-on to the portal", "Clean the customer records", "Prepare the release of the mobile client",
)  # fmt: skip
SURE, SILENT = 0.85, 0.08
HIGH_CV, HIGH_FAILURE, HIGH_SHARED = 0.85, 0.22, 0.35
HINTS = (
    ("It is unclear how long the parts take.", "Much of it is research.", "The effort is hard to estimate."),
    ("Earlier attempts often failed.", "The tools are flaky.", "The steps are brittle."),
    ("Most parts touch shared tables.", "Everyone edits the same file.", "The modules are tightly coupled."),
)


def write(problem: Problem, rng: np.random.Generator) -> str:
    """Return a statement whose hints are right 85 times in 100, and missing or idle else."""
    effort = problem.task[:, 0] / problem.task[:, 0].sum()
    levels = effort @ problem.task[:, 3], effort @ (1 - problem.task[:, 1]), effort @ problem.task[:, 2]
    said = [str(rng.choice(TOPICS)) + "."]
    for level, limit, hints in zip(levels, (HIGH_CV, HIGH_FAILURE, HIGH_SHARED), HINTS, strict=True):
        if rng.random() < (SURE if level > limit else SILENT):
            said.append(str(rng.choice(hints)))
    return " ".join(said)
