"""Joining: a slip of paper becomes an account, a place in a group, and a first entry.

No e-mail anywhere. The facilitator prints a slip with a QR and a short code; only a POST redeems
it, once, within seven days.
"""
