-- Which keys are in use, so that a node that lacks one does not start. Ids only, never a key.
CREATE TABLE auth_key_ids (
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    PRIMARY KEY (kind, id)
);
