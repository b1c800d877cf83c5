"""The built-in connectors: in a checkout they lie in the top-level folder `sources`, in the wheel right here."""

from pathlib import Path

_CHECKOUT = Path(__file__).resolve().parents[2] / "sources"
if _CHECKOUT.is_dir():
    __path__.append(str(_CHECKOUT))
