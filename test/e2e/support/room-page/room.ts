// The calendar of the scenarios, for the primary of a relay.
import { calendar } from '../../../scenarios/calendar.ts';

export const { app } = calendar;
