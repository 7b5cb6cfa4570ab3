"""Who may come to the desk: invited by mail, given more or less to do, disabled, and helped back in."""

from collections.abc import Callable
from typing import Any

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from campaign.domain.roles import Permission
from campaign.services.accounts import invitations, organizers, password_resets, people, second_factors
from campaign.services.campaigns import campaigns
from campaign.store.database import Session
from campaign.web.context import now, runtime
from campaign.web.languages import current_language
from campaign.web.organizer.desk_form import ActionForm
from campaign.web.organizer.guard import actor, blueprint, me, needs, require_fresh
from campaign.web.organizer.people.forms import InvitationForm, RightsForm


@blueprint.get("/people")
@needs(Permission.ORGANIZERS)
def organizers_list() -> str:
    """Everybody with a login, and who was invited and has not come yet."""
    with runtime().database.reading() as session:
        return render_template(
            "organizer/people.html",
            persons=people.listed(session),
            invited=invitations.listed(session),
            titles=campaigns.titles(session),
            now=now(),
        )


@blueprint.get("/people/invite")
@needs(Permission.ORGANIZERS, fresh=True)
def invite() -> str:
    """The form to invite a colleague."""
    return _invite_page(InvitationForm.filled({}))


@blueprint.post("/people/invite")
@needs(Permission.ORGANIZERS)
def send_invitation() -> AnyResponse | tuple[str, int]:
    """Mail somebody a link under which they choose a password."""
    require_fresh(url_for("organizer.invite"))
    with runtime().database.reading() as session:
        form = InvitationForm.sent(campaigns.titles(session))

    def send(session: Session) -> None:
        invitations.invite(
            session,
            form.text("email"),
            form.rights,
            context=runtime().organizer_mail,
            language=current_language(),
            actor=actor(),
            now=now(),
        )

    if not form.carry_out(send, field="email" if not form.rights.is_nothing else "role"):
        return _invite_page(form), form.status
    return redirect(url_for("organizer.organizers_list", done="invited"), 303)


@blueprint.post("/people/invitations/<id:invitation_id>/again")
@needs(Permission.ORGANIZERS)
def invite_again(invitation_id: int) -> AnyResponse:
    """Mail a new link, good for another seven days."""

    def again(session: Session) -> None:
        invitations.send_again(
            session,
            invitation_id,
            context=runtime().organizer_mail,
            language=current_language(),
            actor=actor(),
            now=now(),
        )

    return _done(again, "invited", back=url_for("organizer.organizers_list"))


@blueprint.post("/people/invitations/<id:invitation_id>/withdraw")
@needs(Permission.ORGANIZERS)
def withdraw_invitation(invitation_id: int) -> AnyResponse:
    """End an invitation and its link."""
    ActionForm().require()
    with runtime().database.transaction() as session:
        invitations.withdraw(session, invitation_id, actor=actor(), now=now())
    return redirect(url_for("organizer.organizers_list", done="uninvited"), 303)


@blueprint.get("/people/<id:organizer_id>")
@needs(Permission.ORGANIZERS, fresh=True)
def person(organizer_id: int) -> str:
    """One organizer: what they may do, and the ways to help them back in or keep them out."""
    return _person_page(organizer_id)


@blueprint.post("/people/<id:organizer_id>/rights")
@needs(Permission.ORGANIZERS)
def change_rights(organizer_id: int) -> AnyResponse | tuple[str, int]:
    """Let somebody do more or less; they log in anew."""
    require_fresh(_address(organizer_id))
    with runtime().database.reading() as session:
        email = people.by_id(session, organizer_id).email
        form = RightsForm.sent(campaigns.titles(session))

    def change(session: Session) -> None:
        organizers.set_rights(session, email, form.rights, actor=actor(), now=now())

    if not form.carry_out(change, field="role"):
        return _person_page(organizer_id, form), form.status
    if organizer_id == me().organizer_id:
        return redirect(url_for("organizer.login"), 303)
    return redirect(_address(organizer_id, done="saved"), 303)


@blueprint.post("/people/<id:organizer_id>/disable")
@needs(Permission.ORGANIZERS)
def disable_organizer(organizer_id: int) -> AnyResponse:
    """End a login and every session of it."""

    def disable(session: Session) -> None:
        email = people.by_id(session, organizer_id).email
        organizers.disable(session, email, actor=actor(), now=now())

    return _done(disable, "login-disabled", back=_address(organizer_id))


@blueprint.post("/people/<id:organizer_id>/enable")
@needs(Permission.ORGANIZERS)
def enable_organizer(organizer_id: int) -> AnyResponse:
    """Let somebody log in again, with the password they had."""

    def enable(session: Session) -> None:
        email = people.by_id(session, organizer_id).email
        organizers.enable(session, email, actor=actor(), now=now())

    return _done(enable, "login-enabled", back=_address(organizer_id))


@blueprint.post("/people/<id:organizer_id>/reset")
@needs(Permission.ORGANIZERS)
def reset_organizer(organizer_id: int) -> AnyResponse:
    """End the old password, and mail a link under which a new one is chosen."""

    def mail_link(session: Session) -> None:
        email = people.by_id(session, organizer_id).email
        password_resets.mail_link(session, email, context=runtime().organizer_mail, actor=actor(), now=now())

    return _done(mail_link, "reset-mailed", back=_address(organizer_id))


@blueprint.post("/people/<id:organizer_id>/second-factor")
@needs(Permission.ORGANIZERS)
def remove_second_factor(organizer_id: int) -> AnyResponse:
    """Take the second factor off a login whose owner has lost it; they are told by mail."""

    def take_off(session: Session) -> None:
        email = people.by_id(session, organizer_id).email
        second_factors.take_off(session, email, context=runtime().organizer_mail, actor=actor(), now=now())

    return _done(take_off, "factor-removed", back=_address(organizer_id))


def _done(change: Callable[[Session], object], done: str, *, back: str) -> AnyResponse:
    """What a button does, for whoever gave their password a moment ago."""
    ActionForm().require()
    require_fresh(back)
    with runtime().database.transaction() as session:
        change(session)
    return redirect(f"{back}?done={done}", 303)


def _address(organizer_id: int, **more: Any) -> str:
    return url_for("organizer.person", organizer_id=organizer_id, **more)


def _invite_page(form: InvitationForm) -> str:
    with runtime().database.reading() as session:
        titles = campaigns.titles(session)
    return render_template("organizer/invite.html", form=form, titles=titles)


def _person_page(organizer_id: int, form: RightsForm | None = None) -> str:
    with runtime().database.reading() as session:
        shown = people.by_id(session, organizer_id)
        titles = campaigns.titles(session)
        owners = [person.id for person in people.listed(session) if person.is_owner]
    return render_template(
        "organizer/person.html",
        person=shown,
        titles=titles,
        form=form or RightsForm.stored(shown.rights),
        is_last_owner=owners == [organizer_id],
    )
