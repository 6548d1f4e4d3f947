"""What to do about each kind of problem that a report names, in the words of a data officer."""

from __future__ import annotations

from ckanext.opendatafrance.errors import N_

_ADDRESS = N_(
    "Open the address of the source in a browser. If it shows something else than a catalogue, edit the source and"
    " paste the address of the catalogue, or of the open data page; nothing was removed here."
)
_LATER = N_("The site may be down or overloaded; the next harvest tries again. Nothing was removed here.")
_THEIR_SERVER = N_(
    "Tell the person who looks after the server of the site, with this message; the next harvest tries again."
    " Nothing was removed here."
)
_THEIR_CATALOGUE = N_(
    "Send this message to the person who makes the catalogue of the site: it must be mended there. Nothing was removed"
    " here."
)
_OUR_SIDE = N_(
    "Send this message to the person who looks after the portal; the next harvest tries again. Nothing was removed"
    " here."
)
_VALUE = N_(
    "Ask the site to correct this value; the dataset is here without it, and gets it at the first harvest after that."
)
_MENDED = N_("Nothing is lost. The site can correct it so that others read it too.")
_PAGE = N_("Open the page in a browser, then edit the source and choose again what is harvested of it.")

GROUPS = {
    _ADDRESS: (
        "api-error html-instead-of-data no-catalogue no-dcat not-ckan not-csw not-data-json not-rdf not-text"
        " empty-answer bad-url not-http too-many-redirects bad-redirect not-found http-status"
    ),
    _LATER: "connection-lost listing-incomplete refused server-error timeout too-many-requests truncated unreachable",
    _THEIR_SERVER: "bad-encoding budget-spent csw-exception not-http-answer page-loop pages-without-end tls",
    _THEIR_CATALOGUE: "bad-csv bad-json broken-rdf broken-xml doctype-refused unknown-context wrong-charset",
    _OUR_SIDE: "bad-allowed-host data-file database-unavailable error listener-fault search-engine-unavailable",
    _VALUE: (
        "checksum-unreadable date-senseless date-unreadable email-unreadable frequency-unknown hvd-unknown"
        " language-unknown licence-unknown number-unreadable period-unreadable resource-without-address"
        " service-without-address siret-wrong size-unreadable spatial-unreadable url-scheme url-unreadable"
    ),
    _MENDED: (
        "active-content box-reversed charset-mended date-in-future geometry-too-detailed list-too-long period-reversed"
        " tag-is-address tag-shortened tag-too-short tags-too-many text-too-long url-mended"
    ),
    _PAGE: "bad-bounds bad-rules new-file-found no-files not-a-page nothing-chosen",
}
"""Sentences that serve several codes."""

NEEDS_NONE = frozenset({"deletion-decided", "identity-impossible", "nothing-edited"})
"""Codes that answer a button or a command, never a report; their message says what to do."""

ADVICE = {
    **{code: sentence for sentence, codes in GROUPS.items() for code in codes.split()},
    "forbidden": N_(
        "Ask the site to let the portal read its catalogue: it refuses programs, or asks for an account. Nothing was"
        " removed here."
    ),
    "federated-origin-unknown": N_(
        "Nothing, if the datasets may stay with the organisation of the source. If not, place their publisher."
    ),
    "identifier-missing": N_("Ask the site to give each dataset an identifier; without one it cannot be followed."),
    "links-not-asked": N_(
        "Nothing; the next harvest asks the others. The site answers slowly, or has very many links."
    ),
    "not-a-dataset": N_("Nothing: the catalogue names services, maps and the like besides its datasets."),
    "not-public": N_("Nothing, if the dataset should stay private. If not, ask the site to publish it."),
    "organization-unknown": N_(
        "Edit the source: the organisation that its address names is not on that site any more."
    ),
    "private-address": N_(
        "If the site is one of your own network, ask the person who looks after the portal to allow its host"
        " (ckanext.opendatafrance.allowed_hosts). If not, check the address of the source."
    ),
    "record-refused": N_("Ask the site to correct this dataset; the others are not touched."),
    "robots-forbid": N_("Ask the site to let the portal read this page (robots.txt), or choose another page of it."),
    "source-config": N_("Edit the source and choose its settings again."),
    "title-missing": N_("Ask the site to give each dataset a title."),
    "too-large": N_(
        "Ask the site for a catalogue in pages. Or ask the person who looks after the portal to raise its limits"
        " (ckanext.opendatafrance.page_size_limit, file_size_limit)."
    ),
    "unresolvable-name": N_("Check the spelling of the address of the source; if it is right, the site may be gone."),
    "url-with-password": N_("Edit the source and remove the password from its address: everybody can read it there."),
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
}


def advice(code: str) -> str:
    """The msgid of what to do about a code; empty where the message says it all."""
    return ADVICE.get(code, "")
