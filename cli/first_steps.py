"""What `wafa up` says when all is ready: where things are, a first purchase to paste, and what to do next."""

from rich.console import Console
from rich.markup import escape

from cli.home import Home

FIRST_PURCHASE = """\
KEY={api_key}
CUSTOMER=$(curl -s {url}/v1/customers -H "authorization: Bearer $KEY" -H "content-type: application/json" \\
  -H "idempotency-key: $(date +%s%N)" -d '{{"name": "Aisha", "language": "ar"}}' | grep -o 'cus_[0-9a-z]*' | head -1)
curl -s {url}/v1/purchases -H "authorization: Bearer $KEY" -H "content-type: application/json" \\
  -H "idempotency-key: $(date +%s%N)" -d '{{
    "customer_id": "'$CUSTOMER'", "store_id": "main-street", "till_id": "1", "channel": "store",
    "external_id": "R-'$(date +%s%N)'", "occurred_at": "'$(date -u +%Y-%m-%dT%H:%M:%SZ)'", "currency": "{currency}",
    "lines": [
      {{"sku": "yogurt-peach", "name": "Yogurt", "categories": ["YOGURT"], "quantity": 3, "unit_price": 125}},
      {{"sku": "milk-1l", "name": "Milk", "categories": ["FLUID MILK PRODUCTS"], "quantity": 1, "unit_price": 320}}
    ]
  }}'; echo"""


def show_first_steps(home: Home, console: Console) -> None:
    """Print the addresses, the first purchase, and what to try then."""
    access = home.access
    assert access is not None, "the first start leaves access.json"
    url = access["gateway_url"]
    console.print(f"\n[bold]Wafa is ready.[/] Gateway {url} · documentation {access['docs_url']}", soft_wrap=True)
    console.print(
        f"Home {escape(str(home.path))} · demo tenant {access['tenant_id']} · its test key is in access.json\n",
        soft_wrap=True,
    )
    console.print("[bold]A first purchase[/], to paste into a terminal: three yogurts, one of them free, and a milk.\n")
    console.print(
        FIRST_PURCHASE.format(url=url, api_key=access["api_key"], currency=access["currency"]),
        markup=False,
        highlight=False,
        soft_wrap=True,
    )
    console.print(
        "\n[bold]Next[/]: wafa demo (play real baskets) · wafa status · wafa mail (what customers were told)"
        " · wafa logs · wafa verify · wafa down",
        soft_wrap=True,
    )
