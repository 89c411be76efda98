"""Claims about tokens."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from acumen.text import static, wordpiece
from acumen.text.wordpiece import WordPiece, words

SHIPPED = (static.SHIPPED / "tokenizer.json").read_bytes()
ORIGINAL = Tokenizer.from_str(SHIPPED.decode())
OURS = WordPiece.parse(SHIPPED, 512, unknown="[UNK]")
PLAIN = "abcdefgijst ABE.,-_'\"#$5\t\n\0"
OTHER = "\x85\u200b\u2028\u2013éßİΣñ²€、中国가각กำ\u0301\u0378\ufffd😀"
LETTERS = st.text(st.sampled_from(PLAIN + OTHER))


@given(st.one_of(st.text(max_size=60), LETTERS, st.text(st.characters(max_codepoint=127), max_size=60)))
def test_the_tokens_are_those_of_the_library(text: str) -> None:
    """Any text has the tokens that the `tokenizers` library finds by the same file."""
    assert OURS.ids(text) == ORIGINAL.encode(text, add_special_tokens=False).ids


def test_documentation_in_several_scripts_has_the_librarys_tokens() -> None:
    """Accents, ideographs, combining marks and code are cut as the library cuts them."""
    code = "def f(x: int) -> str: ..."
    for text in (code, "Crème brûlée, naïvement", "東京は日本の首都です。", "Ελλάς ΟΔΟΣ", "한국어 텍스트"):
        assert OURS.ids(text) == ORIGINAL.encode(text, add_special_tokens=False).ids


@pytest.mark.parametrize("text", ["", " \n\t", "\0", "\ud800", "\u200b\ufeff"])
def test_what_holds_nothing_to_read_has_no_tokens(text: str) -> None:
    """Blanks, controls and half characters are not tokens."""
    assert OURS.ids(text) == []


def test_a_lone_surrogate_is_as_if_it_were_not_there() -> None:
    """Half a character neither raises nor separates."""
    assert OURS.ids("pass\udfffword") == OURS.ids("password")


def test_an_unknown_word_has_no_token_unless_one_stands_for_it() -> None:
    """A word that cannot be cut is left out, or is the unknown piece."""
    vocabulary = {"[UNK]": 0, "a": 1, "##b": 2}
    assert WordPiece(vocabulary, 9).ids("ab zz a") == [1, 2, 1]
    assert WordPiece(vocabulary, 9, unknown="[UNK]").ids("ab zz a") == [1, 2, 0, 1]


def test_the_longest_piece_is_taken_first() -> None:
    """Cutting is greedy, and a piece inside a word is not a piece at its start."""
    plain = WordPiece({"un": 0, "unlock": 1, "##lock": 2, "##ed": 3, "lock": 4}, 9)
    assert plain.ids("unlocked unlock lock") == [1, 3, 1, 4]


def test_tokens_are_cut_at_the_limit_and_characters_before_that() -> None:
    """A text of any length costs no more than its first 8,192 characters."""
    short = WordPiece({"a": 0}, 5)
    assert short.ids("a " * 9) == [0] * 5
    assert OURS.ids(" " * wordpiece.CHARACTERS + "a") == []


def test_forgetting_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A memory that overflows gives the same tokens."""
    monkeypatch.setattr(wordpiece, "REMEMBERED", 2)
    text = "one two three four one two"
    assert WordPiece.parse(SHIPPED, 512, unknown="[UNK]").ids(text) == OURS.ids(text)


def test_a_word_of_more_than_a_hundred_characters_is_unknown() -> None:
    """The limit of the original holds at its edge."""
    vocabulary = json.loads(SHIPPED)["model"]["vocab"]
    assert OURS.ids("a" * 101) == [vocabulary["[UNK]"]] and len(OURS.ids("a" * 100)) > 1


def test_ascii_and_other_texts_are_read_alike() -> None:
    """One character outside ASCII does not change how the rest is cut."""
    text = "Fix_the (login) page, v1.2\x07!"
    assert words(text + " é") == [*words(text), "e"]
