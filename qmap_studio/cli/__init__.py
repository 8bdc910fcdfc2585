"""The command line: one file a command, thin. What is slow to import is imported when a command runs."""
