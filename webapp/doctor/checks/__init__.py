"""The checks, in the order in which they are read: what others depend on comes first."""

from webapp.doctor.checks import settings  # isort: skip
from webapp.doctor.checks import files  # isort: skip
from webapp.doctor.checks import database  # isort: skip
from webapp.doctor.checks import machine  # isort: skip
from webapp.doctor.checks import services  # isort: skip
from webapp.doctor.checks import outside  # isort: skip

__all__ = ["database", "files", "machine", "outside", "services", "settings"]
