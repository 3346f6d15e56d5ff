"""A request, whoever sends it: answered once, and not too often.

`once` keeps an answer under its key and gives it again; `limits` counts attempts for all processes together;
`pruning` throws away what is old of both. What the requests are about, this package never knows.
"""
