-- What the other nodes ask of a gtm: a tick is a real commit, so that a gtm whose commits hang (its synchronous standby is gone)
-- hangs the cluster; a pause holds back every tick.
CREATE TABLE antdb.clock (one bool PRIMARY KEY DEFAULT true, ticks bigint NOT NULL DEFAULT 0) WITH (fillfactor = 10);
INSERT INTO antdb.clock DEFAULT VALUES;
CREATE FUNCTION antdb.tick() RETURNS bigint LANGUAGE sql AS $$ UPDATE antdb.clock SET ticks = ticks + 1 RETURNING ticks $$;
