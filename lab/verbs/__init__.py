"""What the command line can do, a file for each group of verbs; `lab/cli.py` lists them all in the order of `--help`."""
