"""The commands of bin/portal."""

from __future__ import annotations

import argparse
import subprocess
import sys

from . import system
from .console import ROOT, Console, StepError, _
from .portal import ADMINISTRATOR, Portal, external_servers, territories
from .testing import prepare


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bin/portal", description=_("A shared open data portal for a territory."))
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    up = commands.add_parser("up", help=_("install on first use, start, fill (the default)"))
    up.add_argument("--territory", metavar="SLUG", help=_("pilot territory, charente-maritime at first"))
    up.add_argument("--port", type=int, help=_("port of the web address, 5000 at first"))
    up.add_argument(
        "--demo",
        action=argparse.BooleanOptionalAction,
        help=_("with or without the demonstration sites and their data"),
    )
    commands.add_parser("stop", help=_("stop everything"))
    commands.add_parser("status", help=_("what runs, and where"))
    logs = commands.add_parser("logs", help=_("the last lines of the logs"))
    logs.add_argument("name", nargs="?", help=_("of this part only: web, gather, solr, …"))
    reset = commands.add_parser("reset", help=_("remove the content of the portal"))
    reset.add_argument("--yes", action="store_true", help=_("really do it"))
    ckan = commands.add_parser("ckan", help=_("CKAN's own command with this portal's configuration"), add_help=False)
    ckan.add_argument("arguments", nargs=argparse.REMAINDER)
    return parser


def _up(options: argparse.Namespace) -> int:
    console = Console(12)
    own = not external_servers()
    packages = (*system.PYTHON, *system.SERVERS) if own else system.PYTHON
    portal = Portal(console)
    if options.territory and not (ROOT / "schemas/territories" / f"{options.territory}.yaml").exists():
        raise StepError(
            _("Unknown territory: {slug}").format(slug=options.territory),
            _("The pilot territories: {names}").format(names=territories()),
        )
    _remember(portal, options)
    portal.check_port()
    console.total -= (0 if own else 1) + (0 if portal.state.demo else 2)
    prepare(console, "harvest,validation", packages)
    with console.step(_("PostgreSQL, Redis and Solr")):
        portal.start_servers()
    with console.step(_("Configuration")):
        portal.configure()
    with console.step(_("Database")) as step:
        step.note = "" if portal.initialise_database() else _("already there")
    with console.step(_("Administrator")) as step:
        step.note = "" if portal.create_administrator() else _("already there")
    with console.step(_("Territory {slug}: its organisations").format(slug=portal.state.territory)) as step:
        step.note = "" if portal.seed() else _("already there")
    if portal.state.demo:
        with console.step(_("Demonstration sites")):
            portal.start_demo()
        with console.step(_("Harvest of the demonstration sites")) as step:
            step.note = "" if portal.harvest_demo() else _("already there")
    with console.step(_("Web server")):
        portal.start_web()
        portal.wait_for_page()
    with console.step(_("Harvest and job workers")):
        portal.start_workers()
    _say_where(portal)
    return 0


def _remember(portal: Portal, options: argparse.Namespace) -> None:
    """Store the options: a later call without them means the same portal."""
    state = portal.state
    if options.port and options.port != state.port:
        portal.web.stop()
        state.port = options.port
    if options.territory and options.territory != state.territory:
        if "demo" in state.ports:
            portal.demo_sites.stop()
        state.territory = options.territory
    if options.demo is not None:
        state.demo = options.demo
    state.save()


def _say_where(portal: Portal) -> None:
    line = portal.console.line
    line()
    line(_("The portal is ready: {address}").format(address=portal.address))
    line(_("Administrator: {name}, password in {path}").format(name=ADMINISTRATOR, path=portal.password_file))
    line(_("Stop it with {command}").format(command="bin/portal stop"))


def _status(portal: Portal) -> int:
    running = True
    for daemon in portal.daemons():
        pid = daemon.pid()
        running = running and bool(pid)
        state = _("runs, process {pid}").format(pid=pid) if pid else _("stopped")
        portal.console.line(f"{daemon.name:10} {state}")
    if portal.web.pid():
        _say_where(portal)
    return 0 if running else 3


def _logs(portal: Portal, name: str | None) -> int:
    files = sorted(portal.logs.glob(f"{name or '*'}.log"))
    if not files:
        raise StepError(
            _("There is no log named {name}").format(name=name or "*"),
            ", ".join(sorted(path.stem for path in portal.logs.glob("*.log"))),
        )
    for path in files:
        portal.console.line(f"==> {path} <==")
        portal.console.line("\n".join(path.read_text(errors="replace").splitlines()[-40 if name else -8 :]))
    return 0


def _ckan(portal: Portal, arguments: list[str]) -> int:
    if not portal.ini.exists():
        raise StepError(_("This portal is not installed yet"), _("Run {command} first").format(command="bin/portal"))
    portal.start_servers()
    return subprocess.call([portal.env.program("ckan"), *arguments], env=portal.environ)


def main(arguments: list[str]) -> int:
    """Run a command; 0 well, 1 a step failed, 3 (status) something does not run."""
    # `bin/portal --port 5001` is `bin/portal up --port 5001`.
    if not arguments or (arguments[0].startswith("-") and arguments[0] not in ("-h", "--help")):
        arguments = ["up", *arguments]
    options = _parser().parse_args(arguments)
    try:
        if options.command == "up":
            return _up(options)
        portal = Portal(Console(1))
        if options.command == "stop":
            portal.console.line(_("Stopped: {names}").format(names=", ".join(portal.stop()) or _("nothing ran")))
            return 0
        if options.command == "status":
            return _status(portal)
        if options.command == "logs":
            return _logs(portal, options.name)
        if options.command == "ckan":
            return _ckan(portal, options.arguments)
        return _reset(portal, options.yes)
    except StepError as error:
        print(f"\n{error}", *(part for part in (error.remedy, error.log) if part), sep="\n", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\n" + _("Interrupted; run the same command again to go on."), file=sys.stderr)
        return 130


def _reset(portal: Portal, sure: bool) -> int:
    if not sure:
        raise StepError(
            _("This removes the datasets, organisations, accounts and settings of this portal"),
            _("To do it: {command}").format(command="bin/portal reset --yes"),
        )
    if external_servers():
        raise StepError(
            _("The database, index and queue are on servers of yours"), _("Empty them with their own tools.")
        )
    portal.reset()
    portal.console.line(_("The portal is empty; {command} fills it again").format(command="bin/portal"))
    return 0
