-- SPDX-License-Identifier: Apache-2.0
-- A store that carries a service: what a controller decides on, lists that stay fast, search.

-- ---- runs ----
ALTER TABLE runs ADD COLUMN priority INTEGER NOT NULL DEFAULT 50;
ALTER TABLE runs ADD COLUMN service INTEGER NOT NULL DEFAULT 0;  -- 1: no process owns it
ALTER TABLE runs ADD COLUMN confirm INTEGER NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN series_key TEXT;
ALTER TABLE runs ADD COLUMN revision INTEGER;
ALTER TABLE runs ADD COLUMN superseded_by INTEGER;
ALTER TABLE runs ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN job_count INTEGER NOT NULL DEFAULT 0;
UPDATE runs SET job_count = (SELECT count(*) FROM jobs WHERE run = runs.id);
CREATE INDEX runs_by_submitter ON runs (submitter);
CREATE INDEX runs_by_series ON runs (series_key, revision) WHERE series_key IS NOT NULL;
CREATE INDEX runs_by_end ON runs (finished_ns) WHERE state = 'done';

-- Kept by the triggers below, so that a run of a million jobs is summed up without counting.
CREATE TABLE run_counts (
  run      INTEGER PRIMARY KEY REFERENCES runs (id),
  queued   INTEGER NOT NULL,
  running  INTEGER NOT NULL
) STRICT;
INSERT INTO run_counts
  SELECT id, (SELECT count(*) FROM jobs WHERE run = runs.id AND state = 'queued'),
         (SELECT count(*) FROM jobs WHERE run = runs.id AND state = 'running') FROM runs;

CREATE TABLE run_verdicts (
  run      INTEGER NOT NULL REFERENCES runs (id),
  verdict  TEXT NOT NULL,
  count    INTEGER NOT NULL,
  PRIMARY KEY (run, verdict)
) STRICT, WITHOUT ROWID;
CREATE INDEX run_verdicts_by_verdict ON run_verdicts (verdict, run);
INSERT INTO run_verdicts
  SELECT run, verdict, count(*) FROM jobs WHERE verdict IS NOT NULL GROUP BY run, verdict;

-- ---- jobs ----
-- The texts are long and never change: a change of state does not have to write them again.
CREATE TABLE job_specs (
  job         INTEGER PRIMARY KEY REFERENCES jobs (id),
  job_json    TEXT NOT NULL,  -- the whole Job: what reproduces it
  needs_json  TEXT NOT NULL   -- its Needs: what a scheduler asks
) STRICT;
INSERT INTO job_specs SELECT id, job_json, '{}' FROM jobs;
ALTER TABLE jobs DROP COLUMN job_json;
ALTER TABLE jobs ADD COLUMN queued_ns INTEGER;
ALTER TABLE jobs ADD COLUMN ended_ns INTEGER;
ALTER TABLE jobs ADD COLUMN queue_timeout_ns INTEGER NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN only_worker TEXT;
ALTER TABLE jobs ADD COLUMN attempts INTEGER NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN worker TEXT;  -- of the last attempt
UPDATE jobs SET
  attempts = (SELECT count(*) FROM attempts WHERE job = jobs.id),
  worker = (SELECT worker FROM attempts WHERE job = jobs.id ORDER BY number DESC LIMIT 1),
  ended_ns = CASE WHEN state IN ('done', 'canceled')
             THEN (SELECT max(finished_ns) FROM attempts WHERE job = jobs.id) END;
-- Each also gives the rows of one key by id: the newest first.
DROP INDEX jobs_by_state;
CREATE INDEX jobs_by_state ON jobs (state);
CREATE INDEX jobs_by_verdict ON jobs (verdict) WHERE verdict IS NOT NULL;
CREATE INDEX jobs_by_scenario ON jobs (scenario);
CREATE INDEX jobs_by_scenario_verdict ON jobs (scenario, verdict) WHERE verdict IS NOT NULL;
CREATE INDEX jobs_by_run_state ON jobs (run, state);
CREATE INDEX jobs_by_run_verdict ON jobs (run, verdict) WHERE verdict IS NOT NULL;
CREATE INDEX jobs_by_worker ON jobs (worker) WHERE worker IS NOT NULL;

-- ---- attempts ----
ALTER TABLE attempts ADD COLUMN instance TEXT NOT NULL DEFAULT '';
ALTER TABLE attempts ADD COLUMN scenario TEXT NOT NULL DEFAULT '';  -- the job's, for trends
ALTER TABLE attempts ADD COLUMN reported INTEGER NOT NULL DEFAULT 0;  -- 1: its report is here
UPDATE attempts SET scenario = (SELECT scenario FROM jobs WHERE jobs.id = job),
                    reported = state = 'done';
