"""The HTTP API, version 1, as docs/api describes it.

`front_door` lets requests in, `reading` and `shapes` say what may be sent, `answering` sends each answer once,
`linking` puts links and codes back where the caller may see them. One module for each noun answers its routes.
"""
