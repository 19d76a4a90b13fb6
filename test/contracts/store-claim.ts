// The form of one claim of the store contract.
import type { ReplicaStore } from '@causeway/client';

/** Another tab on the test's own database, which is empty at first. */
export type OpenTab = () => Promise<ReplicaStore>;
/** A claim about the stores of one database. */
export type StoreClaim = (open: OpenTab) => Promise<void>;
