"""What needs two features: a trigger and the response that was planned for it.

Also: which triggers come up again and again, and which of them have a response (homework before
group); one suggestion for Today with its reason; what changed in a shared part of the plan.
The journal and Today ask for it through template globals, since nobody calls up: without this
package their pages stand as they are, without these slots.
"""
