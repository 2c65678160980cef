-- What other processes must not believe any more: one row a change of an account or a credential, written in the
-- transaction of the change. Its position is that of the transaction, which several rows may share in PostgreSQL. The
-- latest some thousand rows are kept.
CREATE TABLE auth_changes (
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    position BIGINT NOT NULL,
    PRIMARY KEY (kind, name, position)
);
CREATE INDEX auth_changes_in_order ON auth_changes (position);
