"""What makes it an app: the manifest, the worker, and the pages that belong to nobody.

Public pages here (help, offline, quiet, blank forms) are the same for everybody, so the worker may
keep them.
"""
