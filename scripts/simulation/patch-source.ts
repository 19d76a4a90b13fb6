// Loaded before everything else (`--import`): applies one mutant to the source as it is read. Nothing
// on the disk changes.
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { mutants } from '../../test/simulation/mutants.ts';

const name = process.env['CAUSEWAY_MUTANT'];
const mutant = mutants.find((one) => one.name === name);
if (!mutant) throw new Error(`there is no mutant ${name}`);
const url = new URL(`../../${mutant.file}`, import.meta.url);
const source = readFileSync(url, 'utf8');
const pieces = source.split(mutant.from);
if (pieces.length !== 2) {
  throw new Error(`${mutant.name}: its text occurs ${pieces.length - 1} times in ${mutant.file}`);
}

registerHooks({
  load(loaded, context, nextLoad) {
    if (loaded !== url.href) return nextLoad(loaded, context);
    return { format: 'module-typescript', source: pieces.join(mutant.to), shortCircuit: true };
  },
});
