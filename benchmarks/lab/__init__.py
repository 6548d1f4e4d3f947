"""Measuring the suite and the stock extensions under the same conditions."""
