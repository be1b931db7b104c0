"""The recovery sheet: the one paper that brings a clinic back."""

SHEET = """\
------------------------------------------------------------------------
RECOVERY SHEET for {clinic}

Print this page twice. Keep the copies in two places, away from this
server: for example a safe here, and one at your lawyer's. Don't keep it
on the server, in e-mail, or in the same place as the backups.

Backups are two files, made together:
  groundwork-DATE.data.age   what people wrote, encrypted
  groundwork-DATE.keys.age   the keys to it, kept for 30 days
Copy both to another place after each backup.

This key opens them. Whoever has it and the files can read everything.

  {private}

To bring the clinic back on a new machine:
  1. Install Groundwork (docs/operator.md), and don't type init.
  2. Put both files into /srv/groundwork/backups and type, with their
     whole names in place of FILE (/srv/groundwork/backups/…):
       sudo chown -R groundwork: /srv/groundwork/backups
       sudo groundwork restore FILE.data.age FILE.keys.age
     Take the newest .keys.age file, even for older data.
  3. Type the key above, then Enter and Ctrl-D.
  4. Type: sudo systemctl start groundwork.target
Without this key and without the server, nothing can be brought back.
------------------------------------------------------------------------"""


def recovery_sheet(clinic: str, private: str) -> str:
    """What to print. The private key stands in it and nowhere else."""
    return SHEET.format(clinic=clinic, private=private)
