// The demo is served and built from the packages' sources.
import { defaultClientConditions, defineConfig } from 'vite';

export default defineConfig({
  resolve: { conditions: ['causeway-source', ...defaultClientConditions] },
  optimizeDeps: { exclude: ['@automerge/automerge'] },
  server: { host: '127.0.0.1' },
  preview: { host: '127.0.0.1' },
  build: { target: 'es2023', sourcemap: true },
});
