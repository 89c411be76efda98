"""Sizes as people write them."""

import re

import typer

_UNITS = {"": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}


def size_bytes(text: str, option: str) -> int:
    """Return the bytes of 512MiB, 2GiB or 1048576; `option` is named when it is none of these."""
    found = re.fullmatch(r"(\d+)\s*(KiB|MiB|GiB|)", text)
    if found is None:
        raise typer.BadParameter(f"'{text}' is not a number with KiB, MiB, GiB or nothing", param_hint=option)
    return int(found[1]) * _UNITS[found[2]]
