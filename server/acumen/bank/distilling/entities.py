"""Entities become typed slots: what differs between two tasks of one kind is no longer in their text.

Kinds: `<url> <path> <date> <time> <hash> <id> <n> <text> <blob>`, beside the kinds of `scrub`, which are left alone.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache

from acumen.bank.distilling.scrub import scrub

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)"
)
_YEAR = r"(?:,? \d{4}(?!\w))?"
_DATES = re.compile(
    rf"(?i)(?<!\w)(?:{_MONTH}\.? \d{{1,2}}(?:st|nd|rd|th)?(?!\w){_YEAR}"
    rf"|\d{{1,2}}(?:st|nd|rd|th)? (?:of )?{_MONTH}(?!\w){_YEAR})"
)
_QUOTED = re.compile(r"\"[^\"\n]{1,400}+\"|“[^”\n]{1,400}+”|`[^`\n]{1,400}+`|(?<![\w'])'[^'\n]{1,400}+'(?!\w)")
_CALLED = re.compile(
    r"((?i:\b(?:reservation|booking|order|confirmation|ticket|account|reference|record|tracking|id|pnr)s?)"
    r"(?: (?:id|number|code|no\.?|is|was|locator)){0,3}[:#]? ?#?)([A-Z]{5,12})(?![A-Za-z])"
)
_DIGIT = re.compile(r"\d")
_CAPITALS = re.compile(r"[A-Z]{5}")
_EDGES = re.compile(r"([(\[{*~]*+)(.*?)([)\]}.,;:!?*~]*)\Z", re.DOTALL)
_SLOT = re.compile(r"<[a-z_]{1,16}>")
_ENDINGS = (
    "py|js|ts|tsx|go|rs|java|c|h|cpp|md|json|ya?ml|toml|txt|csv|sh|sql|html|css|lock|log|cfg|ini|xml|proto|ipynb|pdf"
    "|zip"
)
_KINDS = (
    ("url", re.compile(r"(?i)(?:[a-z][a-z0-9+.-]{1,15}://|www\.)\S+")),
    ("date", re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?:T[\d:.Z+-]+)?|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}")),
    ("time", re.compile(r"(?i)\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:am|pm)?|\d{1,2}(?:am|pm)")),
    ("n", re.compile(r"[#]?[+-]?\d+(?:[.,]\d+)*")),
    ("hash", re.compile(r"(?:sha\d{1,3}[:-])?[0-9a-f]{7,64}|[0-9A-F]{12,64}")),
    ("path", re.compile(rf"(?:[A-Za-z]:)?[\w.~@+-]*[/\\][^\s<>|]*|[\w-]+(?:\.[\w-]+)*\.(?:{_ENDINGS})")),
)
_LETTERED = re.compile(r"(?=[^\d]*\d)[#@]?[\w.:+-]+")
_MEASURE = re.compile(r"([$€£]?)\d+(?:[.,]\d+)*([%€$£]|[A-Za-z]{1,5}|(?:-[A-Za-z]{2,12}))?")
_MAX_TOKEN = 80
_PROPER = re.compile(r"(?<=[a-z,>;] )[A-Z][a-z]{2,24}(?![\w'])")
_DROP = {c: None for c in (*range(32), *range(127, 160)) if c not in (9, 10, 13)}


def clean(text: str, limit: int) -> str:
    """Return at most `limit` characters, without control and invisible characters, in Unicode's NFKC form.

    A text that had to be cut ends at a white space, so that no half of a secret is left standing.
    """
    if len(text) > limit:
        head, space, _ = text[:limit].rpartition(" ")
        text = head if space else ""
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf")
    return text.translate(_DROP) if not text.isprintable() else text


def abstract(text: str, counts: Counter[str], limit: int = 2000) -> str:
    """Clean, scrub, and put slots for entities; white space becomes single blanks; `counts` gets what was hidden."""
    text = scrub(clean(text, limit), counts)
    if any(mark in text for mark in "\"'`“"):
        text = _QUOTED.sub("<text>", text)
    if _DIGIT.search(text):
        text = _DATES.sub("<date>", text)
    if _CAPITALS.search(text):
        text = _CALLED.sub(r"\1<id>", text)
    return " ".join(word if word.isalpha() and len(word) <= _MAX_TOKEN else slot(word) for word in text.split())


@lru_cache(maxsize=65536)
def slot(word: str) -> str:
    """Return the word with what names a single thing replaced by its kind; plain words come back as they are."""
    if len(word) > _MAX_TOKEN:
        return "<blob>"
    edges = _EDGES.match(word)
    before, core, after = edges.groups() if edges else ("", word, "")
    if not core or _SLOT.fullmatch(core):
        return word
    return before + _kind(core) + after


def _kind(core: str) -> str:
    if _SLOT.search(core):
        return "<url>" if "://" in core else "<path>" if "/" in core or "\\" in core else core
    for kind, pattern in _KINDS:
        if pattern.fullmatch(core) and (kind != "hash" or _mixed(core)) and (kind != "path" or _is_path(core)):
            return f"<{kind}>"
    if measure := _MEASURE.fullmatch(core):
        return f"{measure[1] or ''}<n>{(measure[2] or '').lower()}"
    return "<id>" if _LETTERED.fullmatch(core) else re.sub(r"\d+", "<n>", core)


def _mixed(core: str) -> bool:
    return any(c.isdigit() for c in core) and any(c.isalpha() for c in core)


def _is_path(core: str) -> bool:
    """Tell a path from words joined by a single slash such as `and/or`."""
    return core[0] in "/~.\\" or core.count("/") + core.count("\\") >= 2 or "." in core or core.endswith(("/", "\\"))


def masked(text: str, frequency: Mapping[str, int]) -> str:
    """Return the text with `<name>` for capitalised words, inside a sentence, that no second task contains.

    What only one task mentions may be a person; what several do (Python, Boston) is vocabulary: k-anonymity with k = 2.
    """

    def hide(match: re.Match[str]) -> str:
        return match[0] if frequency.get(match[0].lower(), 0) > 1 else "<name>"

    return _PROPER.sub(hide, text)
