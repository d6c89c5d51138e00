// SPDX-License-Identifier: Apache-2.0
// Text that people take elsewhere: commands, scripts.
import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";

/** Where the clipboard is not given to pages (plain HTTP), the text is selected instead. */
export function Copyable({ text, label }: { text: string; label: string }) {
  const place = useRef<HTMLPreElement>(null);
  const said = useSignal("Copy");
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      said.value = "Copied";
    } catch {
      if (place.current) getSelection()?.selectAllChildren(place.current);
      said.value = "Selected: press Ctrl-C";
    }
  };
  return (
    <div class="copyable">
      <pre ref={place} tabIndex={0} aria-label={label}>{text}</pre>
      <button type="button" aria-live="polite" onClick={() => void copy()}>{said.value}</button>
    </div>
  );
}
