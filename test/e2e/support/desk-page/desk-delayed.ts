// The desk where to delete the whole text waits until after recovery, and is judged again then.
import { delay } from '@causeway/core';
import { deskWith } from './desk.ts';

export const app = deskWith(delay());
