"""Scans that a device kept while it had no network, and that wait for a decision."""
