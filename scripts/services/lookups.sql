-- FerretDB 1.24 looks a field up by `_jsonb -> 'field' @> 'value'`, and the btree indexes that it makes for a
-- createIndex cannot answer that: each lookup reads the whole table. So beside each field of such an index we make one
-- that can. Sent to PostgreSQL each time it is up; says the same as often as it is sent.
SET client_min_messages = warning;

CREATE SCHEMA IF NOT EXISTS callboard_lookups;

CREATE OR REPLACE FUNCTION callboard_lookups.add(made oid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  field text;
  target regclass;
BEGIN
  FOR target, field IN
    SELECT index.indrelid::regclass, pg_get_indexdef(index.indexrelid, n, true)
    FROM pg_index index
    JOIN pg_class relation ON relation.oid = index.indexrelid
    JOIN pg_class indexed ON indexed.oid = index.indrelid
    JOIN pg_am method ON method.oid = relation.relam
    CROSS JOIN LATERAL generate_series(1, index.indnkeyatts) n
    WHERE index.indexrelid = made AND method.amname = 'btree' AND indexed.relname NOT LIKE '\_ferretdb\_%'
  LOOP
    -- What is deeper than a field FerretDB looks up otherwise.
    CONTINUE WHEN field !~ '^\(_jsonb -> ''[^'']+''::text\)$';
    -- A lookup must not go through what was inserted lately, one by one: hence no fast updates.
    EXECUTE format(
      'CREATE INDEX IF NOT EXISTS %I ON %s USING gin ((%s) jsonb_path_ops) WITH (fastupdate = off)',
      'lookup_' || md5(target::oid || field), target, field
    );
  END LOOP;
END
$$;

CREATE OR REPLACE FUNCTION callboard_lookups.after_index() RETURNS event_trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM callboard_lookups.add(objid) FROM pg_event_trigger_ddl_commands() WHERE object_type = 'index';
END
$$;

DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_event_trigger WHERE evtname = 'callboard_lookups') THEN
    CREATE EVENT TRIGGER callboard_lookups ON ddl_command_end WHEN TAG IN ('CREATE INDEX')
      EXECUTE FUNCTION callboard_lookups.after_index();
  END IF;
  -- Those that were made before.
  PERFORM callboard_lookups.add(index.indexrelid)
    FROM pg_index index JOIN pg_class indexed ON indexed.oid = index.indrelid
    JOIN pg_attribute attribute ON attribute.attrelid = indexed.oid AND attribute.attname = '_jsonb';
END
$$;
