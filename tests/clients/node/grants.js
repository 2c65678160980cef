// Signs in, shows the token, refreshes and fails, at a token endpoint that is known by its address.

import * as oauth from "oauth4webapi";

import { done, refused, step } from "./steps.js";

const { BASE, DOOR, USER_NAME, PASSWORD, TWOFA_ANSWER } = process.env;
const insecure = { [oauth.allowInsecureRequests]: true };
const server = { issuer: BASE, token_endpoint: `${BASE}/api/token` };
const app = { client_id: "an-app" };
const other = { client_id: "another-app" };

const has = (error) => (caught) => caught.error === error;

async function signIn(username, password) {
  const fields = { username, password };
  const answer = await oauth.genericTokenEndpointRequest(server, app, oauth.None(), "password", fields, insecure);
  return oauth.processGenericTokenEndpointResponse(server, app, answer);
}

async function refresh(token, client = app) {
  const answer = await oauth.refreshTokenGrantRequest(server, client, oauth.None(), token, insecure);
  return oauth.processRefreshTokenResponse(server, client, answer);
}

async function opens(token) {
  const answer = await oauth.protectedResourceRequest(token, "GET", new URL(BASE + DOOR), undefined, null, insecure);
  return answer.status === 200;
}

await refused(signIn(USER_NAME, "wrong"), has("invalid_grant"), "a wrong password");
await refused(signIn("twofa@example.com", PASSWORD), has(TWOFA_ANSWER), "no second factor, or no such account");
await refused(signIn("suspended@example.com", PASSWORD), has("invalid_grant"), "a suspended account");

const first = await signIn(USER_NAME, PASSWORD);
step(first.token_type === "bearer", "the type of the token");
step([604799, 604800].includes(first.expires_in), "seven days");
step(await opens(first.access_token), "the token opens the door");
await refused(
  opens("not-a-token"),
  (error) => error instanceof oauth.WWWAuthenticateChallengeError && error.status === 401,
  "a bad token",
);
await refused(refresh(first.refresh_token, other), has("invalid_grant"), "a refresh by another client");
const second = await refresh(first.refresh_token);
step(second.refresh_token !== first.refresh_token, "a refresh token is exchanged for another");
step(await opens(second.access_token), "the new token opens the door");
await refused(refresh(first.refresh_token), has("invalid_grant"), "a spent refresh token");
await refused(refresh(second.refresh_token), has("invalid_grant"), "the chain of a spent token");
done();
