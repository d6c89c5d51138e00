// SPDX-License-Identifier: Apache-2.0
// Scenarios to begin with: some of those that luolab ships, as they are when it is built.
import kexecUnderLoad from "./scenarios/library/under-load.yaml";
import quickstart from "./scenarios/quickstart.yaml";
import twoHops from "./scenarios/library/two-hops.yaml";
import versionPair from "./scenarios/library/version-pair.yaml";

export const kExamples: readonly { name: string; text: string }[] = [
  { name: "quickstart", text: quickstart },
  { name: "two hops", text: twoHops },
  { name: "a version pair", text: versionPair },
  { name: "under load", text: kexecUnderLoad },
];
