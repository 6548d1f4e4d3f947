"""Texts of the plugin activity that its French lacks."""

from __future__ import annotations

from ckanext.opendatafrance.errors import N_

TEXTS = (
    N_("Activities"),
    N_("Activity not found"),
    N_("Activity occurred on: {time}"),
    N_("Activity purged"),
    N_("Added field <q>{key}</q> to resource {resource_link} in {pkg_link}"),
    N_("Added field <q>{key}</q> to {pkg_link}"),
    N_("Added field <q>{key}</q> with value <q>{value}</q> to resource {resource_link} in {pkg_link}"),
    N_("Added field <q>{key}</q> with value <q>{value}</q> to {pkg_link}"),
    N_("Added resource {resource_link} to {pkg_link}"),
    N_("Added tag {tag_link} to {pkg_link}"),
    N_("Added the following fields to resource {resource_link} in {pkg_link}"),
    N_("Added the following fields to {pkg_link}"),
    N_("Added the following tags to {pkg_link}"),
    N_("Added {pkg_link} to organization {new_org_link}"),
    N_("All activity types"),
    N_(
        'Changed the image URL of <a href="%(group_link)s">%(title)s</a> from <a'
        ' href="%(old_url)s">%(old_url)s</a> to <a href="%(new_url)s">%(new_url)s</a>.'
    ),
    N_('Changed the image URL of <a href="%(group_link)s">%(title)s</a> to <a href="%(new_url)s">%(new_url)s</a>.'),
    N_(
        'Changed the image URL of <a href="%(org_link)s">%(title)s</a> from <a href="%(old_url)s">%(old_url)s</a>'
        ' to <a href="%(new_url)s">%(new_url)s</a>.'
    ),
    N_('Changed the image URL of <a href="%(org_link)s">%(title)s</a> to <a href="%(new_url)s">%(new_url)s</a>.'),
    N_('Changed the license of <a href="%(pkg_link)s">%(title)s</a> to %(new_license)s (previously %(old_license)s).'),
    N_(
        'Changed the license of <a href="%(pkg_link)s">%(title)s</a> to %(new_license)s (previously <a'
        ' href="%(old_url)s">%(old_license)s</a>).'
    ),
    N_(
        'Changed the license of <a href="%(pkg_link)s">%(title)s</a> to <a href="%(new_url)s">%(new_license)s</a>'
        " (previously %(old_license)s)."
    ),
    N_(
        'Changed the license of <a href="%(pkg_link)s">%(title)s</a> to <a href="%(new_url)s">%(new_license)s</a>'
        ' (previously <a href="%(old_url)s">%(old_license)s</a>).'
    ),
    N_(
        'Changed the source URL of <a href="%(pkg_link)s">%(title)s</a> from <a'
        ' href="%(old_src_url)s">%(old_src_url)s</a> to <a href="%(new_src_url)s">%(new_src_url)s</a>.'
    ),
    N_(
        'Changed the source URL of <a href="%(pkg_link)s">%(title)s</a> to <a'
        ' href="%(new_src_url)s">%(new_src_url)s</a>.'
    ),
    N_("Changed the version of {pkg_link} to {new_version}"),
    N_("Changed the version of {pkg_link} to {new_version} (previously {old_version})"),
    N_("Changed title to {title_link} (previously {old_title})"),
    N_(
        "Changed value of field <q>{key}</q> of resource {resource_link} to <q>{new_val}</q> (previously"
        " <q>{old_val}</q>) in {pkg_link}"
    ),
    N_("Changed value of field <q>{key}</q> to <q>{new_val}</q> (previously <q>{old_val}</q>) in {pkg_link}"),
    N_("Changed value of field <q>{key}</q> to <q>{new_val}</q> in resource {resource_link} in {pkg_link}"),
    N_("Changed value of field <q>{key}</q> to <q>{new_val}</q> in {pkg_link}"),
    N_("Changed value of field <q>{key}</q> to <q>{value}</q> in {pkg_link}"),
    N_("Delete activities older than a day"),
    N_("Delete activities older than a month"),
    N_("Delete activities older than a year"),
    N_("Delete all"),
    N_("Delete all activities"),
    N_("Delete all {count} activities? This cannot be undone."),
    N_("Delete {count} activities older than a day? This cannot be undone."),
    N_("Delete {count} activities older than a month? This cannot be undone."),
    N_("Delete {count} activities older than a year? This cannot be undone."),
    N_("Deleted resource {resource_link} from {pkg_link}"),
    N_("Deleted {amount} rows from the activity table."),
    N_("Hide metadata diff"),
    N_("Invalid parameters"),
    N_(
        'Moved <a href="%(pkg_link)s">%(title)s</a> from <a href="%(old_url)s">%(old_url)s</a> to <a'
        ' href="%(new_url)s">%(new_url)s</a>.'
    ),
    N_("Moved {pkg_link} from organization {old_org_link} to organization {new_org_link}"),
    N_("Newer activities"),
    N_("No activities found matching the specified criteria."),
    N_(
        "No activities found matching the specified criteria. Please provide either start_date and end_date or"
        " offset_days."
    ),
    N_("No activity found"),
    N_("No activity found for this type"),
    N_("No fields were updated. See the metadata diff for more details."),
    N_("Older activities"),
    N_("On %(timestamp)s, %(username)s:"),
    N_("Purge activities by age. Use 'ckan clean activities' via CLI for more options."),
    N_(
        "Purge activity stream entries by age. Each option shows how many activities would be deleted. Purging is"
        " irreversible."
    ),
    N_('Removed author email from <a href="%(pkg_link)s">%(title)s</a>.'),
    N_("Removed author from {pkg_link}"),
    N_("Removed description from resource {resource_link} in {pkg_link}"),
    N_("Removed description from {group_link}"),
    N_("Removed description from {org_link}"),
    N_("Removed description from {pkg_link}"),
    N_("Removed field <q>{key}</q> from resource {resource_link} in {pkg_link}"),
    N_("Removed field <q>{key}</q> from {pkg_link}"),
    N_('Removed maintainer email from <a href="%(pkg_link)s">%(title)s</a>.'),
    N_("Removed maintainer from {pkg_link}"),
    N_("Removed tag {tag_link} from {pkg_link}"),
    N_("Removed the following fields from resource {resource_link} in {pkg_link}"),
    N_("Removed the following fields from {pkg_link}"),
    N_("Removed the following tags from {pkg_link}"),
    N_('Removed the image URL from <a href="%(group_link)s">%(title)s</a>.'),
    N_('Removed the image URL from <a href="%(org_link)s">%(title)s</a>.'),
    N_('Removed the source URL from <a href="%(pkg_link)s">%(title)s</a>.'),
    N_("Removed the value of field <q>{key}</q> in resource {resource_link} in {pkg_link}"),
    N_("Removed the version from {pkg_link}"),
    N_("Removed {pkg_link} from organization {old_org_link}"),
    N_("Renamed resource {old_resource_link} to {new_resource_link} in {pkg_link}"),
    N_("Search followee"),
    N_(
        'Set author email of <a href="%(pkg_link)s">%(title)s</a> to <a'
        ' href="mailto:%(new_email)s">%(new_email)s</a> (previously <a'
        ' href="mailto:%(old_email)s">%(old_email)s</a>).'
    ),
    N_('Set author email of <a href="%(pkg_link)s">%(title)s</a> to <a href="mailto:%(new_email)s">%(new_email)s</a>.'),
    N_("Set author of {pkg_link} to {new_author}"),
    N_("Set author of {pkg_link} to {new_author} (previously {old_author})"),
    N_(
        'Set format of resource <a href="%(resource_url)s">%(resource_name)s</a> to <a'
        ' href="%(format_url)s">%(format)s</a> in <a href="%(pkg_link)s">%(title)s</a>.'
    ),
    N_(
        'Set format of resource <a href="%(resource_url)s">%(resource_name)s</a> to <a'
        ' href="%(new_format_url)s">%(new_format)s</a> (previously <a'
        ' href="%(old_format_url)s">%(old_format)s</a>).'
    ),
    N_(
        'Set maintainer email of <a href="%(pkg_link)s">%(title)s</a> to <a'
        ' href="mailto:%(new_maintainer_email)s">%(new_maintainer_email)s</a> (previously <a'
        ' href="mailto:%(old_maintainer_email)s">%(old_maintainer_email)s</a>).'
    ),
    N_(
        'Set maintainer email of <a href="%(pkg_link)s">%(title)s</a> to <a'
        ' href="mailto:%(new_maintainer_email)s">%(new_maintainer_email)s</a>.'
    ),
    N_("Set maintainer of {pkg_link} to {new_maintainer}"),
    N_("Set maintainer of {pkg_link} to {new_maintainer} (previously {old_maintainer})"),
    N_("Set visibility of {pkg_link} to {visibility}"),
    N_("Show metadata diff"),
    N_("The detail of this dataset activity is not available"),
    N_("Unauthorized to view activity data"),
    N_(
        "Updated description of resource {resource_link} in {pkg_link} from <br"
        ' class="line-height2"><blockquote>{old_desc}</blockquote> to <br'
        ' class="line-height2"><blockquote>{new_desc}</blockquote>'
    ),
    N_(
        "Updated description of resource {resource_link} in {pkg_link} to <br"
        ' class="line-height2"><blockquote>{new_desc}</blockquote>'
    ),
    N_(
        "Updated description of {group_link} from <br"
        ' class="line-height2"><blockquote>{old_description}</blockquote> to <br'
        ' class="line-height2"><blockquote>{new_description}</blockquote>'
    ),
    N_('Updated description of {group_link} to <br class="line-height2"><blockquote>{new_description}</blockquote>'),
    N_(
        "Updated description of {org_link} from <br"
        ' class="line-height2"><blockquote>{old_description}</blockquote> to <br'
        ' class="line-height2"><blockquote>{new_description}</blockquote>'
    ),
    N_('Updated description of {org_link} to <br class="line-height2"><blockquote>{new_description}</blockquote>'),
    N_(
        'Updated description of {pkg_link} from <br class="line-height2"><blockquote>{old_notes}</blockquote> to'
        ' <br class="line-height2"><blockquote>{new_notes}</blockquote>'
    ),
    N_('Updated description of {pkg_link} to <br class="line-height2"><blockquote>{new_notes}</blockquote>'),
    N_("Uploaded a new file to resource {resource_link} in {pkg_link}"),
    N_("View changes from %(old_select)s to %(new_select)s"),
    N_("View this version"),
    N_(
        "You're currently viewing an old version of this dataset. Data files may not match the old version of the"
        ' metadata. <a href="%(url)s">View the current version</a>.'
    ),
    N_("start_date cannot be greater than end_date."),
    N_("{actor} created resource view {view_link}"),
    N_("{actor} created the {dataset_type} {dataset}"),
    N_('{actor} deleted resource view "{view_title}" for resource {resource_link}'),
    N_("{actor} deleted the {dataset_type} {dataset}"),
    N_("{actor} updated resource view {view_link}"),
    N_("{actor} updated the {dataset_type} {dataset}"),
    N_("{key} with value {value}"),
)
