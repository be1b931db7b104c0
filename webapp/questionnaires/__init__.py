"""Questionnaires that a clinic may use: read from FHIR, asked one by one, scored, handed on.

*Instrument*: a questionnaire with what its answers add up to; our own weekly one is made of the
same parts. *Draft*: answers so far, its owner's alone. *Answers*: a finished one, with each answer
kept. The pages that ask stand in `check_ins`, beside the daily one.

Nobody is told of an answer by itself: a rule of a questionnaire shows the safety plan to whoever
answered, at once, and that is all. A score is never shown as a bare label: it stands beside the
one before, with a sentence. The road not taken: a form builder, and scores by formulas of FHIR's
(FHIRPath), which nobody in a clinic could check by reading them.
"""
