"""The system check: what is wrong with an installation, each in a sentence with its mend."""
