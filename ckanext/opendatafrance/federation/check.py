"""The feeds as data.gouv.fr reads them: dataset by dataset, what it would refuse, lose or misread."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from ckanext.opendatafrance.federation import feed, fragments, selection
from ckanext.opendatafrance.federation.feed import FeedProfile
from ckanext.opendatafrance.federation.finding import Finding
from ckanext.opendatafrance.federation.mending import prepare
from ckanext.opendatafrance.federation.selection import Scope
from ckanext.opendatafrance.messages import say

_PAGE = 100


def check(scope: Scope) -> dict[str, Any]:
    """Go through a feed, a page at a time.

    Returns:
        checked (number of datasets), levels (number of findings of each level), datasets: those with findings, each
        with name, title, url and findings (code, level, field, resource, message, remedy; worst first).
    """
    checked, levels, told = 0, Counter[str](), []
    for dataset, address, findings in _findings(scope):
        checked += 1
        levels.update(one.level for one in findings)
        if findings:
            head = {"name": dataset["name"], "title": dataset.get("title") or dataset["name"], "url": address}
            told.append({**head, "findings": [one.as_dict(say) for one in findings]})
    return {"checked": checked, "levels": dict(levels), "datasets": told}


def _findings(scope: Scope) -> Iterator[tuple[dict[str, Any], str, list[Finding]]]:
    after = ""
    while rows := selection.rows(scope, _PAGE, after):
        after = rows[-1].mark
        owners = selection.owners([row.owner for row in rows if row.owner])
        profile = FeedProfile(fragments.empty(), owners=owners)
        datasets = selection.datasets(rows)
        for row in rows:
            if dataset := datasets.get(row.id):
                _made, findings = prepare(dataset, profile.site(dataset))
                yield dataset, str(feed.dataset_uri(row.id)), findings
