"""Answers that count: what charts over many people are made of, without anybody's name.

*Counted*: one answer that its person let be counted. It is no entry, and names nobody: a keyed hash
says which ones to delete when somebody says no again. Who may be asked is for the rooms above.
"""
