// SPDX-License-Identifier: Apache-2.0
// Every page over a store with real live updates: a good one, one with bad pages, a gate.
import assert from "node:assert/strict";
import path from "node:path";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";

import { Controller, run, runThatFails, scenarios } from "./controller.mjs";
import { close, isAccessible, Room, says, settled } from "./tab.mjs";

const quickstart = readFileSync(path.join(scenarios, "quickstart.yaml"), "utf8");
const mutant = "01-last-folios-swapped";

let room;

before(async () => {
  room = await Room.open((state) => {
    run(state, "run", path.join(scenarios, "quickstart.yaml"));
    runThatFails(state, "run", path.join(scenarios, "contract/01-content.yaml"), "--series", mutant);
    runThatFails(state, "gate", "--series", mutant, "--suite", path.join(scenarios, "contract/01-content.yaml"));
  });
});

after(() => room?.close());

const kPages = ["/", "/runs", "/runs/1", "/jobs", "/jobs/j1", "/jobs/j2", "/jobs/j999", "/gates", "/gates/g1", "/gates?title=none", "/trends", "/submit", "/fleet", "/fleet/nobody", "/builds", "/search", "/search?q=quickstart", "/nowhere", "/jobs/no/such"];

for (const [colorScheme, width] of [["dark", 1200], ["light", 390]]) {
  test(`every page is accessible and fits: ${colorScheme}, ${width} px`, async () => {
    const page = await room.tab("/", { colorScheme, viewport: { width, height: 900 }, bypassCSP: true });
    for (const target of kPages) {
      await page.goto(room.controller.url + target);
      await settled(page);
      await isAccessible(page, target);
    }
    await close(page);
  });
}

