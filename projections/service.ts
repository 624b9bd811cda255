/** The Moleculer service of one read model: moleculer-db with what reads, and nothing that writes. */
import type { Context, Service, ServiceBroker, ServiceSchema } from 'moleculer';
import DbService from 'moleculer-db';
import { type ModelAdapter, stateId } from '#ports/model-store.ts';
import type { AnyProjection } from './projection.ts';
import { readFields, readQuery, readSort, textFields } from './query.ts';

const most = { rows: 1000, page: 100, ids: 100, search: 200 };
const defaultPage = 20;

interface Asked {
  readonly query?: unknown;
  readonly search?: string;
  readonly searchFields?: string | readonly string[];
  readonly sort?: string;
  readonly fields?: string | readonly string[];
  readonly limit?: number;
  readonly offset?: number;
  readonly page?: number;
  readonly pageSize?: number;
}

const names = [
  { type: 'string', max: 1000, optional: true },
  { type: 'array', items: 'string', max: 100, optional: true },
];
const filters = {
  $$strict: true,
  /** Conditions by field, or the same as JSON. */
  query: { type: 'any', optional: true },
  /** Part of a text, in whatever case. */
  search: { type: 'string', max: most.search, optional: true },
  searchFields: names,
};
const whole = (min: number, max: number) => ({
  type: 'number',
  integer: true,
  min,
  max,
  optional: true,
  convert: true,
});
const shape = { sort: { type: 'string', max: 1000, optional: true }, fields: names };
const far = 1_000_000_000;

/** What moleculer-db's mixin adds to a service, as far as we call it. */
interface DbMethods {
  _find(context: Context, params: object): Promise<unknown>;
  _list(context: Context, params: object): Promise<unknown>;
  _count(context: Context, params: object): Promise<unknown>;
  _get(context: Context, params: object): Promise<unknown>;
}

/** The service, not created yet; the adapter is open. */
export function modelService(projection: AnyProjection, adapter: ModelAdapter): ServiceSchema {
  const { name, fields } = projection;
  const filtered = ({ query, search, searchFields }: Asked) => ({
    query: { $and: [readQuery(fields, query), { _id: { $ne: stateId } }] },
    ...(search ? { search, searchFields: readFields(fields, searchFields ?? textFields(projection)) } : {}),
  });
  const shown = ({ fields: asked }: Pick<Asked, 'fields'>) => (asked ? { fields: readFields(fields, asked) } : {});
  const ordered = (asked: Asked) => ({ ...filtered(asked), ...shown(asked), sort: readSort(fields, asked.sort) });
  return {
    name,
    mixins: [{ ...(DbService as unknown as ServiceSchema), actions: {} }],
    // In the schema it would be copied with it.
    created(this: { broker: ServiceBroker; adapter: ModelAdapter } & Service) {
      this.adapter = adapter;
      adapter.init(this.broker, this);
    },
    settings: { idField: 'id', fields: ['id', 'version', ...Object.keys(fields)] },
    actions: {
      /** Documents that fit, at most 1000. */
      find: {
        params: { ...filters, ...shape, limit: whole(1, most.rows), offset: whole(0, far) },
        handler(this: DbMethods, context: Context<Asked>) {
          const { limit = most.rows, offset = 0 } = context.params;
          return this._find(context, { ...ordered(context.params), limit, offset });
        },
      },
      /** A page of the documents that fit, and how many there are. */
      list: {
        params: { ...filters, ...shape, page: whole(1, far), pageSize: whole(1, most.page) },
        handler(this: DbMethods, context: Context<Asked>) {
          const { page = 1, pageSize = defaultPage } = context.params;
          const slice = { page, pageSize, limit: pageSize, offset: (page - 1) * pageSize };
          return this._list(context, { ...ordered(context.params), ...slice });
        },
      },
      /** How many documents fit. */
      count: {
        params: filters,
        handler(this: DbMethods, context: Context<Asked>) {
          return this._count(context, filtered(context.params));
        },
      },
      /** The document of an id, or those of several. */
      get: {
        params: {
          $$strict: true,
          id: [
            { type: 'string', pattern: /^[A-Za-z0-9._-]{1,200}$/ },
            { type: 'array', items: { type: 'string', pattern: /^[A-Za-z0-9._-]{1,200}$/ }, max: most.ids },
          ],
          fields: names,
        },
        handler(this: DbMethods, context: Context<{ id: string | string[]; fields?: string }>) {
          return this._get(context, { id: context.params.id, ...shown(context.params) });
        },
      },
    },
    // Moleculer's types know nothing of what a mixin brings.
  } as unknown as ServiceSchema;
}
