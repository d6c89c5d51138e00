// SPDX-License-Identifier: Apache-2.0
import { render } from "preact";

import "./style/tokens.css";
import "./style/layout.css";
import "./style/lists.css";
import "./style/gate.css";
import "./style/page-map.css";
import "./style/trends.css";
import "./style/console.css";
import "./style/run.css";
import { followCaller } from "./api/caller";
import { Frame } from "./frame";
import { listenToAddress } from "./router";

listenToAddress();
followCaller();
const app = document.getElementById("app");
if (app) render(<Frame />, app);
