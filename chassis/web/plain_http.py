"""What HTTP asks of every server, whatever its routes: to answer HEAD, and to say no to what is too large."""

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chassis.web.problem_responses import BODY_LIMIT, BodyTooLarge, problem_response


class BodyLimit:
    """ASGI middleware: refuses a body that is larger than routes take, at once where it says how large it is."""

    def __init__(self, app: ASGIApp, bytes_max: int) -> None:
        self.app = app
        self.bytes_max = bytes_max

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it. Who reads too large a body meets HTTPException (413)."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        bytes_max = scope[BODY_LIMIT] = self.bytes_max
        declared = next((value for name, value in scope["headers"] if name == b"content-length"), b"")
        if declared.isdigit() and int(declared) > bytes_max:
            refusal = problem_response(BodyTooLarge(bytes_max=bytes_max), Headers(raw=scope["headers"]))
            await refusal(scope, receive, send)
            return
        came = 0

        async def receive_so_much() -> Message:
            nonlocal came
            message = await receive()
            came += len(message.get("body", b""))
            if came > bytes_max:
                # FastAPI lets no other error through while it reads.
                raise HTTPException(413)
            return message

        await self.app(scope, receive_so_much, send)


class HeadAsGet:
    """ASGI middleware: HEAD is answered as GET would be, without the content. Source: RFC 9110, 9.3.2."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, as GET where it is HEAD."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self.app(scope, receive, send)
            return

        async def send_without_content(message: Message) -> None:
            await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

        # The server must go on seeing HEAD; who counts requests must see which route it was.
        asked = {**scope, "method": "GET"}
        try:
            await self.app(asked, receive, send_without_content)
        finally:
            scope.update({**asked, "method": "HEAD"})
