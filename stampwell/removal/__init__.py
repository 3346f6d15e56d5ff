"""Deleting a shop for good: everything of it goes, in small steps, by a job.

`deleting` is asked for a shop that has been closed for a month, and empties its `tables` one after the other. What
stays is that there was a shop: since when it is gone, and that nobody else may have its name in links.
"""
