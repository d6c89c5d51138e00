// SPDX-License-Identifier: Apache-2.0
// Lists of any length, the box that searches, and what a page does while its controller is away.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { after, before, test } from "node:test";

import { Controller, run, scenarios } from "./controller.mjs";
import { close, isAccessible, Room, settled } from "./tab.mjs";

const quickstart = readFileSync(path.join(scenarios, "quickstart.yaml"), "utf8");
const kJobs = 430;

let room;
let run1;

before(async () => {
  room = await Room.open();
  run1 = await room.controller.submit(`${quickstart}\nrepeat: ${kJobs}\n`);
});

after(() => room?.close());

const answer = async (target) => (await fetch(`${room.controller.url}/api/v1${target}`)).json();

/** A pure module of the dashboard, as the browser gets it. */
async function moduleOf(file) {
  const modules = createRequire(path.join(process.env.MODULES, "package.json"));
  const built = modules("esbuild").buildSync({ entryPoints: [path.join(process.env.MODULES, "src", file)], bundle: true, format: "esm", write: false });
  return import(`data:text/javascript;base64,${Buffer.from(built.outputFiles[0].contents).toString("base64")}`);
}

test("whatever pages of a list come in whatever order, what is known of it has no hole and nothing twice", async () => {
  const { withAnswer, numberOf } = await moduleOf("live/window.ts");
  let seed = 7;
  const random = (below) => (seed = (seed * 1103515245 + 12345) % 2147483648) % below;
  for (let round = 0; round < 300; round += 1) {
    let list = Array.from({ length: random(60) }, (_, index) => ({ id: `j${index + 1}` })).reverse();
    let newest = list.length;
    let part = { items: [], more: false };
    for (let step = 0; step < 12; step += 1) {
      for (let fresh = random(15); fresh > 0; fresh -= 1) list.unshift({ id: `j${(newest += 1)}` });
      const gone = random(4) === 0 && list.length > 0 ? list[random(list.length)].id : "";
      list = list.filter((item) => item.id !== gone);
      const above = part.items[random(part.items.length + 1) - 1];
      const beyond = above ? numberOf(above) : Infinity;
      const rest = list.filter((item) => numberOf(item) < beyond);
      const limit = 1 + random(10);
      part = withAnswer(part, { before: beyond, items: rest.slice(0, limit), more: rest.length > limit });
      const known = part.items.map(numberOf);
      assert.deepEqual(known, [...new Set(known)].sort((a, b) => b - a), "in order, each once");
      // Below the newest that is known, all that is in the list down to the end of the stretch just asked for.
      const asked = rest.slice(0, limit).map(numberOf);
      assert.deepEqual(known.filter((id) => id < beyond && id >= (asked.at(-1) ?? 0)), asked);
      assert.equal(part.items.length > 0 || part.more, rest.length > 0 || part.items.length > 0);
    }
  }
});

const ids = (page) => page.locator(".long tbody tr:not([aria-hidden]) td:nth-child(2) a").allTextContents();

/** Scrolls from the newest job to the oldest, and gives each that was in sight. */
async function walkDown(page) {
  const seen = new Set();
  await page.evaluate(() => (document.querySelector(".long").scrollTop = 0));
  for (;;) {
    const shown = await ids(page);
    for (const id of shown) seen.add(id);
    if (seen.has("j1")) return seen;
    await page.evaluate(() => (document.querySelector(".long").scrollTop += 400));
    await page.waitForFunction((last) => [...document.querySelectorAll(".long tbody tr:not([aria-hidden]) td:nth-child(2) a")].at(-1)?.textContent !== last, shown.at(-1));
  }
}

test("a list is scrolled to its end: every job once, few rows at a time, no request for more than is shown", async () => {
  const page = await room.tab("/jobs");
  const asked = [];
  let most = 0;
  page.on("response", async (response) => {
    if (!response.url().includes("/api/v1/jobs?")) return;
    asked.push(response.url());
    most = Math.max(most, (await response.json()).items.length);
  });
  await settled(page);
  await page.waitForSelector(".long tbody tr");
  const seen = await walkDown(page);
  assert.equal(seen.size, kJobs);
  assert.ok((await page.locator(".long tbody tr").count()) < 70, "rows out of sight are not there");
  assert.ok(most <= 50 && asked.length < 2 * Math.ceil(kJobs / 50) + 2, `${asked.length} requests of up to ${most}`);
  assert.equal(new Set(await ids(page)).size, (await ids(page)).length, "no row is there twice");
  await close(page);
});

test("what is new comes in at the top, also after the controller was away, and while the list is scrolled", async () => {
  const page = await room.tab("/jobs");
  await settled(page);
  await page.waitForSelector(".long tbody tr");
  const second = await room.controller.submit(quickstart);
  const topIs = (id) => page.waitForFunction((wanted) => document.querySelector(".long tbody td:nth-child(2)")?.textContent === wanted, id);
  await topIs(`j${kJobs + 1}`);
  await page.evaluate(() => (document.querySelector(".long").scrollTop = 1200));
  await page.waitForSelector(".long td.gap");
  await room.controller.stop();
  await page.waitForSelector(".connection.lost");
  await room.controller.start();
  const third = await room.controller.submit(quickstart);
  await page.waitForSelector(".connection.live");
  await page.evaluate(() => (document.querySelector(".long").scrollTop = 0));
  await topIs(`j${kJobs + 2}`);
  assert.equal((await walkDown(page)).size, kJobs + 2);
  for (const id of [second, third]) await fetch(`${room.controller.url}/api/v1/runs/${id}/cancel`, { method: "POST" });
  await page.evaluate(() => (document.querySelector(".long").scrollTop = 0));
  await page.waitForFunction(() => [...document.querySelectorAll(".long tbody tr:not([aria-hidden])")].slice(0, 2).every((row) => row.textContent.includes("canceled")));
  await close(page);
});

