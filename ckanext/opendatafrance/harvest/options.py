"""The configuration of a source, as its form and `harvest_source.config` hold it: a JSON object."""

from __future__ import annotations

import json
from typing import Any

from ckanext.opendatafrance.errors import N_, OdfError

CONNECTOR = "connector"
HOUR = "hour"
PLACING = "placing"
BY_PUBLISHER = "publisher"
PLACINGS = (BY_PUBLISHER, "source")
"""Whether datasets go to the organisations that their publishers are, or stay with that of the source, unless a person
placed them."""

MAILS = "mails"
OCCASIONS = ("always", "error", "never")
"""After which harvests of a source a mail is sent; where it says nothing, the portal's option says it."""


class SourceConfigError(OdfError):
    """The configuration of a source cannot be used; the message is shown beside the field."""

    code = "source-config"


def parse(text: str | None, connectors: set[str]) -> dict[str, Any]:
    """Read the configuration of a source; nothing at all means that the portal finds out the connector.

    Raises:
        SourceConfigError: not a JSON object, or a connector that does not exist.
    """
    try:
        config = json.loads(text) if text and text.strip() else {}
    except ValueError as error:
        raise SourceConfigError(
            N_('The configuration is not JSON ({reason}). Leave it empty, or write: {{"connector": "dcat"}}'),
            reason=error,
        ) from error
    if not isinstance(config, dict):
        raise SourceConfigError(
            N_('The configuration must be a JSON object, for example {{"connector": "dcat"}}; it is: {text}'),
            text=(text or "")[:100],
        )
    name = config.get(CONNECTOR)
    if name is not None and name not in connectors:
        raise SourceConfigError(
            N_("There is no connector “{name}”. Choose one of: {names}, or leave it out and the portal finds it out."),
            name=name,
            names=", ".join(sorted(connectors)),
        )
    placing = config.get(PLACING, BY_PUBLISHER)
    if placing not in PLACINGS:
        raise SourceConfigError(
            N_("“placing” cannot be “{value}”. Write one of: {names}."), value=placing, names=", ".join(PLACINGS)
        )
    mails = config.get(MAILS)
    if mails is not None and mails not in OCCASIONS:
        raise SourceConfigError(
            N_("“mails” cannot be “{value}”. Write one of: {names}."), value=mails, names=", ".join(OCCASIONS)
        )
    hour = config.get(HOUR)
    if hour is not None and not _is_hour(hour):
        raise SourceConfigError(
            N_('The hour of the harvest is a number from 0 to 23, for example {{"hour": 3}}; it is: {text}'),
            text=str(hour)[:100],
        )
    return config


def connector_of(text: str | None) -> str | None:
    """The connector that a stored configuration names, however damaged the rest is."""
    return _stored(text).get(CONNECTOR)


def hour_of(text: str | None) -> int | None:
    """The hour of the day that a stored configuration names, however damaged the rest is."""
    hour = _stored(text).get(HOUR)
    return hour if _is_hour(hour) else None


def mails_of(text: str | None) -> str | None:
    """After which harvests a stored configuration asks for mails, however damaged the rest is."""
    occasion = _stored(text).get(MAILS)
    return occasion if occasion in OCCASIONS else None


def joined(parts: str | list[str] | None) -> str:
    """One configuration of the parts that a form sends, one for each of its fields; the first that is no JSON object
    is left to `parse`, which says so."""
    found: dict[str, Any] = {}
    for part in [parts] if isinstance(parts, str) else parts or []:
        try:
            one = json.loads(part) if part.strip() else {}
        except ValueError:
            return part
        if not isinstance(one, dict):
            return part
        found |= one
    return dump(found)


def _is_hour(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 23


def _stored(text: str | None) -> dict[str, Any]:
    try:
        config = json.loads(text or "{}")
    except ValueError:
        return {}
    return config if isinstance(config, dict) else {}


def dump(config: dict[str, Any]) -> str:
    """The text to store: nothing for an empty configuration, so that two such sources compare equal."""
    kept = {key: value for key, value in config.items() if value not in (None, "")}
    return json.dumps(kept, ensure_ascii=False, sort_keys=True) if kept else ""
