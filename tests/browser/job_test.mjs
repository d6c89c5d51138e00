// SPDX-License-Identifier: Apache-2.0
// Pages of runs and jobs over real live updates: a guest that says hostile things on its console, a
// mutant with bad pages, and a job that is followed while it runs.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { after, before, test } from "node:test";

import { run, runThatFails } from "./controller.mjs";
import { close, isAccessible, Room, settled } from "./tab.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const mutant = "01-last-folios-swapped";

// `no_timer_check`: on a machine that is busy, an emulated guest's timer may be late for the kernel.
const hostile = (program) => `apiVersion: luolab/v1
name: hostile
kernels:
  outgoing: {base: linux-7.3, series: [phase-stamps]}
target: {memory: 512MiB, cmdline: [no_timer_check, "luolab.x=<script>document.title='injected'</script>"]}
sessions:
  - name: vm-0
    memfds:
      - {name: ram, size: "\${size}", pattern: "\${pattern}"}
load:
  - {kind: exec, file: ${program}, rate: 2/s}
matrix:
  size: [4MiB, 8MiB]
  pattern: [records]
`;

const live = `apiVersion: luolab/v1
name: live
kernels:
  outgoing: {base: linux-7.3, series: [phase-stamps]}
target: {memory: 512MiB, cmdline: [no_timer_check]}
sessions:
  - name: vm-0
    memfds:
      - {name: ram, size: 4MiB}
`;

let room;

before(async () => {
  room = await Room.open((state) => {
    const program = path.join(path.dirname(state), "shout");
    const made = spawnSync("gcc", ["-static", "-O2", "-o", program, path.join(here, "shout.c")], { encoding: "utf8" });
    assert.equal(made.status, 0, made.stderr);
    const file = path.join(path.dirname(state), "hostile.yaml");
    writeFileSync(file, hostile(program));
    run(state, "run", file);
    runThatFails(state, "run", file, "--series", mutant);
  });
});

after(() => room?.close());

test("what a guest says on its console is text: markup, titles, a cleared screen", async () => {
  const page = await room.tab("/jobs/j1");
  await settled(page);
  await page.waitForFunction(() => document.querySelector(".console")?.textContent.includes("after"));
  const text = await page.textContent(".console");
  assert.match(text, /<img src=x onerror=/);
  assert.match(text, /Kernel command line: .*<script>document\.title='injected'<\/script>/);
  assert.doesNotMatch(text, /[\u0000-\u0008\u000e-\u001f]/, "control characters are left out");
  assert.equal(await page.locator(".console .ansi-red").first().textContent(), "red");
  assert.equal(await page.locator("main img, main script").count(), 0);
  assert.equal(await page.title(), "Job j1 · luolab");
  await close(page);
});

test("a run shows its matrix by parameters, and its phases", async () => {
  const page = await room.tab("/runs/1");
  await settled(page);
  const matrix = await page.textContent(".matrix");
  assert.match(matrix, /hostile, pattern records/);
  assert.match(matrix, /size 4MiB.*PASS.*size 8MiB.*PASS/s);
  assert.match(await page.textContent("[aria-label='Phases of the run']"), /blackout2 times.*j[12]/s);
  await page.click(".matrix a");
  await page.waitForFunction(() => location.pathname === "/jobs/j1");
  await close(page);
});

test("a job's page is accessible beside another job, and with bad pages", async () => {
  for (const [colorScheme, width] of [["dark", 1200], ["light", 390]]) {
    const page = await room.tab("/", { colorScheme, viewport: { width, height: 900 }, bypassCSP: true });
    for (const target of ["/runs/1", "/runs/2", "/jobs/j1?with=j2", "/jobs/j3"]) {
      await page.goto(room.controller.url + target);
      await settled(page);
      await isAccessible(page, `${target}, ${colorScheme}`);
    }
    await close(page);
  }
});

test("compared with another job: both verdicts, each phase with its ratio, the same build", async () => {
  const page = await room.tab("/jobs/j1?with=j2");
  await settled(page);
  await page.waitForSelector("[aria-label='Phases of both jobs']");
  assert.match(await page.textContent("[aria-label='Phases of both jobs']"), /blackout[\d.]+ m?s[\d.]+ m?s\d+\.\d\d/);
  assert.match(await page.textContent("section:has(#compare)"), /the same build/);
  await close(page);
});

