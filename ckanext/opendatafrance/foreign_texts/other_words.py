"""Texts that CKAN has French for, with mistakes or in other words than the portal: a resource is a "fichier" here."""

from __future__ import annotations

from ckanext.opendatafrance.errors import N_
from ckanext.opendatafrance.foreign_texts.plural import ngettext

TEXTS = (
    N_("0 Datasets"),
    N_('<p class="empty">This dataset has no data, <a href="%(url)s">why not add some?</a></p>'),
    N_(
        "<p><strong>Admin:</strong> Can add/edit and delete datasets, as well as manage organization members.</p>"
        " <p><strong>Editor:</strong> Can add and edit datasets, but not manage organization members.</p>"
        " <p><strong>Member:</strong> Can view the organization's private datasets, but not add new datasets.</p>"
    ),
    N_(
        "A CKAN Dataset is a collection of data resources (such as files), together with a description and other"
        " information, at a fixed URL. Datasets are what users see when searching for data."
    ),
    N_("A resource can be any file or link to a file containing useful data."),
    N_("API Docs"),
    N_("Account Info"),
    N_("Activity Stream"),
    N_("Activity from items that I'm following"),
    N_("Activity from:"),
    N_("Add New Resource"),
    N_("Add Organization"),
    N_("Add data"),
    N_("Add new resource"),
    N_("Add resource"),
    N_("Additional Info"),
    N_("Additional Information"),
    N_("Administer CKAN"),
    N_("Are you sure you want to delete dataset - {name}?"),
    N_("Are you sure you want to delete member - {name}?"),
    N_("Are you sure you want to delete organization - {name}?"),
    N_("Are you sure you want to delete resource - {name}?"),
    N_(
        "Are you sure you want to delete this Organization? Note*: Deleting cannot be performed while public or"
        " private datasets belong to this organization."
    ),
    N_("Are you sure you want to delete this User?"),
    N_("Are you sure you want to delete this dataset?"),
    N_("Are you sure you want to delete this member?"),
    N_("Are you sure you want to delete this resource?"),
    N_("Are you sure you want to reset the config?"),
    N_("Ask a system administrator to create an organization before you can continue."),
    N_("Author"),
    N_("Before you can create a dataset you need to create an organization."),
    N_(
        "CKAN Organizations are used to create, manage and publish collections of datasets. Users can have"
        " different roles within an Organization, depending on their level of authorisation to create, edit and"
        " publish."
    ),
    N_("Create Dataset"),
    N_("Create a new organization"),
    N_("Create an Account"),
    N_("Create an Organization"),
    N_("Create one now?"),
    N_("Data and Resources"),
    N_("Data last updated"),
    N_("Dataset"),
    N_("Download resource"),
    N_("Edit Organization"),
    N_("Edit metadata"),
    N_("Edit resource"),
    N_("Edit view"),
    N_("Email"),
    N_("Email address"),
    N_("Email or username"),
    N_("Embed"),
    N_("Embed resource view"),
    N_(
        "Enter your email address or username into the box and we will send you an email with a link to enter a"
        " new password."
    ),
    N_("Failed to load data API information"),
    N_("Filter Results"),
    N_("Full Name"),
    N_("Go"),
    N_("Go to resource"),
    N_("Group not found"),
    N_("Hide"),
    N_("How about creating one?"),
    N_(
        "If a view requires the DataStore, the DataStore plugin may not be enabled, or the data may not have been"
        " pushed to the DataStore, or the DataStore hasn't finished processing the data yet"
    ),
    N_("If you wish to add an existing user, search for their username below."),
    N_("Last Modified"),
    N_("Manage"),
    N_("Member Since"),
    N_("Metadata last updated"),
    N_("Name Ascending"),
    N_("Name Descending"),
    N_("Need an Account?"),
    N_("New User"),
    N_("New resource"),
    N_("News feed"),
    N_("Next: Add Data"),
    N_('No datasets found for "{query}"'),
    N_("No followers"),
    N_('No organizations found for "{query}"'),
    N_("No problem, use our password recovery form to reset it."),
    N_("Not authorized to see this page"),
    N_("Not seeing the views you were expecting?"),
    N_("Organization Form"),
    N_("Organization not found"),
    N_("Register for an Account"),
    N_("Reorder resources"),
    N_("Reset"),
    N_("Resources"),
    N_("Role"),
    N_("Save & add another"),
    N_("Save Organization"),
    N_("Search datasets..."),
    N_("Search organizations..."),
    N_("Show more"),
    N_("Social"),
    N_('Sorry no datasets found for "{query}"'),
    N_('Source: <a href="%(url)s">%(dataset)s</a>'),
    N_("Start typing…"),
    N_("Sysadmin settings"),
    N_("Sysadmins"),
    N_("There are no views created for this resource yet."),
    N_("This resource has no views"),
    N_("This resource view is not available at the moment."),
    N_("URL:"),
    N_("Update Dataset"),
    N_("Update Member"),
    N_("Update Profile"),
    N_("Update Resource"),
    N_("Upload"),
    N_("Upload a file on your computer"),
    N_("User hasn't created any datasets."),
    N_("View resource"),
    N_("View view"),
    N_("What are Organizations?"),
    N_("What's a resource?"),
    N_("What's a view?"),
    N_("You can also access this registry using the %(api_link)s (see %(api_doc_link)s)."),
    N_("You're already logged in"),
    N_("You're already logged in as {user}."),
    N_("read more"),
    ngettext("{count} member", "{count} members"),
    ngettext('{number} dataset found for "{query}"', '{number} datasets found for "{query}"'),
    ngettext('{number} organization found for "{query}"', '{number} organizations found for "{query}"'),
    ngettext("{num} Dataset", "{num} Datasets"),
)
