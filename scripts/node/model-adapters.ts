/** Where read models are kept: files in the data folder, or the database that the cluster shares. */
import { join } from 'node:path';
import type { Db } from 'mongodb';
import { MongodbAdapter } from '#adapters/moleculer-db/mongodb-adapter.ts';
import { NedbAdapter } from '#adapters/moleculer-db/nedb-adapter.ts';
import type { ModelAdapter } from '#ports/model-store.ts';
import type { AnyProjection } from '#projections/projection.ts';
import { textFields } from '#projections/query.ts';

/** Below the data folder, which belongs to one process at a time: whoever holds its journal. */
export function modelsInFiles(folder: string): (projection: AnyProjection) => ModelAdapter {
  return ({ name }) => new NedbAdapter({ filename: join(folder, 'read-models', `${name}.db`) });
}

/** One collection each, such as read-calls. */
export function modelsInMongodb(db: Db): (projection: AnyProjection) => ModelAdapter {
  return (projection) => {
    const { name, indexes } = projection;
    return new MongodbAdapter({ db, collection: `read-${name}`, indexes, searchFields: textFields(projection) });
  };
}
