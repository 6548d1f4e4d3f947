"""Actions on mails: what a user wants to read, and the digest of the week."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model

from ckanext.opendatafrance.harvest import digest, mails
from ckanext.opendatafrance.harvest.logic import schema
from ckanext.opendatafrance.harvest.logic.asked import valid
from ckanext.opendatafrance.harvest.model_mails import HarvestReader

Dict = dict[str, Any]
_CHOICE = {"true": True, "false": False, None: None}


@tk.side_effect_free
def odf_mails_show(context: Any, data_dict: Dict) -> Dict:
    """What the user said of the mails about harvests.

    :returns: mails: true, false, or null for the usual (administrators of an organisation get them); language: null for
        that of the portal; languages: those that there are; email
    """
    tk.check_access("odf_mails_show", context, data_dict)
    user: Any = model.User.get(context["user"])
    row = model.Session.get(HarvestReader, user.id)
    return {
        "mails": row.mails if row else None,
        "language": row.language if row else None,
        "languages": list(tk.config["ckan.locales_offered"]),
        "email": user.email,
    }


def odf_mails_update(context: Any, data_dict: Dict) -> Dict:
    """Say which mails about harvests the user wants, and in which language.

    :param mails: true (also about organisations below theirs, and, for administrators of the portal, all), false, or
        empty for the usual
    :param language: empty for that of the portal
    :returns: as odf_mails_show
    """
    tk.check_access("odf_mails_update", context, data_dict)
    # CKAN's validators take a false for something that was left out.
    asked = {name: str(value).lower() if isinstance(value, bool) else value for name, value in data_dict.items()}
    data = valid(asked, schema.mails(), context)
    user: Any = model.User.get(context["user"])
    row = HarvestReader(user_id=user.id, mails=_CHOICE[data.get("mails")], language=data.get("language"))
    model.Session.merge(row)
    model.Session.commit()
    return odf_mails_show(context, {})


def odf_harvest_digest(context: Any, data_dict: Dict) -> Dict:
    """Send the digests of this week that were not sent yet.

    :param dry_run: only make them (optional)
    :returns: count, sent, can_send (whether there is a mail server), mails: [{to, subject, body}]
    """
    tk.check_access("odf_harvest_digest", context, data_dict)
    found = digest.compose()
    dry_run = tk.asbool(data_dict.get("dry_run", False))
    return {
        "count": len(found),
        "sent": 0 if dry_run else digest.post(found),
        "can_send": mails.can_send(),
        "mails": [{"to": one.reader.email, "subject": one.subject, "body": one.body} for one in found],
    }
