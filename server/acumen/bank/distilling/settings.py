"""What a distillation may be asked to do differently."""

from dataclasses import dataclass

from acumen.errors import InvalidInput, Violation


@dataclass(frozen=True, slots=True, kw_only=True)
class DistillSettings:
    """How much evidence a pattern needs, and how much is kept while it gathers; raises InvalidInput.

    Groups under `min_support` attempts wait. `min_z` is how far success must separate (1.96: 5 % by chance, each);
    `similarity` is the tf-idf cosine from which two tasks are of one context; `paired` compares attempts at the same
    task with each other. At most `max_records` attempts are kept: those whose ids have the least digests, a sample that
    does not depend on the order of arrival (bottom-k, Cohen & Kaplan, 2007).
    """

    min_support: int = 4
    min_z: float = 1.96
    similarity: float = 0.3
    max_length: int = 5
    max_patterns: int = 8
    max_records: int = 20_000
    paired: bool = True

    def __post_init__(self) -> None:
        rules = (
            ("min_support", self.min_support >= 2, "must be at least 2"),
            ("min_z", self.min_z >= 0, "must not be negative"),
            ("similarity", 0 <= self.similarity <= 1, "must be between 0 and 1"),
            ("max_length", 1 <= self.max_length <= 16, "must be between 1 and 16"),
            ("max_patterns", self.max_patterns >= 1, "must be at least 1"),
            ("max_records", self.max_records >= 1, "must be at least 1"),
        )
        if broken := [Violation(field=field, description=text) for field, fine, text in rules if not fine]:
            raise InvalidInput(broken)
