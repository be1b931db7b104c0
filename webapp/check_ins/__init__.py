"""Check-ins: how it is today, how the week was, and the questionnaires that a clinic may use.

*CheckIn*: our own daily one, a page of taps. *Instrument*: a questionnaire, read from FHIR; our
own weekly one is made of the same parts. *Draft*: answers so far, its owner's alone. *Answers*:
a finished one, with each answer kept. *Due*: on which days the program asks.

Nobody is told of an answer by itself: a rule of a questionnaire shows the safety plan to whoever
answered, at once, and that is all. A score is never shown as a bare label: it stands beside the
one before, with a sentence. The road not taken: a form builder, and scores by formulas of FHIR's
(FHIRPath), which nobody in a clinic could check by reading them.
"""