test("a kernel tells its baseline and what its configuration differs in", async () => {
  const page = await room.tab("/");
  const { report } = await (await fetch(`${room.controller.url}/api/v1/jobs/j3`)).json();
  const { baseline } = await (await fetch(`${room.controller.url}/api/v1/builds/${report.builds[0].digest}`)).json();
  assert.equal(baseline.build.title, "linux-7.3 + phase-stamps");
  await page.goto(`${room.controller.url}/jobs/j3`);
  await settled(page);
  await page.click("text=Configuration against the baseline");
  await page.waitForSelector("text=The configurations of baseline and this are equal");
  // A series leaves the configuration as it is, so the baseline gets another one on its way here.
  const other = "f".repeat(64);
  const config = await (await fetch(`${room.controller.url}/api/v1/artifacts/${baseline.config}`)).text();
  assert.match(config, /^CONFIG_KEXEC_HANDOVER=y$/m);
  await page.route("**/api/v1/builds/*", async (route) => {
    const detail = await (await route.fetch()).json();
    return route.fulfill({ json: { ...detail, baseline: { ...detail.baseline, config: other } } });
  });
  await page.route(`**/artifacts/${other}`, (route) => route.fulfill({ contentType: "text/plain", body: config.replace("CONFIG_KEXEC_HANDOVER=y", "# CONFIG_KEXEC_HANDOVER is not set") }));
  await page.reload();
  await settled(page);
  await page.click("text=Configuration against the baseline");
  await page.waitForSelector("[aria-label='Configuration difference']");
  assert.match(await page.textContent("[aria-label='Configuration difference'] tbody"), /^CONFIG_KEXEC_HANDOVERny$/);
  await close(page);
});

/** Answers for a console of the test's own, by ranges; `asked` counts bytes. */
async function withConsole(page, bytes) {
  const asked = { bytes: 0 };
  await page.route("**/attempts/*/console", (route) => {
    const [, first, last] = /bytes=(\d*)-(\d*)/.exec(route.request().headers()["range"] ?? "") ?? [];
    if (first === undefined) return route.abort();
    const from = first === "" ? Math.max(0, bytes.length - Number(last)) : Number(first);
    const to = first === "" ? bytes.length : Math.min(bytes.length, Number(last) + 1);
    if (from >= bytes.length) return route.fulfill({ status: 416, contentType: "application/problem+json", body: "{}" });
    asked.bytes += to - from;
    return route.fulfill({ status: 206, contentType: "text/plain", headers: { "Content-Range": `bytes ${from}-${to - 1}/${bytes.length}` }, body: bytes.subarray(from, to) });
  });
  return asked;
}

function longConsole() {
  const lines = Array.from({ length: 700_000 }, (_, index) => `[${(index / 1000).toFixed(6).padStart(12)}] line ${index} of a console that nobody reads as a whole, ever`);
  lines[300_000] = "BUG: unable to handle page fault for address: 0000000000000010";
  lines[10] = "a needle";
  return Buffer.from(lines.join("\n") + "\n");
}

test("a console of 50 MB: its end is asked for and no more; a search and the crash are found in all of it", async () => {
  const bytes = longConsole();
  assert.ok(bytes.length > 45e6);
  const at = bytes.indexOf("BUG: unable");
  const page = await room.tab("/");
  const asked = await withConsole(page, bytes);
  await page.route("**/api/v1/jobs/j1", async (route) => {
    const detail = await (await route.fetch()).json();
    detail.report.findings = [{ kind: "bug", offset_bytes: at, excerpt: "BUG: unable to handle page fault for address: 0000000000000010" }];
    return route.fulfill({ json: detail });
  });
  await page.goto(`${room.controller.url}/jobs/j1`);
  await page.waitForFunction(() => document.querySelector(".console .block:last-child")?.textContent.includes("line 699999 "));
  assert.ok(asked.bytes <= 1 << 20, `${asked.bytes} bytes were asked for`);

  await page.click("text=To the crash");
  await page.waitForSelector(".console .line.crash");
  const inSight = (selector) => page.waitForFunction((wanted) => {
    const box = document.querySelector(".console").getBoundingClientRect();
    const line = document.querySelector(wanted)?.getBoundingClientRect();
    return line && line.top >= box.top && line.bottom <= box.bottom;
  }, selector);
  await inSight(".console .line.crash");
  assert.ok(asked.bytes <= 2 << 20, `${asked.bytes} bytes were asked for`);
  assert.ok((await page.locator(".console .line").count()) < 20_000);

  await page.fill("[aria-label='Search in the console']", "A Needle");
  await page.press("[aria-label='Search in the console']", "Shift+Enter");
  await page.waitForFunction(() => document.querySelector(".console .line.here")?.textContent === "a needle");
  await inSight(".console .line.here");

  await page.fill("[aria-label='Search in the console']", "no such words");
  await page.press("[aria-label='Search in the console']", "Enter");
  await page.waitForFunction(() => document.querySelector(".tools [role=status]").textContent === "nowhere in the console");
  await page.click("text=To the end");
  await page.waitForFunction(() => document.querySelector(".console .block:last-child")?.textContent.includes("line 699999 "));
  await close(page);
});

