"""A service's description of itself, put right where FastAPI says it wrongly."""

from typing import Any

from fastapi import FastAPI

from chassis.problem_responses import MEDIA_TYPE


class DescribedApp(FastAPI):
    """An application whose refusals are described as what they are: problem documents."""

    def openapi(self) -> dict[str, Any]:
        """The description. FastAPI would have every further response be `application/json`."""
        document = super().openapi()
        for path in document["paths"].values():
            for operation in path.values():
                for response in operation["responses"].values():
                    name_problem(response.get("content", {}))
        return document


def name_problem(content: dict[str, Any]) -> None:
    """Give the problem's media type the schema that stands under plain JSON."""
    if MEDIA_TYPE in content and "application/json" in content:
        content[MEDIA_TYPE] = {**content.pop("application/json"), **content[MEDIA_TYPE]}
