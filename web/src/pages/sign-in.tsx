// SPDX-License-Identifier: Apache-2.0
import { useRef } from "preact/hooks";

import { refused, useToken } from "../api/client";

export function SignIn() {
  const field = useRef<HTMLInputElement>(null);
  return (
    <form
      class="card narrow"
      onSubmit={(event) => {
        event.preventDefault();
        useToken(field.current?.value.trim() ?? "");
      }}
    >
      <h1>Sign in</h1>
      <p class="trouble" role="alert">{refused.value}</p>
      <label for="token">Token</label>
      <input id="token" ref={field} type="password" autocomplete="off" required />
      <p class="faint">It is kept in this tab only. On the controller, <code>luolab token create --role read</code> makes one.</p>
      <button type="submit">Sign in</button>
    </form>
  );
}
