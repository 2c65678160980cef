-- The accounts with a second factor, for the walk that seals their secrets anew.
CREATE INDEX auth_accounts_with_totp ON auth_accounts (id) WHERE totp_secret IS NOT NULL;
