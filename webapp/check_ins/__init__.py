"""Check-ins: how it is today, in taps, and the pages on which questionnaires are answered.

*CheckIn*: our own daily one, a page of taps. *Due*: on which days the program asks for it, or for
a questionnaire. Nobody is told of an answer by itself: whoever isn't safe sees help at once, and
that is all.
"""
