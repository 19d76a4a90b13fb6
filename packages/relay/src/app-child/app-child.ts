// A process for code that is not ours: an application may loop, eat all memory, end or crash whatever runs
// it, and none of it may reach whoever started it. A thread would not do: V8 ends the whole process where
// one runs out of memory too suddenly (docs/adr/0024-application-processes.md).
import { type ChildProcess, fork } from 'node:child_process';
import { Readable } from 'node:stream';
import { Inbox } from './inbox.ts';
import { PulseReader, pulsePipe } from './pulse.ts';

export interface AppChildOptions {
  /** The module it begins with, which calls `joinParent`. */
  readonly entry: URL;
  /** What it is started with: plain data and bytes, as are all messages. */
  readonly setup: unknown;
  /** Of its JavaScript heap. */
  readonly megabytesMax: number;
  /** Where goes what the application prints. */
  readonly prints: 'to-output' | 'to-errors';
}

export type ToChild =
  | { readonly type: 'setup'; readonly setup: unknown; readonly parent: number }
  | { readonly type: 'said'; readonly message: unknown };

export type FromChild =
  | { readonly type: 'said'; readonly message: unknown }
  /** Nobody caught it: the process ends. */
  | { readonly type: 'threw'; readonly reason: string };

/** What the pulse said last may come a moment after the end. */
const lastWordsMs = 200;

/** Owns the process: it lives until `end`, or until it brings itself down. */
export class AppChild<To, From> {
  readonly pulse: PulseReader;
  /** What it says. */
  readonly inbox = new Inbox<From>();
  /** Resolves when it has ended, with why; never rejects. */
  readonly ended: Promise<string>;
  private readonly child: ChildProcess;
  private threw: string | undefined;

  constructor({ entry, setup, megabytesMax, prints }: AppChildOptions) {
    this.child = fork(entry, [], {
      execArgv: [...ownOptions(), `--max-old-space-size=${megabytesMax}`],
      serialization: 'advanced',
      stdio: ['ignore', prints === 'to-output' ? 'inherit' : 2, 'inherit', 'ipc', 'pipe'],
    });
    // One that could not be started has no pipes.
    const pipes: ChildProcess['stdio'] | undefined = this.child.stdio;
    const pipe = pipes?.[pulsePipe];
    this.pulse = new PulseReader(pipe instanceof Readable ? pipe : Readable.from([]));
    this.ended = this.watchEnd();
    this.child.on('message', (message: FromChild) => this.hear(message));
    this.post({ type: 'setup', setup, parent: process.pid });
  }

  /** What is sent to one that has ended is lost, as all that it knew. */
  send(message: To): void {
    this.post({ type: 'said', message });
  }

  /** At once, whatever it is doing. */
  async end(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }

  private post(message: ToChild): void {
    // That it could not be sent means that the process ends, which `ended` tells.
    if (this.child.connected) this.child.send(message, () => undefined);
  }

  private hear(message: FromChild): void {
    if (message.type === 'threw') this.threw = message.reason;
    else this.inbox.put(message.message as From);
  }

  private watchEnd(): Promise<string> {
    const { child } = this;
    const { promise, resolve } = Promise.withResolvers<string>();
    child.on('error', (error) => {
      // Others are of messages to a process that is ending.
      if (child.pid === undefined) resolve(`its process could not be started: ${error.message}`);
    });
    child.on('exit', (status, signal) => {
      const told = (): void => resolve(this.threw ?? endOf(status, signal));
      child.once('close', told);
      setTimeout(told, lastWordsMs).unref();
    });
    return promise;
  }
}

function endOf(status: number | null, signal: NodeJS.Signals | null): string {
  if (signal === 'SIGABRT') return 'its process was ended by SIGABRT: out of memory, as a rule';
  return signal === null
    ? `it ended its process with status ${status}`
    : `its process was ended by ${signal}`;
}

/** The options of this process, but for the code of a `node --eval`: that is not the child's. */
function ownOptions(): readonly string[] {
  const at = process.execArgv.findIndex((option) => /^(-e|-p|-pe|--eval|--print)$/.test(option));
  return at < 0
    ? process.execArgv
    : [...process.execArgv.slice(0, at), ...process.execArgv.slice(at + 2)];
}
