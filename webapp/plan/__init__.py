"""The patient's own tools: recovery plan, safety plan, story.

Each part of the plan is one entry of its person, so it is sealed, keeps its versions and can be
shared by itself. What a part asks is said once, in `outline.py`: the pages, the finished plan, the
comparison of versions and what a facilitator sees all follow from it.

The safety plan follows the order of the Safety Planning Intervention (Stanley and Brown): from
what one can do alone to what others can do. All wording is our own. The road not taken: a form of
one long page. It is filled in over several evenings, often in a bad moment, so each question has
a page, each page saves, and each can be skipped.
"""
