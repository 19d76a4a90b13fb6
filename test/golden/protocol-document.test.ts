// docs/PROTOCOL.md is what others implement from: its codes and its example are those of the code.
import { readFileSync } from 'node:fs';
import {
  changeKinds,
  decisionReasons,
  type Fact,
  hexToBytes,
  primaryRefusals,
} from '@causeway/core';
import { defaultLimits, faultCloseCodes, protocolVersion, pushRefusals } from '@causeway/protocol';
import { expect, it } from 'vitest';

import { goldenFacts, goldenFindings } from './golden-changes.ts';
import { readGolden } from './golden-file.ts';
import { goldenDown, goldenUp } from './golden-messages.ts';
import { goldenOutboxFacts } from './golden-outbox.ts';

const text = readFileSync(new URL('../../docs/PROTOCOL.md', import.meta.url), 'utf8');
const frames = readGolden('frames.json');

/** The type code of a frame's first message, which follows a length of one or two bytes. */
function firstCode(hex: string): number | undefined {
  const bytes = hexToBytes(hex);
  return (bytes[2] ?? 0) < 128 ? bytes[3] : bytes[4];
}

it('names its version', () => {
  expect(text).toContain(`# The wire protocol, version ${protocolVersion}\n`);
});

it('gives every message its type code', () => {
  const samples = [
    ...Object.entries(goldenUp).map(([name, messages]) => [`up/${name}`, messages[0]] as const),
    ...Object.entries(goldenDown).map(([name, messages]) => [`down/${name}`, messages[0]] as const),
  ];
  for (const [name, message] of samples) {
    expect(text).toContain(`### \`${message?.type}\`, ${firstCode(frames[name] ?? '')}`);
  }
});

it('lists every refusal and every fault with its number', () => {
  for (const [code, name] of pushRefusals.entries())
    expect(text).toContain(`| ${code} | \`${name}\` |`);
  for (const [name, status] of Object.entries(faultCloseCodes)) {
    expect(text).toContain(`| ${status} | \`${name}\` |`);
  }
});

it('lists every kind of change and every reason of a decision with its number', () => {
  const kinds = changeKinds.map((kind, code) => `${code} ${kind}`).join(', ');
  expect(text).toContain(`Kinds: ${kinds} |`);
  const reasons = decisionReasons.map((reason, code) => `${code} ${reason}`).join(', ');
  expect(text).toContain(`did not decide: ${reasons} |`);
  for (const [code, reason] of decisionReasons.entries())
    expect(text).toContain(`| ${code} | \`${reason}\` |`);
});

it('names every fact on intents, keys, broken rules and effects with its fields, and every code of a refusal', () => {
  const fieldsByFact = new Map<Fact['fact'], Set<string>>();
  for (const { fact, ...fields } of [
    ...Object.values(goldenFacts),
    ...Object.values(goldenFindings),
    ...Object.values(goldenOutboxFacts),
  ]) {
    const known = fieldsByFact.get(fact) ?? new Set();
    for (const name of Object.keys(fields)) known.add(name);
    fieldsByFact.set(fact, known);
  }
  for (const [fact, fields] of fieldsByFact) {
    const row = text.split('\n').find((line) => line.startsWith(`| \`${fact}\` |`)) ?? '';
    for (const name of fields) expect(row).toContain(`\`${name}\``);
    if (fact === 'refused')
      for (const code of primaryRefusals) expect(row).toContain(`\`${code}\``);
  }
});

it('states the limits that hold unless configured otherwise', () => {
  for (const limit of Object.values(defaultLimits)) {
    expect(text).toContain(`${limit.toLocaleString('en')} unless configured`);
  }
});

it('shows an example frame that is one', () => {
  const spaced = (frames['up/leave'] ?? '').replace(/../g, '$& ').trim();
  expect(text).toContain(spaced);
});