test("a job shows its verdict, its evidence and where the time went", async () => {
  const page = await room.tab("/jobs/j1");
  await settled(page);
  assert.match(await page.textContent(".lead"), /^PASS/);
  assert.match(await page.textContent("main"), /continuity\.nonce/);
  assert.match(await page.textContent(".time-line"), /blackout/);
  assert.match(await page.textContent("#kernels ~ article"), /gcc \(Debian/);
  await page.click("text=Build log");
  await page.waitForFunction(() => document.querySelector("#kernels ~ article").textContent.includes("bzImage"));
  await page.waitForFunction(() => document.querySelector(".console")?.textContent.includes("Linux version"));
  await page.fill("[aria-label='Search in the console']", "linux version");
  await page.press("[aria-label='Search in the console']", "Enter");
  await says(page, ".tools [role=status]", /1 of 2 found/);
  await close(page);
});

test("the page map shows whose content a bad page has, by mouse and by keyboard", async () => {
  const page = await room.tab("/jobs/j2");
  await settled(page);
  assert.match(await page.textContent(".lead"), /^FAIL/);
  await page.waitForSelector("canvas.page-map");
  await says(page, ".legend", /6 foreign/);
  await page.focus("canvas.page-map");
  await page.keyboard.press("n");
  await page.waitForSelector(".page-details");
  await says(page, ".page-details", /F foreign.*page.*differs/s);
  const first = await page.textContent(".page-details strong");
  assert.match(first, /^Page \d+$/);
  await page.keyboard.press("n");
  await page.waitForFunction((before) => document.querySelector(".page-details strong").textContent !== before, first);
  await page.keyboard.press("p");
  await says(page, ".page-details strong", new RegExp(`^${first}$`));
  await page.keyboard.press("0");
  await page.keyboard.press("-");
  await page.click("canvas.page-map", { position: { x: 5, y: 200 } });
  assert.match(await page.textContent(".page-details strong"), /^Page \d+/);
  await close(page);
});

test("a job that failed has a command and a script that run it again", async () => {
  const page = await room.tab("/jobs/j2");
  await settled(page);
  assert.equal(await page.textContent("[aria-label='Command of this job']"), `luolab run --job j2 --controller ${room.controller.url}`);
  const [download] = await Promise.all([page.waitForEvent("download"), page.click("text=reproduce-j2.sh")]);
  assert.equal(download.suggestedFilename(), "reproduce-j2.sh");
  const script = readFileSync(await download.path(), "utf8");
  assert.match(script, /^#!\/bin\/sh\n# Runs job j2 again: 01-content/);
  assert.match(script, new RegExp(`"name": "${mutant}`), "the series goes along");
  await close(page);
});

test("jobs are filtered by a kernel's title and by its key, in the address", async () => {
  const page = await room.tab("/jobs");
  await settled(page);
  const { items } = await (await fetch(`${room.controller.url}/api/v1/builds`)).json();
  const { title, digest } = items.find((build) => build.title.includes(mutant));
  await page.waitForSelector(`#kernels option[value="${title}"]`, { state: "attached" });
  await page.fill("input[name=kernel]", title);
  await page.press("input[name=kernel]", "Enter");
  await page.waitForFunction((wanted) => new URLSearchParams(location.search).get("kernel") === wanted, title);
  await settled(page);
  const shown = async () => {
    await page.waitForSelector(".long tbody a");
    return page.locator(".long a[href^='/jobs/j']").allTextContents();
  };
  const byTitle = await shown();
  assert.ok(byTitle.includes("j2") && !byTitle.includes("j1"), `${byTitle}`);
  await page.goto(`${room.controller.url}/builds`);
  await settled(page);
  await page.click(`a[href='/jobs?kernel=${digest}']`);
  await page.waitForFunction((wanted) => new URLSearchParams(location.search).get("kernel") === wanted, digest);
  await settled(page);
  assert.deepEqual(await shown(), byTitle);
  await page.goto(`${room.controller.url}/jobs?kernel=none`);
  await settled(page);
  assert.match(await page.textContent("main"), /No job is like that/);
  await close(page);
});

test("the boots of a gate are read by keyboard, and open their jobs", async () => {
  const page = await room.tab("/", { bypassCSP: true });
  // A gate that failed measures no latency: its report gets some.
  await page.route("**/api/v1/gates/g1", async (route) => {
    const detail = await (await route.fetch()).json();
    detail.report.phases = [{
      scenario: "small", phase: "preserve", outcome: "slower", shift: 0.5, low: 0.4, high: 0.6, has_interval: true, confidence: 0.95, p: 0.01, p_adjusted: 0.02, matters: 0.05,
      baseline_median: 0.1, candidate_median: 0.15, boots_needed: 0, baseline: [0.1, 0.11], candidate: [0.15, 0.16], baseline_jobs: ["j1", "j1"], candidate_jobs: ["j2", "j1"], sentence: "preserve is 50.0 % slower",
    }];
    return route.fulfill({ json: detail });
  });
  await page.goto(`${room.controller.url}/gates/g1`);
  await settled(page);
  await page.waitForSelector(".boots-chart svg");
  await isAccessible(page, "a gate with latency");
  await page.focus(".boots-chart .walked");
  await page.keyboard.press("ArrowRight");
  await says(page, ".boots-chart .told", /^boot 1 of 2, baseline: 100 ms \(j1\)/);
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await says(page, ".boots-chart .told", /^boot 1 of 2, candidate: 150 ms \(j2\)/);
  await page.keyboard.press("End");
  await says(page, ".boots-chart .told", /^boot 2 of 2, candidate: 160 ms \(j1\)/);
  await page.keyboard.press("ArrowLeft");
  await says(page, ".boots-chart .told", /candidate: 150 ms/);
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => location.pathname === "/jobs/j2");
  await close(page);
});

test("two jobs are compared, at an address of their own", async () => {
  const page = await room.tab("/jobs/j1");
  await settled(page);
  await page.fill("input[name=with]", "j2");
  await page.press("input[name=with]", "Enter");
  await page.waitForFunction(() => document.querySelector("#compare ~ .scroll table")?.textContent.includes("blackout"));
  assert.match(page.url(), /with=j2/);
  await close(page);
});

test("a gate says its answer, what failed, and gives its report", async () => {
  const page = await room.tab("/gates");
  await settled(page);
  await page.click("text=g1");
  await page.waitForSelector(".news");
  assert.match(await page.textContent(".lead"), /^must not/);
  assert.match(await page.textContent(".news"), /regression.*01-content/s);
  assert.match(await page.textContent(".news .copyable pre"), /luolab run/);
  const [download] = await Promise.all([page.waitForEvent("download"), page.click("text=junit")]);
  assert.equal(download.suggestedFilename(), "g1.xml");
  await close(page);
});

test("trends: over time, by kernel, version pairs", async () => {
  const page = await room.tab("/trends");
  await settled(page);
  await page.waitForSelector(".over-time canvas");
  assert.match(await page.textContent("#kernels ~ .scroll"), /phase-stamps/);
  assert.match(await page.textContent("#pairs ~ .scroll"), /of \d+ pass/);
  await page.selectOption("select[name=phase]", "preserve");
  await page.waitForFunction(() => document.querySelector("#time")?.textContent.startsWith("preserve"));
  assert.match(page.url(), /phase=preserve/);
  await close(page);
});

test("search finds as one types, and the keyboard is enough", async () => {
  const page = await room.tab("/");
  await settled(page);
  await page.keyboard.press("/");
  await page.keyboard.type("01-con");
  await page.waitForSelector(".hits a");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.waitForSelector("main dl.facts");
  await page.goto(`${room.controller.url}/search?q=j1`);
  await page.focus(".search input");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => location.pathname === "/jobs/j1");
  await page.keyboard.press("?");
  await page.waitForSelector("dialog[open]");
  await close(page);
});

