"""The `wafa` command.

Each command's work is in the module of its name, imported when it is called, so that start-up stays short.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text
from typer.core import TyperGroup

from cli.home import CommandFailed, Home
from kernel.refusal import Refused


class Commands(TyperGroup):
    """All commands: one that fails says why in one line and ends with 1."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except (CommandFailed, Refused) as failure:
            Console(stderr=True).print(Text.assemble(("✗ ", "red"), str(failure)), soft_wrap=True)
            raise typer.Exit(1) from failure


app = typer.Typer(cls=Commands, no_args_is_help=True, add_completion=False, help="Wafa keeps a business's customers.")
tenants = typer.Typer(no_args_is_help=True, help="The businesses that use Wafa.")
keys = typer.Typer(no_args_is_help=True, help="The keys by which a tenant's systems are known.")
events = typer.Typer(no_args_is_help=True, help="What services tell each other.")
app.add_typer(tenants, name="tenants")
app.add_typer(keys, name="keys")
app.add_typer(events, name="events")
console = Console()
THE_BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


@app.command()
def up(
    port: Annotated[int | None, typer.Option(help="The gateway's port (8080, or the one of the last start).")] = None,
    detach: Annotated[bool, typer.Option("--detach", "-d", help="Return when all is ready.")] = False,
    together: Annotated[
        bool, typer.Option("--together", help="Few processes, for small machines: all apps in one, all workers in one.")
    ] = False,
) -> None:
    """Start everything: database, broker, services, gateway. Ctrl-C stops it."""
    from cli.up import up as bring_up

    bring_up(Home.here(), console, port=port, detach=detach, together=together)


@app.command()
def down() -> None:
    """Stop what `wafa up` started. The data stays."""
    from cli.down import down as bring_down

    bring_down(Home.here(), console)


@app.command()
def status() -> None:
    """Show the processes, their ports and their memory."""
    from cli.status import status as show_status

    if not show_status(Home.here(), console):
        raise typer.Exit(1)


@app.command()
def logs(
    name: Annotated[str | None, typer.Argument(help="A process as `wafa status` names it; all when left out.")] = None,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on as more is written, until Ctrl-C.")] = False,
    lines: Annotated[int, typer.Option("--lines", "-n", min=1, max=1000, help="Newest lines of each log.")] = 20,
) -> None:
    """Show what the processes said."""
    from cli.logs import logs as show_logs

    show_logs(Home.here(), console, name=name, follow=follow, lines=lines)


@app.command()
def mail(
    to: Annotated[str | None, typer.Option(help="Only messages to this address, or part of one.")] = None,
    last: Annotated[int, typer.Option(min=1, max=1000, help="How many of the newest.")] = 5,
) -> None:
    """Show the mail that customers of the embedded run were sent."""
    from cli.mail import mail as show_mail

    show_mail(Home.here(), console, to=to, last=last)


@app.command()
def migrate() -> None:
    """Bring the databases of all services up to date."""
    from cli.databases import settings_here
    from cli.migrate import migrate_all

    migrate_all(settings_here(), console.print)


@tenants.command("create")
def create_tenant(
    name: Annotated[str, typer.Argument(help="What the business is called.")],
    live: Annotated[bool, typer.Option("--live", help="Real customers; a test tenant when left out.")] = False,
    currency: Annotated[str, typer.Option(help="ISO 4217.")] = "SAR",
    time_zone: Annotated[str, typer.Option(help="IANA name.")] = "Asia/Riyadh",
) -> None:
    """Create a tenant and print its id."""
    from cli.databases import settings_here
    from cli.tenants import add_tenant

    print_plainly(add_tenant(settings_here(), name, live=live, currency=currency, time_zone=time_zone))


@keys.command("create")
def create_key(
    tenant: Annotated[str, typer.Argument(help="The tenant's id.")],
    scopes: Annotated[str, typer.Option(help="What it may do, separated by commas; all when left out.")] = "",
    name: Annotated[str, typer.Option(help="Which system holds it.")] = "wafa keys create",
) -> None:
    """Create a key, live or test as its tenant is, and print it: nobody can read it again."""
    from cli.databases import settings_here
    from cli.keys import add_key

    print_plainly(add_key(settings_here(), tenant, name=name, scopes=[scope for scope in scopes.split(",") if scope]))


