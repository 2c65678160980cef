"""Signs in, shows the token, refreshes and fails, with libraries that know nothing of the server."""

import os

import pyotp
from oauthlib.oauth2 import LegacyApplicationClient, OAuth2Error
from requests_oauthlib import OAuth2Session

base = os.environ["BASE"]
endpoint = base + "/api/token"
door = base + os.environ["DOOR"]
user, password = os.environ["USER_NAME"], os.environ["PASSWORD"]
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


def sign_in(name=user, secret=password, client=None, **more):
    session = OAuth2Session(client=LegacyApplicationClient(None))
    headers = {"client_id": client} if client else {}
    session.fetch_token(endpoint, username=name, password=secret, headers=headers, timeout=10, **more)
    return session


def refresh(session, token, client=None):
    headers = {"client_id": client} if client else {}
    return session.refresh_token(endpoint, refresh_token=token, headers=headers, timeout=10)


refused(lambda: sign_in(secret="wrong"), "invalid_grant", "a wrong password")

session = sign_in(client="browser-1")
step(session.get(door, timeout=10).status_code == 200, "the token opens the door")
step(session.token["token_type"] == "bearer", "the type of the token")
step(session.token["expires_in"] in (604799, 604800), "seven days")

first = session.token["refresh_token"]
refused(lambda: refresh(session, first), "invalid_grant", "a refresh without the client id")
refused(lambda: refresh(session, first, "browser-2"), "invalid_grant", "a refresh by another client")
second = refresh(session, first, "browser-1")["refresh_token"]
step(second != first, "a refresh token is exchanged for another")
step(session.get(door, timeout=10).status_code == 200, "the new token opens the door")
refused(lambda: refresh(session, first, "browser-1"), "invalid_grant", "a spent refresh token")
refused(lambda: refresh(session, second, "browser-1"), "invalid_grant", "the chain of a spent token")

# A second factor.
twofa = os.environ["TOTP_USER"]
refused(lambda: sign_in(twofa), "two_factor_auth_check", "a password alone")
code = pyotp.TOTP(os.environ["TOTP_SECRET"]).now()
step(sign_in(twofa, totp=code).authorized, "a password and a code")
refused(lambda: sign_in(twofa, totp=code), "two_factor_auth_check", "a code a second time")
print(steps, "steps")
