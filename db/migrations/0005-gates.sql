-- SPDX-License-Identifier: Apache-2.0
-- Gates: what was asked of a patch series, and what was found out.

CREATE TABLE gates (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  title        TEXT NOT NULL,
  submitter    TEXT NOT NULL,
  state        TEXT NOT NULL CHECK (state IN ('running', 'done', 'canceled')),
  answer       TEXT CHECK (answer IN ('may_go_in', 'must_not', 'inconclusive', 'lab_trouble',
                                      'does_not_apply')),
  reason       TEXT NOT NULL,
  order_json   TEXT NOT NULL,  -- the whole order: what asks for the same gate again
  report_json  TEXT NOT NULL,  -- what is known so far
  service      INTEGER NOT NULL,  -- 1: no process owns it
  owner        TEXT NOT NULL,     -- name of the lock file that the owning process holds
  created_ns   INTEGER NOT NULL,
  finished_ns  INTEGER
) STRICT;
CREATE INDEX gates_by_title ON gates (title);
CREATE INDEX gates_that_run ON gates (id) WHERE state = 'running';

-- The run that each step of a gate has made.
CREATE TABLE gate_steps (
  gate  INTEGER NOT NULL REFERENCES gates (id) ON DELETE CASCADE,
  name  TEXT NOT NULL,
  run   INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  PRIMARY KEY (gate, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX gate_steps_by_run ON gate_steps (run);

-- Good results of baselines: the same build, test and machine need not be tried again.
CREATE TABLE known_results (
  key         TEXT PRIMARY KEY,
  job         INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
  created_ns  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX known_results_by_job ON known_results (job);
