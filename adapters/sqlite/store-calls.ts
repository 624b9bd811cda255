/** What a store and its thread say to each other. */
import type { Refusal } from './store-failure.ts';

/** What a store can do: plain functions, which run one at a time and block while the disk syncs. */
export type StoreMethods = Readonly<Record<string, (...args: never[]) => unknown>>;

export interface StoreCall {
  readonly id: number;
  readonly method: string;
  readonly args: readonly unknown[];
}

export type StoreResult =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly refusal: Refusal };

export type ToStore = StoreCall | 'close';

export type FromStore =
  | { readonly type: 'opened' }
  | { readonly type: 'failed'; readonly refusal: Refusal }
  | { readonly type: 'results'; readonly results: readonly StoreResult[] };
