"""Texts that are something else than a letter: data, code, logs."""

import json
import re
from collections import Counter

from campaign.errors import RefusedError

_SAMPLE = 400
_CODE = re.compile(
    r"\s*(?:#!|#include\b|import [\w.{*]+|from [\w.]+ import |def \w+\(|class \w+[:({]|function\b.*\{|"
    r"(?:const|let|var) \w+ ?=|public (?:class|static)|package \w+;|using \w+;|return\b.*;|if ?\(.*\{|"
    r"\}|\{|//|/\*|SELECT .* FROM |INSERT INTO |CREATE TABLE )|.*[;{]\s*$"
)
_LOG = re.compile(
    r"\s*\[?(?:\d{4}-\d\d-\d\d[T ]\d\d:\d\d|\d\d/\w{3}/\d{4}:\d\d:\d\d|\w{3} +\d{1,2} \d\d:\d\d:\d\d|"
    r"\d{1,3}(?:\.\d{1,3}){3} - |(?:DEBUG|INFO|WARN|WARNING|ERROR|CRITICAL)\b[: \]])"
)


def refuse_other_text(text: str, name: str | None) -> None:
    """Raise RefusedError when a decoded text is JSON, XML, a table, a log or source code."""
    if _controls(text) > 0.02 * len(text):
        raise RefusedError("This is a binary file, not a letter; export the letter as text, HTML or DOCX.")
    if not any(character.isalpha() for character in text):
        raise RefusedError("The file holds no words.")
    stripped = text.strip().lstrip("\ufeff")
    if stripped[0] in "{[" and _is_json(stripped):
        raise RefusedError("This is JSON data, not a letter.")
    if re.match(r"<\?xml|<svg\b|<rss\b", stripped, re.IGNORECASE) and "<html" not in stripped[:2000].lower():
        raise RefusedError("This is an XML file, not a letter.")
    lines = [line for line in stripped.split("\n")[: _SAMPLE * 2] if line.strip()][:_SAMPLE]
    suffix = name.lower().rsplit(".", 1)[-1] if name and "." in name else ""
    if _is_table(lines, eager=suffix in ("csv", "tsv")):
        raise RefusedError("This is a table of data, not a letter.")
    if len(lines) >= 3 and sum(bool(_LOG.match(line)) for line in lines) > 0.6 * len(lines):
        raise RefusedError("This is a log, not a letter.")
    if len(lines) >= 3 and sum(bool(_CODE.match(line[:500])) for line in lines) > 0.5 * len(lines):
        raise RefusedError("This is source code, not a letter.")


def _controls(text: str) -> int:
    return sum(
        count for character, count in Counter(text).items() if character < " " and character not in "\t\n\r\f"
    )


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _is_table(lines: list[str], *, eager: bool) -> bool:
    """Whether nearly every line has the same number of separators, as no prose has."""
    if len(lines) < (2 if eager else 4):
        return False
    for separator in ",;\t":
        counts = Counter(line.count(separator) for line in lines)
        columns, rows = counts.most_common(1)[0]
        # A long list of "Name, Title, Organization" ends many a letter, but none begins with it.
        head = all(line.count(separator) == columns for line in lines[:3])
        if columns >= (1 if eager else 2) and rows >= 0.9 * len(lines) and head:
            return True
    return False
