-- Everything that the issuer keeps, for SQLite and PostgreSQL alike: TEXT and BIGINT, times as milliseconds since
-- 1970, digests as base64url, lists as JSON. Nothing in it opens anything by itself.

-- One row an account, second factor included: what has to change together changes in one statement. A deleted account
-- stays as a tombstone, so that its id is never given to another.
CREATE TABLE auth_accounts (
    id TEXT NOT NULL PRIMARY KEY,
    -- The order of lists in every collation; NULL once deleted.
    list_key TEXT UNIQUE,
    login TEXT,
    login_key TEXT UNIQUE,
    password_hash TEXT,
    state TEXT NOT NULL,
    epoch BIGINT NOT NULL,
    second_factor BIGINT NOT NULL,
    roles TEXT NOT NULL,
    scopes TEXT NOT NULL,
    attributes TEXT NOT NULL,
    totp_secret TEXT,
    totp_pending TEXT,
    totp_last_step BIGINT,
    recovery_batch TEXT
);

CREATE TABLE auth_recovery_codes (
    account TEXT NOT NULL,
    batch TEXT NOT NULL,
    code TEXT NOT NULL,
    spent_at BIGINT,
    PRIMARY KEY (account, batch, code)
);

-- One row a sign-in that can be renewed.
CREATE TABLE auth_refresh_chains (
    id TEXT NOT NULL PRIMARY KEY,
    account TEXT NOT NULL,
    client TEXT NOT NULL,
    scopes TEXT NOT NULL,
    epoch BIGINT NOT NULL,
    generation BIGINT NOT NULL,
    current_token TEXT NOT NULL UNIQUE,
    previous_token TEXT,
    rotated_at BIGINT,
    sealed TEXT,
    factors TEXT NOT NULL,
    auth_time BIGINT NOT NULL,
    idle_expires_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT,
    end_reason TEXT
);
CREATE INDEX auth_refresh_chains_of_account ON auth_refresh_chains (account, client);
CREATE INDEX auth_refresh_chains_idle ON auth_refresh_chains (idle_expires_at);
CREATE INDEX auth_refresh_chains_expired ON auth_refresh_chains (expires_at);

-- Tokens that were exchanged: only ever added to, until the chain goes.
CREATE TABLE auth_spent_tokens (
    token TEXT NOT NULL PRIMARY KEY,
    chain TEXT NOT NULL REFERENCES auth_refresh_chains (id) ON DELETE CASCADE
);
CREATE INDEX auth_spent_tokens_of_chain ON auth_spent_tokens (chain);

-- One row an account and purpose, so that redeeming one secret and killing the others is one statement on one row.
CREATE TABLE auth_one_time (
    account TEXT NOT NULL,
    purpose TEXT NOT NULL,
    digest_1 TEXT UNIQUE,
    epoch_1 BIGINT,
    expires_at_1 BIGINT,
    digest_2 TEXT UNIQUE,
    epoch_2 BIGINT,
    expires_at_2 BIGINT,
    digest_3 TEXT UNIQUE,
    epoch_3 BIGINT,
    expires_at_3 BIGINT,
    -- No secret of the row is good from then on.
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (account, purpose)
);
CREATE INDEX auth_one_time_expired ON auth_one_time (expires_at);

CREATE TABLE auth_token_ids (
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (kind, id)
);
CREATE INDEX auth_token_ids_expired ON auth_token_ids (expires_at);

CREATE TABLE auth_sessions (
    id TEXT NOT NULL PRIMARY KEY,
    digest TEXT NOT NULL UNIQUE,
    account TEXT NOT NULL,
    epoch BIGINT NOT NULL,
    label TEXT NOT NULL,
    factors TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    idle_expires_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX auth_sessions_of_account ON auth_sessions (account);
CREATE INDEX auth_sessions_idle ON auth_sessions (idle_expires_at);
CREATE INDEX auth_sessions_expired ON auth_sessions (expires_at);

CREATE TABLE auth_api_keys (
    id TEXT NOT NULL PRIMARY KEY,
    digest TEXT NOT NULL UNIQUE,
    owner TEXT NOT NULL,
    epoch BIGINT,
    parent TEXT REFERENCES auth_api_keys (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    scopes TEXT NOT NULL,
    is_disabled BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    expires_at BIGINT,
    last_used_at BIGINT
);
CREATE INDEX auth_api_keys_of_owner ON auth_api_keys (owner, created_at, id);
CREATE INDEX auth_api_keys_of_parent ON auth_api_keys (parent);
CREATE INDEX auth_api_keys_expired ON auth_api_keys (expires_at);

CREATE TABLE auth_counters (
    id TEXT NOT NULL PRIMARY KEY,
    failures BIGINT NOT NULL,
    failure_limit BIGINT NOT NULL,
    window_ends_at BIGINT NOT NULL,
    in_flight BIGINT NOT NULL,
    lease_ends_at BIGINT NOT NULL,
    admitted_at BIGINT NOT NULL,
    -- From then on the row says the same as none.
    idle_at BIGINT NOT NULL
);
CREATE INDEX auth_counters_idle ON auth_counters (idle_at);
