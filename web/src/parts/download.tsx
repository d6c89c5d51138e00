// SPDX-License-Identifier: Apache-2.0
// A file of the API: asked for with the token, which a plain link can't carry.
import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";

import { request, Trouble } from "../api/client";

async function save(path: string, name: string): Promise<void> {
  const response = await request(path);
  const address = URL.createObjectURL(await response.blob());
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}

export function Download({ path, name, children }: { path: string; name: string; children: ComponentChildren }) {
  const trouble = useSignal("");
  const start = async (): Promise<void> => {
    trouble.value = "";
    try {
      await save(path, name);
    } catch (error) {
      trouble.value = error instanceof Trouble ? error.message : String(error);
    }
  };
  return (
    <>
      <button type="button" class="link" onClick={() => void start()}>{children}</button>
      {trouble.value !== "" && <span class="trouble" role="alert"> {trouble.value}</span>}
    </>
  );
}
