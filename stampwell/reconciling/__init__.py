"""Reconciling: what the till says was used, held against what was shown here.

`till_reports` knows the shapes of the tills' files, `till_lines` reads their rows, `matching` pairs them with the
redemptions of redeem codes: all of that is pure. A till's report is a witness and no ledger: it confirms vouchers, and
never takes a redemption back.
"""
