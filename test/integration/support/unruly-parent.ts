// Starts a process that loops, and says when it does.
import { startUnruly } from './start-unruly.ts';

const started = startUnruly('loop');
setInterval(() => started.pulse.atWork === 7 && process.stdout.write('it loops'), 50);
