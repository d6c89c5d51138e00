// SPDX-License-Identifier: Apache-2.0
// A run that goes over a fleet in waves.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";

import { scenarios } from "./controller.mjs";
import { close, isAccessible, Room, says, settled } from "./tab.mjs";

const rollout = readFileSync(path.join(scenarios, "library/rollout.yaml"), "utf8");

let room;

before(async () => {
  room = await Room.open();
});

after(() => room?.close());

const rowsOf = (page, label) => page.locator(`[aria-label="${label}"] tbody tr`).allTextContents();

test("a rollout shows its waves and its targets, and what became of them without a reload", async () => {
  const run = await room.controller.submit(rollout);
  const page = await room.tab(`/runs/${run}`, { bypassCSP: true });
  await settled(page);
  await says(page, "section p[role=status]", /running: wave 1 \(canary\) of 3 is out; error budget 0/);
  const targets = await rowsOf(page, "Targets of rollout");
  assert.equal(targets.length, 8);
  assert.match(targets[0], /^1 \(canary\)rack1-01waiting/);
  assert.match(targets[7], /^3rack1-08waiting/);
  const waves = (await rowsOf(page, "Figures of rollout")).map((row) => row.replace(/\(0 %\).*/, ""));
  assert.deepEqual(waves, ["Fleet0 of 8 ", "1 (canary)0 of 1 ", "20 of 1 ", "30 of 6 "]);
  await isAccessible(page, "a rollout");
  await page.setViewportSize({ width: 390, height: 900 });
  await isAccessible(page, "a rollout on a phone");
  await fetch(`${room.controller.url}/api/v1/runs/${run}/cancel`, { method: "POST" });
  await page.waitForFunction(() => [...document.querySelectorAll('[aria-label="Targets of rollout"] tbody tr')].every((row) => /spared/.test(row.textContent)));
  await close(page);
});
