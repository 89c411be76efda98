"""Secrets and personal data are hidden; what only looks like them stays; no text makes the search slow."""

import re
import re._constants as sre
import re._parser as sre_parse
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acumen.bank.distilling.scrub import RULES, scrub

# The middle column must be gone, under the kind on the right. Split where a scanner would take a fixture for a leak.
SENSITIVE = [
    ("key {} set", "AKIA" + "IOSFODNN7EXAMPLE", "secret"),
    ("use {} now", "sk-" + "abcDEF1234567890abcDEF", "secret"),
    ("use {} now", "sk-proj-" + "abc_DEF-1234567890abc", "secret"),
    ("charge {}", "sk_live_" + "4eC39HqLyjWDarjtT1zdp7dc", "secret"),
    ("hook {}", "whsec_" + "abcdefghijklmnop1234", "secret"),
    ("push with {}", "ghp_" + "16C7e42F292c6912E7710c838347Ae178B4a", "secret"),
    ("push with {}", "github_pat_" + "11ABCDEFG0abcdefghijkl", "secret"),
    ("ci {}", "glpat-" + "abcdefghij1234567890", "secret"),
    ("slack {}", "xoxb-" + "123456789012-abcdefABCDEF", "secret"),
    ("maps {}", "AIza" + "SyA1234567890abcdefghijklmnopqrstuv", "secret"),
    ("jwt {}", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N", "secret"),
    ("npm {}", "npm_" + "abcdefghijklmnopqrst1234", "secret"),
    ("hub {}", "hf_" + "abcdefghijklmnopqrstuv", "secret"),
    ("mail {}", "SG." + "abcdefghijklmnopqr.abcdefghijklmnopqrstuv", "secret"),
    ("Authorization: Bearer {}", "abcdef123456ghijkl", "secret"),
    ("curl -H 'authorization: Basic {}'", "dXNlcjpwYXNzd29yZDE=", "secret"),
    ("password: {}", "hunter2!", "secret"),
    ("PASSWORD={}", "correcthorse", "secret"),
    ("DB_PASSWORD={}", "correcthorse", "secret"),
    ('{{"api_key": "{}"}}', "qwertyuiop", "secret"),
    ("my password is {}", "s3cr3tpw", "secret"),
    ("the pin code is {}", "4711", "secret"),
    ("mysql --password {}", "s3cr3tpw", "secret"),
    ("client_secret => '{}'", "zzzyyyxxx", "secret"),
    ("postgres://user:{}@db/main", "pa55w0rd", "secret"),
    ("-----BEGIN RSA PRIVATE KEY-----\n{}\n-----END RSA PRIVATE KEY-----", "MIIEpAIBAAKCAQEA", "private_key"),
    ("-----BEGIN PRIVATE KEY-----\n{} and no end", "MIIEvQIBADANBgkq", "private_key"),
    ("write to {}", "jane.doe+x@example.co.uk", "email"),
    ("write to <{}>", "j@example.com", "email"),
    ("call {}", "+1 (415) 555-2671", "phone"),
    ("call {}", "+49 30 901820", "phone"),
    ("call {}", "415-555-2671", "phone"),
    ("call {} now", "(415) 555-2671", "phone"),
    ("phone: {}", "0151 23456789", "phone"),
    ("card {}", "4111 1111 1111 1111", "card"),
    ("card {}", "5500-0000-0000-0004", "card"),
    ("card {}", "378282246310005", "card"),
    ("iban {}", "DE89 3704 0044 0532 0130 00", "iban"),
    ("iban {}", "GB82WEST12345698765432", "iban"),
    ("ssn {}", "536-90-4399", "national_id"),
    ("passport number: {}", "C01X00T47", "national_id"),
    ("from {} port 22", "10.23.4.56", "ip_address"),
    ("from {}.", "203.0.113.9", "ip_address"),
    ("from {} port", "fe80::1ff:fe23:4567:890a", "ip_address"),
    ("from {} port", "2001:db8:0:0:8:800:200c:417a", "ip_address"),
    ("nic {} up", "00:1B:44:11:3A:B7", "mac_address"),
    ("dob: {}", "1990-04-05", "birth_date"),
    ("I was born on {}", "April 5, 1990", "birth_date"),
    ("ship to {}", "710 Sunset Drive", "address"),
    ("in /home/{}/src", "janedoe", "user_name"),
    (r"in C:\Users\{}\src", "janedoe", "user_name"),
    ("My name is {}.", "Omar Anderson", "name"),
    ("Dear Mrs. {},", "Whitfield", "name"),
    ("You are {} in town", "Yusuf Rossi", "name"),
]
HARMLESS = [
    "order #W2378156 has item 1151293680",
    "commit 3e5b9f1c0a7d4e2b8f6a1c9d0e7b3a5f4d2c1b0a",
    "on 2024-05-20 at 12:30:45",
    "version 1.2.3 of 4.10.0",
    "id 550e8400-e29b-41d4-a716-446655440000",
    "card 4111 1111 1111 1112",
    "the number 1234567890123456",
    "listen on 127.0.0.1 or 0.0.0.0",
    "std::vector and a::b",
    "address 999.1.2.3 is not one",
    "def login(password: str) -> None",
    "token = None",
    "the password is wrong",
    "the token is expired, the secret is out",
    "monkey: banana",
    "basic economy",
    "the keyboard: mechanical",
    "user@ and @decorator",
    "000-12-3456",
    "pages 12-34 and 100-200",
    "you are an expert and I am sure",
    "the file name is README",
    "12 Angry Men",
    "flight HAT136 from JFK to SEA for $152",
    "iban DE00 3704 0044 0532 0130 00",
]


@pytest.mark.parametrize(("text", "value", "kind"), SENSITIVE)
def test_hidden(text: str, value: str, kind: str) -> None:
    """What identifies or opens something is replaced by its kind, and counted."""
    counts: Counter[str] = Counter()
    found = scrub(text.format(value), counts)
    assert value not in found and f"<{kind}>" in found and counts[kind] >= 1


@pytest.mark.parametrize("text", HARMLESS)
def test_left_alone(text: str) -> None:
    """What only looks like a secret is still there to learn from."""
    counts: Counter[str] = Counter()
    assert scrub(text, counts) == text and not counts


@given(st.lists(st.sampled_from([t.format(v) for t, v, _ in SENSITIVE] + HARMLESS), max_size=4).map("\n".join))
def test_scrubbing_twice_changes_nothing(text: str) -> None:
    """Scrubbed text is clean."""
    once = scrub(text, Counter())
    again: Counter[str] = Counter()
    assert scrub(once, again) == once and not again


def _cost(parsed: Any, guarded: bool = False) -> tuple[float, int]:
    """Return the most steps a match may take from one start, unbounded runs as 0 if possessive, and alternatives kept.

    The second number counts the ways a run can be retried: an unbounded one that can be is infinite.
    """
    steps, ways = 1.0, 1.0
    for operator, value in parsed:
        if operator in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
            low, high, inner = value
            cost, inner_ways = _cost(inner)
            possessive = operator is sre.POSSESSIVE_REPEAT
            if high == sre.MAXREPEAT:
                ways = ways if possessive else float("inf")
                high = low + 1
            elif not possessive and high > low:
                ways *= (high - low + 1) * inner_ways
            steps += cost * high
        elif operator is sre.BRANCH:
            costs = [_cost(branch) for branch in value[1]]
            steps += sum(cost for cost, _ in costs)
            ways *= max(w for _, w in costs)
        elif operator is sre.SUBPATTERN:
            cost, inner_ways = _cost(value[3])
            steps, ways = steps + cost, ways * inner_ways
        elif operator is sre.ATOMIC_GROUP:
            steps += _cost(value)[0]
    return steps, ways  # type: ignore[return-value]


@pytest.mark.parametrize("rule", [r for r in RULES if r.kind != "private_key"], ids=lambda r: r.kind)
def test_no_run_without_bound_can_be_retried(rule: Any) -> None:
    """Every unbounded repeat is possessive, so from one start the search never walks back further than a constant."""
    steps, ways = _cost(sre_parse.parse(rule.pattern.pattern))
    assert steps < 20_000 and ways < float("inf")


@pytest.mark.parametrize(
    "unit",
    ["a", "1 ", "a@", "@a.", "-----BEGIN PRIVATE KEY-----", "password is ", "1.", ":", "+1", "/home/"],
)
def test_hostile_megabytes_end(unit: str) -> None:
    """A million characters made to confuse come back, with nothing found twice and no growth."""
    text = unit * (1_000_000 // len(unit))
    assert len(scrub(text, Counter())) <= 3 * len(text)


def test_kinds_are_slots() -> None:
    """Each kind is a plain word, so that a slot can be told from text."""
    assert all(re.fullmatch(r"[a-z_]{1,16}", rule.kind) for rule in RULES)
