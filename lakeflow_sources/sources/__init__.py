"""The built-in connectors: in a checkout they lie in the top-level folder `sources`, in the wheel right here."""

from pathlib import Path

_CHECKOUT = Path(__file__).resolve().parents[2] / "sources"
if _CHECKOUT.is_dir():
    __path__.append(str(_CHECKOUT))


def folder_of(name: str) -> Path:
    """The folder of a built-in connector, whether it is there or not."""
    folders = [Path(folder) / name for folder in __path__]
    return next((folder for folder in folders if folder.is_dir()), folders[0])
