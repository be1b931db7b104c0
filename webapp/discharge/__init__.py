"""Discharge: how a patient leaves a group, and what is decided with whom before.

*Discharge* (one membership's, kept from its first word on), *Position* (what one of four chairs
says of it: the patient, a facilitator, a psychiatrist or counselor, the payer). It ends the
membership as a removal does, and is undone the same way. No chair holds anybody back.
"""
