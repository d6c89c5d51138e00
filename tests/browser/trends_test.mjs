// SPDX-License-Identifier: Apache-2.0
// Trends over real live updates: two sizes of memory that survive, and a mutant's that does not. A gate
// that nobody works on, so that it stays under way.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";

import { run, runThatFails, scenarios } from "./controller.mjs";
import { close, isAccessible, Room, says, settled } from "./tab.mjs";

const mutant = "01-last-folios-swapped";
const kSizes = `apiVersion: luolab/v1
name: two-sizes
summary: memory of two sizes survives, so that a line can be drawn through their times
kernels:
  outgoing: {base: linux-7.3, series: [phase-stamps]}
target: {memory: 512MiB, cpus: 1}
matrix: {size: [8MiB, 32MiB]}
sessions: [{name: vm-0, memfds: [{name: ram, size: "\${size}", pattern: records}]}]
checks: {content: identical}
`;

let room;

before(async () => {
  room = await Room.open((state) => {
    const file = path.join(path.dirname(state), "two-sizes.yaml");
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, kSizes);
    run(state, "run", file);
    runThatFails(state, "run", path.join(scenarios, "contract/01-content.yaml"), "--series", mutant);
  });
});

after(() => room?.close());

const kPages = ["/trends", "/trends?scale=log&heat=time", "/trends?phase=preserve&size=8388608", "/trends?scenario=nobody"];

for (const [colorScheme, width] of [["dark", 390], ["light", 1200]]) {
  test(`trends are accessible and fit: ${colorScheme}, ${width} px`, async () => {
    const page = await room.tab("/", { colorScheme, viewport: { width, height: 900 }, bypassCSP: true });
    for (const target of kPages) {
      await page.goto(room.controller.url + target);
      await settled(page);
      for (const summary of await page.locator("summary:has-text('as a table')").all()) await summary.click();
      await isAccessible(page, target);
    }
    await close(page);
  });
}

test("the filter is in the address, and offers everything also while it is set", async () => {
  const page = await room.tab("/trends");
  await settled(page);
  await page.selectOption("select[name=scenario]", "two-sizes");
  await page.waitForFunction(() => new URLSearchParams(location.search).get("scenario") === "two-sizes");
  await settled(page);
  assert.ok((await page.locator("select[name=scenario] option").count()) > 2, "the others are still offered");
  await page.selectOption("select[name=size]", String(8 << 20));
  await page.waitForFunction(() => document.querySelector("main")?.textContent.includes("The newest 1 attempts"));
  const address = page.url();
  await close(page);
  const again = await room.tab(address.slice(room.controller.url.length));
  await settled(again);
  assert.equal(await again.inputValue("select[name=scenario]"), "two-sizes");
  assert.match(await again.textContent("main"), /The newest 1 attempts/);
  await close(again);
});

test("the line against memory has its slope, and its dots are read by keyboard", async () => {
  const page = await room.tab("/trends?scenario=two-sizes&phase=preserve");
  await settled(page);
  const memory = page.locator("section:has(#memory)");
  assert.match(await memory.locator("figcaption").textContent(), /(more|less)(, which may be chance,)? for each GiB \(95 %: .* 2 attempts\)/);
  await memory.locator(".walked").focus();
  await page.keyboard.press("ArrowRight");
  await says(page, "section:has(#memory) .told", /^8 MiB preserved: preserve [\d.]+ [µm]?s \(j\d+\)/);
  await page.keyboard.press("End");
  await says(page, "section:has(#memory) .told", /^32 MiB preserved/);
  await memory.locator("summary").click();
  await memory.locator("details tbody tr").nth(1).waitFor();
  assert.equal(await memory.locator("details tbody tr").count(), 2);
  await memory.locator(".walked").focus();
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => /^\/jobs\/j\d+$/.test(location.pathname));
  await close(page);
});

test("the phase over time is drawn, read by keyboard, and drawn with logarithmic axes", async () => {
  const page = await room.tab("/trends");
  await settled(page);
  await page.waitForSelector(".over-time canvas");
  await page.focus("section:has(#time) .walked");
  await page.keyboard.press("End");
  await says(page, "section:has(#time) .told", /UTC: blackout [\d.]+ m?s, linux-.*(PASS|FAIL) \(j\d+/);
  await page.selectOption("select[name=scale]", "log");
  await page.waitForFunction(() => location.search.includes("scale=log"));
  await page.waitForSelector(".over-time canvas");
  await close(page);
});

test("the dots by kernel are read by keyboard, and open their jobs", async () => {
  const page = await room.tab("/trends");
  await settled(page);
  await page.focus("section:has(#kernels) .walked");
  await page.keyboard.press("Home");
  await says(page, "section:has(#kernels) .told", /^attempt 1 of \d+, linux-.*: [\d.]+ m?s \(j\d+\)/);
  await page.keyboard.press("End");
  await says(page, "section:has(#kernels) .told", /^attempt (\d+) of \1, linux-/);
  const job = /\((j\d+)\)/.exec(await page.textContent("section:has(#kernels) .told"))[1];
  await page.keyboard.press("Enter");
  await page.waitForFunction((wanted) => location.pathname === `/jobs/${wanted}`, job);
  await close(page);
});

test("version pairs count verdicts, and lead to an attempt", async () => {
  const page = await room.tab("/trends");
  await settled(page);
  const pairs = page.locator("section:has(#pairs)");
  assert.match(await pairs.locator("td.heat-some").first().textContent(), /\d+ of \d+ pass.*m?s/);
  await page.selectOption("select[name=heat]", "time");
  await pairs.locator("td.heat-time-0").first().waitFor();
  await pairs.locator("td.heat a").first().click();
  await page.waitForFunction(() => location.pathname.startsWith("/attempts/") || location.pathname.startsWith("/jobs/"));
  await close(page);
});

test("a gate that is under way says how far it is, and ends in sight", async () => {
  const page = await room.tab("/gates", { bypassCSP: true });
  await settled(page);
  assert.match(await page.textContent("main"), /No series has been asked about yet/);
  const patch = readFileSync(path.join(scenarios, "../kernel-patches/mutants", `${mutant}.patch`));
  const asked = await fetch(`${room.controller.url}/api/v1/gates`, { method: "POST", headers: { "Content-Type": "text/plain" }, body: patch });
  assert.equal(asked.status, 201);
  const { gate } = await asked.json();
  await page.click(`text=${gate}`);
  // A gate plans, and asks the builder, before it has a run.
  await page.waitForSelector("section:has(#progress) progress", { timeout: 60_000 });
  assert.match(await page.textContent("section:has(#progress)"), /Run \d+.*0 of [1-9]\d* jobs/);
  await isAccessible(page, "a gate under way");
  await fetch(`${room.controller.url}/api/v1/gates/${gate}/cancel`, { method: "POST" });
  await page.waitForFunction(() => document.querySelector("#progress") === null && document.querySelector(".lead")?.textContent.includes("canceled"));
  await close(page);
});
