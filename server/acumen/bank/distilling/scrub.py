"""Secrets and personal data are replaced by typed slots before anything is kept.

Every expression is linear in the text: what repeats without a bound is possessive and starts only where a token
starts, everything else has a bound, so that no text makes the search walk back further than a constant. A rule is
tried only when a cheap sign of it (a substring, a digit) is there.
"""

import ipaddress
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from acumen.bank.distilling.checksums import is_card, is_iban

_DIGIT = re.compile(r"\d")


def _always(_: re.Match[str]) -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One kind of thing to hide: where group 1 exists only that is replaced, by `<kind>`.

    `signs` are lower-case substrings of which one must be there, empty for "a digit"; `accept` has the last word.
    """

    kind: str
    pattern: re.Pattern[str]
    signs: tuple[str, ...] = ()
    accept: Callable[[re.Match[str]], bool] = _always


def _card(match: re.Match[str]) -> bool:
    return is_card(match[0])


def _iban(match: re.Match[str]) -> bool:
    return is_iban(match[0])


def _dense(match: re.Match[str]) -> bool:
    """Tell whether a value looks chosen to be secret: a digit or a sign within letters, or all digits."""
    return any(not c.isalpha() for c in match[1].rstrip(".!?"))


_TYPES = "str string none null true false int bytes required optional undefined bool any text"
_NOT_VALUES = frozenset(_TYPES.split())


def _assigned(match: re.Match[str]) -> bool:
    return match[1].lower().rstrip(".)") not in _NOT_VALUES


def _ipv4(match: re.Match[str]) -> bool:
    parts = [int(part) for part in match[0].split(".")]
    return max(parts) <= 255 and match[0] not in ("127.0.0.1", "0.0.0.0", "255.255.255.255")  # noqa: S104


def _ipv6(match: re.Match[str]) -> bool:
    """Tell addresses from times and from `a::b` in source code: valid, and with three groups or more."""
    try:
        ipaddress.IPv6Address(match[0])
    except ValueError:
        return False
    return sum(bool(part) for part in match[0].split(":")) >= 3


def _ssn(match: re.Match[str]) -> bool:
    area, group, serial = match[0].split("-")
    return area not in ("000", "666") and area < "900" and group != "00" and serial != "0000"


def _phone(match: re.Match[str]) -> bool:
    return 7 <= sum(c.isdigit() for c in match[match.lastindex or 0]) <= 15


_PREFIXES = (
    r"sk-[\w-]{16,}+|[sr]k_(?:live|test)_\w{10,}+|whsec_\w{16,}+|gh[opsur]_\w{20,}+|github_pat_\w{20,}+|glpat-[\w-]{16,}+"
    r"|xox[abeoprs]-[\w-]{10,}+|(?:AKIA|ASIA|AROA)[0-9A-Z]{16}(?!\w)|AIza[\w-]{30,}+|ya29\.[\w-]{20,}+|npm_\w{20,}+"
    r"|pypi-[\w-]{20,}+|hf_\w{20,}+|SG\.[\w-]{16,}+\.[\w-]{16,}+|dop_v1_\w{32,}+|shp(?:at|ca|pa|ss)_\w{20,}+"
    r"|eyJ[\w-]{8,}+\.[\w-]{8,}+(?:\.[\w-]{0,4096}+)?|AC[0-9a-f]{32}(?!\w)|sq0[a-z]{3}-[\w-]{20,}+|EAACE\w{20,}+"
    r"|LTAI\w{12,}+|vault:v\d:[\w+/=]{8,}+|hvs\.[\w-]{20,}+|lin_api_\w{20,}+|sntrys_[\w+/=]{20,}+|AGE-SECRET-KEY-\w{20,}+"
)
_SIGNS = (
    "sk- sk_ rk_ whsec_ gho_ ghp_ ghs_ ghu_ ghr_ github_pat_ glpat- xox akia asia aroa aiza ya29. npm_ pypi- hf_ sg. "
    "dop_v1_ shp eyj ac sq0 eaace ltai vault: hvs. lin_api_ sntrys_ age-secret"
)
_NAMES = (
    r"(?:pass(?:word|wd|phrase|code)|pwd|secret(?:[ _-]?(?:access)?[ _-]?key)?|(?:access|auth|api|bearer|refresh"
    r"|session|bot)[ _-]?token|token|api[ _-]?key|access[ _-]?key(?:[ _-]?id)?|private[ _-]?key|client[ _-]?secret"
    r"|credentials?|pin(?: code)?|cvv|cvc|otp|one[ -]time code|security code)"
)
_CAPITALS = r"[A-Z][a-z'\u2019-]{1,24}(?: [A-Z][a-z'\u2019-]{1,24}){0,2}"

RULES = (
    Rule(
        kind="private_key",
        pattern=re.compile(
            r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?s:.*?)(?:-----END [A-Z0-9 ]{0,40}-----|\Z)"
        ),
        signs=("private key",),
    ),
    Rule(kind="secret", pattern=re.compile(r"://([^\s/:@]{0,128}+:[^\s/@]{1,256}+)@"), signs=("://",)),
    Rule(
        kind="secret",
        pattern=re.compile(rf"(?<![A-Za-z0-9])(?:{_PREFIXES})"),
        signs=tuple(_SIGNS.split()),
    ),
    Rule(
        kind="secret",
        pattern=re.compile(r"(?i)(?<!\w)(?:bearer|basic|digest|authorization:(?: token)?) {1,3}([\w.~+/=-]{8,}+)"),
        signs=("bearer", "basic", "digest", "authorization"),
        accept=_dense,
    ),
    Rule(
        kind="secret",
        pattern=re.compile(
            rf"(?i)(?:(?<![a-z])|(?<=_)){_NAMES}[\"']?(?: ?(?:=>|:=|==|=|:) ?)[\"']?([^\s\"',;<>]{{3,512}}+)"
        ),
        signs=("pass", "pwd", "secret", "token", "key", "credential", "pin", "cvv", "cvc", "otp", "code"),
        accept=_assigned,
    ),
    Rule(
        kind="secret",
        pattern=re.compile(rf"(?i)(?<![a-z]){_NAMES} (?:is|was|of|to|as) [\"'`]?([^\s\"'`,;<>]{{3,512}}+)"),
        signs=("pass", "pwd", "secret", "token", "key", "credential", "pin", "cvv", "cvc", "otp", "code"),
        accept=_dense,
    ),
    Rule(
        kind="secret",
        pattern=re.compile(r"(?i)(?<!\S)(?:--?password|--?token|--?secret|--?api-key|-p)[ =]([^\s\"'<>]{4,512}+)"),
        signs=("-p", "-t", "-s", "-a"),
        accept=_dense,
    ),
    Rule(
        kind="email",
        pattern=re.compile(r"(?<![\w.%+-])[\w.%+-]++@[A-Za-z0-9-]{1,63}+(?:\.[A-Za-z0-9-]{1,63}+){1,8}+"),
        signs=("@",),
    ),
    Rule(
        kind="iban",
        pattern=re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?!\w)"),
        accept=_iban,
    ),
    Rule(kind="card", pattern=re.compile(r"(?<![\w.])\d(?:[ -]?\d){12,18}(?![\w])"), accept=_card),
    Rule(kind="national_id", pattern=re.compile(r"(?<![\w-])\d{3}-\d{2}-\d{4}(?![\w-])"), signs=("-",), accept=_ssn),
    Rule(
        kind="national_id",
        pattern=re.compile(
            r"(?i)(?<!\w)(?:ssn|passport|social security|driver'?s? licen[cs]e|tax id|national id)"
            r"(?: (?:number|no\.?|is|nr\.?)){0,2}[ :#=]{1,3}(?:is )?([A-Z0-9][A-Z0-9-]{4,20}+)"
        ),
        signs=("ssn", "passport", "social", "licen", "tax id", "national"),
        accept=_dense,
    ),
    Rule(
        kind="birth_date",
        pattern=re.compile(
            r"(?i)(?<!\w)(?:dob|born(?: on)?|birth(?:day|date)?|date of birth)[\"']?(?: is| was)?[ :=]{1,3}[\"']?"
            r"((?:\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4})|(?:[a-z]{3,9}\.? \d{1,2}(?:st|nd|rd|th)?,? \d{4})"
            r"|(?:\d{1,2} [a-z]{3,9}\.? \d{4}))"
        ),
        signs=("dob", "born", "birth"),
    ),
    Rule(
        kind="mac_address",
        pattern=re.compile(r"(?<![\w:-])[0-9A-Fa-f]{2}(?:[:-][0-9A-Fa-f]{2}){5}(?![\w:-])"),
        signs=(":", "-"),
    ),
    Rule(
        kind="ip_address",
        pattern=re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w]|\.\d)"),
        signs=(".",),
        accept=_ipv4,
    ),
    Rule(
        kind="ip_address",
        pattern=re.compile(r"(?<![\w:.])[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?![\w:])"),
        signs=(":",),
        accept=_ipv6,
    ),
    Rule(
        kind="phone",
        pattern=re.compile(
            r"(?<![\w+.-])(\+\d{1,3}[ .-]?(?:\(\d{1,4}\)[ .-]?)?\d{1,4}(?:[ .-]?\d{2,4}){1,4})(?![\w-])"
            r"|(?<![\w.-])((?:1[ .-])?(?:\(\d{3}\) ?|\d{3}[ .-])\d{3}[ .-]\d{4})(?![\w-])"
            r"|(?i:(?<!\w)(?:phone|tel|telephone|mobile|cell|call me|fax|whatsapp)"
            r"(?: number)?(?: is| at| on)?[ :.=]{1,3})(\(?\d[\d .()-]{5,18}\d)(?!\w)"
        ),
        accept=_phone,
    ),
    Rule(
        kind="address",
        pattern=re.compile(
            r"(?<![\w.])\d{1,5} (?:[A-Z][A-Za-z.'-]{1,24} ){1,3}(?:Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Lane"
            r"|Ln|Drive|Dr|Court|Ct|Way|Place|Pl|Terrace|Square|Highway|Hwy)(?![a-z])\.?"
            r"(?:,? (?:Suite|Apt|Unit|Apartment) \w{1,8})?"
        ),
    ),
    Rule(
        kind="user_name",
        pattern=re.compile(r"(?:/home/|/Users/|\\Users\\)([^/\\\s]{1,64}+)"),
        signs=("/home/", "users"),
    ),
    Rule(
        kind="name",
        pattern=re.compile(
            rf"(?:(?i:\b(?:name(?:'s| is)|names are|named|signed))[ :,]{{1,3}}|(?:Mr|Mrs|Ms|Dr|Prof)\.? )({_CAPITALS})"
        ),
        signs=("name", "signed", "mr", "ms", "dr", "prof"),
    ),
    Rule(
        kind="name",
        pattern=re.compile(
            r"\b(?:[Yy]ou are|I am|I['\u2019]m|[Tt]his is) ([A-Z][a-z'\u2019-]{1,24}(?: [A-Z][a-z'\u2019-]{1,24}){1,2})"
        ),
        signs=("you are", "i am", "i'm", "this is"),
    ),
)


def scrub(text: str, counts: Counter[str]) -> str:
    """Return the text with every secret and every piece of personal data as `<kind>`; add what was hidden to `counts`.

    The kinds are those of `RULES`, tried in their order. Scrubbing what is scrubbed changes nothing.
    """
    lower = text.lower()
    digit = _DIGIT.search(text) is not None
    for rule in RULES:
        if digit and not rule.signs:
            text = _apply(rule, text, counts)
        for sign in rule.signs:  # plainly a loop: most of a scan's time is spent here
            if sign in lower:
                text = _apply(rule, text, counts)
                break
    return text


def _apply(rule: Rule, text: str, counts: Counter[str]) -> str:
    def hide(match: re.Match[str]) -> str:
        group = match.lastindex or 0
        if match[group].startswith("<") or not rule.accept(match):
            return match[0]
        counts[rule.kind] += 1
        start, end = match.start(group) - match.start(), match.end(group) - match.start()
        return f"{match[0][:start]}<{rule.kind}>{match[0][end:]}"

    return rule.pattern.sub(hide, text)
