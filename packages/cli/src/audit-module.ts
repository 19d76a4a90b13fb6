// Audits a log in a process of its own, with limits: the application's code is not ours, and may loop, eat
// all memory or end its process, without keeping the command from ending with a sentence.
import type { DocumentId, NewerFindings, ReplayReport } from '@causeway/core';
import {
  AppChild,
  type AppModules,
  type AppRefused,
  defaultLimits,
  RelayRefusal,
  watchSilence,
} from '@causeway/relay';

export interface AuditTask {
  readonly folder: string;
  readonly document: DocumentId;
  readonly epoch: number;
  /** Up to here. */
  readonly position: number;
  /** The modules by whose rules the log was audited. */
  readonly recorded: AppModules;
  /** The file URL of a newer version, to look what its rules would have found. */
  readonly newer: string | undefined;
}

export interface Audit extends ReplayReport {
  readonly app: string;
  readonly version: number;
  readonly newer?: NewerFindings & { readonly version: number };
}

export type FromAudit = { readonly type: 'audited'; readonly audit: Audit } | AppRefused;

export interface AuditOptions {
  /** Called now and then with the entry at work. */
  readonly onProgress: (position: number) => void;
  /** Nothing may take longer: loading the modules, or one entry. */
  readonly withinMs?: number;
}

const progressEveryMs = 250;

/**
 * What the audit finds. What modules print goes to standard error. Throws RelayRefusal where a module
 * cannot be used, as a relay does; an Error that names the entry where the application's code hangs.
 */
export async function auditModule(
  task: AuditTask,
  { onProgress, withinMs = defaultLimits.appLoadMs }: AuditOptions,
): Promise<Audit> {
  const started = startChild(task);
  const { pulse } = started;
  const { promise, resolve, reject } = Promise.withResolvers<FromAudit>();
  started.inbox.listen(resolve);
  void started.ended.then((why) =>
    reject(new Error(`the audit ended early: ${why}; mend the app`)),
  );
  const isSilent = watchSilence(pulse, Math.ceil(withinMs / progressEveryMs));
  const timer = setInterval(() => {
    onProgress(pulse.atWork);
    if (!isSilent()) return;
    const where = pulse.beats === 0 ? 'does not load' : `hangs at entry ${pulse.atWork}`;
    reject(new Error(`the app ${where}: no sign of life for ${withinMs} ms; mend it`));
  }, progressEveryMs);
  try {
    const answer = await promise;
    if (answer.type === 'refused') throw new RelayRefusal(answer.code, answer.message);
    return answer.audit;
  } finally {
    clearInterval(timer);
    await started.end();
  }
}

function startChild(setup: AuditTask): AppChild<never, FromAudit> {
  // Built files have another ending, and compilers do not rewrite it inside a URL.
  const ending = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
  return new AppChild({
    entry: new URL(`./audit-child${ending}`, import.meta.url),
    setup,
    megabytesMax: defaultLimits.primaryMegabytesMax,
    prints: 'to-errors',
  });
}
