// SPDX-License-Identifier: Apache-2.0
// The one box that searches in everything, on every page. Typing shows what is found on the search
// page; the arrow keys walk through it, Enter opens the first.
import { address, go } from "../router";

/** Where an id leads straight to. */
export function straight(text: string): string | null {
  if (/^j\d+$/.test(text)) return `/jobs/${text}`;
  if (/^g\d+$/.test(text)) return `/gates/${text}`;
  if (/^a\d+$/.test(text)) return `/attempts/${text}`;
  return /^\d+$/.test(text) ? `/runs/${text}` : null;
}

/** Empty where another page is shown. */
function wanted(): string {
  const url = new URL(address.value, location.origin);
  return url.pathname === "/search" ? (url.searchParams.get("q") ?? "") : "";
}

export const focusSearch = (): void => document.querySelector<HTMLInputElement>("#search-box")?.focus();

/** Arrow keys: from the box into the results and back. */
export function walkHits(event: KeyboardEvent): void {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const stops = [...document.querySelectorAll<HTMLElement>("#search-box, .hits a")];
  const at = stops.indexOf(document.activeElement as HTMLElement);
  const next = at < 0 ? undefined : stops[at + (event.key === "ArrowDown" ? 1 : -1)];
  if (!next) return;
  event.preventDefault();
  next.focus();
}

export function SearchBox() {
  const type = (text: string): void => {
    const there = location.pathname === "/search";
    go(`/search${text === "" ? "" : `?${new URLSearchParams({ q: text })}`}`, there);
  };
  return (
    <form
      class="search"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        const text = wanted();
        const first = straight(text) ?? document.querySelector<HTMLAnchorElement>(".hits a")?.getAttribute("href");
        if (!first) return;
        go(first);
        // Keys are those of the page that was opened.
        document.querySelector<HTMLElement>("#main")?.focus();
      }}
    >
      <input
        id="search-box"
        type="search"
        value={wanted()}
        aria-label="Search in everything"
        placeholder="Search ( / )"
        maxLength={200}
        autocomplete="off"
        onInput={(event) => type(event.currentTarget.value)}
        onKeyDown={walkHits}
      />
    </form>
  );
}
