// SPDX-License-Identifier: Apache-2.0
// A real controller as a child process, over a state folder.
import { spawn, spawnSync } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";

const luolab = process.env.LUOLAB;
export const scenarios = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../scenarios");

/** Runs luolab to its end; throws where it does not end with 0. */
export function run(state, ...args) {
  const done = spawnSync(luolab, ["--state", state, ...args], { encoding: "utf8" });
  if (done.status !== 0) throw new Error(`luolab ${args.join(" ")} ended with ${done.status}: ${done.stderr}`);
  return done.stdout;
}

/** The same where it must not end with 0. */
export function runThatFails(state, ...args) {
  const done = spawnSync(luolab, ["--state", state, ...args], { encoding: "utf8" });
  if (done.status !== 1) throw new Error(`luolab ${args.join(" ")} ended with ${done.status}, not with 1: ${done.stderr}`);
}

export class Controller {
  constructor(state) {
    this.state = state;
    this.port = 0;
  }

  /** Starts it; again on the port that it had. */
  async start() {
    this.child = spawn(luolab, ["--state", this.state, "controller", "--listen", `127.0.0.1:${this.port}`], { stdio: ["ignore", "ignore", "pipe"] });
    let log = "";
    await new Promise((resolve, reject) => {
      this.child.stderr.on("data", (piece) => {
        log += piece;
        const ready = /event=ready .*port=(\d+)/.exec(log);
        if (!ready) return;
        this.port = Number(ready[1]);
        resolve();
      });
      this.child.on("exit", () => reject(new Error(`the controller did not start: ${log}`)));
    });
  }

  async stop() {
    const ended = new Promise((resolve) => this.child.once("exit", resolve));
    this.child.kill("SIGTERM");
    await ended;
  }

  get url() {
    return `http://127.0.0.1:${this.port}`;
  }

  async submit(text) {
    const answer = await fetch(`${this.url}/api/v1/runs`, { method: "POST", headers: { "Content-Type": "application/yaml" }, body: text });
    if (answer.status !== 201) throw new Error(await answer.text());
    return (await answer.json()).run;
  }
}
