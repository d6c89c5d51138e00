// SPDX-License-Identifier: Apache-2.0
// Numbers with their units, and times with their zone.

const kDurations = [
  { unit: "s", ns: 1e9 },
  { unit: "ms", ns: 1e6 },
  { unit: "µs", ns: 1e3 },
] as const;

/** "3.57 s", "29.6 ms". */
export function durationText(ns: number): string {
  for (const { unit, ns: size } of kDurations) {
    if (Math.abs(ns) >= size) return `${Number((ns / size).toPrecision(3))} ${unit}`;
  }
  return ns === 0 ? "0 s" : `${ns} ns`;
}

/** "2 min 39 s", "41 s". */
export function secondsText(seconds: number): string {
  if (seconds < 60) return durationText(seconds * 1e9);
  const whole = Math.round(seconds);
  return whole < 3600 ? `${Math.floor(whole / 60)} min ${whole % 60} s` : `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** "64 MiB". */
export function sizeText(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"] as const;
  let at = 0;
  let value = bytes;
  while (value >= 1024 && at < units.length - 1) {
    value /= 1024;
    at += 1;
  }
  return `${Number(value.toPrecision(4))} ${units[at] ?? "B"}`;
}

/** "2026-11-25 09:41:40 UTC". */
export function timeText(time: string): string {
  return `${time.slice(0, 10)} ${time.slice(11, 19)} UTC`;
}

/** "12 s ago". */
export function agoText(time: string, now: number): string {
  const seconds = Math.max(0, Math.round((now - Date.parse(time)) / 1000));
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 172800) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86400)} days ago`;
}

/** "1 000 000". */
export const countText = (count: number): string => count.toLocaleString("en").replaceAll(",", " ");
