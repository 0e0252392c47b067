"""A tenant's set of rules: the document people write, and the same made ready to apply."""

from dataclasses import dataclass
from typing import Annotated, Self

from pydantic import Field, model_validator

from services.loyalty.domain.rules.earn import Earn
from services.loyalty.domain.rules.rule import RuleDocument
from services.loyalty.domain.terms import Terms

Rule = Annotated[Earn, Field()]


class ProgramDocument(Terms):
    """A version of a program, as it is stored. Editing makes another version."""

    rules: Annotated[tuple[Rule, ...], Field(max_length=100)] = ()

    @model_validator(mode="after")
    def _names_each_rule_once(self) -> Self:
        ids = [rule.id for rule in self.rules]
        if len(ids) != len(set(ids)):
            raise ValueError("two rules have the same id")
        return self


@dataclass(frozen=True, slots=True)
class CompiledProgram:
    """A program in the order in which it is applied. Made once for each version, and kept."""

    terms: Terms
    rules: tuple[RuleDocument, ...]


def compile_program(document: ProgramDocument) -> CompiledProgram:
    """Make a version of a program ready for `evaluate`."""
    return CompiledProgram(terms=document, rules=document.rules)
