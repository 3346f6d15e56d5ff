"""A receiver that speaks HTTP/2 and tells what it has heard."""

from tests.doubles.http2 import Request, Talk


class Echo(Talk):
    """Answers with the authority, the method, the path and the body that it was asked with."""

    def answer(self, number: int, request: Request) -> None:
        said = request.headers
        heard = f"{said[':authority']} {said[':method']} {said[':path']} ".encode() + request.body
        self.send(number, 200, heard, [("x-heard", said["user-agent"])])
