/** Every read model there is. */
import { agents } from './models/agents.ts';
import { calls } from './models/calls.ts';
import { campaigns } from './models/campaigns.ts';
import { contacts } from './models/contacts.ts';
import { trunks } from './models/trunks.ts';
import type { AnyProjection } from './projection.ts';

export const models: readonly AnyProjection[] = [campaigns, calls, trunks, contacts, agents];
