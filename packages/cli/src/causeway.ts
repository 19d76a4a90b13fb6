#!/usr/bin/env -S node --conditions=causeway-source
// What people start: everything else is loaded once Node keeps what it makes of it.
import { enableCompileCache } from 'node:module';

// From the second time on it starts in half the time, and so do the processes that it starts. Without a
// place to keep anything, all is as without this.
const { directory } = enableCompileCache();
if (directory !== undefined) process.env['NODE_COMPILE_CACHE'] ??= directory;
await import('./command-line.ts');