CREATE INDEX attempts_by_scenario ON attempts (scenario);
CREATE INDEX attempts_by_worker ON attempts (worker);
CREATE INDEX attempts_not_done ON attempts (state) WHERE state <> 'done';

ALTER TABLE artifacts ADD COLUMN expired INTEGER NOT NULL DEFAULT 0;  -- 1: the file is gone

-- How many attempts used a build; kept by triggers.
CREATE TABLE build_uses (
  build     INTEGER PRIMARY KEY REFERENCES builds (id),
  attempts  INTEGER NOT NULL
) STRICT;
INSERT INTO build_uses
  SELECT id, (SELECT count(DISTINCT attempt) FROM attempt_builds WHERE build = builds.id)
  FROM builds;

-- ---- events ----
-- `run` may be NULL from now on. Taking a NOT NULL back changes no row: see 0003.
ALTER TABLE events ADD COLUMN worker TEXT;
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, 'run      INTEGER NOT NULL', 'run      INTEGER')
  WHERE type = 'table' AND name = 'events';
PRAGMA writable_schema = RESET;
CREATE INDEX events_by_worker ON events (worker) WHERE worker IS NOT NULL;
CREATE INDEX events_of_no_job ON events (seq) WHERE job IS NULL;

-- ---- the fleet ----
CREATE TABLE workers (
  id             INTEGER PRIMARY KEY,
  name           TEXT NOT NULL UNIQUE,
  token          INTEGER NOT NULL,  -- 0: a local user
  hello_json     TEXT NOT NULL,
  admin_state    TEXT NOT NULL CHECK (admin_state IN ('ready', 'draining')),
  health         TEXT NOT NULL CHECK (health IN ('healthy', 'quarantined')),
  health_reason  TEXT NOT NULL,
  misses         INTEGER NOT NULL,
  first_seen_ns  INTEGER NOT NULL,
  last_seen_ns   INTEGER NOT NULL
) STRICT;

CREATE TABLE tokens (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  name        TEXT NOT NULL,
  role        TEXT NOT NULL CHECK (role IN ('read', 'submit', 'worker', 'admin')),
  sha256      BLOB NOT NULL UNIQUE,  -- of the secret
  created_ns  INTEGER NOT NULL,
  expires_ns  INTEGER,
  revoked_ns  INTEGER
) STRICT;

