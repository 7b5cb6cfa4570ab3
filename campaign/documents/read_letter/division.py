"""The best division of a letter into roles: the path with the highest score over all of its blocks."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from campaign.documents.read_letter.roles import LetterRole
from campaign.documents.read_letter.surroundings import Look
from campaign.documents.read_letter.weights import (
    BEGINS,
    CHANGE_WITHOUT_GAP,
    ENDS,
    FOLLOWS,
    MOVES,
    OPENED_BY,
    ROLES,
    SAME_WITHOUT_GAP,
    WEIGHTS,
    Phase,
)

_STATES = tuple((phase, role) for phase, roles in ROLES.items() for role in roles)
# What lies this far below the best at its place has never become part of the best path.
_BEAM = 40.0


@dataclass(frozen=True)
class Placed:
    """The role of one block, its phase, and by how much the best division without it is worse."""

    phase: Phase
    role: LetterRole
    margin: float
    other: LetterRole | None


def divide(looks: Sequence[Look], spaced: Sequence[bool]) -> list[Placed]:
    """The best role for every block, by Viterbi's algorithm; the second best is read off on the way back."""
    if not looks:
        return []
    forward, origins = _forward(looks, spaced)
    backward = _backward(looks, spaced, forward)
    last = max(forward[-1], key=lambda state: forward[-1][state] + backward[-1][state])
    path = [last]
    for origin in reversed(origins[1:]):
        path.append(origin[path[-1]])
    path.reverse()
    best = forward[-1][last] + backward[-1][last]
    return [_placed(state, best, forward[at], backward[at]) for at, state in enumerate(path)]


def _placed(state: int, best: float, forward: dict[int, float], backward: dict[int, float]) -> Placed:
    phase, role = _STATES[state]
    margin, other = 99.0, None
    for index, score in forward.items():
        if _STATES[index][1] is not role and index in backward and best - score - backward[index] < margin:
            margin, other = best - score - backward[index], _STATES[index][1]
    return Placed(phase, role, margin, other)


def _forward(
    looks: Sequence[Look], spaced: Sequence[bool]
) -> tuple[list[dict[int, float]], list[dict[int, int]]]:
    first = {
        index: BEGINS[phase] + FOLLOWS.get((None, role), 0.0) + _score(role, looks[0])
        for index, (phase, role) in enumerate(_STATES)
        if phase in BEGINS and role not in _barred(looks[0])
    }
    forward: list[dict[int, float]] = [_pruned(first)]
    origins: list[dict[int, int]] = [{}]
    for at in range(1, len(looks)):
        before, steps, barred = forward[-1], _steps(spaced[at]), _barred(looks[at])
        scores: dict[int, float] = {}
        origin: dict[int, int] = {}
        for index, score in before.items():
            for following, step, opened in steps[index]:
                if opened in barred:
                    continue
                reached = score + step
                if following not in scores or reached > scores[following]:
                    scores[following], origin[following] = reached, index
        look = looks[at]
        own = {role: _score(role, look) for role in {_STATES[index][1] for index in scores}}
        forward.append(_pruned({index: score + own[_STATES[index][1]] for index, score in scores.items()}))
        origins.append(origin)
    return forward, origins


def _backward(
    looks: Sequence[Look], spaced: Sequence[bool], forward: Sequence[dict[int, float]]
) -> list[dict[int, float]]:
    """For every state that `forward` reached, the best score of what can come after it."""
    after = {index: ENDS.get(_STATES[index][0], 0.0) for index in forward[-1]}
    backward = [after]
    for at in range(len(looks) - 1, 0, -1):
        steps, look, barred = _steps(spaced[at]), looks[at], _barred(looks[at])
        own = {index: _score(_STATES[index][1], look) + score for index, score in after.items()}
        before: dict[int, float] = {}
        for index in forward[at - 1]:
            reached = [
                step + own[following]
                for following, step, opened in steps[index]
                if following in own and opened not in barred
            ]
            if reached:
                before[index] = max(reached)
        backward.append(before)
        after = before
    backward.reverse()
    return backward


def _pruned(scores: dict[int, float]) -> dict[int, float]:
    least = max(scores.values()) - _BEAM
    return {index: score for index, score in scores.items() if score >= least}


def _score(role: LetterRole, look: Look) -> float:
    weights = WEIGHTS[role]
    return sum(weights[feature] * value for feature, value in look.items() if feature in weights)


@cache
def _steps(spaced: bool) -> tuple[tuple[tuple[int, float, LetterRole | None], ...], ...]:
    """For each state, every state that may follow it, what the step is worth, and the list that it opens."""
    return tuple(
        tuple(
            (following, step, _opened(state[1], target[1]))
            for following, target in enumerate(_STATES)
            if (step := _step(state, target, spaced=spaced)) is not None
        )
        for state in _STATES
    )


def _opened(role: LetterRole, following: LetterRole) -> LetterRole | None:
    """The role that begins with this step and needs its label there."""
    if (
        following not in OPENED_BY
        or following is role
        or (role, following) == (LetterRole.COPIED_HEADING, LetterRole.COPIED)
    ):
        return None
    return following


def _barred(look: Look) -> frozenset[LetterRole]:
    """The roles that cannot begin at a block, since it has not their label."""
    return frozenset(role for role, label in OPENED_BY.items() if label not in look)


def _step(state: tuple[Phase, LetterRole], target: tuple[Phase, LetterRole], *, spaced: bool) -> float | None:
    (phase, role), (next_phase, next_role) = state, target
    if phase is not next_phase and (phase, next_phase) not in MOVES:
        return None
    if phase is not next_phase and (next_phase is Phase.ASKS and next_role is not LetterRole.ASK):
        return None
    if (
        next_phase is Phase.TAIL
        and next_role is LetterRole.ADDRESSEE
        and role not in (LetterRole.CLOSING, LetterRole.ADDRESSEE)
    ):
        return None
    if phase is Phase.ASKS and role is LetterRole.LEAD and next_role is not LetterRole.ASK:
        return None
    step = MOVES.get((phase, next_phase), 0.0)
    step += FOLLOWS.get((role, next_role), FOLLOWS.get((None, next_role), 0.0))
    if not spaced:
        step += SAME_WITHOUT_GAP if role is next_role else CHANGE_WITHOUT_GAP
    return step
