// One line on stderr that says how far a long run is: rewritten on a terminal, repeated in a log file.

export interface ProgressBar {
  /** `facts`: what has been counted so far, already in words. */
  show(done: number, facts: string): void;
  /** Says something that stays, above the line. */
  note(text: string): void;
  /** Leaves the line as it is and goes to the next one. */
  end(): void;
}

const width = 24;
/** A log file gets a line this often, and one at the end. */
const logEveryMs = 10_000;
const paintEveryMs = 100;

export function createProgressBar(what: string, total: number): ProgressBar {
  const { stderr } = process;
  const startedMs = performance.now();
  let shownMs = Number.NEGATIVE_INFINITY;
  let line = '';
  return {
    show(done, facts) {
      const nowMs = performance.now();
      line = `${barOf(done / total)} ${group(done)}/${group(total)} ${what} · ${facts} · ${restOf(done / total, nowMs - startedMs)}`;
      if (nowMs - shownMs < (stderr.isTTY ? paintEveryMs : logEveryMs)) return;
      shownMs = nowMs;
      stderr.write(stderr.isTTY ? `\r\u001b[2K${line}` : `${line}\n`);
    },
    note(text) {
      stderr.write(stderr.isTTY ? `\r\u001b[2K${text}\n${line}` : `${text}\n`);
    },
    end() {
      if (line !== '') stderr.write(stderr.isTTY ? `\r\u001b[2K${line}\n` : `${line}\n`);
    },
  };
}

/** `1234567` as `1,234,567`. */
export function group(count: number): string {
  return Math.round(count).toLocaleString('en-GB');
}

function barOf(part: number): string {
  const filled = Math.round(Math.min(1, part) * width);
  return `[${'#'.repeat(filled)}${'-'.repeat(width - filled)}]`;
}

function restOf(part: number, elapsedMs: number): string {
  if (part >= 1 || part === 0) return `${clock(elapsedMs)} in all`;
  return `${clock((elapsedMs / part) * (1 - part))} left`;
}

function clock(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
