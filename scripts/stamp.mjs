// Marks an install as belonging to the present lock file, so that the bootstrap can tell whether one is due.
// Plain JavaScript: it may run on an older Node than the project itself.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const file = `${root}node_modules/.install-stamp`;

const fingerprint = () =>
  createHash('sha256')
    .update(readFileSync(`${root}package-lock.json`))
    .update(`${process.platform}-${process.arch}`)
    .digest('hex');

export const isFresh = () => existsSync(file) && readFileSync(file, 'utf8') === fingerprint();

if (process.argv[1] === fileURLToPath(import.meta.url) && existsSync(`${root}node_modules`)) {
  writeFileSync(file, fingerprint());
}
