"""Verifies a token of each server with the key of that server, and with nothing else."""

import json
import os
from pathlib import Path

import jwt
from cryptography.hazmat.primitives.serialization import load_pem_private_key

tokens = json.loads(os.environ["TOKENS"])
steps = 0


def key_of(entry):
    data = Path(entry["key"]).read_bytes()
    if entry["algorithm"] == "RS256":
        return load_pem_private_key(data, None).public_key()
    return jwt.PyJWK(json.loads(data), "HS256").key


def decode(entry, key, **more):
    arguments = {
        "algorithms": [entry["algorithm"]],
        "audience": entry["audience"],
        "issuer": entry["issuer"],
        "options": {"require": ["aud", "exp", "iat", "iss", "jti", "sub"]},
    }
    return jwt.decode(entry["token"], key, **{**arguments, **more})


def step(holds, what):
    global steps
    if not holds:
        raise SystemExit("does not hold: " + what)
    steps += 1


def refused(error, entry, key, **more):
    try:
        decode(entry, key, **more)
    except error:
        step(True, "refused")
    else:
        raise SystemExit("verified: " + entry["system"])


for entry in tokens:
    key = key_of(entry)
    claims = decode(entry, key)
    step("42" in (claims["sub"], claims.get("uid")), entry["system"] + " names the account")
    step(jwt.get_unverified_header(entry["token"]).keys() == {"alg", "typ"}, entry["system"] + " has a plain header")
    refused(jwt.InvalidAudienceError, entry, key, audience="https://other.example")
    refused(jwt.InvalidIssuerError, entry, key, issuer="https://other.example")
    for other in tokens:
        if other is not entry:
            other_key = key_of(other)
            if type(other_key) is type(key):
                refused(jwt.InvalidSignatureError, entry, other_key)
            else:
                refused(jwt.InvalidTokenError, entry, other_key, algorithms=[other["algorithm"]])
print(steps, "steps")
