-- SPDX-License-Identifier: Apache-2.0
-- Scenarios that go over a fleet in waves.

CREATE TABLE rollouts (
  id            INTEGER PRIMARY KEY,
  run           INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  scenario      TEXT NOT NULL,
  waves         INTEGER NOT NULL,
  canary        INTEGER NOT NULL,  -- 1: the first wave is the canary
  error_budget  INTEGER NOT NULL,  -- so many targets may go wrong
  soak_ns       INTEGER NOT NULL,
  wave          INTEGER NOT NULL,  -- the one that is out, from 1; jobs of later ones are held
  due_ns        INTEGER,           -- the wave is over, and the next comes out then
  state         TEXT NOT NULL CHECK (state IN ('running', 'complete', 'stopped')),
  reason        TEXT NOT NULL,
  UNIQUE (run, scenario)
) STRICT;
CREATE INDEX rollouts_soaking ON rollouts (due_ns) WHERE due_ns IS NOT NULL;

CREATE TABLE rollout_jobs (
  job      INTEGER PRIMARY KEY REFERENCES jobs (id) ON DELETE CASCADE,
  rollout  INTEGER NOT NULL REFERENCES rollouts (id) ON DELETE CASCADE,
  wave     INTEGER NOT NULL,
  target   TEXT NOT NULL,
  spared   INTEGER NOT NULL DEFAULT 0  -- 1: canceled before it had begun, with the whole rollout
) STRICT;
CREATE INDEX rollout_jobs_by_wave ON rollout_jobs (rollout, wave);