test("what changes is shown without a reload; after a restart of the controller nothing is missing or doubled", async () => {
  const page = await room.tab("/");
  await settled(page);
  const waiting = () => page.locator("section:has(#queue) tbody tr").count();
  const first = await room.controller.submit(quickstart);
  await page.waitForSelector("section:has(#queue) tbody tr");
  await room.controller.stop();
  await page.waitForSelector(".connection.lost");
  await room.controller.start();
  const others = [];
  for (let count = 0; count < 3; count += 1) others.push(await room.controller.submit(quickstart));
  assert.equal(new Set([first, ...others]).size, 4);
  await settled(page);
  await page.waitForFunction(() => document.querySelectorAll("section:has(#queue) tbody tr").length === 4);
  const jobs = await page.locator("section:has(#queue) tbody tr td:first-child").allTextContents();
  assert.equal(new Set(jobs).size, 4);
  for (const id of [first, ...others]) await fetch(`${room.controller.url}/api/v1/runs/${id}/cancel`, { method: "POST" });
  await page.waitForFunction(() => document.querySelectorAll("section:has(#queue) tbody tr").length === 0);
  assert.equal(await waiting(), 0);
  await close(page);
});

test("a scenario is written, seen as jobs, mended where it is wrong, and submitted", async () => {
  const page = await room.tab("/submit");
  await page.waitForFunction(() => document.querySelector("#will-be")?.parentElement.textContent.includes("1 job"));
  await page.evaluate(() => document.querySelector(".editor").shadowRoot.querySelector(".cm-content").focus());
  await page.keyboard.press("Control+End");
  await page.keyboard.type("nonsense: 1");
  await page.waitForSelector(".mistakes li");
  assert.match(await page.textContent(".mistakes"), /line \d+.*nonsense/s);
  await page.reload();
  await page.waitForSelector(".mistakes li");
  assert.match(await page.textContent(".mistakes"), /nonsense/, "what was typed outlives a reload");
  await page.click("text=two hops");
  await page.waitForFunction(() => document.querySelector(".jobs")?.textContent.includes("two-hops"));
  await page.setInputFiles("input[type=file]", { name: "not-a-patch.patch", mimeType: "text/plain", buffer: Buffer.from("<b>nothing</b>") });
  await page.waitForSelector(".mistakes li");
  await page.click("text=remove");
  await page.waitForFunction(() => document.querySelector(".jobs")?.textContent.includes("two-hops"));
  await page.click("button.main");
  await page.waitForFunction(() => location.pathname.startsWith("/runs/"));
  await settled(page);
  assert.match(await page.textContent("main"), /two-hops/);
  await close(page);
});

test("the editor completes from the schema", async () => {
  const page = await room.tab("/submit");
  await page.waitForFunction(() => document.querySelector("#will-be")?.parentElement.textContent.includes("job"));
  await page.evaluate(() => document.querySelector(".editor").shadowRoot.querySelector(".cm-content").focus());
  await page.keyboard.press("Control+End");
  await page.keyboard.type("time");
  await page.waitForFunction(() => document.querySelector(".editor").shadowRoot.querySelector(".cm-tooltip-autocomplete")?.textContent.includes("timeouts"));
  await close(page);
});

