"""Verifies messages that were received, with the secrets that they have to fit and those that they may not: webhooks.py FILE"""

import json
import sys

from standardwebhooks.webhooks import Webhook, WebhookVerificationError


def verifies(secret, message, body=None):
    try:
        Webhook(secret).verify(body or message["body"], message["headers"])
    except WebhookVerificationError:
        return False
    return True


with open(sys.argv[1], encoding="utf-8") as file:
    messages = json.load(file)
for one in messages:
    assert all(verifies(secret, one) for secret in one["fits"]), one
    assert not any(verifies(secret, one) for secret in one["fits_not"]), one
    assert not any(verifies(secret, one, one["body"] + " ") for secret in one["fits"]), one
print(f"{len(messages)} messages are verified by both packages, before, during and after a rotation, and Ed25519 by its public keys")
