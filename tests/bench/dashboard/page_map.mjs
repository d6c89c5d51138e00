// SPDX-License-Identifier: Apache-2.0
// How long the page map takes to draw a million pages, and how smoothly it pans, in Chromium's software
// rendering: LUOLAB=... MODULES=... node page_map.mjs URL JOB
// The job is a real one of the controller at URL; its map is replaced by a made one on its way to the
// page. Prints a line of JSON: draw_ms (each drawing of the whole), open_ms, frames (a second, by zoom).
import { createRequire } from "node:module";
import path from "node:path";

const { chromium } = createRequire(path.join(process.env.MODULES, "package.json"))("playwright-core");
const [url, job] = process.argv.slice(2);
const kPages = 1_000_000;
const kPanMs = 2000;
const kDraws = 20;

/** Four memfds; one page of some hundred is bad, in all states. */
function mapOf(pages) {
  const letters = "LFSCTX";
  const each = pages / 4;
  const memfds = Array.from({ length: 4 }, (_, memfd) => {
    let states = "";
    for (let page = 0; page < each; ) {
      const whole = Math.min(each - page, 50 + ((page * 7919 + memfd) % 300));
      states += `W${whole}`;
      page += whole;
      if (page >= each) break;
      states += letters[page % letters.length];
      page += 1;
    }
    return { hop: 0, memfd: `vm-${memfd}/ram`, look: 0, pattern: "random", size_bytes: each * 4096, states };
  });
  return JSON.stringify({ schema: "luolab.page-map/v1", page_bytes: 4096, memfds, bad: [], bad_left_out: 0 });
}

const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--disable-gpu", ...(process.getuid() === 0 ? ["--no-sandbox"] : [])] });
// Two device pixels a pixel: the canvas has room for a million cells of a pixel each.
const page = await browser.newPage({ viewport: { width: 1400, height: 900 }, deviceScaleFactor: 2 });
const detail = await (await fetch(`${url}/api/v1/jobs/${job}`)).json();
const digest = detail.report.artifacts.find((artifact) => artifact.name === "page-map").sha256;
await page.route(`**/artifacts/${digest}`, (route) => route.fulfill({ contentType: "application/json", body: mapOf(kPages) }));
await page.goto(`${url}/jobs/${job}`);
await page.waitForSelector("canvas.page-map");
await page.waitForFunction(() => performance.getEntriesByName("page-map.draw").length > 0);
await page.locator("canvas.page-map").scrollIntoViewIfNeeded();

const figures = await page.evaluate(async ({ draws, panMs }) => {
  const canvas = document.querySelector("canvas.page-map");
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  const key = (name) => canvas.dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true, cancelable: true }));
  const times = () => performance.getEntriesByName("page-map.draw").map((entry) => entry.duration);
  const open = performance.getEntriesByName("page-map.open").map((entry) => entry.duration);
  key("0");
  await frame();
  await frame();
  performance.clearMeasures();
  for (let draw = 0; draw < draws; draw += 1) {
    key("0"); // all of it anew
    await frame();
    await frame();
  }
  const whole = times();
  const shown = document.querySelector(".page-map-zoom").textContent;
  const frames = {};
  for (let zoom = 1; zoom <= 5; zoom += 1) {
    key("+");
    await frame();
    performance.clearMeasures();
    const began = performance.now();
    let count = 0;
    let down = 1;
    let slowest = 0;
    for (let last = began; last - began < panMs; count += 1) {
      if (count % 60 === 59) down = -down;
      canvas.dispatchEvent(new WheelEvent("wheel", { deltaY: 40 * down, bubbles: true, cancelable: true }));
      const now = await frame();
      slowest = Math.max(slowest, now - last);
      last = now;
    }
    frames[document.querySelector(".page-map-zoom").textContent] = { per_second: count / (panMs / 1000), slowest_ms: slowest, drawn: times().length, draw_ms: Math.max(...times()) };
  }
  return { open_ms: open, draw_ms: whole, shown, frames };
}, { draws: kDraws, panMs: kPanMs });
await browser.close();
console.log(JSON.stringify(figures));
