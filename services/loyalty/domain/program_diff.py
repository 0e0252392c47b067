"""What changes between two versions of a program, rule by rule. Source: docs/rules/programs.md."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from services.loyalty.domain.name import Name
from services.loyalty.domain.program import ProgramDocument

Change = Literal["added", "removed", "changed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """A field that says something else. `path` names it from the rule or the terms, as in `reward.valid_days`.

    Values are as JSON writes them; lists as a whole, tiers each by its name: `tiers.ladder.gold.threshold`.
    """

    path: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleChange:
    """A rule that is new, gone, or different. Its name is the newer one; `fields` only for a different one."""

    rule: str
    kind: str
    name: Name
    change: Change
    fields: tuple[FieldChange, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramDiff:
    """Everything that changes. `reordered` when rules of both versions stand in another order."""

    terms: tuple[FieldChange, ...]
    rules: tuple[RuleChange, ...]
    reordered: bool


def program_diff(before: ProgramDocument, after: ProgramDocument) -> ProgramDiff:
    """What the second document says that the first does not, and the other way round. The same twice: nothing."""
    old = {rule.id: rule for rule in before.rules}
    new = {rule.id: rule for rule in after.rules}
    changes = []
    for rule in after.rules:
        if rule.id not in old:
            changes.append(RuleChange(rule=rule.id, kind=rule.kind, name=rule.name, change="added"))
        elif fields := _changes(_plain(old[rule.id]), _plain(rule)):
            changes.append(RuleChange(rule=rule.id, kind=rule.kind, name=rule.name, change="changed", fields=fields))
    changes += [
        RuleChange(rule=rule.id, kind=rule.kind, name=rule.name, change="removed")
        for rule in before.rules
        if rule.id not in new
    ]
    return ProgramDiff(
        terms=_changes(_plain(before, {"rules"}), _plain(after, {"rules"})),
        rules=tuple(changes),
        reordered=[name for name in old if name in new] != [name for name in new if name in old],
    )


def _plain(document: Any, exclude: set[str] | None = None) -> dict[str, Any]:
    plain: dict[str, Any] = document.model_dump(mode="json", exclude=exclude)
    if plain.get("tiers"):
        plain["tiers"]["ladder"] = {tier.pop("id"): tier for tier in plain["tiers"]["ladder"]}
    return plain


def _changes(before: Mapping[str, Any], after: Mapping[str, Any], prefix: str = "") -> tuple[FieldChange, ...]:
    return tuple(_each_change(before, after, prefix))


def _each_change(before: Mapping[str, Any], after: Mapping[str, Any], prefix: str) -> Iterator[FieldChange]:
    names: Sequence[str] = [*before, *(name for name in after if name not in before)]
    for name in names:
        was, now = before.get(name), after.get(name)
        if isinstance(was, Mapping) and isinstance(now, Mapping):
            yield from _each_change(was, now, f"{prefix}{name}.")
        elif was != now:
            yield FieldChange(path=prefix + name, before=was, after=now)
