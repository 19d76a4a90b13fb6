// The store contract, on the store in memory.
import { createMemoryDatabase, memoryStore } from '@causeway/client';
import { describeReplicaStore } from '../contracts/store-contract.ts';

describeReplicaStore('memory', () => {
  const database = createMemoryDatabase();
  return () => memoryStore(database);
});
