// SPDX-License-Identifier: Apache-2.0
// Pictures of the main pages after a real live update: LUOLAB=... MODULES=... node screenshots.mjs OUT_DIR
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";

import { Controller, run, scenarios } from "./controller.mjs";

const { chromium } = createRequire(path.join(process.env.MODULES, "package.json"))("playwright-core");
const out = process.argv[2];
const kPictures = [
  { name: "now", target: "/" },
  { name: "job", target: "/jobs/j1" },
];

const folder = mkdtempSync(path.join(tmpdir(), "luolab-pictures-"));
run(folder, "run", path.join(scenarios, "quickstart.yaml"));
const controller = new Controller(folder);
await controller.start();
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: process.getuid() === 0 ? ["--no-sandbox"] : [] });
mkdirSync(out, { recursive: true });
for (const { name, target } of kPictures) {
  const page = await browser.newPage({ viewport: { width: 1200, height: 700 }, colorScheme: "dark" });
  await page.goto(controller.url + target);
  await page.waitForSelector(".connection.live");
  await page.waitForFunction(() => document.querySelector("[aria-busy]") === null);
  await page.waitForTimeout(500); // the console's text comes last
  await page.screenshot({ path: path.join(out, `${name}.png`), fullPage: true });
}
await browser.close();
await controller.stop();
rmSync(folder, { recursive: true, force: true });
