"""The command line: which verbs there are, and how each of them ends. Words for people go to stderr, results to stdout.

Every verb ends with 0, with 1 and one line that says what is wrong and what to do, or with 2 for a wrong command line.
Whatever is heavy is imported inside the verb that needs it, so that `--help` answers at once.
"""

from __future__ import annotations

import sys

import typer

from lab.console import say
from lab.errors import LabError
from lab.verbs import chatting, feedback, measuring, training, versions

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None,
                  help="Hone: a chat lab in which a local model learns from you. Without a verb: chat. "
                       "`python3 launch.py test` runs every test.")  # fmt: skip

# in the order of `--help`
app.command()(chatting.chat)
app.command()(chatting.trainer)
app.command(name="import")(feedback.import_)
app.command()(feedback.export)
app.command()(training.train)
app.command()(versions.versions)
app.command()(versions.activate)
app.command()(versions.rollback)
app.command()(versions.lineage)
app.command()(versions.delete)
app.command()(versions.save)
app.command()(measuring.generate)
app.command()(measuring.score)
app.command()(training.rehearse)
app.command()(feedback.forget)
app.command()(feedback.audit)
app.command()(measuring.doctor)
# its flags are the benchmark's own, `--help` too
app.command(context_settings={"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []})(measuring.bench)


def main() -> None:
    """Runs the command line; whatever a user can mend becomes one line and exit code 1."""
    arguments = sys.argv[1:]
    if not arguments or (arguments[0].startswith("-") and arguments[0] != "--help"):
        arguments = ["chat", *arguments]
    try:
        app(args=arguments, prog_name="launch.py")
    except LabError as error:
        say("error: " + " ".join(str(error).split()))
        sys.exit(1)
    except OSError as error:
        if error.filename is None:
            raise
        say(f"error: {error.strerror}: {error.filename}")
        sys.exit(1)


if __name__ == "__main__":
    main()
