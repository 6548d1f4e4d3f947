"""Actions on the checks of published files."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Context, DataDict

from ckanext.opendatafrance.messages import say
from ckanext.opendatafrance.validation import history, indexing, jobs, keeping
from ckanext.opendatafrance.validation.model import NOT_CHECKED, ResourceCheck


def odf_resource_check(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Have a file checked again, whether it changed or not.

    Args:
        id: of the resource.

    Returns:
        queued: true; a worker of CKAN checks it.
    """
    tk.check_access("odf_resource_check", context, data_dict)
    resource = tk.get_action("resource_show")(tk.fresh_context(context), {"id": tk.get_or_bust(data_dict, "id")})
    tk.enqueue_job(jobs.check_again, [resource["package_id"], resource["id"]], title=f"odf check {resource['id']}")
    return {"queued": True}


@tk.side_effect_free
def odf_resource_report_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """What the last checks of a file found.

    Args:
        id: of the resource.

    Returns:
        state (valid, invalid, not-checked), current (whether file and schema are still those of the check), checked
        (UTC), schema, reason where it was not checked, report as odf_table_check returns it, and history, the last ten
        checks (checked, state, schema, errors).
    """
    tk.check_access("odf_resource_report_show", context, data_dict)
    resource = tk.get_action("resource_show")(tk.fresh_context(context), {"id": tk.get_or_bust(data_dict, "id")})
    checks = history.of_resource(resource["id"])
    if not checks:
        return {"state": NOT_CHECKED, "current": False, "checked": None, "schema": None, "report": None, "history": []}
    dataset = tk.get_action("package_show")(tk.fresh_context(context), {"id": resource["package_id"]})
    last = checks[0]
    read = last.state != NOT_CHECKED
    return {
        **_summary(last),
        "current": last.basis == jobs.basis(resource, indexing.declared(dataset)),
        "reason": "" if read else say(*last.report["reason"]),
        "report": keeping.told(last.report, say) if read else None,
        "history": [_summary(one) for one in checks],
    }


def _summary(check: ResourceCheck) -> dict[str, Any]:
    return {
        "state": check.state,
        "checked": check.checked.isoformat(timespec="seconds"),
        "schema": {"name": check.schema_id, "version": check.schema_version} if check.schema_id else None,
        "errors": check.report.get("errors"),
    }
