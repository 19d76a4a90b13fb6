// Which application does this module declare? Checked here, because authors get modules wrong.

import { type App, type AppVersions, versionProblems } from '@causeway/core';
import { type Primary, primaryOf } from '@causeway/primary';

export type LoadedApp =
  | { readonly type: 'loaded'; readonly primary: Primary }
  | {
      readonly type: 'refused';
      readonly code:
        | 'app-not-found'
        | 'app-failed'
        | 'app-not-exported'
        | 'app-ambiguous'
        | 'not-an-app'
        | 'bad-app-versions';
      readonly message: string;
    };

/** Where the modules of an application's versions are, as file URLs. */
export interface AppModules {
  readonly url: string;
  /** Of earlier versions: the code of what was done with them. */
  readonly previousUrls: readonly string[];
}

export type LoadedVersions =
  | { readonly type: 'loaded'; readonly primary: Primary; readonly versions: AppVersions }
  | Extract<LoadedApp, { type: 'refused' }>;

/** Imports all versions and checks that they belong together. Never throws for what modules do. */
export async function loadVersions({ url, previousUrls }: AppModules): Promise<LoadedVersions> {
  const primaries: Primary[] = [];
  for (const one of [url, ...previousUrls]) {
    const loaded = await loadApp(one);
    if (loaded.type === 'refused') return loaded;
    primaries.push(loaded.primary);
  }
  const [primary] = primaries;
  const [current, ...previous] = primaries.map(({ app }) => app.definition);
  if (!primary || !current) return refuse('app-not-found', 'no app module was named');
  const versions = { current, previous };
  const problems = versionProblems(versions);
  if (problems.length > 0) return refuse('bad-app-versions', problems.join('; '));
  return { type: 'loaded', primary, versions };
}

/**
 * Imports the module and finds its one primary, or else its one application. Never throws for what the
 * module does.
 */
export async function loadApp(url: string): Promise<LoadedApp> {
  try {
    return findApp(url, await import(url));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (isNotFound(error, url)) return refuse('app-not-found', `there is no app module at ${url}`);
    return refuse('app-failed', `the app module ${url} failed at load: ${message}; mend it`);
  }
}

/**
 * The export that is a primary, under any name, whatever else there is; else the one that is an
 * application.
 */
function findApp(url: string, module: Readonly<Record<string, unknown>>): LoadedApp {
  const primaries = [...new Set(Object.values(module).filter(isPrimary))];
  const [primary] = primaries;
  if (primary && primaries.length === 1) return { type: 'loaded', primary };
  if (primary) {
    const message = `${url} exports ${primaries.length} primaries: export one of them only`;
    return refuse('app-ambiguous', message);
  }
  const apps = [...new Set(Object.values(module).filter(isApp))];
  const [app] = apps;
  if (app && apps.length === 1) return { type: 'loaded', primary: primaryOf(app) };
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

function refuse(code: RefusalCode, message: string): Extract<LoadedApp, { type: 'refused' }> {
  return { type: 'refused', code, message };
}

function isApp(value: unknown): value is App {
  if (typeof value !== 'object' || value === null || !('definition' in value)) return false;
  const { definition } = value;
  return typeof definition === 'object' && definition !== null && 'document' in definition;
}

function isPrimary(value: unknown): value is Primary {
  const isObject = typeof value === 'object' && value !== null;
  return isObject && 'kind' in value && value.kind === 'causeway-primary';
}

function isNotFound(error: unknown, url: string): boolean {
  const isMissing =
    error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';
  return isMissing && 'url' in error && error.url === url;
}
