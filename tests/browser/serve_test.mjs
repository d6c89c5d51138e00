// SPDX-License-Identifier: Apache-2.0
// luolab run --serve: the dashboard over a real live update on this machine.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";

import { scenarios } from "./controller.mjs";
import { launch } from "./tab.mjs";

/** `luolab run --serve` as a child process; `said` waits for something on its standard error. */
class ServedRun {
  constructor(state) {
    this.child = spawn(process.env.LUOLAB, ["--state", state, "run", path.join(scenarios, "quickstart.yaml"), "--serve"], { stdio: ["ignore", "ignore", "pipe"] });
    this.log = "";
    this.child.stderr.on("data", (piece) => (this.log += piece));
    this.ended = new Promise((resolve) => this.child.once("exit", (code) => resolve(code)));
  }

  async said(words) {
    for (;;) {
      const found = words.exec(this.log);
      if (found) return found;
      const more = new Promise((resolve) => this.child.stderr.once("data", () => resolve(true)));
      const code = await Promise.race([more, this.ended]);
      if (code !== true && !words.test(this.log)) throw new Error(`luolab run --serve ended with ${code}: ${this.log}`);
    }
  }
}

test("a run is watched while it goes on, stays until Ctrl-C, and takes no orders", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "luolab-serve-"));
  const served = new ServedRun(path.join(folder, "state"));
  const browser = await launch();
  try {
    const [, url] = await served.said(/Dashboard: (http:\S+?\/)runs\/1\n/);
    const page = await browser.newPage();
    await page.goto(url);
    await page.waitForFunction(() => /quickstart/.test(document.querySelector("main").textContent));
    await page.waitForFunction(() => document.querySelector("section:has(#last) tbody tr")?.textContent.includes("PASS"), undefined, { timeout: 300_000 });
    await served.said(/The run has ended; http:\S+ is served until Ctrl-C/);
    assert.match(served.log, /PASS/);
    assert.equal((await fetch(`${url}api/v1/jobs/j1/cancel`, { method: "POST" })).status, 403);
    await page.goto(`${url}jobs/j1`);
    await page.waitForFunction(() => document.querySelector(".lead")?.textContent.startsWith("PASS"));
    await page.goto(`${url}runs/1`);
    await page.waitForFunction(() => [...document.querySelectorAll("main button")].some((button) => button.disabled));
    served.child.kill("SIGINT");
    assert.equal(await served.ended, 0);
    await assert.rejects(fetch(url));
  } finally {
    served.child.kill("SIGKILL");
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
