// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";

import { Controller, run, scenarios } from "./controller.mjs";

const modules = createRequire(path.join(process.env.MODULES, "package.json"));
const { chromium } = modules("playwright-core");
const axe = readFileSync(modules.resolve("axe-core/axe.min.js"), "utf8");
const quickstart = readFileSync(path.join(scenarios, "quickstart.yaml"), "utf8");
const kPages = ["/", "/runs", "/runs/1", "/jobs/j1", "/jobs/j999"];

let browser;
let folder;
let controller;

before(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "luolab-browser-"));
  run(path.join(folder, "state"), "run", path.join(scenarios, "quickstart.yaml"));
  controller = new Controller(path.join(folder, "state"));
  await controller.start();
  browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: process.getuid() === 0 ? ["--no-sandbox"] : [] });
});

after(async () => {
  await browser?.close();
  await controller?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** A tab of its own; whatever its scripts throw, or ask of another origin, is kept. */
async function open(target, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1200, height: 900 }, ...options });
  const page = await context.newPage();
  page.faults = [];
  page.on("pageerror", (error) => page.faults.push(error.message));
  page.on("request", (request) => {
    if (!request.url().startsWith(controller.url)) page.faults.push(`asked ${request.url()}`);
  });
  await page.goto(controller.url + target);
  return page;
}

async function settled(page) {
  await page.waitForSelector(".connection.live");
  await page.waitForFunction(() => document.querySelector("[aria-busy]") === null);
}

async function close(page) {
  assert.deepEqual(page.faults, []);
  await page.context().close();
}

test("every page is accessible, and fits, in both themes and at phone width", async () => {
  for (const colorScheme of ["dark", "light"]) {
    for (const width of [1200, 390]) {
      for (const target of kPages) {
        const page = await open(target, { colorScheme, viewport: { width, height: 900 }, bypassCSP: true });
        await settled(page);
        await page.evaluate(axe);
        const { violations } = await page.evaluate(() => window.axe.run());
        assert.deepEqual(violations.map((violation) => `${target}: ${violation.id}`), []);
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${target} at ${width}`);
        await close(page);
      }
    }
  }
});

test("a job shows its verdict, its evidence and where the time went", async () => {
  const page = await open("/jobs/j1");
  await settled(page);
  assert.match(await page.textContent(".lead"), /^PASS/);
  assert.match(await page.textContent("main"), /continuity\.nonce/);
  assert.match(await page.textContent(".time-line"), /blackout/);
  await page.waitForFunction(() => document.querySelector(".console")?.textContent.includes("Linux version"));
  await close(page);
});

test("what changes is shown without a reload, also over a restart of the controller", async () => {
  const page = await open("/");
  await settled(page);
  const first = await controller.submit(quickstart);
  await page.waitForSelector("#queue ~ .scroll tbody tr");
  await controller.stop();
  await page.waitForSelector(".connection.lost");
  await controller.start();
  const second = await controller.submit(quickstart);
  assert.notEqual(first, second);
  await settled(page);
  await page.waitForFunction(() => document.querySelectorAll("#queue ~ .scroll tbody tr").length === 2);
  await close(page);
});

test("what a stranger wrote is text", async () => {
  const id = await controller.submit(`# <img src=x onerror="document.title='injected'"><script>document.title='injected'</script>\n${quickstart}`);
  const page = await open(`/runs/${id}`);
  await settled(page);
  await page.click("summary");
  assert.match(await page.textContent("details pre"), /<img src=x/);
  assert.equal(await page.locator("main img, main script").count(), 0);
  assert.equal(await page.title(), `Run ${id} · luolab`);
  await close(page);
});

test("a wrong token is refused, and a good one lets in, in no address", async () => {
  const guarded = path.join(folder, "guarded");
  const secret = /\S{20,}/.exec(run(guarded, "token", "create", "--name", "reader", "--role", "read"))[0];
  const other = new Controller(guarded);
  await other.start();
  const page = await (await browser.newContext()).newPage();
  try {
    await page.goto(`${other.url}/runs`);
    await page.fill("#token", "wrong");
    await page.click("form button");
    await page.waitForFunction(() => document.querySelector("[role=alert]")?.textContent.includes("not known"));
    await page.fill("#token", secret);
    await page.click("form button");
    await page.waitForFunction(() => document.querySelector("main").textContent.includes("There is no run yet"));
    assert.ok(!page.url().includes(secret));
    await page.click("text=Now");
    await page.waitForFunction(() => document.querySelector("main").textContent.includes("Nothing has been tested yet"));
  } finally {
    await page.context().close();
    await other.stop();
  }
});
