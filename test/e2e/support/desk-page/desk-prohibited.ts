// The desk where nobody deletes the whole text while cut off.
import { prohibit } from '@causeway/core';
import { deskWith } from './desk.ts';

export const app = deskWith(prohibit({ connected: 'local' }));
