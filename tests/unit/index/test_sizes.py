"""How much is looked at grows with the rows, as recall was measured to need."""

import pytest

from acumen.index.sizes import Sizes


def test_a_graph_is_searched_the_more_widely_the_fewer_of_its_rows_are_wanted() -> None:
    """As widely as was measured where all are; four times that for a quarter of them; at least twice k."""
    sizes = Sizes()
    assert sizes.breadth(10, 96, 65_536, 65_536) == 96
    assert sizes.breadth(10, 96, 65_536, 16_384) == 4 * 96
    assert sizes.breadth(1_000, 96, 65_536, 65_536) == 2_000


@pytest.mark.parametrize(("rows", "times"), [(4_096, 28), (16_384, 41), (65_536, 66)])
def test_bits_propose_as_many_as_their_rows_need(rows: int, times: int) -> None:
    """At least as many times k as found .98 of the exact ten nearest (.981 with 41 of 16,384), and below twice that."""
    assert times <= Sizes().oversampling(rows) < 2 * times


def test_rows_are_scanned_where_their_graph_would_be_searched_too_widely() -> None:
    """A width of 96 beats a scan of 65,536 rows, one of 512 does not; nor does 96 where a tenth of them is wanted."""
    sizes = Sizes()
    assert not sizes.scans(10, 96, 65_536, 65_536) and sizes.scans(10, 512, 65_536, 65_536)
    assert sizes.scans(10, 96, 65_536, 6_553)
