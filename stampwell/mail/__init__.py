"""Mail that the product sends by itself: links for a new password, invitations, alarms. It never makes a page wait.

`queue.keep_mail` keeps a mail in the transaction of what caused it, and the worker's `postman` sends it soon after.
`queue` also lists, retries and drops what was kept. `configuration.read_mail` reads the settings;
`checking.find_trouble` tells the operator what is wrong with the mail server. Nothing here advertises: who builds that
adds headers and a page by which one is rid of it (RFC 8058).
"""
