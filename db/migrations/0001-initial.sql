-- SPDX-License-Identifier: Apache-2.0
-- Times are nanoseconds since 1970 UTC, durations nanoseconds, unsigned 64-bit values are kept as
-- the signed integer of the same bits. `position` keeps the order of a report's lists.

CREATE TABLE runs (
  id            INTEGER PRIMARY KEY AUTOINCREMENT,
  title         TEXT NOT NULL,
  source_text   TEXT NOT NULL,
  submitter     TEXT NOT NULL,
  command_line  TEXT NOT NULL,
  state         TEXT NOT NULL CHECK (state IN ('running', 'done')),
  created_ns    INTEGER NOT NULL,
  finished_ns   INTEGER,
  owner         TEXT NOT NULL,  -- name of the lock file that the owning process holds
  owner_pid     INTEGER NOT NULL
) STRICT;
CREATE INDEX runs_by_state ON runs (state) WHERE state = 'running';

CREATE TABLE jobs (
  id        INTEGER PRIMARY KEY AUTOINCREMENT,
  run       INTEGER NOT NULL REFERENCES runs (id),
  position  INTEGER NOT NULL,
  title     TEXT NOT NULL,
  scenario  TEXT NOT NULL,
  priority  INTEGER NOT NULL,
  state     TEXT NOT NULL CHECK (state IN ('queued', 'running', 'done', 'canceled')),
  verdict   TEXT CHECK (verdict IN ('PASS', 'FAIL', 'ERROR', 'MISS', 'SKIP', 'DONE')),
  reason    TEXT NOT NULL,
  job_json  TEXT NOT NULL,      -- the whole Job: what reproduces it
  UNIQUE (run, position)
) STRICT;
CREATE INDEX jobs_by_state ON jobs (state, priority);

CREATE TABLE attempts (
  id              INTEGER PRIMARY KEY AUTOINCREMENT,  -- grows for ever: the fencing token
  job             INTEGER NOT NULL REFERENCES jobs (id),
  number          INTEGER NOT NULL,
  worker          TEXT NOT NULL,
  state           TEXT NOT NULL CHECK (state IN ('running', 'done', 'lost', 'fenced', 'canceled')),
  started_ns      INTEGER NOT NULL,
  finished_ns     INTEGER,
  verdict         TEXT CHECK (verdict IN ('PASS', 'FAIL', 'ERROR', 'MISS', 'SKIP', 'DONE')),
  reason          TEXT NOT NULL DEFAULT '',
  accel           TEXT NOT NULL DEFAULT '',
  wall_ns         INTEGER NOT NULL DEFAULT 0,
  bytes_verified  INTEGER NOT NULL DEFAULT 0,
  UNIQUE (job, number)
) STRICT;

-- One row per distinct build result: the same key built twice may differ, and both stay true.
CREATE TABLE builds (
  id              INTEGER PRIMARY KEY,
  content_sha256  TEXT NOT NULL UNIQUE,
  digest          TEXT NOT NULL,
  title           TEXT NOT NULL,
  release         TEXT NOT NULL,
  base_version    TEXT NOT NULL,
  build_id        TEXT NOT NULL,
  metadata_json   TEXT NOT NULL,
  first_seen_ns   INTEGER NOT NULL
) STRICT;
CREATE INDEX builds_by_digest ON builds (digest);

