"""`hailong`, also as `python -m survey`."""

from survey.cli.commands import main

if __name__ == "__main__":
    main(prog_name="hailong")
