"""Actions on the feeds."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Context, DataDict

from ckanext.opendatafrance.federation import selection
from ckanext.opendatafrance.federation.check import check
from ckanext.opendatafrance.federation.selection import Scope


@tk.side_effect_free
def odf_feed_check(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """What data.gouv.fr would refuse, lose or misread of the feed, dataset by dataset, and how to mend it.

    Args:
        organization: id, name, INSEE code or SIREN; the whole portal where it is left out.

    Returns:
        checked, levels and datasets, as `check.check` says.

    Raises:
        ObjectNotFound: no such organisation.
    """
    wanted = data_dict.get("organization")
    if not wanted:
        tk.check_access("odf_feed_check", context, {})
        return check(Scope())
    group = selection.organization(str(wanted))
    if group is None:
        raise tk.ObjectNotFound(tk._("No organisation is called “{name}”").format(name=wanted))
    tk.check_access("odf_feed_check", context, {"organization": group.id})
    return check(Scope((group.id,)))
