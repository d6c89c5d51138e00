// SPDX-License-Identifier: Apache-2.0
// What is around every page: where one is, whether it is live, how it looks.
import { useEffect } from "preact/hooks";

import { refused, token, useToken } from "./api/client";
import { outdated } from "./api/edition";
import { connection, follow } from "./live/live";
import { pageOf } from "./pages/page-of";
import { SignIn } from "./pages/sign-in";
import { Keys } from "./parts/keys";
import { SearchBox } from "./parts/search-box";
import { applyTheme, switchTheme, theme } from "./parts/theme";
import { address } from "./router";

const kLinks = [
  { to: "/", name: "Now" },
  { to: "/runs", name: "Runs" },
  { to: "/jobs", name: "Jobs" },
  { to: "/gates", name: "Gates" },
  { to: "/trends", name: "Trends" },
  { to: "/submit", name: "Submit" },
  { to: "/fleet", name: "Fleet" },
  { to: "/builds", name: "Builds" },
] as const;

const kConnection = { connecting: "connecting", live: "live", lost: "connection lost, trying again" } as const;

const isWithin = (path: string, link: string): boolean => path === link || (link !== "/" && path.startsWith(`${link}/`));

export function Frame() {
  useEffect(applyTheme, [theme.value]);
  useEffect(() => {
    const abort = new AbortController();
    void follow(abort.signal);
    return () => abort.abort();
  }, [token.value]);
  const path = address.value.split("?")[0] ?? "/";
  const page = pageOf(address.value);
  useEffect(() => {
    document.title = `${page.title} · luolab`;
  }, [page.title]);
  const asks = refused.value !== "";
  return (
    <>
      <a class="skip" href="#main">Skip to content</a>
      <header class="bar">
        <a class="brand" href="/">luolab</a>
        <nav aria-label="Pages">
          {kLinks.map((link) => (
            <a key={link.to} href={link.to} aria-current={isWithin(path, link.to) ? "page" : undefined}>{link.name}</a>
          ))}
        </nav>
        <SearchBox />
        <span class={`connection ${connection.value}`} role="status">{kConnection[connection.value]}</span>
        <Keys />
        <button type="button" onClick={switchTheme}>{theme.value === "dark" ? "Light" : "Dark"}</button>
        {token.value !== "" && <button type="button" onClick={() => useToken("")}>Sign out</button>}
      </header>
      {outdated.value && (
        <p class="hint" role="status">
          The controller has another version of this dashboard now; what this page shows may lack something. <button type="button" onClick={() => location.reload()}>Load it anew</button> <span class="faint">A scenario being written is kept.</span>
        </p>
      )}
      <main id="main" tabIndex={-1}>{asks ? <SignIn /> : page.content}</main>
    </>
  );
}
