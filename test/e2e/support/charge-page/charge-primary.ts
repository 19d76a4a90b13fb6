// The card charge of the scenarios, for the primary of a relay: the far end is the card processor.
import { definePrimary } from '@causeway/relay/primary';
import { cardCharge } from '../../../scenarios/card-charge.ts';
import { callFarEnd } from '../call-far-end.ts';

export const primary = definePrimary(cardCharge.app, {
  effects: { chargeCard: callFarEnd('chargeCard') },
});
