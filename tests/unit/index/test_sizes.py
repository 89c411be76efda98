"""How much is looked at grows with the rows, as recall was measured to need."""

import pytest

from acumen.index.sizes import Sizes


def test_a_graph_is_searched_the_more_widely_the_more_rows_it_has() -> None:
    """Wider than what found .9885 of the nearest among 65,536; more where few are wanted, and for a large k."""
    sizes = Sizes()
    widths = [sizes.breadth(10, rows, rows) for rows in (4_096, 65_536, 262_144, 1_000_000)]
    assert widths == sorted(set(widths)) and widths[1] > 566
    assert sizes.breadth(10, 65_536, 16_384) >= 4 * widths[1] - 4
    assert sizes.breadth(1_000, 4_096, 4_096) == 2_000


@pytest.mark.parametrize(("rows", "times"), [(4_096, 28), (16_384, 41), (65_536, 66)])
def test_bits_propose_as_many_as_their_rows_need(rows: int, times: int) -> None:
    """At least as many times k as found .98 of the exact ten nearest (.981 with 41 of 16,384), and below twice that."""
    assert times <= Sizes().oversampling(rows) < 2 * times


def test_a_graph_is_built_where_it_beats_a_scan_only() -> None:
    """A scan of 65,536 rows takes less than so wide a search; of 262,144 it takes more."""
    sizes = Sizes()
    assert sizes.scans(1, 65_536, 65_536) and not sizes.scans(1, 262_144, 262_144)
