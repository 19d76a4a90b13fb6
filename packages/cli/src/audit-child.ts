// The process in which a log is audited again: the application's code runs here, and may do anything.
import { createHash, randomBytes } from 'node:crypto';
import {
  type AppVersions,
  assert,
  type LogEntry,
  type PrimarySetup,
  parseReplicaId,
  parseWriterId,
  replayAudit,
  replayNewer,
} from '@causeway/core';
import { joinParent, loadApp, loadVersions, openLogReader } from '@causeway/relay';
import type { Audit, AuditTask, FromAudit } from './audit-module.ts';

const parent = await joinParent<AuditTask, never, FromAudit>('causeway-audit');
const task = parent.setup;
await parent.say(await audit());

async function audit(): Promise<FromAudit> {
  const recorded = await loadVersions(task.recorded);
  if (recorded.type === 'refused') return recorded;
  const newer = task.newer === undefined ? undefined : await loadApp(task.newer);
  if (newer?.type === 'refused') return newer;
  const { versions } = recorded;
  const found = replay(versions);
  const definition = newer?.primary.app.definition;
  if (!definition) return { type: 'audited', audit: found };
  const previous = [versions.current, ...versions.previous];
  return {
    type: 'audited',
    audit: { ...found, newer: { version: definition.version, ...look(definition, previous) } },
  };
}

function replay(versions: AppVersions): Audit {
  const { current } = versions;
  const report = replayAudit({ setup: setupOf(versions), entries: readEntries, onEntry });
  return { ...report, app: current.name, version: current.version };
}

function look(current: AppVersions['current'], previous: AppVersions['previous']) {
  const setup = setupOf({ current, previous });
  const [recordedBy = current] = previous;
  return replayNewer({ setup, entries: readEntries, recordedBy, onEntry });
}

/** Whoever started this can see that it goes on, and where it does not. */
function onEntry(position: number): void {
  parent.pulse.enter(position);
}

function* readEntries(): Generator<LogEntry> {
  const reader = openLogReader(task.folder);
  try {
    for (const { entry } of reader.entries(task.document)) {
      if (entry.position > task.position) return; // The relay writes on meanwhile.
      yield entry;
    }
  } finally {
    reader.close();
  }
}

function setupOf({ current: definition, previous }: AppVersions): PrimarySetup {
  const writer = parseWriterId(randomBytes(16).toString('hex'));
  const replica = parseReplicaId(randomBytes(16).toString('hex'));
  assert(writer !== undefined && replica !== undefined, 'ids', '16 bytes in hex are an id');
  const newClientId = (): number => randomBytes(6).readUIntBE(0, 6) + 1;
  return {
    ...{ definition, previous, id: task.document, epoch: task.epoch },
    document: definition.document.open({ clientId: newClientId() }),
    author: { writer, replica, clientId: newClientId() },
    hash: (bytes) => new Uint8Array(createHash('sha256').update(bytes).digest()),
  };
}
