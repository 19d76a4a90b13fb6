// Which application does this module declare? Checked here, because authors get modules wrong.
import type { App } from '@causeway/core';

export type LoadedApp =
  | { readonly type: 'loaded'; readonly app: App }
  | {
      readonly type: 'refused';
      readonly code:
        | 'app-not-found'
        | 'app-failed'
        | 'app-not-exported'
        | 'app-ambiguous'
        | 'not-an-app';
      readonly message: string;
    };

/** Imports the module and finds its one application. Never throws for what the module does. */
export async function loadApp(url: string): Promise<LoadedApp> {
  try {
    return findApp(url, await import(url));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (isNotFound(error, url)) return refuse('app-not-found', `there is no app module at ${url}`);
    return refuse('app-failed', `the app module ${url} failed at load: ${message}; mend it`);
  }
}

/** The export that is an application: there must be one, under any name. */
function findApp(url: string, module: Readonly<Record<string, unknown>>): LoadedApp {
  const apps = [...new Set(Object.values(module).filter(isApp))];
  const [app] = apps;
  if (app && apps.length === 1) return { type: 'loaded', app };
  if (app) {
    const message = `the app module ${url} exports ${apps.length} apps: export one of them only`;
    return refuse('app-ambiguous', message);
  }
  if ('app' in module) {
    return refuse('not-an-app', `"app" of ${url} is no app: export what defineApp(…) returned`);
  }
  const message = `the app module ${url} exports no app: add \`export const app = defineApp(…)\``;
  return refuse('app-not-exported', message);
}

type RefusalCode = Extract<LoadedApp, { type: 'refused' }>['code'];

function refuse(code: RefusalCode, message: string): LoadedApp {
  return { type: 'refused', code, message };
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
