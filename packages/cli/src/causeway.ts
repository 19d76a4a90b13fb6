#!/usr/bin/env -S node --conditions=causeway-source
// What people start: everything else is loaded once Node keeps what it makes of it.
import { enableCompileCache } from 'node:module';

// Starts faster from the second time on. Threads take it from the environment, and matter more: Node strips
// the types of an application by WebAssembly, and V8 may crash where threads that loaded one come and go
// (https://github.com/nodejs/node/issues/64500). Without a place to keep anything, all is as without this.
const { directory } = enableCompileCache();
if (directory !== undefined) process.env['NODE_COMPILE_CACHE'] ??= directory;
await import('./command-line.ts');
