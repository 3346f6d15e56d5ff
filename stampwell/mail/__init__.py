"""Mail that the product sends by itself: a link for a new password, a link that confirms an address.

`configuration.read_mail` reads the settings, `sending.Mail` is the backend that they lead to: no page fails because a
mail server does. `checking.find_trouble` tells the operator what is wrong with that server.
"""
