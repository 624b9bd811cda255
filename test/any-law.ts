/** A law without rules, for campaigns of tests that are not about it: without one no campaign starts. */
import type { Law } from '#proto/generated/law.ts';

export const anyLaw: Law = { profile: 'any', fingerprint: 'any-1', rules: [] };