@app.command()
def draw_proof(
    file: Annotated[Path, typer.Argument(help="What GET /v1/draws/{id}/proof answered.")],
    customer: Annotated[
        str | None, typer.Option(help="Say how many entries this customer has; needs the salt.")
    ] = None,
    salt: Annotated[str | None, typer.Option(help="The customer's salt, in hexadecimal.")] = None,
    head: Annotated[str | None, typer.Option(help="A head noted down while it was open: lines:hash.")] = None,
) -> None:
    """Check a draw from its published file; end with 1 and what is wrong when something is."""
    from cli.draw_proof import check_draw

    if not check_draw(file, console, customer=customer, salt=salt, head=head):
        raise typer.Exit(1)


@app.command()
def instant_win_proof(
    file: Annotated[Path, typer.Argument(help="What GET /v1/instant_wins/{id}/proof answered.")],
    play: Annotated[str | None, typer.Option(help="Say what came of this play.")] = None,
) -> None:
    """Check an instant win from its published file; end with 1 and what is wrong when something is."""
    from cli.instant_win_proof import check_instant_win

    if not check_instant_win(file, console, play=play):
        raise typer.Exit(1)


@app.command()
def verify(
    wait: Annotated[float, typer.Option(min=0, help="Seconds to give events that are on their way.")] = 10,
) -> None:
    """Prove that nothing was lost, doubled or invented; end with 1 and the wrong rows when it was."""
    from cli.databases import settings_here
    from cli.verify import verify as prove
    from kernel.clock import utc_now

    if not prove(settings_here(), console, wait_seconds=wait, at=utc_now()):
        raise typer.Exit(1)


@events.command("replay")
def replay(
    consumer: Annotated[str, typer.Argument(help="The service that shall hear again, such as retention.")],
    publisher: Annotated[str | None, typer.Option(help="Only what this service published.")] = None,
    since: Annotated[datetime | None, typer.Option(help="Only what was published since, in UTC.")] = None,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Forget first what it kept.")] = False,
) -> None:
    """Let a service hear what was published; what it has heard is left out, and nobody is written to."""
    from cli.databases import settings_here
    from cli.events import replay_events
    from kernel.clock import utc_now

    begin = since.replace(tzinfo=UTC) if since is not None else THE_BEGINNING
    shown = replay_events(settings_here(), consumer, publisher=publisher, since=begin, until=utc_now(), rebuild=rebuild)
    console.print(f"{consumer} was shown {shown} events.")


@events.command("dead-letters")
def show_dead_letters(
    consumer: Annotated[str, typer.Argument(help="The service that could not handle them.")],
    retry: Annotated[bool, typer.Option("--retry", help="Try them again, each customer's in order.")] = False,
) -> None:
    """Show the events a service has put aside."""
    from cli import events as letters
    from cli.databases import settings_here

    settings = settings_here()
    if retry:
        console.print(f"{letters.retry(settings, consumer)} are out of the way.")
    table = Table("parked at", "tenant", "event", "key", "attempts", "reason")
    for letter in letters.dead_letters(settings, consumer):
        parked = letter.parked_at.isoformat(timespec="seconds")
        table.add_row(parked, letter.tenant_id, letter.event_id, letter.key, str(letter.attempts), letter.reason)
    console.print(table if table.rows else "None.")


@app.command()
def demo(
    baskets: Annotated[int, typer.Option(min=1, help="How many of the year's 155,848.")] = 5_000,
    everything: Annotated[bool, typer.Option("--all", help="The whole year.")] = False,
) -> None:
    """Play real shopping baskets through the run's public API, and prove the outcome."""
    from cli.databases import settings_here
    from cli.demo.play import play
    from cli.demo.summary import show_summary
    from cli.verify import verify as prove
    from kernel.clock import utc_now

    home = Home.here()
    access = home.access
    if access is None or home.supervisor_pid() is None:
        raise CommandFailed(f"Nothing is running on {home.path}: wafa up --detach starts it.")
    summary = play(access["gateway_url"], access["api_key"], None if everything else baskets, home.path)
    show_summary(summary, console)
    proven = prove(settings_here(), console, wait_seconds=60, at=utc_now())
    if not (proven and summary.sound):
        raise typer.Exit(1)


def print_plainly(text: str) -> None:
    """For what is copied or piped: no colours, no wrapping."""
    console.print(text, markup=False, highlight=False, soft_wrap=True)
