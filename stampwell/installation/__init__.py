"""The program that serves, as its database sees it: whether it is the one that the data belongs to.

`find_misfit` says why it is not: other keys, an older release, a clock that is behind what has happened already.
`indexes` makes anew what was left unfinished; `banner` is what its operator tells the people of all shops.
"""

from stampwell.installation.fitting import find_misfit, remember_keys

__all__ = ["find_misfit", "remember_keys"]
