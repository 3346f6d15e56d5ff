"""Sheets: files of rows that somebody brings in, CSV or XLSX, whatever made them.

`receiving` takes a file in and lays it into the data folder as CSV; `csv_rows` reads its rows, `headings` says what its
columns are called, `faults` keeps which rows were wrong. What a row means is known to whoever asked for the file.
"""
