// SPDX-License-Identifier: Apache-2.0
// Pictures of the main pages after real live updates, a mutant and gates: LUOLAB=... MODULES=... node
// screenshots.mjs OUT_DIR
import { mkdirSync } from "node:fs";
import path from "node:path";

import { run, runThatFails, scenarios } from "./controller.mjs";
import { Room, settled } from "./tab.mjs";

const out = process.argv[2];
const series = path.resolve(scenarios, "../tests/series");

async function nothing() {}

async function badPage(page) {
  await page.click("text=Next bad page");
  for (let count = 0; count < 2; count += 1) if (await page.isEnabled("text=Zoom in")) await page.click("text=Zoom in");
}

/** Of the whole page, or of the section that is named. */
const kPictures = [
  { name: "now", ready: "tbody tr", target: "/", prepare: nothing },
  { name: "job", ready: ".console .line", target: "/jobs/j1", prepare: nothing, height: 1500 },
  { name: "page-map", ready: "canvas.page-map", target: "/jobs/j2", prepare: badPage, section: "section:has(canvas)" },
  { name: "gate", ready: ".boots-chart svg", target: "/gates/g2", prepare: nothing, height: 1100 },
  { name: "trends", ready: ".over-time canvas", target: "/trends", prepare: nothing },
  { name: "submit", ready: "ul.jobs li", target: "/submit", prepare: nothing },
];

const room = await Room.open((state) => {
  run(state, "run", path.join(scenarios, "quickstart.yaml"));
  runThatFails(state, "run", path.join(scenarios, "contract/01-content.yaml"), "--series", "01-last-folios-swapped");
  run(state, "run", path.join(scenarios, "library/version-pair.yaml"));
  runThatFails(state, "gate", "--series", "04-position-at-preserve", "--suite", path.join(scenarios, "contract/04-position.yaml"));
  runThatFails(state, "gate", "--series", path.join(series, "delay-30us-per-page.patch"), "--suite", path.join(scenarios, "gate/latency.yaml"));
});
mkdirSync(out, { recursive: true });
for (const { name, ready, target, prepare, section, height } of kPictures) {
  const page = await room.tab(target, { viewport: { width: 1200, height: height ?? 800 }, colorScheme: "dark" });
  await settled(page);
  await page.waitForSelector(ready); // what comes last
  await prepare(page);
  await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
  const file = path.join(out, `${name}.png`);
  if (section) await page.locator(section).screenshot({ path: file });
  else await page.screenshot({ path: file, fullPage: height === undefined });
}
await room.close();
