// SPDX-License-Identifier: Apache-2.0
// The machines: what they are, what they do, why they do nothing, and the orders to them.
import type { Schemas } from "../api/client";
import { useLive } from "../live/live";
import { Copyable } from "../parts/copyable";
import { OrderButton } from "../parts/order-button";
import { sizeText } from "../parts/quantity";
import { Asked, Table, Time, Verdict } from "../parts/small";
import { JobTable } from "./jobs";
import type { Job, Lease, PageOf, Target, Worker } from "./list-types";

const kPhaseMs = 2000;

const aboutWorkers = (event: { kind: string }): boolean => /^(worker|job|attempt)\./.test(event.kind);

function NoMachines() {
  return (
    <div class="card">
      <p>No machine has said hello. On the machine that is to run tests:</p>
      <Copyable text={`luolab worker --controller ${location.origin}`} label="Makes a machine a worker" />
    </div>
  );
}

function Machines() {
  const workers = useLive<PageOf<Worker>>("/workers?limit=200", aboutWorkers);
  return (
    <Asked of={workers}>
      {({ items, next }) => items.length === 0 ? <NoMachines /> : (
        <>
          <Table label="Machines" head={["Machine", "State", "Busy", "Why", "CPUs", "Memory", "Tags", "Lab trouble", "Last seen"]}>
            {items.map((worker) => (
              <tr key={worker.name}>
                <td><a href={`/fleet/${encodeURIComponent(worker.name)}`}>{worker.name}</a></td>
                <td><Verdict of={worker.status} /></td>
                <td class="number">{worker.busy} of {worker.slots}</td>
                <td class="why">{worker.reason}</td>
                <td class="number">{worker.cpus} {worker.arch}{worker.kvm ? ", KVM" : ""}</td>
                <td class="number">{sizeText(worker.memory_bytes)}</td>
                <td>{worker.tags.join(", ")}</td>
                <td class="number">{worker.misses === 0 ? <span class="faint">none</span> : `${worker.misses} MISS in a row`}</td>
                <td><Time of={worker.last_seen} /></td>
              </tr>
            ))}
          </Table>
          {next !== null && <p class="faint">The first {items.length} by name; luolab fleet list names them all.</p>}
        </>
      )}
    </Asked>
  );
}

function Targets() {
  const targets = useLive<PageOf<Target>>("/targets", (event) => event.kind.startsWith("worker."));
  return (
    <section aria-labelledby="targets">
      <h2 id="targets">Targets by name</h2>
      <Asked of={targets}>
        {({ items }) => items.length === 0 ? <p class="faint">No worker offers a machine by name.</p> : (
          <Table label="Targets" head={["Target", "Reached by", "Offline"]}>
            {items.map((target) => (
              <tr key={target.name}>
                <td>{target.name}</td>
                <td>{target.workers.map((worker) => <a key={worker} class="count" href={`/fleet/${encodeURIComponent(worker)}`}>{worker}</a>)}</td>
                <td>{target.offline.length === 0 ? <span class="faint">no</span> : target.offline.map(({ worker, reason }) => <p key={worker}>{worker}: {reason}</p>)}</td>
              </tr>
            ))}
          </Table>
        )}
      </Asked>
    </section>
  );
}

export function Leases({ worker, label }: { worker?: string; label: string }) {
  // What a machine is doing comes with its heartbeats, which are no events.
  const leases = useLive<PageOf<Lease>>("/leases?limit=200", (event) => /^(job|attempt|run)\./.test(event.kind), kPhaseMs);
  return (
    <Asked of={leases}>
      {({ items }) => {
        const shown = worker === undefined ? items : items.filter((lease) => lease.worker === worker);
        if (shown.length === 0) return <p class="faint">Nothing is running.</p>;
        return (
          <Table label={label} head={["Job", "Run", "Machine", "Doing", "Lease until"]}>
            {shown.map((lease) => (
              <tr key={lease.attempt}>
                <td><a href={`/jobs/${lease.job}`}>{lease.job}</a></td>
                <td><a href={`/runs/${lease.run}`}>{lease.run}</a></td>
                <td><a href={`/fleet/${encodeURIComponent(lease.worker)}`}>{lease.worker}</a></td>
                <td>{lease.canceled ? "is being canceled" : lease.activity}</td>
                <td><Time of={lease.expires} /></td>
              </tr>
            ))}
          </Table>
        );
      }}
    </Asked>
  );
}

export function FleetPage() {
  return (
    <>
      <h1>Fleet</h1>
      <Machines />
      <section aria-labelledby="leases">
        <h2 id="leases">Running</h2>
        <Leases label="Leases" />
      </section>
      <Targets />
    </>
  );
}

function Orders({ worker }: { worker: Worker }) {
  const path = `/workers/${encodeURIComponent(worker.name)}`;
  const draining = worker.status === "draining";
  return (
    <p>
      <OrderButton role="admin" method="PATCH" path={path} body={{ state: draining ? "ready" : "draining" } satisfies Schemas["WorkerPatchInput"]}>{draining ? "Resume" : "Drain"}</OrderButton>
      {worker.status === "quarantined" && <OrderButton role="admin" method="POST" path={`${path}/trust`}>Trust again</OrderButton>}
      <span class="faint">{draining ? "It takes nothing new until it is resumed." : "A drained machine finishes what it has and takes nothing new."}</span>
    </p>
  );
}

export function MachinePage({ name }: { name: string }) {
  const path = `/workers/${encodeURIComponent(name)}`;
  const worker = useLive<Worker>(path, aboutWorkers);
  const jobs = useLive<PageOf<Job>>(`/jobs?${new URLSearchParams({ worker: name, limit: "20" })}`, (event) => event.worker === name);
  return (
    <>
      <h1>Machine {name}</h1>
      <Asked of={worker}>
        {(known) => (
          <>
            <p class="lead"><Verdict of={known.status} /> {known.reason}</p>
            <dl class="facts">
              <dt>Slots</dt><dd>{known.busy} of {known.slots} busy</dd>
              <dt>Hardware</dt><dd>{known.cpus} CPUs ({known.arch}), {sizeText(known.memory_bytes)}, {known.kvm ? "with KVM" : "no hardware virtualisation: emulated"}</dd>
              <dt>Tags</dt><dd>{known.tags.join(", ") || "none"}</dd>
              <dt>Targets</dt><dd>{known.targets.join(", ") || "none by name"}</dd>
              <dt>luolab</dt><dd>{known.version}</dd>
              <dt>Lab trouble</dt><dd>{known.misses} MISS in a row</dd>
              <dt>First seen</dt><dd><Time of={known.first_seen} /></dd>
              <dt>Last seen</dt><dd><Time of={known.last_seen} /></dd>
            </dl>
            <Orders worker={known} />
          </>
        )}
      </Asked>
      <h2>Running here</h2>
      <Leases worker={name} label={`Leases of ${name}`} />
      <h2>Last jobs here</h2>
      <Asked of={jobs}>{({ items }) => items.length === 0 ? <p class="faint">None.</p> : <JobTable jobs={items} label={`Jobs of ${name}`} />}</Asked>
    </>
  );
}
