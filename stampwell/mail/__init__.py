"""Mail that the product sends by itself: a link for a new password, a link that confirms an address.

`queue.keep_mail` keeps a mail in the transaction of what caused it; who runs the server lists, retries and drops what
was kept. `configuration.read_mail` reads the settings, `sending.Mail` is the backend that they lead to: no page fails
because a mail server does. `checking.find_trouble` tells the operator what is wrong with that server.
"""
