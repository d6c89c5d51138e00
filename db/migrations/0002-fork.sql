-- Where an attempt's machine started: "power-on", or the point at which it was saved and forked.
ALTER TABLE attempts ADD COLUMN start TEXT NOT NULL DEFAULT 'power-on'
  CHECK (start IN ('power-on', 'booted', 'prepared', 'handed-over'));

-- Jobs that were stored before say nothing about forks.
UPDATE jobs SET job_json = json_insert(job_json, '$.fork', 'auto_');
