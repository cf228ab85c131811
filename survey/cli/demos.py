"""`hailong demo`."""

import socket
from datetime import datetime
from pathlib import Path

import click

from survey import paths
from survey.cli.databases import run_server
from survey.cli.instance import reporting
from survey.demo.instance import MADE_UP
from survey.demo.instance import make_demo
from survey.demo.instance import working_code
from survey.integrity.onetime import printed_code
from survey.settings import Settings
from survey.store.periods import TIME_ZONE

_FIRST_PORT = 8000


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to serve on; else a free one from 8000.")
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("hailong-demo"),
    show_default=True,
    help="Where the demo instance lives; it is made on the first run and kept.",
)
@reporting
def demo(host: str, port: int | None, folder: Path) -> None:
    """Make a demo instance with real data and serve it. Needs no network."""
    settings = Settings(home=folder.resolve())
    if port is None:
        port = _free_port(host)
    today = datetime.now(TIME_ZONE).date()
    click.echo(f"demo instance in {settings.home}")
    database = make_demo(settings, today, lambda step: click.echo(f"  loading {step}"))
    code, month = working_code(settings, database, today)
    draft = f"{_program()} --home '{folder}' release build {month} --draft --organisation {MADE_UP}"
    click.echo(
        f"\n  results   http://{host}:{port}/"
        f"\n  rate      http://{host}:{port}/rate   with the code {printed_code(code)}"
        f"\n  then see it counted, in another terminal:"
        f"\n            {draft}\n"
    )
    run_server(settings, database, host, port)


def _program() -> str:
    """How this very program is called: from a checkout, or installed."""
    return "python3 run.py hailong" if (paths.PACKAGE.parent / "run.py").is_file() else "hailong"


def _free_port(host: str) -> int:
    for port in range(_FIRST_PORT, _FIRST_PORT + 100):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return port
    raise OSError(f"no free port from {_FIRST_PORT} to {_FIRST_PORT + 99}; name one with --port")
