// Several versions of one application at a primary: the newest judges by its rules, earlier ones lend
// the code of the operations that were made with them.
// @see docs/adr/0016-checkpoints-and-versions.md
import type { AppDefinition } from './app-definition.ts';

/** What a primary has loaded of one application. */
export interface AppVersions {
  /** Its invariants, compensations and policy are the ones that count. */
  readonly current: AppDefinition;
  /** Code of operations only, each of a version below. */
  readonly previous: readonly AppDefinition[];
}

/**
 * Why these cannot be loaded together, each with its remedy. Empty: they can. The document's library
 * must be the same, because the log has one content. Cost: O(versions²).
 */
export function versionProblems({ current, previous }: AppVersions): readonly string[] {
  const { name, version, document } = current;
  return previous.flatMap((earlier, index) => {
    const what = `version ${earlier.version} of "${earlier.name}"`;
    const isTwice = previous.findIndex((one) => one.version === earlier.version) < index;
    return [
      ...(earlier.name === name ? [] : [`${what} is another app than "${name}": leave it out`]),
      ...(earlier.version < version
        ? []
        : [`${what} is not below version ${version}: make the newest one the app`]),
      ...(isTwice ? [`${what} is given twice: leave one out`] : []),
      ...(earlier.document.library === document.library
        ? []
        : [`${what} keeps its document with ${earlier.document.library}, not ${document.library}`]),
    ];
  });
}
