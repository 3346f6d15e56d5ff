"""Imports: customers and their stamps out of a file of other software, as cards of one program.

`receiving` takes the file and `asking` says what its columns are. One job reads every row and writes nothing
(`checking`), the next writes the rows that were good (`writing`), and a third can take all of it back (`undoing`).
"""