CREATE TABLE attempt_builds (
  attempt   INTEGER NOT NULL REFERENCES attempts (id),
  position  INTEGER NOT NULL,
  build     INTEGER NOT NULL REFERENCES builds (id),
  PRIMARY KEY (attempt, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX attempt_builds_by_build ON attempt_builds (build);

CREATE TABLE hops (
  attempt            INTEGER NOT NULL REFERENCES attempts (id),
  position           INTEGER NOT NULL,
  hop                INTEGER NOT NULL,
  outgoing_build     TEXT NOT NULL,
  incoming_build     TEXT NOT NULL,
  outgoing_boot_id   TEXT NOT NULL,
  incoming_boot_id   TEXT NOT NULL,
  incoming_release   TEXT NOT NULL,
  incoming_build_id  TEXT NOT NULL,
  PRIMARY KEY (attempt, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE phases (
  attempt      INTEGER NOT NULL REFERENCES attempts (id),
  position     INTEGER NOT NULL,
  name         TEXT NOT NULL,
  hop          INTEGER NOT NULL,
  subject      TEXT NOT NULL,
  start_tsc    INTEGER,
  end_tsc      INTEGER,
  start_ns     INTEGER NOT NULL,  -- worker's monotonic clock, from the attempt's start
  end_ns       INTEGER NOT NULL,
  duration_ns  INTEGER NOT NULL,
  PRIMARY KEY (attempt, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX phases_by_name ON phases (name, attempt);

-- There may be thousands of checksums: memfd and algorithm are named once per attempt, digests are
-- blobs (text where they are no lower-case hexadecimal), `actual` is NULL where it equals `expected`.
CREATE TABLE checksum_subjects (
  attempt    INTEGER NOT NULL REFERENCES attempts (id),
  subject    INTEGER NOT NULL,
  memfd      TEXT NOT NULL,
  algorithm  TEXT NOT NULL,
  PRIMARY KEY (attempt, subject)
) STRICT, WITHOUT ROWID;

CREATE TABLE checksums (
  attempt       INTEGER NOT NULL,
  position      INTEGER NOT NULL,
  subject       INTEGER NOT NULL,
  hop           INTEGER NOT NULL,
  offset_bytes  INTEGER NOT NULL,
  length_bytes  INTEGER NOT NULL,
  expected      ANY NOT NULL,
  actual        ANY,
  PRIMARY KEY (attempt, position),
  FOREIGN KEY (attempt, subject) REFERENCES checksum_subjects (attempt, subject)
) STRICT, WITHOUT ROWID;
CREATE INDEX checksums_that_differ ON checksums (attempt) WHERE actual IS NOT NULL;

CREATE TABLE checks (
  attempt   INTEGER NOT NULL REFERENCES attempts (id),
  position  INTEGER NOT NULL,
  hop       INTEGER NOT NULL,
  name      TEXT NOT NULL,
  subject   TEXT NOT NULL,
  verdict   TEXT NOT NULL CHECK (verdict IN ('PASS', 'FAIL', 'ERROR', 'MISS', 'SKIP', 'DONE')),
  detail    TEXT NOT NULL,
  PRIMARY KEY (attempt, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE measurements (
  attempt   INTEGER NOT NULL REFERENCES attempts (id),
  position  INTEGER NOT NULL,
  hop       INTEGER NOT NULL,
  name      TEXT NOT NULL,
  value     REAL,               -- NULL: not a number
  unit      TEXT NOT NULL,
  detail    TEXT NOT NULL,
  PRIMARY KEY (attempt, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX measurements_by_name ON measurements (name, attempt);

CREATE TABLE findings (
  attempt       INTEGER NOT NULL REFERENCES attempts (id),
  position      INTEGER NOT NULL,
  kind          TEXT NOT NULL,
  offset_bytes  INTEGER NOT NULL,
  excerpt       TEXT NOT NULL,
  PRIMARY KEY (attempt, position)
) STRICT, WITHOUT ROWID;

-- The files lie in the artifact store, by digest.
CREATE TABLE artifacts (
  attempt     INTEGER NOT NULL REFERENCES attempts (id),
  position    INTEGER NOT NULL,
  name        TEXT NOT NULL,
  sha256      TEXT NOT NULL,
  size_bytes  INTEGER NOT NULL,
  PRIMARY KEY (attempt, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX artifacts_by_digest ON artifacts (sha256);

CREATE TABLE events (
  seq      INTEGER PRIMARY KEY AUTOINCREMENT,
  time_ns  INTEGER NOT NULL,
  run      INTEGER NOT NULL REFERENCES runs (id),
  job      INTEGER REFERENCES jobs (id),
  kind     TEXT NOT NULL,
  json     TEXT NOT NULL
) STRICT;
CREATE INDEX events_by_run ON events (run, seq);
CREATE INDEX events_by_job ON events (job) WHERE job IS NOT NULL;
