"""The ways in which asking somebody can fail. What they say quotes neither the address nor anything that was sent."""


class OutgoingProblem(Exception):
    """No whole answer. `status` is that of an answer that began, or 0."""

    status = 0


class AddressNotAllowed(OutgoingProblem):
    """This is no address that we would ask; nothing was sent."""


class NotReached(OutgoingProblem):
    """Nobody listens there, or somebody whose certificate is not trusted; nothing was sent."""


class Broken(OutgoingProblem):
    """The connection ended in the middle, or what came is not HTTP; nobody knows whether the request was taken."""


class TookTooLong(OutgoingProblem):
    """The time was up before the answer had come as a whole."""

    def __init__(self, status: int = 0) -> None:
        super().__init__("no answer in time")
        self.status = status


class TooLarge(OutgoingProblem):
    """The answer is longer than the caller reads. `begun` is as much of its body as was read."""

    def __init__(self, status: int, begun: bytes) -> None:
        super().__init__("too long an answer")
        self.status, self.begun = status, begun