test("a filter is in the address, and the list keeps to it", async () => {
  const page = await room.tab("/jobs");
  await settled(page);
  await page.selectOption("select[name=state]", "canceled");
  await page.waitForFunction(() => location.search === "?state=canceled" && document.querySelectorAll(".long tbody tr:not([aria-hidden])").length === 2);
  await page.selectOption("select[name=state]", "running");
  await page.waitForFunction(() => document.querySelector("main").textContent.includes("No job is like that"));
  await close(page);
});

for (const [colorScheme, width] of [["dark", 390], ["light", 1200]]) {
  test(`long lists and the search are accessible: ${colorScheme}, ${width} px`, async () => {
    const page = await room.tab("/jobs", { colorScheme, viewport: { width, height: 900 }, bypassCSP: true });
    for (const target of ["/jobs", "/runs", "/search?q=quickstart"]) {
      await page.goto(room.controller.url + target);
      await settled(page);
      await isAccessible(page, target);
    }
    await close(page);
  });
}

test("the box in the header searches from every page, with the keyboard alone", async () => {
  const page = await room.tab("/fleet");
  await settled(page);
  await page.keyboard.press("/");
  await page.keyboard.type("quick");
  await page.waitForFunction(() => location.pathname === "/search" && new URLSearchParams(location.search).get("q") === "quick");
  await page.waitForSelector(".hits a");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowUp");
  const href = await page.evaluate(() => document.activeElement.getAttribute("href"));
  await page.keyboard.press("Enter");
  await page.waitForFunction((target) => location.pathname === target, href);
  await page.goBack();
  await page.goBack();
  await page.waitForFunction(() => location.pathname === "/fleet");
  await close(page);
});

test("the event stream is read without a gap and without a repetition over restarts of the controller", async () => {
  const page = await (await room.browser.newContext()).newPage();
  await page.addInitScript(() => {
    window.seen_ = [];
    const own = window.fetch;
    window.fetch = async (input, init) => {
      const response = await own(input, init);
      if (!String(input).endsWith("/api/v1/events") || !response.body) return response;
      const [kept, noted] = response.body.tee();
      void (async () => {
        const text = noted.pipeThrough(new TextDecoderStream()).getReader();
        let rest = "";
        try {
          for (let piece = await text.read(); !piece.done; piece = await text.read()) {
            const lines = (rest + piece.value).split("\n");
            rest = lines.pop();
            for (const line of lines) if (line.startsWith("id: ")) window.seen_.push(Number(line.slice(4)));
          }
        } catch {
          // The controller went away.
        }
      })();
      return new Response(kept, response);
    };
  });
  const since = (await answer("/status")).newest_event;
  await page.goto(room.controller.url);
  await page.waitForSelector(".connection.live");
  const made = [];
  for (let round = 0; round < 3; round += 1) {
    for (let count = 0; count < 5; count += 1) made.push(await room.controller.submit(quickstart));
    await room.controller.stop();
    await page.waitForSelector(".connection.lost");
    await room.controller.start();
    for (let count = 0; count < 5; count += 1) made.push(await room.controller.submit(quickstart));
    await page.waitForSelector(".connection.live");
  }
  for (const id of made) await fetch(`${room.controller.url}/api/v1/runs/${id}/cancel`, { method: "POST" });
  const newest = (await answer("/status")).newest_event;
  await page.waitForFunction((last) => window.seen_.at(-1) === last, newest);
  const expected = [];
  for (let after = since; after < newest; ) {
    const { items } = await answer(`/events?after=${after}&limit=200`);
    for (const event of items) expected.push(event.seq);
    after = expected.at(-1);
  }
  assert.ok(expected.length >= 60);
  assert.deepEqual(await page.evaluate(() => window.seen_), expected);
  await page.context().close();
});

test("a page that is older than its controller says so, and keeps what was typed", async () => {
  const page = await room.tab("/submit");
  await settled(page);
  assert.equal(await page.locator(".hint").count(), 0);
  await page.fill(".filter input", "a title of mine");
  await room.controller.stop();
  await page.waitForSelector(".connection.lost");
  await room.controller.start();
  await page.waitForSelector(".connection.live");
  assert.equal(await page.locator(".hint").count(), 0, "the same edition");
  await page.route(`${room.controller.url}/`, (route) => route.fulfill({ status: 200, contentType: "text/html", body: `<script type="module" src="/assets/main-LATER.js"></script>` }));
  await room.controller.stop();
  await page.waitForSelector(".connection.lost");
  await room.controller.start();
  await page.waitForSelector(".hint");
  await page.unroute(`${room.controller.url}/`);
  await page.click(".hint button");
  await settled(page);
  assert.equal(await page.locator(".hint").count(), 0);
  assert.equal(await page.inputValue(".filter input"), "a title of mine");
  await close(page);
});

test("a token that is taken back asks for another one, with the reason", async () => {
  const other = await Room.open((state) => {
    run(state, "token", "create", "--name", "root", "--role", "admin");
  });
  try {
    const secret = /\S{20,}/.exec(run(other.state, "token", "create", "--name", "short", "--role", "read"))[0];
    const page = await (await other.browser.newContext()).newPage();
    await page.goto(`${other.controller.url}/jobs`);
    await page.fill("#token", secret);
    await page.click("main form button");
    await page.waitForFunction(() => document.querySelector("main").textContent.includes("No job is like that"));
    run(other.state, "token", "revoke", "2");
    await page.reload();
    await page.waitForFunction(() => document.querySelector("[role=alert]")?.textContent.includes("revoked or has expired"));
    await page.context().close();
  } finally {
    await other.close();
  }
});
