"""The pages of whoever runs the server: what is wrong, which shops there are, and what concerns all of them.

They are for accounts that the command line made an operator's; for everybody else they are not there. They show how
large a shop is and who owns it, never what it knows of its customers.
"""
