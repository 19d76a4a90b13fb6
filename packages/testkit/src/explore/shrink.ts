// From a failing run to a short script: leaves out what the failure does not need (delta debugging).
import type { Guarantee } from '../checkers/guarantees.ts';
import type { Plan } from './plan.ts';
import { runPlan } from './run-plan.ts';

export interface Shrunk {
  readonly plan: Plan;
  readonly runs: number;
}

/** Keeps leaving out actions as long as the same guarantee breaks. Bounded by `runsMax`. */
export async function shrinkPlan(
  plan: Plan,
  guarantee: Guarantee,
  o: { readonly runsMax: number; readonly onProgress?: (actions: number) => void },
): Promise<Shrunk> {
  let best = plan;
  let runs = 0;
  const fails = async (candidate: Plan): Promise<boolean> => {
    runs += 1;
    const { problems } = await runPlan(candidate);
    return problems.some((problem) => problem.guarantee === guarantee);
  };
  let size = Math.ceil(best.actions.length / 2);
  while (size >= 1 && runs < o.runsMax) {
    let isShorter = false;
    for (let at = 0; at < best.actions.length && runs < o.runsMax; ) {
      const actions = [...best.actions.slice(0, at), ...best.actions.slice(at + size)];
      const candidate = { ...best, actions };
      if (await fails(candidate)) {
        best = candidate;
        isShorter = true;
        o.onProgress?.(actions.length);
      } else at += size;
    }
    if (!isShorter && size === 1) break;
    size = isShorter ? Math.min(size, Math.ceil(best.actions.length / 2)) : Math.floor(size / 2);
  }
  return { plan: best, runs };
}

/** The script as text: who does what, when. */
export function describePlan(plan: Plan): string {
  const head = `seed ${plan.seed}, workload ${plan.workload.name}, ${plan.devices} devices, ${plan.auditors} of them audit, bound ${plan.fixedMs ?? 'adaptive'}`;
  const lines = plan.actions.map(({ atMs, deed, device, draw }) => {
    const name = String.fromCharCode(65 + (device % plan.devices));
    return `${String(atMs).padStart(8)} ms  ${name}  ${deed}  (draw ${draw})`;
  });
  return [head, ...lines].join('\n');
}
