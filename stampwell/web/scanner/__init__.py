"""Staff's phone at the counter: enrol it, say who is working, scan, hand over, undo.

`presence` knows who stands at the device, asked of the database each time. The pages are plain
HTML; the scanner page sends what staff do and shows the panels that `panels` draws in their language.
"""
