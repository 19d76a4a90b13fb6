// Opens a log in the folder it is given, by the thread that keeps it, and closes it.
import { openSqliteStore } from '@causeway/relay';

const [folder = ''] = process.argv.slice(2);
const store = await openSqliteStore(folder);
await store.close();
