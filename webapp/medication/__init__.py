"""What somebody takes: a list of their own, reminders, one tap a dose, a page for the prescriber.

It keeps what people write about their medication and advises nothing: no dose is checked, doubled
or made up for. Medication for opioid or alcohol use stands in it like any other. A *Dose* is one
time of a *Medication*, known by its day and time on the wall, so a tap twice is one entry and a
night on which clocks change has neither one too many nor one too few. A medication with no times
is one for when it is needed.

A former day is told by what was planned then. A change leaves a version behind with its time, and
the versions of the last two weeks are the plans of those days; rows from before this was asked of
them answer it too. On the day of a change, an hour that went and one that came are one dose, moved.

The roads not taken: a history of plans inside each content, which would begin empty; a change that
counts from tomorrow, which would ring tonight at the hour that somebody just moved; a kind of
reminder that says "medication". Its times stand in clear, so it rings as anything else does, and
its name is sealed. (That an entry is a dose stands in clear, as every entry's kind does; what it
is a dose of doesn't.)
"""
