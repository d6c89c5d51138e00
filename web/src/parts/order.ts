// SPDX-License-Identifier: Apache-2.0
// Orders to the controller, with what came of them.
import { signal, type Signal } from "@preact/signals";
import { useState } from "preact/hooks";

import { request, Trouble } from "../api/client";

export interface Order {
  busy: boolean;
  trouble: string;
}

async function send(method: string, path: string, body: unknown): Promise<void> {
  const init: RequestInit = { method };
  if (body !== undefined) {
    init.body = JSON.stringify(body);
    init.headers = { "Content-Type": "application/json" };
  }
  await request(path, init);
}

/** Sends orders one at a time; what the controller said no to stays in sight until the next one. */
export function useOrder(): [Signal<Order>, (method: string, path: string, body?: unknown) => Promise<boolean>] {
  const [state] = useState(() => signal<Order>({ busy: false, trouble: "" }));
  const give = async (method: string, path: string, body?: unknown): Promise<boolean> => {
    if (state.value.busy) return false;
    state.value = { busy: true, trouble: "" };
    try {
      await send(method, path, body);
      state.value = { busy: false, trouble: "" };
      return true;
    } catch (error) {
      state.value = { busy: false, trouble: error instanceof Trouble ? error.message : String(error) };
      return false;
    }
  };
  return [state, give];
}