test("what a stranger wrote is text, in scenarios and on consoles", async () => {
  const evil = `<img src=x onerror="document.title='injected'"><script>document.title='injected'</script>`;
  const id = await room.controller.submit(`# ${evil}\n${quickstart}`);
  const page = await room.tab(`/runs/${id}`);
  await settled(page);
  await page.click("summary");
  assert.match(await page.textContent("details pre"), /<img src=x/);
  assert.equal(await page.locator("main img, main script").count(), 0);
  assert.equal(await page.title(), `Run ${id} · luolab`);
  await close(page);

  // The bytes of a console are the guest's: here the controller hands out what a hostile one wrote.
  const other = await room.tab("/");
  await other.route("**/console", (route) => route.fulfill({ status: 200, contentType: "text/plain", body: `${evil}\n\u001b[31mred\u001b[0m \u001b]0;title\u0007\u001b[2J\u0000after\n` }));
  await other.evaluate(() => history.pushState(null, "", "/jobs/j1"));
  await other.goto(`${room.controller.url}/jobs/j1`);
  await other.waitForFunction(() => document.querySelector(".console")?.textContent.includes("after"));
  assert.match(await other.textContent(".console"), /<img src=x/);
  assert.equal(await other.locator(".console img, .console script").count(), 0);
  assert.equal(await other.locator(".console .ansi-red").textContent(), "red");
  assert.equal(await other.title(), "Job j1 · luolab");
  await close(other);
});

test("a page says what it can't get, and goes on when it can", async () => {
  const page = await room.tab("/runs");
  await settled(page);
  await page.route("**/api/v1/runs?*", (route) => route.fulfill({ status: 503, contentType: "application/problem+json", body: JSON.stringify({ title: "busy", status: 503, detail: "the store is busy" }) }));
  const id = await room.controller.submit(quickstart);
  await page.waitForSelector(".trouble");
  assert.match(await page.textContent(".trouble"), /the store is busy/);
  assert.ok((await page.locator("tbody tr").count()) > 0, "what was known stays in sight");
  await page.unroute("**/api/v1/runs?*");
  await fetch(`${room.controller.url}/api/v1/runs/${id}/cancel`, { method: "POST" });
  await page.waitForFunction(() => document.querySelector(".trouble") === null);
  await close(page);
});

test("without anything in the store every page says how to begin", async () => {
  const other = await Room.open();
  try {
    for (const [target, words] of [["/", /luolab worker/], ["/runs", /no run yet/], ["/gates", /luolab gate/], ["/fleet", /luolab worker/], ["/builds", /No kernel was run yet/], ["/trends", /No attempt fits/], ["/jobs", /No job is like that/]]) {
      const page = await other.tab(target);
      await settled(page);
      assert.match(await page.textContent("main"), words, target);
      await close(page);
    }
  } finally {
    await other.close();
  }
});

test("a wrong token is refused, a good one lets in, in no address; a reader's buttons say why they can't be pressed", async () => {
  const guarded = path.join(room.folder, "guarded");
  run(guarded, "run", path.join(scenarios, "quickstart.yaml"));
  const secret = /\S{20,}/.exec(run(guarded, "token", "create", "--name", "reader", "--role", "read"))[0];
  const other = new Controller(guarded);
  await other.start();
  const page = await (await room.browser.newContext()).newPage();
  try {
    await page.goto(`${other.url}/runs`);
    await page.fill("#token", "wrong");
    await page.click("form button");
    await page.waitForFunction(() => document.querySelector("[role=alert]")?.textContent.includes("not known"));
    await page.fill("#token", secret);
    await page.click("form button");
    await page.waitForSelector("tbody tr");
    assert.ok(!page.url().includes(secret));
    await page.click("tbody a");
    const button = page.locator("button", { hasText: "Pin" });
    await button.waitFor();
    assert.ok(await button.isDisabled());
    assert.match(await page.textContent("main"), /needs a token of role submit; yours \(reader\) has role read/);
  } finally {
    await page.context().close();
    await other.stop();
  }
});
