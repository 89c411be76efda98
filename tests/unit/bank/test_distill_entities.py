"""Entities become slots, so that two tasks of one kind read alike."""

from collections import Counter

import pytest

from acumen.bank.distilling.entities import abstract, clean, masked, slot


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("see https://example.com/a?b=1.", "see <url>."),
        ("open src/app/main.py and /etc/hosts", "open <path> and <path>"),
        ("fix main.py, please", "fix <path>, please"),
        ("on 2024-05-20 at 11:30am", "on <date> at <time>"),
        ("on May 20, 2024 or 3rd of June", "on <date> or <date>"),
        ("order #W2378156 and user mia_li_3668", "order <id> and user <id>"),
        ("commit 3e5b9f1c0a", "commit <hash>"),
        ("id 550e8400-e29b-41d4-a716-446655440000", "id <id>"),
        ("pay $250.50 for 3 bags of 16GB, 50%", "pay $<n> for <n> bags of <n>gb, <n>%"),
        ('say "hello there" or `ls -la`', "say <text> or <text>"),
        ("reservation HXDUBJ please", "reservation <id> please"),
        ("and/or don't user's std::vector README", "and/or don't user's std::vector README"),
        ("two   blanks\n and\tlines", "two blanks and lines"),
        ("write to a@b.com", "write to <email>"),
        ("x" * 100, "<blob>"),
    ],
)
def test_slots(text: str, expected: str) -> None:
    """Each kind of entity has its slot; words and what is written around them stay."""
    assert abstract(text, Counter()) == expected


def test_two_tasks_of_one_kind_read_alike() -> None:
    """What differs is only which order and which day."""
    first = abstract("Return order #W123456 by May 3 for $12.50", Counter())
    assert first == abstract("Return order #W987654 by June 21 for $7", Counter())


def test_a_cut_text_ends_at_a_word() -> None:
    """No half of a secret is left at the place where a long text was cut."""
    secret = "sk-" + "abcdefghijklmnop1234"
    assert clean("word " * 10 + secret, 60) == ("word " * 10).rstrip()


def test_invisible_characters_hide_nothing() -> None:
    """A zero-width character or a full-width digit inside an address does not save it from being found."""
    assert abstract("jane\u200b.doe@example.com", Counter()) == "<email>"
    assert abstract("\uff11\uff10.1.2.3", Counter()) == "<ip_address>"


def test_rare_names_are_hidden_and_vocabulary_stays() -> None:
    """A capitalised word that only one task mentions may be a person; one that several mention is vocabulary."""
    assert masked("fly Ethan from Boston", {"boston": 3, "ethan": 1}) == "fly <name> from Boston"


def test_slots_are_left_alone() -> None:
    """A slot is its own abstraction."""
    assert [slot(word) for word in ("<n>", "(<path>)", "<email>,")] == ["<n>", "(<path>)", "<email>,"]
