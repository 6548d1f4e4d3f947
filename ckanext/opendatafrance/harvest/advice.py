"""What to do about each kind of problem that a report names, in the words of a data officer."""

from __future__ import annotations

from ckanext.opendatafrance.errors import N_

ADVICE = {
    "already-running": N_("Wait until the other run of this source has ended, then start this one again."),
    "comes-from-here": N_(
        "Nothing: the site has these datasets from this portal, directly or through another one such as data.gouv.fr."
    ),
    "connector-fault": N_(
        "The portal could not make sense of an answer of this site. Send this report to the person who looks after"
        " the portal."
    ),
    "connector-unknown": N_("Edit the source and choose its type again, or let the portal find it out."),
    "dataset-in-trash": N_("Restore the dataset from the trash if it should be updated again."),
    "dataset-archived": N_(
        "Nothing, if the site has really withdrawn them. If not, ask the site to publish them again, which shows them"
        " again here, or restore them from the list of archived datasets."
    ),
    "dataset-taken-over": N_(
        "Nothing, if it is the same dataset. If not, say so on the page of the dataset, under “Also published on”."
    ),
    "datasets-merged": N_("Nothing, if it is the same dataset. If not, undo it on the page “Same dataset”."),
    "deletions-held": N_("Ask the site whether it withdrew them, then approve or reject the list of deletions."),
    "deletions-rejected": N_("Nothing; you are asked again when other datasets leave the source."),
    "dataset-refused": N_("Ask the site to correct these values; the dataset is taken at the next harvest."),
    "disk-full": N_(
        "Ask the person who looks after the portal to free space where temporary files are kept; the next harvest"
        " tries again. Nothing was removed here."
    ),
    "duplicate-identifier": N_("Ask the site to give each dataset an identifier of its own."),
    "edit-kept": N_(
        "Nothing, if the edit is right. If not, open the page of the dataset and take the value of the source."
    ),
    "edit-lost": N_("Nothing, if the file is really gone. If not, add it again by hand: it stays then."),
    "edited-meanwhile": N_("Nothing; the next harvest takes the dataset."),
    "harvest-interrupted": N_("Start the harvest again: what was already stored is kept and not done twice."),
    "harvest-stopped": N_("Start the harvest again when you want: what was already stored is kept."),
    "lease-lost": N_(
        "Nothing, the other worker goes on. If it happens often, look whether this machine is overloaded, or raise"
        " ckanext.opendatafrance.lease."
    ),
    "identifier-unusable": N_("Ask the site to give these datasets a short identifier without control characters."),
    "nothing-found": N_(
        "Open the address in a browser and look for the page of the open data of the site; paste the address of its"
        " catalogue, or of its API."
    ),
    "record-fault": N_("Send this report to the person who looks after the portal; the others are not touched."),
    "merges-held": N_("Open the page “Same dataset” and say for each pair whether it is one dataset."),
    "same-dataset": N_(
        "Nothing, if it is the same dataset. If not, say so on the page of the dataset, under “Also published on”."
    ),
    "source-empty": N_("Check with the site whether its catalogue should be empty. Nothing was removed here."),
    "source-without-organization": N_("Edit the source and choose the organisation that owns its datasets."),
    "source-unreadable": N_("Check the address of the source; open it in a browser. Nothing was removed here."),
    "source-unavailable": N_("The site may be down; the next harvest tries again. Nothing was removed here."),
    "workers-died": N_(
        "Look in the log of the machine whether its memory was exhausted; then start the harvest by hand."
    ),
    "truncated-source": N_("The site stopped in the middle of its answer; the next harvest tries again."),
}


def advice(code: str) -> str:
    """The msgid of what to do about a code; empty where the message says it all."""
    return ADVICE.get(code, "")
