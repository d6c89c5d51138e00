// SPDX-License-Identifier: Apache-2.0
// Chromium over a controller of one's own, and what every page must be: without faults, accessible,
// within its width.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";

import { Controller } from "./controller.mjs";

const modules = createRequire(path.join(process.env.MODULES, "package.json"));
const { chromium } = modules("playwright-core");
const axe = readFileSync(modules.resolve("axe-core/axe.min.js"), "utf8");

export const launch = () => chromium.launch({ executablePath: "/usr/bin/chromium", args: process.getuid() === 0 ? ["--no-sandbox"] : [] });

/** A controller over a folder that goes with it, and a browser. */
export class Room {
  static async open(prepare = () => {}) {
    const room = new Room();
    room.folder = mkdtempSync(path.join(tmpdir(), "luolab-browser-"));
    room.state = path.join(room.folder, "state");
    await prepare(room.state);
    room.controller = new Controller(room.state);
    await room.controller.start();
    room.browser = await launch();
    return room;
  }

  async close() {
    await this.browser?.close();
    await this.controller?.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** A tab of its own. What its scripts throw, what the policy forbids, and what they ask of another
   * origin is kept, and must be nothing when it is closed. */
  async tab(target, options = {}) {
    const context = await this.browser.newContext({ viewport: { width: 1200, height: 900 }, ...options });
    const page = await context.newPage();
    page.faults = [];
    page.on("pageerror", (error) => page.faults.push(error.message));
    page.on("console", (message) => {
      if (/Content Security Policy/.test(message.text())) page.faults.push(message.text());
    });
    page.on("request", (request) => {
      if (!request.url().startsWith(this.controller.url) && !request.url().startsWith("blob:")) page.faults.push(`asked ${request.url()}`);
    });
    await page.goto(this.controller.url + target);
    return page;
  }
}

export async function settled(page) {
  await page.waitForSelector(".connection.live");
  await page.waitForFunction(() => document.querySelector("[aria-busy]") === null);
}

export async function close(page) {
  assert.deepEqual(page.faults, []);
  await page.context().close();
}

/** No finding of axe, and nothing wider than the window. */
export async function isAccessible(page, name) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run());
  assert.deepEqual(violations.map((violation) => `${name}: ${violation.id} ${violation.nodes[0]?.html.slice(0, 120)}`), []);
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${name} is wider than the window`);
}

/** Waits until the first that fits the selector says so: what follows a key or a click is drawn a little later. */
export async function says(page, selector, pattern) {
  const isThere = ([where, source, flags]) => new RegExp(source, flags).test(document.querySelector(where)?.textContent ?? "");
  try {
    await page.waitForFunction(isThere, [selector, pattern.source, pattern.flags]);
  } catch {
    assert.match(await page.textContent(selector), pattern);
  }
}
