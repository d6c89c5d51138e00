-- SPDX-License-Identifier: Apache-2.0
-- Which kernels a job's attempts were run with, so that jobs can be listed by kernel, newest first,
-- along one index. A kernel is asked for by its key or by its title; either stands for all builds
-- that have it, and is written as the first row of `builds` that does.

CREATE INDEX builds_by_title ON builds (title);

CREATE TABLE job_kernels (
  job       INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
  named_by  TEXT NOT NULL CHECK (named_by IN ('key', 'title')),
  kernel    INTEGER NOT NULL,
  PRIMARY KEY (job, named_by, kernel)
) STRICT, WITHOUT ROWID;

INSERT INTO job_kernels
  SELECT DISTINCT attempts.job, 'key',
         (SELECT min(id) FROM builds same WHERE same.digest = builds.digest)
  FROM attempt_builds JOIN attempts ON attempts.id = attempt JOIN builds ON builds.id = build;
INSERT INTO job_kernels
  SELECT DISTINCT attempts.job, 'title',
         (SELECT min(id) FROM builds same WHERE same.title = builds.title)
  FROM attempt_builds JOIN attempts ON attempts.id = attempt JOIN builds ON builds.id = build;

CREATE INDEX job_kernels_by_kernel ON job_kernels (named_by, kernel, job);

CREATE TRIGGER kernels_of_jobs AFTER INSERT ON attempt_builds BEGIN
  INSERT INTO job_kernels
    SELECT (SELECT job FROM attempts WHERE id = new.attempt), 'key',
           (SELECT min(id) FROM builds WHERE digest = build.digest)
    FROM builds build WHERE build.id = new.build
    ON CONFLICT DO NOTHING;
  INSERT INTO job_kernels
    SELECT (SELECT job FROM attempts WHERE id = new.attempt), 'title',
           (SELECT min(id) FROM builds WHERE title = build.title)
    FROM builds build WHERE build.id = new.build
    ON CONFLICT DO NOTHING;
END;
