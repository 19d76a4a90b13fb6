// Run by hand, after a sample was added or with a new protocol version:
// node --conditions=causeway-source test/golden/write-golden.ts
import { hashGolden, writeGolden } from './golden-file.ts';

writeGolden('frames.json');
writeGolden('changes.json');
process.stdout.write(`${hashGolden()}\n`);