CREATE TABLE idempotency (
  token           INTEGER NOT NULL,
  key             TEXT NOT NULL,
  request_sha256  TEXT NOT NULL,
  run             INTEGER NOT NULL REFERENCES runs (id),
  created_ns      INTEGER NOT NULL,
  PRIMARY KEY (token, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_by_run ON idempotency (run);
CREATE INDEX idempotency_by_time ON idempotency (created_ns);

CREATE TABLE fleet_builds (
  id          INTEGER PRIMARY KEY,
  key         TEXT NOT NULL UNIQUE,
  title       TEXT NOT NULL,
  state       TEXT NOT NULL CHECK (state IN ('building', 'ready', 'failed')),
  worker      TEXT NOT NULL,
  attempt     INTEGER NOT NULL,
  artifact    TEXT,
  detail      TEXT NOT NULL,
  created_ns  INTEGER NOT NULL,
  updated_ns  INTEGER NOT NULL
) STRICT;
CREATE INDEX fleet_builds_by_state ON fleet_builds (state);
CREATE INDEX fleet_builds_by_attempt ON fleet_builds (attempt) WHERE state = 'building';
CREATE INDEX fleet_builds_by_artifact ON fleet_builds (artifact) WHERE artifact IS NOT NULL;

-- ---- search ----
-- One table each, with the id of what it tells of as rowid: the beginning of a word is looked for
-- in all of a table at once.
CREATE VIRTUAL TABLE search_runs USING fts5 (text, detail = none, columnsize = 0);
CREATE VIRTUAL TABLE search_jobs USING fts5 (text, detail = none, columnsize = 0);
CREATE VIRTUAL TABLE search_reasons USING fts5 (text, detail = none, columnsize = 0);  -- of jobs
CREATE VIRTUAL TABLE search_findings USING fts5 (text, detail = none, columnsize = 0);  -- of attempts
CREATE VIRTUAL TABLE search_builds USING fts5 (text, detail = none, columnsize = 0);
CREATE VIRTUAL TABLE search_workers USING fts5 (text, detail = none, columnsize = 0);
INSERT INTO search_runs (rowid, text) SELECT id, title || ' ' || submitter FROM runs;
INSERT INTO search_jobs (rowid, text) SELECT id, title FROM jobs;
INSERT INTO search_reasons (rowid, text)
  SELECT id, reason FROM jobs WHERE verdict <> 'PASS' AND reason <> '';
INSERT INTO search_findings (rowid, text)
  SELECT attempt, substr(group_concat(excerpt, char(10)), 1, 4000) FROM findings GROUP BY attempt;
INSERT INTO search_builds (rowid, text) SELECT id, title || ' ' || release FROM builds;

-- ---- what follows from a change, whoever makes it ----
CREATE TRIGGER runs_added AFTER INSERT ON runs BEGIN
  INSERT INTO run_counts VALUES (new.id, 0, 0);
  INSERT INTO search_runs (rowid, text) VALUES (new.id, new.title || ' ' || new.submitter);
END;
CREATE TRIGGER runs_removed AFTER DELETE ON runs BEGIN
  DELETE FROM search_runs WHERE rowid = old.id;
END;

CREATE TRIGGER jobs_added AFTER INSERT ON jobs BEGIN
  UPDATE run_counts SET queued = queued + (new.state = 'queued') WHERE run = new.run;
  INSERT INTO search_jobs (rowid, text) VALUES (new.id, new.title);
END;
CREATE TRIGGER jobs_moved AFTER UPDATE OF state ON jobs WHEN new.state <> old.state BEGIN
  UPDATE run_counts SET queued = queued - (old.state = 'queued') + (new.state = 'queued'),
                        running = running - (old.state = 'running') + (new.state = 'running')
    WHERE run = new.run;
END;
CREATE TRIGGER jobs_reopened AFTER UPDATE OF verdict ON jobs WHEN old.verdict IS NOT NULL BEGIN
  UPDATE run_verdicts SET count = count - 1 WHERE run = new.run AND verdict = old.verdict;
  DELETE FROM run_verdicts WHERE run = new.run AND verdict = old.verdict AND count = 0;
END;
CREATE TRIGGER jobs_judged AFTER UPDATE OF verdict ON jobs WHEN new.verdict IS NOT NULL BEGIN
  INSERT INTO run_verdicts VALUES (new.run, new.verdict, 1)
    ON CONFLICT (run, verdict) DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER jobs_explained AFTER UPDATE OF verdict ON jobs
WHEN coalesce(old.verdict, 'PASS') <> 'PASS' OR coalesce(new.verdict, 'PASS') <> 'PASS' BEGIN
  DELETE FROM search_reasons WHERE rowid = new.id;
  INSERT INTO search_reasons (rowid, text)
    SELECT new.id, new.reason WHERE new.verdict <> 'PASS' AND new.reason <> '';
END;
CREATE TRIGGER jobs_removed AFTER DELETE ON jobs BEGIN
  DELETE FROM search_jobs WHERE rowid = old.id;
  DELETE FROM search_reasons WHERE rowid = old.id;
END;

CREATE TRIGGER builds_added AFTER INSERT ON builds BEGIN
  INSERT INTO build_uses VALUES (new.id, 0);
  INSERT INTO search_builds (rowid, text) VALUES (new.id, new.title || ' ' || new.release);
END;
-- An attempt may name a build more than once.
CREATE TRIGGER builds_used AFTER INSERT ON attempt_builds
WHEN NOT EXISTS (SELECT 1 FROM attempt_builds WHERE attempt = new.attempt AND build = new.build
                 AND position <> new.position) BEGIN
  UPDATE build_uses SET attempts = attempts + 1 WHERE build = new.build;
END;
CREATE TRIGGER builds_unused AFTER DELETE ON attempt_builds
WHEN NOT EXISTS (SELECT 1 FROM attempt_builds WHERE attempt = old.attempt AND build = old.build)
BEGIN
  UPDATE build_uses SET attempts = attempts - 1 WHERE build = old.build;
END;
CREATE TRIGGER workers_added AFTER INSERT ON workers BEGIN
  INSERT INTO search_workers (rowid, text) VALUES (new.id, new.name);
END;
CREATE TRIGGER workers_removed AFTER DELETE ON workers BEGIN
  DELETE FROM search_workers WHERE rowid = old.id;
END;
