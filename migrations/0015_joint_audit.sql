-- +goose Up
-- A new release is audited with the earlier ones in the transaction that counts the answers.
GRANT SELECT ON releases TO yousaid_tabulate;
