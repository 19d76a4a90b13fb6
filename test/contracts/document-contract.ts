// Acceptance suite of the document port: what every CRDT library must do for the engine.
import { describe } from 'vitest';
import { applyContract } from './document-applying.ts';
import { boundedContract } from './document-bounded.ts';
import { convergenceContract } from './document-convergence.ts';
import { forgeryContract } from './document-forgery.ts';
import { readContract } from './document-reading.ts';
import { registerContract } from './document-register.ts';
import { runContract } from './document-running.ts';
import { saveContract } from './document-saving.ts';
import type { DocumentFeatures, DocumentSubject } from './document-subject.ts';

/** Runs the suite on a library. `make` is called per test: no state is shared. */
export function documentContract<F, N>(
  name: string,
  make: () => DocumentSubject<F, N>,
  { features }: { readonly features: DocumentFeatures<F> },
): void {
  describe(`${name}: the document port`, () => {
    runContract(make);
    applyContract(make);
    readContract(make);
    boundedContract(make);
    registerContract(make);
    saveContract(make);
    convergenceContract(make);
    forgeryContract(make, features);
  });
}
