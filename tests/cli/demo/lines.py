"""Lines of the data, naming only what a test is about."""

from cli.demo.source import SourceLine


def source_line(
    *,
    product_id: int = 1,
    quantity: int = 1,
    paid: int = 0,
    retail_disc: int = 0,
    coupon_disc: int = 0,
    coupon_match_disc: int = 0,
) -> SourceLine:
    """A line of basket 100, which household 7 bought in store 330."""
    return SourceLine(
        household_id=7,
        store_id=330,
        basket_id=100,
        product_id=product_id,
        quantity=quantity,
        sales_value=paid,
        retail_disc=retail_disc,
        coupon_disc=coupon_disc,
        coupon_match_disc=coupon_match_disc,
        second=1_483_271_606,
    )
