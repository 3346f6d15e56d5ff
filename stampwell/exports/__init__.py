"""Exports: what an owner sees at the desk, as a file to take along.

`asking` asks for one; the job `making` writes its file, sheet by sheet kind (`cards_sheet` and the others), and
`clearing` takes it away a day later. A file lies in the data folder, never in the database and never in a backup.
"""
