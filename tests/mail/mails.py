"""Invented mails as offices' programs write them."""

from pathlib import Path

FOLDER = Path(__file__).parent / "inbound"
NAMES = sorted(path.stem for path in FOLDER.glob("*.eml"))
SENDER = "mara.lindqvist@waters.example"


def eml(name: str, *, to: str = "r+unknown@replies.example") -> bytes:
    """One of the mails in the folder, addressed to `to`."""
    return (FOLDER / f"{name}.eml").read_bytes().replace(b"RECIPIENT", to.encode())


def mail(text: str = "We will read the gauges.", *, to: str, number: int = 1, **headers: str) -> bytes:
    """A plain answer; `headers` add to the usual ones or take their place, `_` standing for `-`."""
    lines = {
        "From": f"Mara Lindqvist <{SENDER}>",
        "To": to,
        "Subject": "Re: Our wells",
        "Message-ID": f"<answer-{number}@waters.example>",
        "In-Reply-To": "<0123@letters.example>",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    return "".join(f"{name}: {value}\n" for name, value in lines.items()).encode() + f"\n{text}\n".encode()
