// The airline of the scenarios, for the primary of a relay: passengers are written to by the far end.
import { definePrimary } from '@causeway/relay/primary';
import { everybodysAirline } from '../../../scenarios/airline.ts';
import { callFarEnd } from '../call-far-end.ts';

export const primary = definePrimary(everybodysAirline, {
  effects: {
    confirmation: callFarEnd('confirmation'),
    voucher: callFarEnd('voucher'),
    message: callFarEnd('message'),
  },
});
