// SPDX-License-Identifier: Apache-2.0
// Server-sent events read from a fetch, since EventSource can't send an Authorization header.

export interface StreamedEvent {
  id: string;
  data: string;
}

/** Cuts a text that comes in pieces into events; comments and heartbeats are left out. */
export class EventCutter {
  private rest = "";

  take(piece: string): StreamedEvent[] {
    const blocks = (this.rest + piece).split("\n\n");
    this.rest = blocks.pop() ?? "";
    return blocks.map(eventOf).filter((event) => event.data !== "");
  }
}

function eventOf(block: string): StreamedEvent {
  const event: StreamedEvent = { id: "", data: "" };
  const data: string[] = [];
  for (const line of block.split("\n")) {
    const colon = line.indexOf(":");
    if (colon <= 0) continue;
    const value = line.slice(colon + 1).replace(/^ /, "");
    if (line.startsWith("id:")) event.id = value;
    if (line.startsWith("data:")) data.push(value);
  }
  event.data = data.join("\n");
  return event;
}

/** Gives every event to `take`; ends when the stream does. */
export async function readEvents(body: ReadableStream<Uint8Array>, take: (event: StreamedEvent) => void): Promise<void> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  const cutter = new EventCutter();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    for (const event of cutter.take(decoder.decode(value, { stream: true }))) take(event);
  }
}
