"""Pieces of CKAN's own code, run with other surroundings: nothing is copied, and nothing is replaced for others."""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import Any


def rebound(function: Callable[..., Any], **names: Any) -> Callable[..., Any]:
    """The same code, for which some names of its module mean something else.

    CKAN asks the database, or sends to the search engine, in the midst of functions that are otherwise just what a
    batch needs. A function made here finds our batch under that name; CKAN's own function stays as it is.
    """
    if not isinstance(function, FunctionType):
        raise TypeError(f"{function!r} is not a plain function")
    copy = FunctionType(
        function.__code__,
        {**function.__globals__, **names},
        function.__name__,
        function.__defaults__,
        function.__closure__,
    )
    copy.__kwdefaults__ = function.__kwdefaults__
    return copy
