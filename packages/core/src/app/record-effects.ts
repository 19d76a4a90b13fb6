// What an operation or a compensation asks to happen outside, as it runs: at a device and at the primary
// by the same rules.
import { Bug } from '../assert.ts';
import type { EffectRecord, Effects } from './operation.ts';

/** Puts each effect into `into`; throws a Bug, which undoes the run, on one that is not as declared. */
export function recordEffects(
  declared: Effects,
  into: EffectRecord[],
): (name: string, payload: unknown) => void {
  return (name, payload) => {
    const type = Object.hasOwn(declared, name) ? declared[name] : undefined;
    if (!type) throw new Bug('unknown-effect', `effect "${name}" is not declared in defineApp`);
    const answer = type.payload['~standard'].validate(payload);
    if (answer instanceof Promise) throw new Bug('async-schema', 'effect schemas are synchronous');
    if (answer.issues) {
      throw new Bug('invalid-effect', `${name}: ${answer.issues.map((i) => i.message).join('; ')}`);
    }
    into.push({ index: into.length, name, payload: answer.value });
  };
}
