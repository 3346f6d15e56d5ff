"""Apple's push service and Google, small and on this machine, for `bin/dev --doubles`: what happens on a card is seen
to reach both wallets, without an account at either.

Prints the settings that lead to them as one line of JSON, then, as messages, what they are asked, until its input ends.
"""

import json
import select
import sys
from pathlib import Path

from tests.doubles.apns import PushDouble
from tests.doubles.google import ISSUER, Google
from tests.doubles.google_serving import google_running


def main(folder: Path) -> None:
    chain, own = folder / "wallet" / "development", folder / "doubles"
    own.mkdir(mode=0o700, exist_ok=True)
    with PushDouble(own, [chain / "root.pem", chain / "wwdr.pem"]) as apple, google_running(own) as (google, _server):
        print(json.dumps(settings_of(apple, google)), flush=True)
        while not select.select([sys.stdin], [], [], 0.2)[0]:
            _tell(apple, google)
        _tell(apple, google)


def settings_of(apple: PushDouble, google: Google) -> dict[str, str]:
    return {
        "STAMPWELL_APPLE_PUSH_HOST": apple.host,
        "STAMPWELL_APPLE_PUSH_CA": str(apple.ca),
        "STAMPWELL_GOOGLE_ACCOUNT": str(google.account),
        "STAMPWELL_GOOGLE_ISSUER": ISSUER,
        "STAMPWELL_GOOGLE_API": google.url,
        "STAMPWELL_GOOGLE_CA": str(google.ca),
        "STAMPWELL_GOOGLE_CALLBACK_KEYS": f"{google.url}/keys",
    }


def _tell(apple: PushDouble, google: Google) -> None:
    for push in apple.seen:
        _say(f"Apple: push to {push.token[:8]}… for {push.headers['apns-topic']}")
    for asked in google.asked:
        _say(f"Google: {asked.method} {asked.path} {json.dumps(asked.body, ensure_ascii=False)[:200]}")
    for why in google.refused:
        _say(f"Google refused: {why}")
    apple.seen.clear()
    google.asked.clear()
    google.refused.clear()


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
