"""Asked-for work: what is too long for a request, is asked for by somebody, and is done by `stampwell worker`.

Through `asking` a job and its place in the queue are written in the caller's transaction, and what became of it is
read. A kind of job (`kinds`) is a function that works in short transactions, so a job that is killed goes on where it
was. What follows from an event is no job, and what nobody asks for is no job either.
"""
