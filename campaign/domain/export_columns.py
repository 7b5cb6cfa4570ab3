"""The columns of a supporter list, and how other programs call them."""

from collections.abc import Mapping

# The neutral list: what we call the columns, in our order.
COLUMNS = (
    "email",
    "name",
    "first_name",
    "last_name",
    "organization",
    "role",
    "country",
    "postal_code",
    "language",
    "visibility",
    "updates",
    "signed_at",
    "confirmed_at",
    "source",
    # Which version of the letter they signed or have affirmed since.
    "version",
    "tags",
    # Of who signed sealed, an age file in Base64 and its key’s fingerprint; all else about them is empty.
    "sealed",
    "sealed_to",
)

# For each program the headers it imports by; columns it has no word for follow under ours, so that a preset
# renames and reorders and leaves nothing out.
# What these programs call themselves.
PRESET_NAMES: Mapping[str, str] = {
    "action-network": "Action Network",
    "nationbuilder": "NationBuilder",
    "everyaction": "EveryAction, VAN",
    "civicrm": "CiviCRM",
    "mailchimp": "Mailchimp",
}
PRESETS: Mapping[str, Mapping[str, str]] = {
    "action-network": {
        "email": "email",
        "first_name": "first_name",
        "last_name": "last_name",
        "postal_code": "zip_code",
        "country": "country",
        "tags": "can2_user_tags",
    },
    "nationbuilder": {
        "email": "email",
        "first_name": "first_name",
        "last_name": "last_name",
        "postal_code": "primary_zip",
        "country": "primary_country_code",
        "tags": "tag_list",
        "updates": "email_opt_in",
    },
    "everyaction": {
        "email": "email",
        "first_name": "firstname",
        "last_name": "lastname",
        "postal_code": "ziporpostal",
        "country": "countrycode",
    },
    "civicrm": {
        "email": "Email",
        "first_name": "First Name",
        "last_name": "Last Name",
        "postal_code": "Postal Code",
        "country": "Country",
    },
    "mailchimp": {
        "email": "Email Address",
        "first_name": "First Name",
        "last_name": "Last Name",
        "tags": "TAGS",
    },
}


def headers(preset: str | None) -> Mapping[str, str]:
    """Our column → the header it gets, in the order of the file; KeyError for an unknown preset."""
    renamed = PRESETS[preset] if preset else {}
    return {**renamed, **{column: column for column in COLUMNS if column not in renamed}}
