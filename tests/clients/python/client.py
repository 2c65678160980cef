"""Signs in, verifies, refreshes, asks and revokes, with libraries that know nothing of the server."""

import os

import jwt
import pyotp
import requests
from oauthlib.oauth2 import LegacyApplicationClient, OAuth2Error
from requests.auth import HTTPBasicAuth
from requests_oauthlib import OAuth2Session

issuer = os.environ["AUTH_ISSUER"]
audience = os.environ["AUTH_AUDIENCE"]
password = os.environ["AUTH_PASSWORD"]
auth = HTTPBasicAuth("python", os.environ["AUTH_CLIENT_SECRET"])
steps = 0


def step(holds, what):
    global steps
    if not holds:
        raise SystemExit("does not hold: " + what)
    steps += 1


def refused(call, code, what):
    try:
        call()
    except OAuth2Error as error:
        step(error.error == code, f"{what}: {error.error}")
    else:
        raise SystemExit("granted: " + what)


metadata = requests.get(issuer + "/.well-known/oauth-authorization-server", timeout=10).json()
step(metadata["issuer"] == issuer, "the metadata is the issuer's (RFC 8414, section 3.3)")


def sign_in(username, **more):
    session = OAuth2Session(client=LegacyApplicationClient("python"))
    arguments = {"username": username, "password": password, "auth": auth, "timeout": 10, **more}
    session.fetch_token(metadata["token_endpoint"], **arguments)
    return session


refused(lambda: sign_in("bob@example.com", password="wrong password"), "invalid_grant", "a wrong password")
refused(lambda: sign_in("bob@example.com", scope=["admin"]), "invalid_scope", "an unknown scope")
refused(lambda: sign_in("bob@example.com", auth=HTTPBasicAuth("python", "wrong")), "invalid_client", "a wrong secret")

bob = sign_in("bob@example.com")
me = bob.get(issuer + "/me", timeout=10)
step((me.status_code, me.text) == (200, "2"), "the token opens the door")

# The access token, by the published keys alone.
key = jwt.PyJWKClient(metadata["jwks_uri"]).get_signing_key_from_jwt(bob.token["access_token"])
arguments = {"algorithms": ["EdDSA"], "issuer": issuer, "options": {"require": ["exp", "iat", "jti", "sub"]}}
claims = jwt.decode(bob.token["access_token"], key, audience=audience, **arguments)
step((claims["sub"], claims["client_id"], claims["scope"]) == ("2", "python", "read write"), "claims")
try:
    jwt.decode(bob.token["access_token"], key, audience="https://other.example", **arguments)
except jwt.InvalidAudienceError:
    step(True, "another audience is refused")

spent = bob.token["refresh_token"]
renewed = bob.refresh_token(metadata["token_endpoint"], refresh_token=spent, auth=auth, timeout=10)
step(renewed["refresh_token"] != spent, "a refresh token is exchanged for another")


def ask(endpoint, token):
    return requests.post(metadata[endpoint], data={"token": token}, auth=auth, timeout=10)


step(ask("introspection_endpoint", renewed["access_token"]).json()["active"] is True, "the new token is active")
client = LegacyApplicationClient("python")
url, headers, body = client.prepare_token_revocation_request(metadata["revocation_endpoint"], renewed["access_token"])
answer = requests.post(url, headers=headers, data=body, auth=auth, timeout=10)
inactive = ask("introspection_endpoint", renewed["access_token"]).json()
step((answer.status_code, inactive) == (200, {"active": False}), "revoked")
refused(
    lambda: bob.refresh_token(metadata["token_endpoint"], refresh_token=spent, auth=auth, timeout=10),
    "invalid_grant",
    "a spent refresh token",
)

# A second factor.
refused(lambda: sign_in("carol@example.com"), "mfa_required", "a password alone")
code = pyotp.TOTP(os.environ["AUTH_TOTP_SECRET"]).now()
carol = sign_in("carol@example.com", otp=code)
key = jwt.PyJWKClient(metadata["jwks_uri"]).get_signing_key_from_jwt(carol.token["access_token"])
claims = jwt.decode(carol.token["access_token"], key, audience=audience, **arguments)
step(claims["amr"] == ["pwd", "otp"], "both factors are in the token")
refused(lambda: sign_in("carol@example.com", otp=code), "mfa_required", "a code a second time")
print(steps, "steps")
