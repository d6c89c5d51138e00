// SPDX-License-Identifier: Apache-2.0
// An order to the controller as a button; where the token's role is too small it can't be pressed, and
// says why.
import type { ComponentChildren } from "preact";

import { refusedFor } from "../api/caller";
import { useOrder } from "./order";

export interface OrderButtonProps {
  role: "admin" | "submit";
  method: "PATCH" | "POST";
  path: string;
  body?: unknown;
  children: ComponentChildren;
}

export function OrderButton({ role, method, path, body, children }: OrderButtonProps) {
  const [order, give] = useOrder();
  const refused = refusedFor(role);
  return (
    <>
      <button type="button" disabled={order.value.busy || refused !== ""} title={refused} onClick={() => void give(method, path, body)}>{children}</button>{" "}
      {refused !== "" && <span class="faint">({refused})</span>}
      {order.value.trouble !== "" && <span class="trouble" role="alert"> {order.value.trouble}</span>}
    </>
  );
}
