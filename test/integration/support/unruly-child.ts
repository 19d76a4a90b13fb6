// A process of an application that does what it is told, however bad that is.
import { joinParent } from '@causeway/relay';

export type Deed = 'echo' | 'throw' | 'exit' | 'eat' | 'loop';

const parent = await joinParent<{ readonly deed: Deed }, string, string>('causeway-test');
parent.pulse.enter(7);
const { deed } = parent.setup;
if (deed === 'throw') setTimeout(() => Promise.reject(new Error('nobody caught this')));
if (deed === 'exit') process.exit(3);
const eaten: object[] = [];
while (deed === 'eat' || deed === 'loop') if (deed === 'eat') eaten.push({ at: eaten.length });
await parent.say('first');
await parent.say('second');
parent.inbox.listen((message) => void parent.say(`${message}!`));
