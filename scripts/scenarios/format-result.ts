// How results of scenarios are printed for people: one aligned line each, and the counts.
import type { Part, ScenarioResult } from '../../test/scenarios/play-scenario.ts';
import { nameOf } from '../../test/scenarios/play-scenario.ts';

const marks = { passed: '✓ passed ', failed: '✗ failed ', missing: '· missing' } as const;

const fullName = (title: string, variant: string): string => `${title}: ${variant}`;

/** How wide the column of names must be. */
export function nameWidth(parts: readonly Part[]): number {
  return Math.max(0, ...parts.map((part) => fullName(part.scenario.title, nameOf(part)).length));
}

export function formatResult(
  { id, variant, result, ms, why }: ScenarioResult,
  title: string,
  width: number,
): string {
  const name = fullName(title, variant).padEnd(width);
  const note = why ?? `${String(ms).padStart(5)} ms`;
  return `${id.padEnd(3)}  ${name}  ${marks[result]}  ${note}`;
}

export function formatSummary(results: readonly ScenarioResult[]): string {
  const count = (kind: ScenarioResult['result']) =>
    results.filter(({ result }) => result === kind).length;
  return `${count('passed')} passed, ${count('failed')} failed, ${count('missing')} missing`;
}
