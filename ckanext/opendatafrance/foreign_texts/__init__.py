"""Texts of CKAN and of its extensions that the portal shows and that their own catalogues leave in English.

Nothing imports these modules: they are read when the texts of the suite are extracted, so that `i18n/fr` can give the
French. CKAN merges the catalogues of its plugins over its own, message by message.
"""
