"""Texts of CKAN's pages that its French lacks."""

from __future__ import annotations

from ckanext.opendatafrance.errors import N_
from ckanext.opendatafrance.foreign_texts.plural import ngettext

TEXTS = (
    ngettext('%(count)s dataset found for "%(query)s".', '%(count)s datasets found for "%(query)s".'),
    ngettext("%(count)s dataset found.", "%(count)s datasets found."),
    N_("0 Members"),
    N_(
        "<p><strong>Admin:</strong> In addition to managing the dataset, admins can add and remove collaborators"
        " from a dataset.</p>"
    ),
    N_(
        "<p><strong>Editor:</strong> Editors can edit the dataset and its resources, as well accessing the dataset"
        " if private.</p> <p><strong>Member:</strong> Members can access the dataset if private, but not edit"
        " it.</p>"
    ),
    N_(
        "<p><strong>Site Title:</strong> This is the title of this CKAN instance It appears in various places"
        " throughout CKAN.</p> <p><strong>Custom Stylesheet:</strong> Define an alternative main CSS file.</p>"
        " <p><strong>Site Tag Logo:</strong> This is the logo that appears in the header of all the CKAN instance"
        " templates.</p> <p><strong>About:</strong> This text will appear on this CKAN instances <a"
        ' href="%(about_url)s">about page</a>.</p> <p><strong>Intro Text:</strong> This text will appear on this'
        ' CKAN instances <a href="%(home_url)s">home page</a> as a welcome to visitors.</p> <p><strong>Custom'
        " CSS:</strong> This is a block of CSS that appears in <code>&lt;head&gt;</code> tag of every page. If you"
        ' wish to customize the templates more fully we recommend <a href="%(docs_url)s" target="_blank"'
        ' rel="noreferrer">reading the documentation</a>.</p>'
    ),
    N_(
        "<p>As a sysadmin user you have full control over this CKAN instance. Proceed with care!</p> <p>For"
        ' guidance on using sysadmin features, see the CKAN <a href="%(docs_url)s" target="_blank"'
        ' rel="noreferrer">sysadmin guide</a></p>'
    ),
    N_(
        "<p>CKAN is the world’s leading open-source data portal platform.</p> <p>CKAN is a complete out-of-the-box"
        " software solution that makes data accessible and usable – by providing tools to streamline publishing,"
        " sharing, finding and using data (including storage of data and provision of robust data APIs). CKAN is"
        " aimed at data publishers (national and regional governments, companies and organizations) wanting to"
        " make their data open and available.</p> <p>CKAN is used by governments and user groups worldwide and"
        " powers a variety of official and community data portals including portals for local, national and"
        ' international government, such as the UK’s <a href="https://data.gov.uk">data.gov.uk</a> and the United'
        ' States <a href="https://catalog.data.gov/">catalog.data.gov</a>, the Brazilian <a'
        ' href="https://dados.gov.br/">dados.gov.br</a>, Dutch and Netherland government portals, as well as city'
        " and municipal sites in the US, UK, Argentina, Finland and elsewhere.</p> <p>CKAN: <a"
        ' href="https://ckan.org/">https://ckan.org/</a><br /> CKAN Showcases: <a'
        ' href="https://ckan.org/showcase">https://ckan.org/showcase</a><br /> Features overview: <a'
        ' href="https://ckan.org/features/">https://ckan.org/features/</a></p>'
    ),
    N_(
        'API Token created: <code style="word-break:break-all;">{token}</code> {copy}<br>Make sure to copy it now,'
        " you won't be able to see it again!"
    ),
    N_("API Tokens"),
    N_("Account"),
    N_("Add Collaborator"),
    N_("Add Collaborators"),
    N_("Are you sure you want to delete collaborator - {name}?"),
    N_("Are you sure you want to delete this collaborator?"),
    N_("Are you sure you want to delete user - {name}?"),
    N_("Are you sure you want to purge everything?"),
    N_("Are you sure you want to revoke these tokens?"),
    N_("Back to all collaborators"),
    N_("Breadcrumb"),
    N_("CSV"),
    N_("Click here to login"),
    N_("Close modal"),
    N_("Collaborators"),
    N_("Copy to clipboard"),
    N_("Current Sysadmins"),
    N_("Current resource: {name}"),
    N_("Custom Stylesheet"),
    N_("Dataset description:"),
    N_("Delete collaborator"),
    N_("Delete member"),
    N_("Delete this collaborator from the dataset"),
    N_("Delete this member from the group"),
    N_("Delete this member from the organization"),
    N_("Deleted datasets"),
    N_("Deleted groups"),
    N_("Deleted organizations"),
    N_("Edit Collaborator"),
    N_("Edit role"),
    N_("Edit the role of the user within the group"),
    N_("Edit the role of the user within the organization"),
    N_("Facebook"),
    N_("Filter by: {title}"),
    N_("Key"),
    N_("Last Active"),
    N_("Manage resource: {name}"),
    N_("Navigate to Home - {site_title}"),
    N_("Navigate to dataset: {title}"),
    N_("Navigate to resource: {name_or_id}"),
    N_("Navigate to resource: {name}"),
    N_("No Organization"),
    N_("Open details page for dataset - {title}"),
    N_("Open details page for {name}"),
    N_("Placeholder"),
    N_("Please select the license"),
    N_("Profile picture"),
    N_("Profile picture URL"),
    N_("Profile settings"),
    N_("Promote"),
    N_("Promote user to Sysadmin"),
    N_("Publish"),
    N_("Purge all"),
    N_("Purge deleted datasets, organizations or groups forever and irreversibly."),
    N_("Reactivate Profile"),
    N_("Reactivate User"),
    N_("Remove applied filter: {value}"),
    N_("Request Reset"),
    N_("Resource URL: {url}"),
    N_("Revoke Sysadmin permission"),
    N_("Revoke tokens"),
    N_("Search Datasets..."),
    N_("Search datasets by {name}: {label}"),
    N_("Search datasets with the tag: {name}"),
    N_("Search datasets with the tag: {tag}"),
    N_("Skip to main content"),
    N_("Submit"),
    N_("Sysadmin password"),
    N_("There are currently no groups for this site."),
    N_("There are no groups associated with this dataset."),
    N_("There is no description for this dataset."),
    N_("There is no description for this organization."),
    N_("This account is deactivated, if you want to reactivate it, please click on checkbox."),
    N_("This information is visible to you and admins"),
    N_("Toggle navigation"),
    N_("Unlink {name} from the dataset"),
    N_("Unpublish"),
    N_("Update Collaborator"),
    N_("User isn't a member of any groups."),
    N_("User isn't a member of any organizations."),
    N_("Username or Email"),
    N_("View dashboard"),
    N_("What are the available roles?"),
    N_("X"),
    N_(
        'You can use <a href="#markdown" title="Markdown quick reference" data-bs-toggle="popover"'
        ' data-bs-content="%(markdown_tooltip)s" data-bs-html="true">Markdown formatting</a> here'
    ),
    N_("You might need to login to access this page."),
    N_("close"),
    ngettext("{count} collaborator", "{count} collaborators"),
    ngettext("{num} Member", "{num} Members"),
)
