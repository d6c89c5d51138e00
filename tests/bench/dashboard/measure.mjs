// SPDX-License-Identifier: Apache-2.0
// Figures of the dashboard in Chromium, as JSON: LUOLAB=... MODULES=... node measure.mjs STATE FILES
//   STATE  a state folder with many jobs
//   FILES  the folder of the dashboard's files
import { readFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";

import { Controller } from "../../browser/controller.mjs";
import { launch } from "../../browser/tab.mjs";

const [state, files] = process.argv.slice(2);
const kTimes = 7;
const kScrolls = 200;
const kMapPages = 1_000_000;
const kPanMs = 3000;

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

/** Scripts that the first page asks for, compressed. */
async function firstLoad(browser, url) {
  const page = await browser.newPage();
  const scripts = [];
  page.on("request", (request) => request.resourceType() === "script" && scripts.push(new URL(request.url()).pathname));
  await page.goto(url);
  await page.waitForSelector(".connection.live");
  await page.close();
  return scripts.reduce((sum, script) => sum + gzipSync(readFileSync(path.join(files, script))).length, 0);
}

/** From asking for the address until the page shows what it asked for and answers to keys. */
async function interactive(browser, url, target) {
  const times = [];
  for (let count = 0; count < kTimes; count += 1) {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(url + target, { waitUntil: "commit" });
    times.push(await page.evaluate(() => new Promise((resolve) => {
      const look = () => (document.querySelector("main h1") && document.querySelector("[aria-busy]") === null ? resolve(performance.now()) : requestAnimationFrame(look));
      look();
    })));
    await context.close();
  }
  return median(times);
}

/** Frames while the list is scrolled by the wheel, without a stop into the past. */
async function scrolling(browser, url) {
  const page = await browser.newPage({ viewport: { width: 1200, height: 800 } });
  let rows = 0;
  page.on("response", async (response) => {
    if (response.url().includes("/api/v1/jobs?")) rows = Math.max(rows, (await response.json()).items.length);
  });
  await page.goto(`${url}/jobs`);
  await page.waitForSelector(".long tbody tr");
  await page.hover(".long");
  await page.evaluate(() => {
    window.frames_ = [];
    let last = performance.now();
    const note = (now) => {
      window.frames_.push(now - last);
      last = now;
      requestAnimationFrame(note);
    };
    requestAnimationFrame(note);
  });
  for (let step = 0; step < kScrolls; step += 1) {
    await page.mouse.wheel(0, 150);
    await page.waitForTimeout(16);
  }
  const passed = await page.evaluate(() => Number(document.querySelector(".long tbody tr[aria-rowindex]").getAttribute("aria-rowindex")));
  if (passed < kScrolls) throw new Error(`only ${passed} rows went by`);
  const drawn = await page.locator(".long tbody tr").count();
  const frames = (await page.evaluate(() => window.frames_)).sort((a, b) => a - b);
  await page.close();
  return { rows, drawn, passed, p50: median(frames), p99: frames[Math.floor(frames.length * 0.99)], frames: frames.length };
}

/** A map of as many pages as there shall be, some of them bad, in place of a job's own. */
function largeMap(own) {
  const runs = [];
  for (let page = 0; page < kMapPages; page += 1000) runs.push("W990F4L3C2SW");
  return { ...own, memfds: [{ ...own.memfds[0], size_bytes: kMapPages * 4096, states: runs.join("") }], bad: [], bad_left_out: kMapPages / 100 };
}

async function pageMap(browser, url, job) {
  // Two device pixels a pixel: there is room for a million cells of a pixel each.
  const page = await browser.newPage({ viewport: { width: 1400, height: 900 }, deviceScaleFactor: 2 });
  const { report } = await (await fetch(`${url}/api/v1/jobs/${job}`)).json();
  const { sha256 } = report.artifacts.find((artifact) => artifact.name === "page-map");
  const own = await (await fetch(`${url}/api/v1/artifacts/${sha256}`)).json();
  await page.route(`**/artifacts/${sha256}`, (route) => route.fulfill({ status: 200, contentType: "application/json", body: JSON.stringify(largeMap(own)) }));
  await page.goto(`${url}/jobs/${job}`);
  await page.waitForSelector("canvas.page-map");
  await page.waitForFunction(() => performance.getEntriesByName("page-map.draw").length > 1);
  const first = await page.evaluate(() => Math.max(...performance.getEntriesByName("page-map.draw").map((entry) => entry.duration)));
  const shown = await page.textContent(".page-map-zoom");
  if (!shown.startsWith("a cell of 1 pixel")) throw new Error(`the map does not show every page: ${shown}`);
  const open = await page.evaluate(() => performance.getEntriesByName("page-map.open")[0].duration);
  // From two pixels a page to the largest zoom.
  const canvas = page.locator("canvas.page-map");
  await canvas.scrollIntoViewIfNeeded();
  await canvas.focus();
  const zooms = [];
  for (const keys of [["+"], ["+", "+"], ["+", "+"]]) {
    for (const key of keys) await page.keyboard.press(key);
    zooms.push(await page.evaluate(async (ms) => {
      const place = document.querySelector("canvas.page-map");
      performance.clearMeasures();
      let frames = 0;
      const began = performance.now();
      await new Promise((resolve) => {
        const step = (now) => {
          frames += 1;
          place.dispatchEvent(new WheelEvent("wheel", { deltaY: frames % 120 < 60 ? 40 : -40, bubbles: true, cancelable: true }));
          if (now - began < ms) requestAnimationFrame(step);
          else resolve();
        };
        requestAnimationFrame(step);
      });
      return { rate: (1000 * frames) / (performance.now() - began), draw: Math.max(...performance.getEntriesByName("page-map.draw").map((entry) => entry.duration)) };
    }, kPanMs));
  }
  await page.close();
  return { open, draw: Math.max(first, ...zooms.map((zoom) => zoom.draw)), rate: Math.min(...zooms.map((zoom) => zoom.rate)) };
}

const controller = new Controller(state);
await controller.start();
const browser = await launch();
const jobs = await (await fetch(`${controller.url}/api/v1/jobs?verdict=PASS&scenario=quickstart&limit=1`)).json();
const figures = {
  script_bytes: await firstLoad(browser, controller.url),
  interactive_ms: await interactive(browser, controller.url, "/"),
  list_interactive_ms: await interactive(browser, controller.url, "/jobs"),
  scrolling: await scrolling(browser, controller.url),
  page_map: await pageMap(browser, controller.url, jobs.items[0].id),
};
await browser.close();
await controller.stop();
console.log(JSON.stringify(figures));
