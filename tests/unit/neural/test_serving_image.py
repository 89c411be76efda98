"""What a snapshot keeps of the models brings the same state back."""

from acumen.neural.outcomes import Outcomes


def test_outcomes_go_on_where_their_image_was_taken() -> None:
    """Thirty outcomes, an image, thirty more: the same as sixty in a row, drift test included."""
    whole, first = Outcomes(), Outcomes()
    for i in range(60):
        whole.add(i / 60, i % 3 == 0, None)
    for i in range(30):
        first.add(i / 60, i % 3 == 0, None)
    second = Outcomes.of(first.image("default", "m"))
    for i in range(30, 60):
        second.add(i / 60, i % 3 == 0, None)
    assert second == whole
