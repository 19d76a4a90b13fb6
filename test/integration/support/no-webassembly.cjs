// Preloaded where a thread must come to no WebAssembly: with it gone, Node cannot strip types.
if (!require('node:worker_threads').isMainThread) Reflect.deleteProperty(globalThis, 'WebAssembly');
