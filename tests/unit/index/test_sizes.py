"""How much is looked at grows with the rows, as recall was measured to need."""

from acumen.index.sizes import Sizes


def test_a_graph_is_searched_the_more_widely_the_fewer_of_its_rows_are_wanted() -> None:
    """As widely as was measured where all are; four times that for a quarter of them; at least twice k."""
    sizes = Sizes()
    assert sizes.breadth(10, 96, 65_536, 65_536) == 96
    assert sizes.breadth(10, 96, 65_536, 16_384) == 4 * 96
    assert sizes.breadth(1_000, 96, 65_536, 65_536) == 2_000


def test_rows_are_scanned_where_their_graph_would_be_searched_too_widely() -> None:
    """A width of 96 beats the bits of 65,536 rows, one of 512 does not; nor does 96 where a tenth of them is wanted."""
    sizes = Sizes()
    assert not sizes.scans(10, 96, 65_536, 65_536) and sizes.scans(10, 512, 65_536, 65_536)
    assert sizes.scans(10, 96, 65_536, 6_553)
