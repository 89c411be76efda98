"""Words are found in any form, names whole and by their parts, numbers by themselves."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from acumen.text.stem import stem
from acumen.text.terms import spelled, terms


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("caresses", "caress"),
        ("ponies", "poni"),
        ("agreed", "agre"),
        ("hopping", "hop"),
        ("filing", "file"),
        ("happy", "happi"),
        ("sky", "sky"),
        ("relational", "relat"),
        ("vietnamization", "vietnam"),
        ("triplicate", "triplic"),
        ("adjustment", "adjust"),
        ("adoption", "adopt"),
        ("probate", "probat"),
        ("cease", "ceas"),
        ("controll", "control"),
        ("as", "as"),
    ],
)
def test_stems_are_those_of_the_paper(word: str, expected: str) -> None:
    """Porter's own examples come out as he prints them."""
    assert stem(word) == expected


@given(st.from_regex(r"[a-z]{1,20}", fullmatch=True))
def test_a_stem_is_never_longer_than_one_letter_more(word: str) -> None:
    """Stemming any run of letters ends, and leaves something."""
    assert 1 <= len(stem(word)) <= len(word) + 1


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("call parse_config() first", "config"),
        ("call parse_config() first", "parse_config"),
        ("class HttpClient:", "client"),
        ("class HttpClient:", "httpclient"),
        ("error E0382: borrow of moved value", "e0382"),
        ("see src/app/main.py", "src/app/main.py"),
        ("see src/app/main.py", "main"),
        ("it answers HTTP 404.", "404"),
        ("upgrade to v1.2.3", "v1.2.3"),
        ("it costs 1,000 coins", "1000"),
        ("I don't know", "dont"),
        ("a naïve café", "cafe"),
    ],
)
def test_names_are_found_whole_and_in_parts(text: str, part: str) -> None:
    """Identifiers, paths, codes, versions and numbers are terms by themselves."""
    assert set(terms(part).tolist()) & set(terms(text).tolist())
    assert part in spelled(text)


def test_different_numbers_and_codes_share_nothing() -> None:
    """404 is not 403, E0382 not E0383."""
    assert not set(terms("404").tolist()) & set(terms("403").tolist())
    assert not set(terms("E0382").tolist()) & set(terms("E0383").tolist())


def test_a_term_is_the_same_everywhere() -> None:
    """The hash is fixed: stored indexes stay valid."""
    assert terms("retry").tolist() == [16062046915397551464]
    assert terms("").size == 0 and terms("retry").dtype == np.uint64


@given(st.text(max_size=200))
def test_any_text_has_terms_of_its_spellings(text: str) -> None:
    """Whatever is written, there is one term for each spelling, and case does not matter to plain words."""
    assert terms(text).size == len(spelled(text))
    assert all(spelled(text))