test("a million pages: the one bad page is found, and told of with its headers", async () => {
  const page = await room.tab("/");
  const { report } = await (await fetch(`${room.controller.url}/api/v1/jobs/j3`)).json();
  const digest = report.artifacts.find((artifact) => artifact.name === "page-map").sha256;
  await page.route(`**/artifacts/${digest}`, async (route) => {
    const map = await (await route.fetch()).json();
    const bad = map.bad[0];
    const memfd = { ...map.memfds[bad.entry], size_bytes: 4096e6, states: `W777777${bad.state}W222222` };
    return route.fulfill({ json: { ...map, memfds: [memfd], bad: [{ ...bad, entry: 0, page: 777777 }] } });
  });
  await page.goto(`${room.controller.url}/jobs/j3`);
  await page.waitForSelector("canvas.page-map");
  assert.match(await page.textContent(".legend"), /999 999 whole/);
  await page.focus("canvas.page-map");
  await page.keyboard.press("n");
  assert.match(await page.textContent(".page-details"), /Page 777777.*differs/s);
  for (let zoom = 0; zoom < 8; zoom += 1) await page.keyboard.press("+");
  assert.match(await page.textContent(".page-map-zoom"), /32 pixels is a page/);
  await close(page);
});

test("a job that runs is followed: console and verdict come without a reload, nothing twice", async () => {
  const id = await room.controller.submit(live);
  const { items } = await (await fetch(`${room.controller.url}/api/v1/runs/${id}/jobs`)).json();
  const page = await room.tab(`/jobs/${items[0].id}`);
  await settled(page);
  assert.match(await page.textContent(".lead"), /^queued/);
  const worker = spawn(process.env.LUOLAB, ["--state", path.join(room.folder, "worker"), "worker", "--controller", room.controller.url, "--name", "w1"], { stdio: "ignore" });
  try {
    await page.waitForFunction(() => document.querySelector(".console")?.textContent.includes("Linux version"), null, { timeout: 120_000 });
    assert.match(await page.textContent(".lead"), /^running/, "the console comes while the job runs");
    assert.match(await page.textContent("section:has(#console) .tools"), /followed while it runs/);
    await page.waitForFunction(() => /^(PASS|FAIL|MISS)/.test(document.querySelector(".lead").textContent), null, { timeout: 120_000 });
    await page.waitForSelector(".time-line");
    const shown = (await page.locator(".console .line").allTextContents()).join("\n");
    const kept = await (await fetch(`${room.controller.url}/api/v1/jobs/${items[0].id}/console`)).text();
    assert.equal(shown, kept.replaceAll("\r", "").replace(/\n$/, ""), "what was followed is what was kept");

    await page.click("text=Run again");
    await page.waitForSelector("[aria-label='Attempts'] tbody tr:nth-child(2)", { timeout: 60_000 });
    await page.waitForFunction(() => /^(PASS|FAIL|MISS)/.test(document.querySelector("[aria-label='Attempts'] tbody tr").children[1].textContent), null, { timeout: 120_000 });
    await page.click("[aria-label='Attempts'] tbody tr:last-child a");
    await page.waitForFunction(() => location.search.startsWith("?try=a"));
    await page.waitForFunction((first) => [...document.querySelectorAll(".console .line")].map((line) => line.textContent).join("\n") === first, shown);
  } finally {
    worker.kill("SIGTERM");
    await new Promise((resolve) => worker.once("exit", resolve));
  }
  await close(page);
});
