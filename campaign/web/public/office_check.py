"""Where an office checks a message by its code, or a manifest: without a cookie, and without a word about who
wrote it."""

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from flask import Response, jsonify, make_response, render_template, request

from campaign.domain.manifest_keys import NAMESPACE
from campaign.domain.networks import network_of
from campaign.domain.office_check import read_code
from campaign.domain.office_manifest import Compared, ManifestKind, OfficeManifest, compare
from campaign.errors import RefusedError
from campaign.i18n import SOURCE_LANGUAGE, to_translate
from campaign.services.office_check import codes as office_codes
from campaign.services.office_check import manifests
from campaign.services.office_check.codes import Checked
from campaign.services.office_check.manifests import PublishedKey
from campaign.web.context import runtime
from campaign.web.jinja import translated
from campaign.web.languages import negotiated
from campaign.web.public.blueprint import blueprint
from campaign.web.public.office_files import LARGEST_CHECK, HandedIn, add_files, typed
from campaign.web.public.responses import for_any_site, revalidated
from campaign.web.public.turns import Turns

# What is larger than a message is read one at a time in a process: the largest keeps it busy for a second.
_LARGE = 256 * 1024
_TURNS = Turns()
_PATIENCE_SECONDS = 3.0

_NOTHING = to_translate("Enter the code, paste the message, or choose the saved email.")


@dataclass(frozen=True)
class CheckAnswer:
    """What is said of what was handed in; `problem` is why nothing can be said of some of it."""

    given: HandedIn = field(default_factory=HandedIn)
    is_asked: bool = False
    is_code: bool = False
    checked: Checked | None = None
    manifest: OfficeManifest | None = None
    compared: Compared | None = None
    problem: str = ""
    status: int = 200

    @property
    def is_altered(self) -> bool:
        """Whether a text is not what was sent, by the manifest or by the code: either is enough."""
        is_altered = self.checked is not None and self.checked.is_unchanged is False
        return is_altered or (self.compared is not None and not self.compared.is_unchanged)

    @property
    def is_uncompared(self) -> bool:
        """Whether a text was handed in that nothing can be said of."""
        is_known = self.compared is not None or (self.checked is not None and self.checked.is_comparable)
        return bool(self.given.texts) and not is_known


@blueprint.get("/check")
def check_form() -> Response:
    """The form for a code and, if wanted, the text it came with; and the keys that sign manifests."""
    negotiated(default=SOURCE_LANGUAGE)
    return revalidated(make_response(_page(CheckAnswer())))


@blueprint.post("/check")
def check_message() -> Response:
    """What is known of the code and the manifest; the form stays, with all that was typed."""
    negotiated(default=SOURCE_LANGUAGE)
    request.max_content_length = request.max_form_memory_size = LARGEST_CHECK
    with _turn() as is_ours:
        answer = _answer() if is_ours else _busy()
    response = make_response(_page(answer), answer.status)
    response.headers["Cache-Control"] = "no-store"
    if not is_ours:
        response.headers["Retry-After"] = "60"
    return response


@blueprint.get("/check/keys.json")
def manifest_keys() -> Response:
    """The public halves of every key that signed or signs manifests, with their days."""
    keys = [
        {
            "public_key": key.line,
            "fingerprint": key.fingerprint,
            "first_on": key.first_on.isoformat() if key.first_on else None,
            "last_on": key.last_on.isoformat() if key.last_on else None,
            "is_current": key.is_current,
        }
        for key in _keys()
    ]
    return revalidated(for_any_site(jsonify(issuer=_issuer(), namespace=NAMESPACE, keys=keys)))


@blueprint.get("/check/allowed-signers.txt")
def manifest_signers() -> Response:
    """The same as `ssh-keygen -Y verify` reads it."""
    lines = (f'{_issuer()} namespaces="{NAMESPACE}" {key.line}\n' for key in _keys())
    return revalidated(for_any_site(Response("".join(lines), content_type="text/plain; charset=utf-8")))


def _answer() -> CheckAnswer:
    given = typed()
    try:
        add_files(given)
    except RefusedError as error:
        return CheckAnswer(given, problem=translated(error.message, **error.values), status=422)
    if given.manifest or given.signature:
        return _of_manifest(given)
    if not (given.code or given.texts):
        return CheckAnswer(given, problem=translated(_NOTHING), status=422)
    is_code, checked = _of_code(given.code, given.texts)
    status = 200 if checked else 404 if is_code else 422
    return CheckAnswer(given, is_asked=True, is_code=is_code, checked=checked, status=status)


def _of_code(code: str, texts: tuple[str, ...]) -> tuple[bool, Checked | None]:
    is_code = read_code(code) is not None
    checked = None
    if is_code:
        with runtime().database.reading() as session:
            checked = office_codes.check(session, code, texts, key=runtime().address_key)
    return is_code, checked


def _of_manifest(given: HandedIn) -> CheckAnswer:
    """What a manifest proves, and beside it what is known of the code, if there is one."""
    try:
        if not (given.manifest and given.signature):
            raise RefusedError("A manifest and its signature belong together: hand in both files.")
        with runtime().database.reading() as session:
            manifest = manifests.verified(
                session, given.manifest, given.signature, keys=runtime().manifest_keys
            )
    except RefusedError as error:
        return CheckAnswer(given, problem=translated(error.message, **error.values), status=422)
    compared = compare(manifest, given.texts) if given.texts else None
    is_pack = manifest.kind is ManifestKind.PACK
    if is_pack and not request.form.get("code"):
        given.code = ""  # each of its messages has one, and none is of the whole
    is_code, checked = _of_code(given.code, () if is_pack else given.texts)
    return CheckAnswer(given, is_code=is_code, checked=checked, manifest=manifest, compared=compared)


def _turn() -> AbstractContextManager[bool]:
    """Whether this request may be read now: a large one waits a moment for its turn."""
    if (request.content_length or 0) <= _LARGE:
        return nullcontext(True)
    return _TURNS.taken(network_of(request.remote_addr), patience=_PATIENCE_SECONDS)


def _busy() -> CheckAnswer:
    sentence = to_translate("Other files are being checked at the moment. Try again in a minute.")
    return CheckAnswer(problem=translated(sentence), status=503)


def _keys() -> tuple[PublishedKey, ...]:
    with runtime().database.reading() as session:
        return manifests.published(session, keys=runtime().manifest_keys)


def _issuer() -> str:
    return urlsplit(runtime().settings.web.public_url).netloc


def _page(answer: CheckAnswer) -> str:
    return render_template(
        "public/check.html", answer=answer, checked=answer.checked, keys=_keys(), issuer=_issuer()
    )
