"""The same dataset in several sources: recognised, shown once, and never taken back from a copy of this portal.

`addresses`, `keys` and `origin` are pure; `tables` holds what is remembered; `precedence`, `look_up` and `matching`
decide; `ledger` is what a run asks; `people`, `proposals` and `published` are what persons do and see.
"""
