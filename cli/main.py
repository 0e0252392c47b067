"""The `wafa` command.

Each command's work is in the module of its name, imported when it is called, so that start-up stays short.
"""

from typing import Annotated, Any

import typer
from rich.console import Console
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
app.add_typer(tenants, name="tenants")
app.add_typer(keys, name="keys")
console = Console()


@app.command()
def up(
    port: Annotated[int | None, typer.Option(help="The gateway's port (8080, or the one of the last start).")] = None,
    detach: Annotated[bool, typer.Option("--detach", "-d", help="Return when all is ready.")] = False,
) -> None:
    """Start everything: database, broker, services, gateway. Ctrl-C stops it."""
    from cli.up import up as bring_up

    bring_up(Home.here(), console, port=port, detach=detach)


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


def print_plainly(text: str) -> None:
    """For what is copied or piped: no colours, no wrapping."""
    console.print(text, markup=False, highlight=False, soft_wrap=True)
