"""High-value datasets: the six categories of Commission Implementing Regulation (EU) 2023/138."""

from __future__ import annotations

from ckanext.opendatafrance.reference.codelist import CodeList

LEGISLATION = "http://data.europa.eu/eli/reg_impl/2023/138/oj"
CATEGORIES = CodeList("hvd", "http://data.europa.eu/bna/")
