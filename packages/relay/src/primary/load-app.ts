// Which application does this module declare? Checked here, because authors get modules wrong.
import type { App } from '@causeway/core';

export type LoadedApp =
  | { readonly type: 'loaded'; readonly app: App }
  | {
      readonly type: 'refused';
      readonly code: 'app-not-found' | 'app-failed' | 'app-not-exported' | 'app-ambiguous';
      readonly message: string;
    };

/** Imports the module and finds its one application. Never throws for what the module does. */
export async function loadApp(url: string): Promise<LoadedApp> {
  let module: Record<string, unknown>;
  try {
    module = await import(url);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const code = isNotFound(error, url) ? 'app-not-found' : 'app-failed';
    const remedy = code === 'app-failed' ? 'mend what it does at load' : 'check --app';
    return { type: 'refused', code, message: `the app module ${url}: ${message}; ${remedy}` };
  }
  const apps = [...new Set(Object.values(module).filter(isApp))];
  const [app] = apps;
  if (!app) {
    const message = `the app module ${url} exports no app: export what defineApp(…) returned`;
    return { type: 'refused', code: 'app-not-exported', message };
  }
  if (apps.length > 1) {
    const message = `the app module ${url} exports ${apps.length} apps: export one of them`;
    return { type: 'refused', code: 'app-ambiguous', message };
  }
  return { type: 'loaded', app };
}

function isApp(value: unknown): value is App {
  if (typeof value !== 'object' || value === null || !('definition' in value)) return false;
  const { definition } = value;
  return typeof definition === 'object' && definition !== null && 'document' in definition;
}

function isNotFound(error: unknown, url: string): boolean {
  const isMissing =
    error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';
  return isMissing && 'url' in error && error.url === url;
}
