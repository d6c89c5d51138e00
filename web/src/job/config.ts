// SPDX-License-Identifier: Apache-2.0
// A kernel's .config as options and values, and how two differ.

export function readConfig(text: string): Map<string, string> {
  const options = new Map<string, string>();
  for (const line of text.split("\n")) {
    const set = /^(CONFIG_\w+)=(.*)$/.exec(line);
    const off = /^# (CONFIG_\w+) is not set$/.exec(line);
    if (set?.[1]) options.set(set[1], set[2] ?? "");
    if (off?.[1]) options.set(off[1], "n");
  }
  return options;
}

export interface Difference {
  option: string;
  first: string;
  second: string;
}

export function configDifference(first: Map<string, string>, second: Map<string, string>): Difference[] {
  const options = [...new Set([...first.keys(), ...second.keys()])].sort();
  return options
    .map((option) => ({ option, first: first.get(option) ?? "not there", second: second.get(option) ?? "not there" }))
    .filter((row) => row.first !== row.second);
}
