// JSON that is well-formed and not what anybody expects: one place of a sample is something else, too
// deep, too large, of another kind, or missing.
import type { Random } from '@causeway/testkit';

type Value = unknown;

/** The text of a sample after one to three such changes. Not canonical, as a peer's need not be. */
export function mutateJson(sample: Value, random: Random): string {
  let text = JSON.stringify(sample);
  for (let round = random.below(3); round >= 0; round--) {
    text = JSON.stringify(replaceOne(JSON.parse(text) as Value, random)) ?? 'null';
  }
  // What no JSON.stringify writes, and every JSON.parse reads. Not where depth is what is tried.
  if (random.below(12) === 0 && !text.includes('[[['))
    text = text.replace(/\d+/, random.pick(numbers));
  return text;
}

const numbers: readonly [string, ...string[]] = ['1e999', '-1e999', '-0', '1E400', '0.1e-400'];

/** A copy in which one place, chosen evenly among all, is replaced or removed. */
function replaceOne(value: Value, random: Random): Value {
  let left = random.below(countPlaces(value));
  const visit = (at: Value): Value => {
    if (left-- === 0) return strange(at, random);
    if (Array.isArray(at)) return at.map(visit);
    if (typeof at !== 'object' || at === null) return at;
    return Object.fromEntries(Object.entries(at).map(([key, member]) => [key, visit(member)]));
  };
  return visit(value);
}

function countPlaces(value: Value): number {
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce((sum: number, member) => sum + countPlaces(member), 1);
}

function strange(value: Value, random: Random): Value {
  switch (random.below(14)) {
    case 0:
      return undefined;
    case 1:
      return null;
    case 2:
      return random.pick([0, -1, 0.5, 2 ** 53, -(2 ** 60), 1e308]);
    case 3:
      return random.pick([
        '',
        'x',
        '\u0000',
        '\ud800',
        'constructor',
        '__proto__',
        'a'.repeat(300),
      ]);
    case 4:
      return [];
    case 5:
      return {};
    case 6:
      return [value, value];
    case 7:
      return { value };
    case 8:
      return JSON.parse('{"__proto__":{"polluted":true},"constructor":1}') as Value;
    case 9:
      return nest(random.pick([3, 200, 255, 256, 511, 512, 600]));
    case 10:
      return typeof value === 'string' ? value.slice(1) : String(value);
    case 11:
      return Array.isArray(value) ? value.slice(1) : true;
    case 12:
      return Array.isArray(value) ? [...value, ...value] : false;
    default:
      return typeof value === 'number' ? value + random.pick([1, -1]) : random.below(100);
  }
}

function nest(depth: number): Value {
  let value: Value = 1;
  for (let at = 0; at < depth; at++) value = [value];
  return value;
}
