"""How much is looked at grows with the rows, as recall was measured to need."""

import pytest

from acumen.index.sizes import Sizes


@pytest.mark.parametrize(("rows", "width"), [(4_096, 128), (8_192, 128), (16_384, 192), (65_536, 512)])
def test_a_graph_is_searched_as_widely_as_its_rows_need(rows: int, width: int) -> None:
    """At least the width that found .997 of the exact ten nearest, and below twice that; more where few are wanted."""
    sizes = Sizes()
    assert width <= sizes.breadth(10, rows, rows) < 2 * width
    assert sizes.breadth(10, rows, rows // 4) == 4 * sizes.breadth(10, rows, rows)
    assert sizes.breadth(500, rows, rows) >= 1_000


@pytest.mark.parametrize(("rows", "times"), [(4_096, 28), (16_384, 41), (65_536, 66)])
def test_bits_propose_as_many_as_their_rows_need(rows: int, times: int) -> None:
    """At least as many times k as found .98 of the exact ten nearest (.981 with 41 of 16,384), and below twice that."""
    assert times <= Sizes().oversampling(rows) < 2 * times


def test_a_graph_is_built_where_it_beats_a_scan_only() -> None:
    """A scan of 32,768 rows takes less than so wide a search; of 65,536 it takes more."""
    sizes = Sizes()
    assert sizes.scans(1, 32_768, 32_768) and not sizes.scans(1, 65_536, 65_536)
