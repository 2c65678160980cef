// Verifies a token of each server with the key of that server, and with nothing else.

import { createPublicKey } from "node:crypto";
import { readFile } from "node:fs/promises";

import * as jose from "jose";

import { done, refused, step } from "./steps.js";

const tokens = JSON.parse(process.env.TOKENS);

async function keyOf(entry) {
  const text = await readFile(entry.key, "utf8");
  return entry.algorithm === "RS256" ? createPublicKey(text) : jose.importJWK(JSON.parse(text), entry.algorithm);
}

const verify = async (entry, key, more = {}) =>
  jose.jwtVerify(entry.token, key, {
    algorithms: [entry.algorithm],
    issuer: entry.issuer,
    audience: entry.audience,
    requiredClaims: ["aud", "exp", "iat", "iss", "jti", "sub"],
    ...more,
  });
const claim = (name) => (error) => error.code === "ERR_JWT_CLAIM_VALIDATION_FAILED" && error.claim === name;
const code = (name) => (error) => error.code === name;

for (const entry of tokens) {
  const key = await keyOf(entry);
  const { payload, protectedHeader } = await verify(entry, key);
  step(payload.sub === "42" || payload.uid === "42", `${entry.system} names the account`);
  step(protectedHeader.alg === entry.algorithm, `${entry.system} signs with ${entry.algorithm}`);
  await refused(verify(entry, key, { audience: "https://other.example" }), claim("aud"), "another audience");
  await refused(verify(entry, key, { issuer: "https://other.example" }), claim("iss"), "another issuer");
  for (const other of tokens) {
    if (other === entry) continue;
    // With what the other server verifies its own by.
    const reason = other.algorithm === entry.algorithm
      ? "ERR_JWS_SIGNATURE_VERIFICATION_FAILED" : "ERR_JOSE_ALG_NOT_ALLOWED";
    const rules = { algorithms: [other.algorithm] };
    await refused(verify(entry, await keyOf(other), rules), code(reason), `${entry.system} at ${other.system}`);
  }
}
done();
