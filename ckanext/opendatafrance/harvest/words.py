"""Texts in the language of one reader, for mails: there is no request, and each reader has their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime

from ckanext.opendatafrance.messages import catalogue


@dataclass(frozen=True, slots=True)
class Words:
    """A language (as CKAN names it) and the time zone of the portal."""

    locale: str
    zone: ZoneInfo

    def say(self, message: str, **params: Any) -> str:
        """Translate an English msgid and fill in its named fields."""
        return self.fill(message, params)

    def fill(self, message: str, params: Mapping[str, Any] | None) -> str:
        """The same with the fields as the reports keep them."""
        text = catalogue(self.locale).gettext(message)
        return text.format(**params) if params else text

    def ngettext(self, one: str, many: str, count: int) -> str:
        """One of two msgids by a number, which is their field `count`."""
        return catalogue(self.locale).ngettext(one, many, count).format(count=count)

    def moment(self, time: datetime) -> str:
        """Date and time, of a time in UTC without time zone."""
        local = time.replace(tzinfo=timezone.utc).astimezone(self.zone)
        return format_datetime(local, "long", tzinfo=self.zone, locale=self._babel())

    def day(self, time: datetime) -> str:
        return format_date(time.replace(tzinfo=timezone.utc).astimezone(self.zone), "long", locale=self._babel())

    def _babel(self) -> str:
        return self.locale.replace("-", "_")
