// Signs in, verifies, refreshes, revokes: knows of the server its issuer alone.

import * as jose from "jose";
import * as oauth from "oauth4webapi";

import { done, refused, step } from "./steps.js";

const { AUTH_ISSUER, AUTH_AUDIENCE, AUTH_PASSWORD, AUTH_CLIENT_SECRET } = process.env;
const insecure = { [oauth.allowInsecureRequests]: true };
const issuer = new URL(AUTH_ISSUER);
const client = { client_id: "rust" };
const secret = oauth.ClientSecretBasic(AUTH_CLIENT_SECRET);

const has = (error) => (caught) => caught.error === error;

const found = await oauth.discoveryRequest(issuer, { algorithm: "oauth2", ...insecure });
const server = await oauth.processDiscoveryResponse(issuer, found);
step(server.issuer === AUTH_ISSUER, "the metadata is the issuer's (RFC 8414, section 3.3)");
step(server.grant_types_supported.includes("refresh_token"), "the grants are named");

async function signIn(password, more = {}, auth = secret, who = client) {
  const fields = { username: "bob@example.com", password, ...more };
  const answer = await oauth.genericTokenEndpointRequest(server, who, auth, "password", fields, insecure);
  return oauth.processGenericTokenEndpointResponse(server, who, answer);
}

async function refresh(token) {
  const answer = await oauth.refreshTokenGrantRequest(server, client, secret, token, insecure);
  return oauth.processRefreshTokenResponse(server, client, answer);
}

async function introspect(token) {
  const answer = await oauth.introspectionRequest(server, client, secret, token, insecure);
  return oauth.processIntrospectionResponse(server, client, answer);
}

await refused(signIn("wrong password"), has("invalid_grant"), "a wrong password");
await refused(signIn(AUTH_PASSWORD, { scope: "admin" }), has("invalid_scope"), "an unknown scope");
await refused(
  signIn(AUTH_PASSWORD, {}, oauth.ClientSecretBasic("wrong")),
  (error) => error instanceof oauth.WWWAuthenticateChallengeError && error.status === 401
    && error.cause[0].scheme === "basic",
  "a wrong secret is challenged (RFC 6749, section 5.2)",
);
const open = await signIn(AUTH_PASSWORD, {}, oauth.None(), { client_id: "app" });
step(open.token_type === "bearer", "a public client");
const posted = await signIn(AUTH_PASSWORD, {}, oauth.ClientSecretPost(AUTH_CLIENT_SECRET));
step(posted.token_type === "bearer", "a secret in the form");

const bob = await signIn(AUTH_PASSWORD);
const me = await oauth.protectedResourceRequest(bob.access_token, "GET", new URL("/me", issuer), undefined, null, insecure);
step(me.status === 200 && (await me.text()) === "2", "the token opens the door");
await refused(
  oauth.protectedResourceRequest("not-a-token", "GET", new URL("/me", issuer), undefined, null, insecure),
  (error) => error instanceof oauth.WWWAuthenticateChallengeError
    && error.cause[0].scheme === "bearer" && error.cause[0].parameters.error === "invalid_token",
  "a bad token is challenged (RFC 6750, section 3)",
);

// The access token, by the published keys alone.
const keys = jose.createRemoteJWKSet(new URL(server.jwks_uri));
const rules = { issuer: AUTH_ISSUER, audience: AUTH_AUDIENCE, algorithms: ["EdDSA"], typ: "at+jwt", requiredClaims: ["exp", "iat", "jti"] };
const { payload, protectedHeader } = await jose.jwtVerify(bob.access_token, keys, rules);
step(payload.sub === "2" && payload.client_id === "rust" && payload.scope === "read write", "the claims");
step(protectedHeader.alg === "EdDSA", "the algorithm");
const verified = (more) => jose.jwtVerify(bob.access_token, keys, { ...rules, ...more });
const code = (name) => (error) => error.code === name;
await refused(verified({ audience: "https://other.example" }), code("ERR_JWT_CLAIM_VALIDATION_FAILED"), "another audience");
await refused(verified({ algorithms: ["RS256"] }), code("ERR_JOSE_ALG_NOT_ALLOWED"), "another algorithm");
const changed = bob.access_token.split(".");
changed[1] = jose.base64url.encode(JSON.stringify({ ...payload, sub: "3" }));
await refused(jose.jwtVerify(changed.join("."), keys, rules), code("ERR_JWS_SIGNATURE_VERIFICATION_FAILED"), "changed claims");

const renewed = await refresh(bob.refresh_token);
step(renewed.refresh_token !== bob.refresh_token, "a refresh token is exchanged for another");
const active = await introspect(renewed.access_token);
step(active.active === true && active.sub === "2", "the new token is active");
const revoked = await oauth.revocationRequest(server, client, secret, renewed.access_token, insecure);
step((await oauth.processRevocationResponse(revoked)) === undefined, "revoked (RFC 7009, section 2.2)");
step((await introspect(renewed.access_token)).active === false, "the revoked token is not active");
await refused(refresh(bob.refresh_token), has("invalid_grant"), "a spent refresh token");
await refused(refresh(renewed.refresh_token), has("invalid_grant"), "the chain of a spent token");
done();
