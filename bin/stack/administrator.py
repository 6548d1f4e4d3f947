"""Create the portal's administrator, or give an existing one the password read from standard input."""

import os
import sys

import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.cli import CKANConfigLoader
from ckan.config.middleware import make_app

NAME = sys.argv[1]

app = make_app(CKANConfigLoader(os.environ["CKAN_INI"]).get_config())
with app._wsgi_app.test_request_context():
    password = sys.stdin.read().strip()
    site_user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    context = {"user": site_user, "ignore_auth": True}
    account = {"name": NAME, "email": f"{NAME}@localhost.localdomain", "password": password}
    if model.User.get(NAME):
        tk.get_action("user_patch")(context, {"id": NAME, "password": password})
    else:
        tk.get_action("user_create")(context, account)
    tk.get_action("user_patch")(context, {"id": NAME, "sysadmin": True})
