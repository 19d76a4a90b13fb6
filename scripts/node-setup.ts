// What every Node process of this project is started with, workers included: it resolves our packages to
// their sources, and keeps what it made of them.
import { fileURLToPath } from 'node:url';

/** The export condition under which our packages resolve to their sources instead of their builds. */
export const sourceCondition = 'causeway-source';

/** For every Node process started from here on, workers included. */
export function setUpNode(): void {
  resolveToSources();
  keepCompiled();
}

function resolveToSources(): void {
  const flag = `--conditions=${sourceCondition}`;
  const options = process.env['NODE_OPTIONS'] ?? '';
  if (options.includes(flag)) return;
  process.env['NODE_OPTIONS'] = `${options} ${flag}`.trim();
}

/**
 * Node strips types by a WebAssembly module, and V8 may crash where threads that loaded one come and go
 * (https://github.com/nodejs/node/issues/64500): relays in tests do nothing else. What was stripped once
 * comes from this folder, without any.
 */
function keepCompiled(): void {
  const folder = fileURLToPath(new URL('../node_modules/.cache/compiled', import.meta.url));
  process.env['NODE_COMPILE_CACHE'] ??= folder;
}
