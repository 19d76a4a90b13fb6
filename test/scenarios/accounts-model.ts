// The accounts once more, as lists in commit order.
import type { Json } from '@causeway/core';
import type { ModelOperation, NaiveModel } from '@causeway/testkit';
import { memberOf } from './member-of.ts';

interface Person {
  readonly id: string;
  email: string;
  names: string[];
  readonly born: string;
}
interface Books {
  users: Person[];
  readonly aliases: Map<string, string>;
  readonly notes: Map<string, { readonly user: string; readonly text: string }>;
}

const textOf = ({ args }: ModelOperation, name: string): string => String(memberOf(args, name));
const under = ({ users }: Books, email: string): Person[] =>
  users.filter((user) => user.email === email);
const isKnown = ({ users, aliases }: Books, id: string): boolean =>
  aliases.has(id) || users.some((user) => user.id === id);

export const accountsModel: NaiveModel<Books> = {
  initial: () => ({ users: [], aliases: new Map(), notes: new Map() }),
  refusal(books, operation) {
    const isTaken = under(books, textOf(operation, 'email')).length > 0;
    return operation.name === 'signUp' && isTaken ? 'taken' : undefined;
  },
  isKept: ({ name }) => name === 'signUp',
  touches(operation) {
    const { name } = operation;
    if (name === 'write') return [{ invariant: 'knownUser', key: textOf(operation, 'user') }];
    const names = name === 'signUp' ? ['email'] : ['from', 'to'];
    return names.map((one) => ({ invariant: 'uniqueEmail', key: textOf(operation, one) }));
  },
  apply(books, operation) {
    const id = textOf(operation, 'id');
    const { users, notes } = books;
    if (operation.name === 'write') {
      notes.set(id, { user: textOf(operation, 'user'), text: textOf(operation, 'text') });
    } else if (operation.name === 'signUp') {
      const [email, born] = [textOf(operation, 'email'), textOf(operation, 'born')];
      users.push({ id, email, names: [textOf(operation, 'name')], born });
    } else {
      for (const user of users) if (user.id === id) user.email = textOf(operation, 'to');
    }
  },
  deficits(books) {
    const emails = [...new Set(books.users.map(({ email }) => email))];
    const lost = [...books.notes.values()].filter(({ user }) => !isKnown(books, user));
    return [
      ...emails.map((key) => ({
        ...{ invariant: 'uniqueEmail', key },
        deficit: under(books, key).length - 1,
      })),
      ...[...new Set(lost.map(({ user }) => user))].map((key) => ({
        ...{ invariant: 'knownUser', key },
        deficit: lost.filter(({ user }) => user === key).length,
      })),
    ].filter(({ deficit }) => deficit > 0);
  },
  isForPeople: (books, { key }) => new Set(under(books, key).map(({ born }) => born)).size > 1,
  compensate(books, { key }) {
    const [first, ...others] = under(books, key);
    for (const other of others) {
      first?.names.push(...other.names);
      books.aliases.set(other.id, first?.id ?? '');
    }
    books.users = books.users.filter((user) => !others.includes(user));
  },
  content: ({ users, aliases, notes }) => ({
    users: listed(users.map(({ id, email, names, born }) => [id, { email, names, born }])),
    aliases: listed(aliases),
    notes: listed([...notes].map(([id, note]) => [id, { ...note }])),
  }),
};

function listed(pairs: Iterable<readonly [string, Json]>): Json {
  return [...pairs].sort(([a], [b]) => (a < b ? -1 : 1)).map(([id, value]) => [id, value]);
}
