-- SPDX-License-Identifier: Apache-2.0
-- What trends ask for, one row for each attempt that has a report. A row carries what it is
-- filtered and grouped by, so that every question is a walk along one index, newest first, and
-- reads as much as it answers, whatever the size of the store.

CREATE TABLE trend_points (
  attempt           INTEGER PRIMARY KEY REFERENCES attempts (id) ON DELETE CASCADE,
  scenario          TEXT NOT NULL,
  test              TEXT NOT NULL,     -- the job's title without its repetition
  worker            TEXT NOT NULL,
  verdict           TEXT NOT NULL,
  hops              INTEGER NOT NULL,  -- live updates that came to a new kernel
  update_bytes      INTEGER NOT NULL,  -- preserved memory that was verified after each
  outgoing          INTEGER,           -- of the last update: the first row of `builds` with that key
  incoming          INTEGER,           -- NULL: it was not built
  outgoing_release  TEXT,              -- NULL: one of them was not built; then both are
  incoming_release  TEXT
) STRICT;

-- Kernels of a job and builds of its attempt have the same order.
CREATE VIEW trend_sources AS
  WITH facts AS (
    SELECT attempts.id AS attempt, attempts.scenario AS scenario,
           rtrim(rtrim(jobs.title, '0123456789'), '#') AS test, attempts.worker AS worker,
           attempts.verdict AS verdict, attempts.bytes_verified AS bytes,
           (SELECT count(*) FROM hops WHERE hops.attempt = attempts.id) AS hops,
           (SELECT build FROM attempt_builds WHERE attempt_builds.attempt = attempts.id
            AND position = coalesce(job_json ->> '$.hops[#-2]', job_json ->> '$.outgoing'))
             AS outgoing,
           (SELECT build FROM attempt_builds WHERE attempt_builds.attempt = attempts.id
            AND position = coalesce(job_json ->> '$.hops[#-1]', job_json ->> '$.outgoing'))
             AS incoming
    FROM attempts JOIN jobs ON jobs.id = attempts.job JOIN job_specs ON job_specs.job = jobs.id)
  SELECT attempt, scenario, test, facts.worker, verdict, hops,
         CASE hops WHEN 0 THEN 0 ELSE bytes / hops END AS update_bytes,
         iif(one.digest = '', one.id, (SELECT min(id) FROM builds WHERE digest = one.digest))
           AS outgoing,
         iif(other.digest = '', other.id, (SELECT min(id) FROM builds WHERE digest = other.digest))
           AS incoming,
         iif(other.id IS NULL, NULL, one.release) AS outgoing_release,
         iif(one.id IS NULL, NULL, other.release) AS incoming_release
  FROM facts LEFT JOIN builds one ON one.id = facts.outgoing
             LEFT JOIN builds other ON other.id = facts.incoming;

INSERT INTO trend_points
  SELECT trend_sources.* FROM attempts JOIN trend_sources ON attempt = attempts.id
  WHERE reported = 1 AND attempts.verdict IS NOT NULL;

-- One index for each combination of filters.
CREATE INDEX trend_by_scenario ON trend_points (scenario);
CREATE INDEX trend_by_worker ON trend_points (worker);
CREATE INDEX trend_by_size ON trend_points (update_bytes);
CREATE INDEX trend_by_scenario_worker ON trend_points (scenario, worker);
CREATE INDEX trend_by_scenario_size ON trend_points (scenario, update_bytes);
CREATE INDEX trend_by_worker_size ON trend_points (worker, update_bytes);
CREATE INDEX trend_by_scenario_worker_size ON trend_points (scenario, worker, update_bytes);

CREATE INDEX trend_pairs ON trend_points (outgoing_release, incoming_release);
CREATE INDEX trend_pairs_of_scenario
  ON trend_points (scenario, outgoing_release, incoming_release);
CREATE INDEX trend_failures ON trend_points (attempt) WHERE verdict = 'FAIL';
CREATE INDEX trend_failures_of_scenario ON trend_points (scenario) WHERE verdict = 'FAIL';
CREATE INDEX trend_by_test ON trend_points (test, outgoing, incoming, verdict);

CREATE TRIGGER attempts_reported AFTER UPDATE OF reported ON attempts
WHEN new.reported = 1 AND old.reported = 0 BEGIN
  INSERT INTO trend_points SELECT * FROM trend_sources WHERE attempt = new.id;
END;
