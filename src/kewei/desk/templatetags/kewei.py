"""Template words of the house: fen as yuan, days, marks. Loaded as a builtin."""

from django import template

from kewei.kernel import money

register = template.Library()


@register.filter
def yuan(fen: int | None) -> str:
    """Whole fen as yuan, "1,234.50"; empty for None."""
    return "" if fen is None else money.yuan(fen)
