// The shop of the scenarios, for the primary of a relay: parcels and apologies leave by the far end.
import { definePrimary } from '@causeway/relay/primary';
import { shop } from '../../../scenarios/shop.ts';
import { callFarEnd } from '../call-far-end.ts';

export const primary = definePrimary(shop.app, {
  effects: { parcel: callFarEnd('parcel'), apology: callFarEnd('apology') },
});
