// Counts what a test runner reported. Whatever did not demonstrably pass counts as failed:
// skipped and unfinished tests, files that ran no test, and a runner that ended badly for a reason of its own.
import { readFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { root } from './run-tool.ts';

export interface Tally {
  readonly passed: number;
  readonly failed: number;
  /** What counts as failed, by name, with the first line of why. */
  readonly notes?: readonly string[];
}

export interface RunnerEnd {
  readonly report: string;
  /** The test files that were there to run (absolute paths). */
  readonly files: readonly string[];
  /** Whether the runner ended with status 0. */
  readonly isGood: boolean;
}

interface TestResult {
  readonly file: string;
  readonly title: string;
  readonly outcome: 'passed' | 'failed' | 'not-run';
  /** What the runner said of it. */
  readonly reason?: string | undefined;
}

export interface VitestReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    /** Of the file: a hook that failed, an import that threw. */
    readonly message?: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages?: readonly string[];
    }[];
  }[];
}

interface PlaywrightSuite {
  readonly suites?: readonly PlaywrightSuite[];
  readonly specs?: readonly {
    readonly title: string;
    readonly file: string;
    readonly tests: readonly {
      readonly status: string;
      readonly results?: readonly { readonly error?: { readonly message?: string } }[];
    }[];
  }[];
}

export interface PlaywrightReport {
  readonly config: { readonly rootDir: string };
  readonly suites: readonly PlaywrightSuite[];
}

export function vitestTally(end: RunnerEnd): Tally {
  const report = readReport<VitestReport>(end.report);
  return report === undefined ? unreported(end) : tallyOf(vitestResults(report), end);
}

export function playwrightTally(end: RunnerEnd): Tally {
  const report = readReport<PlaywrightReport>(end.report);
  return report === undefined ? unreported(end) : tallyOf(playwrightResults(report), end);
}

export function vitestResults(report: VitestReport): readonly TestResult[] {
  return report.testResults.flatMap((file) =>
    file.assertionResults.map((test) => ({
      file: file.name,
      title: test.fullName,
      outcome:
        test.status === 'passed' || test.status === 'failed' ? test.status : ('not-run' as const),
      reason: firstLine(test.failureMessages?.[0] ?? file.message),
    })),
  );
}

export function playwrightResults(report: PlaywrightReport): readonly TestResult[] {
  const resultsOf = (suite: PlaywrightSuite): readonly TestResult[] => [
    ...(suite.suites ?? []).flatMap(resultsOf),
    ...(suite.specs ?? []).flatMap((spec) =>
      spec.tests.map((test) => ({
        file: resolve(report.config.rootDir, spec.file),
        title: spec.title,
        outcome: playwrightOutcome(test.status),
        reason: firstLine(test.results?.findLast(({ error }) => error)?.error?.message),
      })),
    ),
  ];
  return report.suites.flatMap(resultsOf);
}

function playwrightOutcome(status: string): TestResult['outcome'] {
  if (status === 'expected') return 'passed';
  return status === 'skipped' ? 'not-run' : 'failed';
}

/** The counts, given what was reported and what should have been. */
export function tallyOf(results: readonly TestResult[], end: Omit<RunnerEnd, 'report'>): Tally {
  const passed = results.filter((test) => test.outcome === 'passed').length;
  const reported = new Set(results.map((test) => test.file));
  const silent = end.files.filter((file) => !reported.has(file));
  const notes = [
    ...results.filter(({ outcome }) => outcome !== 'passed').map(noteOf),
    ...silent.map((file) => `no test ran in ${relative(root, file)}`),
  ];
  const failed = results.length - passed + silent.length;
  if (end.isGood || failed > 0) return { passed, failed, notes };
  return { passed, failed: 1, notes: [...notes, 'the runner failed, although no test did'] };
}

function noteOf({ outcome, file, title, reason }: TestResult): string {
  const what = outcome === 'failed' ? 'failed' : 'did not run';
  return `${what}: ${relative(root, file)}: ${title}${reason ? `: ${reason}` : ''}`;
}

/** Without colours; the rest is in the runner's own output, further up. */
function firstLine(message: string | undefined): string | undefined {
  return message && stripVTControlCharacters(message).trim().split('\n', 1)[0];
}

function unreported(end: RunnerEnd): Tally {
  return { passed: 0, failed: Math.max(1, end.files.length), notes: ['the runner left no report'] };
}

function readReport<Report>(path: string): Report | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Report;
  } catch {
    return undefined;
  }
}
