"""Evidence as a small accessible table of HTML. Only the standard library, as in the ledger."""

import html
from collections.abc import Iterable
from typing import Any

HEAD = ("quantity", "measured", "predicted", "tolerance", "verdict")


def table(checks: Iterable[Any], caption: str) -> str:
    """Checks as a table; ``data-measured`` marks what another processor may round otherwise."""
    head = "".join(f'<th scope="col">{name}</th>' for name in HEAD)
    rows = "".join(map(_row, checks))
    rows = rows or f'<tr><td colspan="{len(HEAD)}">FAILS: no check was made</td></tr>'
    return (
        f'<table class="dlmath-evidence"><caption>{html.escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _row(check: Any) -> str:
    """One check as a row of the table."""
    relation = html.escape(check.relation)
    return (
        f'<tr class="{check.verdict.lower()}"><th scope="row">{html.escape(check.what)}</th>'
        f"<td data-measured>{check.digits}</td><td>{relation} {check.predicted:.4g}</td>"
        f"<td>{check.tol:.2g}</td><td>{check.verdict}</td></tr>"
    )
