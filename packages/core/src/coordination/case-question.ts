// What people are asked of a case, and what they answered, as facts tell it: complete, so that whoever
// decides needs neither the log nor the application. docs/adr/0015-cases-and-people.md
import type { Json } from '../bytes/canonical-json.ts';
import type { CaseId, OperationId, ReplicaId } from '../identity.ts';

export const questionCauses = [
  /** `restore` asked it. */
  'asked',
  /** `restore` asked, and one of its choices cannot be run: `detail` says which. */
  'bad-choices',
  /** The compensation threw: `detail` is its message. */
  'threw',
  /** The compensation ran, and the rule was broken still. */
  'not-healed',
  /** The compensation would have mended it, and made other rules worse: `breaks` says which. */
  'breaks',
  /** The application declares no compensation for this invariant. */
  'no-compensation',
  /** Nobody knows what a participant did outside: its records are lost. */
  'external-history-lost',
] as const;
/** Why people are asked. */
export type QuestionCause = (typeof questionCauses)[number];

/** One answer that a person may choose: an operation to run at the primary. */
export interface CaseChoice {
  readonly label: string;
  readonly operation: string;
  readonly args: Json;
}
/** What had left the system when people were asked: a confirmation, cash, mail. */
export interface CaseEvidence {
  readonly operation: OperationId;
  readonly name: string;
  readonly payload: Json;
}

/** A key that the compensation would have made worse. */
export interface BrokenKey {
  readonly invariant: string;
  readonly key: string;
  readonly from: number;
  /** Absent where the rule itself threw on what the compensation made. */
  readonly to?: number;
}

export interface CaseQuestion {
  /** Counts the questions of this case from 1 on; an answer is to one of them. */
  readonly round: number;
  readonly cause: QuestionCause;
  /** The application's own words; empty where it had none. */
  readonly question: string;
  /** For the author or an operator: what went wrong. */
  readonly detail?: string;
  /** Of the cause `breaks`: what stands in the way, at most 20 of them. */
  readonly breaks?: readonly BrokenKey[];
  readonly choices: readonly CaseChoice[];
  /** Whoever has one of these roles may answer; absent: everybody. */
  readonly resolvers?: readonly string[];
  /** Effects recorded by the participants, and by the last operations on the key before them. */
  readonly evidence: readonly CaseEvidence[];
}

/** A choice that was made and run. */
export interface CaseResolution {
  readonly round: number;
  readonly label: string;
  /** The user, as the relay knows them. */
  readonly by: string;
  /** What ran. */
  readonly operation: OperationId;
  /** What asked for it. */
  readonly request: OperationId;
}
/** Somebody decided that it stays as it is. */
export interface CaseWaiver {
  readonly by: string;
  readonly reason: string;
  readonly request: OperationId;
}
/** Somebody works on it: nobody else answers meanwhile. */
export interface CaseClaim {
  /** Grows with each claim of a case: a later act under an older one is refused. */
  readonly token: number;
  readonly by: string;
  readonly replica: ReplicaId;
  readonly leaseMs: number;
}

/** The part of a case that is about people. */
export interface CasePeople {
  readonly question?: CaseQuestion;
  readonly resolutions?: readonly CaseResolution[];
  readonly waiver?: CaseWaiver;
  /** While it is `claimed`. */
  readonly claim?: CaseClaim;
  /** While it is `settling`: not mended before, in Unix ms of the primary's clock. */
  readonly settlesAtMs?: number;
  /** The case that goes on with it under a newer version of the invariant. */
  readonly supersededBy?: CaseId;
}
