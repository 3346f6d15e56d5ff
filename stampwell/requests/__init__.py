"""A request, whoever sends it: answered once, and not too often.

`once` keeps an answer under its key and gives it again; `limits` counts attempts for all processes together; `sessions`
keeps the browsers' sessions, and `known_browsers` those that an account has signed in with; `pruning` throws away what
is old of all that. What the requests are about, this package never knows.
"""
